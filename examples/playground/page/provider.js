import { byId } from './elements.js'

/** @typedef {import('./result.js').Provider} Provider */

/** Shows the state of the identity provider, if it is down or the APIs have no keys of it. @param {Provider} provider */
export function showProvider({ isUp, hasKeys }) {
  const isNormal = isUp && hasKeys
  const text = byId('provider-text', HTMLElement)
  const description = isNormal ? '' : describe(isUp, hasKeys)
  if (text.textContent !== description) text.textContent = description
  byId('restart', HTMLElement).hidden = isUp || !hasKeys
  byId('provider-up', HTMLElement).hidden = isUp
  byId('provider', HTMLElement).hidden = isNormal
}

/** @param {boolean} isUp @param {boolean} hasKeys */
function describe(isUp, hasKeys) {
  if (isUp)
    return 'The provider is up again. The APIs fetch its keys when Retry-After has passed, and the page sends again.'
  if (hasKeys)
    return 'The provider is down, so its keys cannot be fetched. The APIs have cached them, so tokens with a known key still work.'
  return 'The provider is down, and the restarted APIs have no cached keys. They respond with 503 and never with 401.'
}

/** Returns the seconds after which the APIs try again, if they wait for a provider that is up; otherwise null. @param {import('./result.js').TryResult} result */
export function retryAfter({ responses, provider }) {
  if (!provider.isUp || provider.hasKeys) return null
  const seconds = responses.flatMap(({ headers }) =>
    headers.filter(([name]) => name === 'Retry-After').map(([, value]) => Number(value)),
  )
  return seconds.length === 0 ? null : Math.max(...seconds)
}
