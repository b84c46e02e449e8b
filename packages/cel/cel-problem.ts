// Why a text is no expression.

/** Thrown while a text is read, caught by compileCel. `at` is an offset into the text. */
export class CelProblem extends Error {
  override readonly name = 'CelProblem'
  readonly at: number
  readonly hint: string | undefined
  constructor(message: string, at: number, hint?: string) {
    super(message)
    this.at = at
    this.hint = hint
  }
}
