type Then = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown

/** An object with a `then`, as a promise of another making is, or a broken one. */
export function thenable(then: Then): object {
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
  return Object.defineProperty({}, 'then', { value: then })
}

/** An object whose `then` cannot be read. */
export function unreadableThenable(): object {
  const get = () => {
    throw new Error('no then')
  }
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
  return Object.defineProperty({}, 'then', { get })
}
