/**
 * The token to watch.
 * @typedef {{ isThere: boolean, isRevoked: boolean, claims: Record<string, unknown> | null }} Watched
 */

/**
 * Shows each second how long the token is valid. Returns a function that updates the text immediately.
 * @param {HTMLElement} element @param {() => Watched} read @param {number} toleranceSeconds
 */
export function watchLifetime(element, read, toleranceSeconds) {
  const show = () => {
    const { text, isOver } = describe(read(), Date.now() / 1000, toleranceSeconds)
    element.classList.toggle('over', isOver)
    // Only changes are written, because a screen reader may read each one aloud.
    if (element.textContent !== text) element.textContent = text
  }
  setInterval(show, 1000)
  show()
  return show
}

/** @param {Watched} watched @param {number} now @param {number} toleranceSeconds */
function describe({ isThere, isRevoked, claims }, now, toleranceSeconds) {
  if (!isThere) return { text: 'No token', isOver: false }
  if (isRevoked) return { text: 'Revoked', isOver: true }
  if (claims === null) return { text: 'The claims are not a JSON object', isOver: true }
  const exp = claims['exp']
  if (typeof exp !== 'number') return { text: 'No expiry', isOver: false }
  const left = exp - now
  if (left > 0) return { text: `Expires in ${duration(left)}`, isOver: false }
  const tolerated = left + toleranceSeconds
  if (tolerated > 0) return { text: `Expired, tolerated for ${Math.ceil(tolerated)} s`, isOver: true }
  return { text: 'Expired', isOver: true }
}

/** Formats seconds as `4:58`, `1:00:00` or a number of days. @param {number} seconds */
function duration(seconds) {
  const whole = Math.ceil(seconds)
  if (whole >= 172_800) return days(whole / 86_400)
  const parts = [Math.floor(whole / 60) % 60, whole % 60]
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600))
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

/** @param {number} count */
function days(count) {
  return count > 36_525 ? 'more than 100 years' : `${Math.floor(count)} days`
}
