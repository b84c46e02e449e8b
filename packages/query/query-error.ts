// QueryError: a question that cannot be read, said so that whoever asked can mend it.

export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly code = 'query_syntax'
  /** The URL parameter at fault, as it was sent; `cursor` for a cursor. */
  readonly parameter: string
  /** One sentence that says how to mend it. */
  readonly hint: string
  /** The word that was probably meant: a parameter's name or one of its values. */
  readonly suggestion?: string

  constructor(fault: { message: string; parameter: string; hint: string; suggestion?: string | null }) {
    super(fault.message)
    this.parameter = fault.parameter
    this.hint = fault.hint
    if (typeof fault.suggestion === 'string') this.suggestion = fault.suggestion
  }
}
