// QueryError: a question that cannot be read, said so that whoever asked can mend it.

/** `unavailable`: the question is well said, and its answer needs something that is not here yet. */
export type QueryErrorCode = 'query_syntax' | 'unavailable'

/** From `start` up to `end`, in UTF-16 code units, as JavaScript counts. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface QueryFault {
  readonly message: string
  readonly parameter: string
  readonly hint: string
  readonly suggestion?: string | null
  readonly code?: QueryErrorCode
  readonly pointer?: Span
}

export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly code: QueryErrorCode
  /** The URL parameter at fault, as it was sent; `cursor` for a cursor, `q` for the text of a query. */
  readonly parameter: string
  /** One sentence that says how to mend it. */
  readonly hint: string
  /** What was probably meant: a parameter's name or one of its values; for `q` the whole query, mended. */
  readonly suggestion?: string
  /** For `q`: where in it the fault is. */
  readonly pointer?: Span

  constructor(fault: QueryFault) {
    super(fault.message)
    this.code = fault.code ?? 'query_syntax'
    this.parameter = fault.parameter
    this.hint = fault.hint
    if (typeof fault.suggestion === 'string') this.suggestion = fault.suggestion
    if (fault.pointer !== undefined) this.pointer = { start: fault.pointer.start, end: fault.pointer.end }
  }
}
