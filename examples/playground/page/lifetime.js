/**
 * Says how long a token still counts, each second, on an element; gives what says it at once.
 * @param {HTMLElement} element @param {() => Record<string, unknown> | null} claimsNow @param {number} toleranceSeconds
 */
export function watchLifetime(element, claimsNow, toleranceSeconds) {
  const show = () => {
    const claims = claimsNow()
    const left = typeof claims?.['exp'] === 'number' ? claims['exp'] - Date.now() / 1000 : null
    element.classList.toggle('over', left !== null && left <= 0)
    const text = claims === null ? 'Log in, or paste a token of your own below.' : wordsFor(left, toleranceSeconds)
    // Said again only when it changes: a screen reader would read it out each second.
    if (element.textContent !== text) element.textContent = text
  }
  setInterval(show, 1000)
  show()
  return show
}

/** @param {number | null} left @param {number} tolerance */
function wordsFor(left, tolerance) {
  if (left === null) return 'It claims no end.'
  if (left > 0) return `It is over in ${duration(left)}.`
  if (left + tolerance > 0)
    return `It is over; clocks may differ by ${tolerance} s, so it passes for ${duration(left + tolerance)} more.`
  return `It has been over for ${duration(-left)}.`
}

/** @param {number} seconds */
function duration(seconds) {
  const whole = Math.ceil(seconds)
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
