// ApiError: why a request has no answer that can be used.

export type ApiErrorKind =
  /** The server refused it and says why (RFC 9457), or answered with another status than 2xx. */
  | 'refused'
  /** The server sends elsewhere. The token is not sent there. */
  | 'redirected'
  | 'unreachable'
  | 'timeout'
  /** The answer is no JSON, is cut off, or is longer than anybody can read. */
  | 'unreadable'
  /** The caller's signal. */
  | 'interrupted'

/** A problem as the API describes it (docs/api.md, Errors). A member that is missing is null. */
export interface Problem {
  readonly code: string | null
  readonly title: string | null
  readonly detail: string | null
  readonly hint: string | null
  /** What was probably meant; for `q` the whole query, mended. */
  readonly suggestion: string | null
  /** Where in `q` the fault is, in UTF-16 code units. */
  readonly pointer: { readonly start: number; readonly end: number } | null
  readonly requestId: string | null
}

export interface ApiFault {
  readonly kind: ApiErrorKind
  readonly url: URL
  readonly status?: number
  readonly problem?: Problem
  /** Where a redirect leads. */
  readonly location?: string | null
  /** The code that the operating system gave: `ECONNREFUSED`. */
  readonly systemCode?: string | null
  readonly cause?: unknown
}

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly kind: ApiErrorKind
  readonly url: URL
  readonly status: number | null
  readonly problem: Problem | null
  readonly location: string | null
  readonly systemCode: string | null

  constructor(message: string, fault: ApiFault) {
    super(message, fault.cause === undefined ? {} : { cause: fault.cause })
    this.kind = fault.kind
    this.url = fault.url
    this.status = fault.status ?? null
    this.problem = fault.problem ?? null
    this.location = fault.location ?? null
    this.systemCode = fault.systemCode ?? null
  }
}

/** What went wrong, from a body that may be a problem and may be anything. Total. */
export function readProblem(body: Uint8Array): Problem {
  const { code, title, detail, hint, suggestion, pointer, request_id: requestId } = objectIn(body)
  return {
    code: textOf(code),
    title: textOf(title),
    detail: textOf(detail),
    hint: textOf(hint),
    suggestion: textOf(suggestion),
    pointer: pointerOf(pointer),
    requestId: textOf(requestId),
  }
}

function objectIn(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function pointerOf(value: unknown): Problem['pointer'] {
  if (typeof value !== 'object' || value === null || !('start' in value) || !('end' in value)) return null
  const { start, end } = value
  return isPlace(start) && isPlace(end) && start <= end ? { start, end } : null
}

const isPlace = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
