/**
 * What is watched: whether there is a token, what it claims, and by how much clocks may differ.
 * @typedef {{ isThere(): boolean, claims(): Record<string, unknown> | null, toleranceSeconds: number }} Watched
 */

/** Says how long a token still counts, each second, on an element; gives what says it at once. @param {HTMLElement} element @param {Watched} watched */
export function watchLifetime(element, watched) {
  const show = () => {
    const exp = watched.claims()?.['exp']
    const left = typeof exp === 'number' ? exp - Date.now() / 1000 : null
    element.classList.toggle('over', left !== null && left <= 0)
    const text = wordsFor(watched, left)
    // Said again only when it changes: a screen reader would read it out each second.
    if (element.textContent !== text) element.textContent = text
  }
  setInterval(show, 1000)
  show()
  return show
}

/** @param {Watched} watched @param {number | null} left */
function wordsFor(watched, left) {
  if (!watched.isThere()) return 'Log in, or paste a token of your own below.'
  if (watched.claims() === null) return 'Its claims are no JSON object.'
  if (left === null) return 'It claims no end.'
  if (left > 0) return `It is over in ${duration(left)}.`
  const passes = left + watched.toleranceSeconds
  if (passes > 0)
    return `It is over; clocks may differ by ${watched.toleranceSeconds} s, so it passes for ${duration(passes)} more.`
  return `It has been over for ${duration(-left)}.`
}

/** @param {number} seconds */
function duration(seconds) {
  const whole = Math.ceil(seconds)
  if (whole < 120) return `${whole} s`
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return whole < 172_800 ? `${Math.floor(whole / 3600)} hours` : days(whole / 86_400)
}

/** @param {number} count */
function days(count) {
  return count > 36_525 ? 'more than 100 years' : `${Math.floor(count)} days`
}
