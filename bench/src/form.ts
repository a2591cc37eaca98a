/** `short` shows that a bench works, from the sources; `full` makes figures, of what is built as it is published. */
export type Form = 'short' | 'full'

/** Told of every step of a bench: what it is about, and how much of it is done. */
export type Progress = (step: string, done: number, of: number) => void
