import { describe, expect, test } from 'vitest'
import { answerOf, outcomeOf, reasonOf } from './outcome.ts'
import type { Stage } from './event.ts'
import type { Marks } from './wire-object.ts'

interface Case {
  readonly stage?: Stage
  readonly code?: unknown
  readonly decision?: string
  readonly status?: Readonly<Record<string, unknown>>
  readonly reason?: string
}

function ended({ stage = 'ResponseComplete', code, decision, status = {}, reason }: Case): string {
  const annotations = { 'authorization.k8s.io/decision': decision, 'authorization.k8s.io/reason': reason }
  const answer = answerOf(stage, { metadata: {}, code, ...status }, annotations, {})
  const outcome = outcomeOf(answer)
  return `${outcome}: ${reasonOf(outcome, answer)}`
}

describe('outcome', () => {
  test('RequestReceived says nothing yet', () => {
    expect(outcomeOf(answerOf('RequestReceived', null, null, {}))).toBe('pending')
  })

  test('a failed authentication is denied without any decision', () => {
    expect(ended({ stage: 'ResponseStarted', code: 401, status: { message: 'Unauthorized' } })).toBe(
      'denied: Unauthorized',
    )
  })

  test('an unparsable ?timeout= is a rejected request that only has ResponseStarted', () => {
    expect(ended({ stage: 'ResponseStarted', code: 400 })).toBe('rejected: ')
  })

  test('decision forbid is denied', () => {
    const status = { message: 'pods is forbidden: User "bob" cannot list resource', reason: 'Forbidden' }
    expect(ended({ code: 403, decision: 'forbid', status })).toBe(`denied: ${status.message}`)
  })

  test('a denied impersonation is a 403 that has no decision, and is denied', () => {
    expect(ended({ code: 403, status: { reason: 'Forbidden' } })).toBe('denied: Forbidden')
  })

  test('403 after decision allow is admission (PodSecurity, quota), so rejected', () => {
    const message = 'pods "x" is forbidden: violates PodSecurity "restricted:latest"'
    expect(ended({ code: 403, decision: 'allow', status: { message } })).toBe(`rejected: ${message}`)
  })

  test('a webhook that gives no code denies with 400 and decision allow, so rejected', () => {
    const message = 'admission webhook "x" denied the request: no'
    expect(ended({ code: 400, decision: 'allow', status: { message } })).toBe(`rejected: ${message}`)
  })

  test('a ValidatingAdmissionPolicy denies with 422, so rejected', () => {
    expect(ended({ code: 422, decision: 'allow' })).toBe('rejected: ')
  })

  test('429 has no decision and is rejected: the request was turned away, nothing broke', () => {
    expect(ended({ code: 429 })).toBe('rejected: ')
  })

  test.each([404, 405, 409, 410, 413, 415])('%d is rejected although it was allowed', (code) => {
    expect(ended({ code, decision: 'allow' })).toBe('rejected: ')
  })

  test.each([500, 502, 503, 504, 599])('%d is an error although it was allowed', (code) => {
    expect(ended({ code, decision: 'allow' })).toBe('error: ')
  })

  test('a panic is an error, and no ResponseComplete will follow', () => {
    const status = { status: 'Failure', message: "APIServer panic'd: boom" }
    expect(ended({ stage: 'Panic', code: 500, decision: 'allow', status })).toBe("error: APIServer panic'd: boom")
    expect(outcomeOf(answerOf('Panic', null, null, {}))).toBe('error')
  })

  test('101 (switching protocols) at ResponseStarted is success', () => {
    expect(ended({ stage: 'ResponseStarted', code: 101, decision: 'allow', reason: 'RBAC: ok' })).toBe(
      'success: RBAC: ok',
    )
  })

  test.each([200, 201, 202, 304])('%d is success', (code) => {
    expect(ended({ code, decision: 'allow' })).toBe('success: ')
  })

  test('a handler that wrote nothing succeeded, and the reason says that the connection closed early', () => {
    const status = { status: 'Success', message: 'Connection closed early' }
    expect(ended({ code: 200, decision: 'allow', status, reason: 'RBAC: ok' })).toBe('success: Connection closed early')
  })

  test('without a code a Failure is an error, a completed request a success, a started one undecided', () => {
    expect(ended({ status: { status: 'Failure' } })).toBe('error: ')
    expect(ended({})).toBe('success: ')
    expect(ended({ stage: 'ResponseStarted' })).toBe('pending: ')
    expect(ended({ decision: 'forbid' })).toBe('denied: ')
  })
})

describe('reason', () => {
  test('is the authorizer’s on success and the answer’s otherwise', () => {
    const status = { message: 'already exists', reason: 'AlreadyExists' }
    expect(ended({ code: 200, decision: 'allow', reason: 'RBAC: allowed', status })).toBe('success: RBAC: allowed')
    expect(ended({ code: 409, decision: 'allow', reason: 'RBAC: allowed', status })).toBe('rejected: already exists')
  })

  test('falls back from message to reason to annotation', () => {
    expect(ended({ code: 409, reason: 'RBAC: allowed', status: { reason: 'AlreadyExists' } })).toBe(
      'rejected: AlreadyExists',
    )
    expect(ended({ code: 409, reason: 'RBAC: allowed' })).toBe('rejected: RBAC: allowed')
  })
})

test.each(['200', 20, 1000, 200.5, Number.NaN, true, {}])('the code %j is none, and malformed', (code) => {
  const marks: Marks = {}
  expect(answerOf('ResponseComplete', { code }, null, marks).code).toBeNull()
  expect(marks).toEqual({ malformed: true })
})

test('an unknown decision is none', () => {
  expect(answerOf('ResponseComplete', null, { 'authorization.k8s.io/decision': 'maybe' }, {}).decision).toBe('none')
})
