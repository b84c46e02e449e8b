// problemCodes: every way in which a request can fail, with its HTTP status and when it happens. Data: problems.ts
// answers them, and the document and its reference tell them.

export const problemCodes = {
  query_syntax: [400, 'A parameter cannot be read. `parameter` names it; of `q`, `pointer` says where in it.'],
  bad_request: [400, 'The path cannot be decoded, or the body is no JSON.'],
  auth_required: [401, 'No API token was sent, or one that is not known, was revoked or has expired.'],
  forbidden: [
    403,
    'An ingest token was sent: it can only post events. Or the token may not see every cluster, and so may change no rule and no token.',
  ],
  not_found: [404, 'There is no such thing, or it is past retention, or not for you to see.'],
  conflict: [409, 'It cannot be done as things stand, such as a second cluster of one name.'],
  idempotency_mismatch: [409, 'The Idempotency-Key was used in the last 24 hours for another request.'],
  gone: [410, 'It was here and is not any more.'],
  precondition_failed: [412, 'Somebody changed it meanwhile: it is not the version that If-Match names.'],
  precondition_required: [428, 'It was not said which state is to be changed: send its tag as If-Match.'],
  payload_too_large: [413, 'The body is over 1 MiB.'],
  headers_too_large: [
    431,
    'The request line and headers are over 32 KiB together: post a long query to /v1/events/search.',
  ],
  unavailable: [422, 'The question is well said, and needs something that is not here yet.'],
  unprocessable: [
    422,
    'A field of the body is wrong: `errors[].pointer` is a JSON pointer to it. Of a rule, `errors[].line` and `.column` are the place.',
  ],
  rate_limited: [429, 'You asked more often than one caller may. `Retry-After` says in how many seconds to go on.'],
  internal: [500, 'Our fault; the log has more under `request_id`.'],
  busy: [
    503,
    'As many answers of this kind are on their way as there is memory for. `Retry-After` says when to ask again.',
  ],
  dependency_unavailable: [503, 'Postgres is away, or a question took too long. `hint` says which helps.'],
} as const satisfies Readonly<Record<string, readonly [status: number, when: string]>>

export type ProblemCode = keyof typeof problemCodes

/** `problem-query-syntax`: where the reference tells of it, and the last part of its type. */
export function problemSlug(code: ProblemCode): string {
  return code.replaceAll('_', '-')
}
