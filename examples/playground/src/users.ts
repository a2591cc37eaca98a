/** What the token of each user says about them: john is admin and has no scopes, jane reads reports and is no admin. */
export const users = {
  john: { sub: '1234567890', name: 'John Doe', admin: true },
  jane: { sub: '1234567891', name: 'Jane Doe', admin: false, scope: 'reports:read' },
} as const

/** Who they are, for whoever chooses one. */
export const aboutUsers: readonly { readonly name: UserName; readonly is: string }[] = [
  { name: 'john', is: 'is an admin' },
  { name: 'jane', is: 'reads reports' },
]

export type UserName = keyof typeof users

export function isUserName(name: unknown): name is UserName {
  return typeof name === 'string' && Object.hasOwn(users, name)
}
