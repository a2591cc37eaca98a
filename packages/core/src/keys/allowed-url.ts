/** Whether keys may be fetched from there: by https, or by http from this machine or from a host that is named. */
export function isAllowedUrl(url: URL, allowHttp: readonly string[]): boolean {
  if (url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && (isLoopback(url.hostname) || isNamed(url, allowHttp))
}

/**
 * Whether a discovery document may send us there. What a document says is held more strictly than what was
 * configured: by http only to the document's own origin or to a host that is named, so that no issuer can point us at
 * the services of this machine.
 */
export function isAllowedReference(url: URL, from: URL, allowHttp: readonly string[]): boolean {
  if (!isAllowedUrl(url, allowHttp)) return false
  return url.protocol === 'https:' || url.origin === from.origin || isNamed(url, allowHttp)
}

function isNamed(url: URL, allowHttp: readonly string[]): boolean {
  return allowHttp.includes(url.hostname) || allowHttp.includes(url.host)
}

/** Whether a name stands for this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
