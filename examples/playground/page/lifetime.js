/**
 * The token to watch: whether there is one, its claims, and the tolerance of the servers.
 * @typedef {{ isThere(): boolean, claims(): Record<string, unknown> | null, toleranceSeconds: number }} Watched
 */

/** Shows each second how long the token is valid. Returns a function that updates the text immediately. @param {HTMLElement} element @param {Watched} watched */
export function watchLifetime(element, watched) {
  const show = () => {
    const exp = watched.claims()?.['exp']
    const left = typeof exp === 'number' ? exp - Date.now() / 1000 : null
    element.classList.toggle('over', left !== null && left <= 0)
    const text = describeLifetime(watched, left)
    // Only changes are written, because a screen reader reads each one aloud.
    if (element.textContent !== text) element.textContent = text
  }
  setInterval(show, 1000)
  show()
  return show
}

/** @param {Watched} watched @param {number | null} left */
function describeLifetime(watched, left) {
  if (!watched.isThere()) return 'Log in, or paste a token below.'
  if (watched.claims() === null) return 'The claims are not a JSON object.'
  if (left === null) return 'It has no expiry.'
  if (left > 0) return `Expires in ${duration(left)}.`
  const accepted = left + watched.toleranceSeconds
  if (accepted > 0)
    return `Expired, but accepted for ${duration(accepted)} more, because the tolerance is ${watched.toleranceSeconds} s.`
  return `Expired ${duration(-left)} ago.`
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
