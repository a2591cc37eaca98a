import { InvalidArgumentError } from 'commander'

/** The value of an option that means nothing without a text. */
export function nonEmpty(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('It must not be empty.')
}
