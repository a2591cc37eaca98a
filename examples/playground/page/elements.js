/**
 * Returns the element with this ID. Throws if the page has none.
 * @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`The page has no ${kind.name} ${id}`)
}

/**
 * Creates an element with a class and content. Strings are inserted as text, never as HTML.
 * @param {string} tag @param {string} className @param {...(Node | string)} content
 */
export function make(tag, className, ...content) {
  const element = document.createElement(tag)
  if (className !== '') element.className = className
  element.append(...content)
  return element
}
