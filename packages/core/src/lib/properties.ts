/**
 * Code anywhere in the process can add a property to `Object.prototype` (prototype pollution). Every object then seems to
 * have it. These functions read properties so that such an addition changes nothing.
 */

/** Returns an own property of an object, or undefined. */
export function getOwn(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Readonly<Record<string, unknown>>)[name] : undefined
}

/** Whether an object has an own property. Narrows a union to the cases that have it. */
export function hasOwn<T extends object, K extends string>(
  object: T,
  name: K,
): object is Extract<T, Readonly<Record<K, unknown>>> {
  return Object.hasOwn(object, name)
}

/**
 * Returns a property that an object or its class defines, or undefined. For objects that may be instances of classes:
 * requests of frameworks, key sources, stores. A property of `Object.prototype` is not read.
 */
export function classProperty(object: object, name: string): unknown {
  const value = (object as Readonly<Record<string, unknown>>)[name]
  // The usual case: the property does not exist, or Object.prototype has none of this name that could be inherited.
  if (value === undefined || !Object.hasOwn(Object.prototype, name) || Object.hasOwn(object, name)) return value
  for (let owner: unknown = Object.getPrototypeOf(object); isObject(owner); owner = Object.getPrototypeOf(owner)) {
    if (owner === Object.prototype) return undefined
    if (Object.hasOwn(owner, name)) return value
  }
  return undefined
}

/** Whether an object or its class defines a method. */
export function hasMethod(object: object, name: string): boolean {
  return typeof classProperty(object, name) === 'function'
}

/** Returns a copy without a prototype, for APIs that read optional properties through the prototype chain. */
export function withoutPrototype<T extends object>(properties: T): T {
  return Object.assign(Object.create(null) as T, properties)
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
