// CliError: why a command did not do what was asked, with the exit code that tells a script the same.

export const exitCodes = {
  /** Wrong arguments, configuration, or a file of this machine. */
  usage: 2,
  /** Done in part. */
  incomplete: 3,
  /** No token, a wrong one, or not allowed. */
  denied: 4,
  not_found: 5,
  /** The question cannot be read. */
  query_invalid: 6,
  /** Server or network; trying again is right. */
  unavailable: 8,
} as const

export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: keyof typeof exitCodes
  /** How to mend it. */
  readonly hint: string | null

  constructor(code: keyof typeof exitCodes, message: string, more: { hint?: string | null; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause })
    this.code = code
    this.hint = more.hint ?? null
  }
}
