// CliError: why a command did not do what was asked, with the exit code that tells a script the same.

export const exitCodes = {
  /** Two states differ; as diff(1) and kubectl have it. What differs has been printed. */
  different: 1,
  /** A test failed, or something was found that must not be. It has been printed. */
  found: 1,
  /** Wrong arguments, configuration, or a file of this machine. */
  usage: 2,
  /** Done in part, or the answer is known to lack something (--require-complete). */
  incomplete: 3,
  /** No token, a wrong one, or not allowed. */
  denied: 4,
  not_found: 5,
  /** The question cannot be read. */
  query_invalid: 6,
  /** A rule is wrong, or went wrong where it was evaluated. */
  rule_invalid: 6,
  /** What came is not what was promised: a digest differs. */
  integrity: 7,
  /** Server or network; trying again is right. */
  unavailable: 8,
  /** No answer in time; as timeout(1) has it. */
  timeout: 124,
  /** Ctrl-C; as a shell has it. */
  interrupted: 130,
} as const

export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: keyof typeof exitCodes
  /** How to mend it, in lines. */
  readonly hint: string | null

  constructor(code: keyof typeof exitCodes, message: string, more: { hint?: string | null; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause })
    this.code = code
    this.hint = more.hint ?? null
  }
}
