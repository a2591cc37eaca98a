/** Warns the operator, as core does. */
export function warn(message: string): void {
  process.emitWarning(message, 'ClaimcheckWarning')
}
