/** Emits a process warning of the same type as core. */
export function warn(message: string): void {
  process.emitWarning(message, 'ClaimcheckWarning')
}
