export function findObstacles(release: {
  readonly url: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly changedFiles: readonly string[]
}): readonly string[]
