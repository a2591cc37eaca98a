interface Manifest {
  readonly name: string
  readonly [field: string]: unknown
}

interface Entry {
  readonly in: string
  readonly out: string
}

export function entriesOf(conditions: object): readonly Entry[]
export function programsOf(bin: Readonly<Record<string, string>>): readonly Entry[]
export function toPublished(manifest: Manifest, repository: string): Manifest
