// How a request ended: told from stage, status code and authorization decision together, never from one of them.

import type { Decision, Outcome, Stage } from './event.ts'
import { readText, type Marks, type WireObject } from './wire-object.ts'

const reasonCharsMax = 512
/** The message of a handler that wrote nothing (apiserver pkg/endpoints/filters/audit.go); its code is 200. */
const closedEarly = 'Connection closed early'

/** What an event says about the answer. */
export interface Answer {
  readonly stage: Stage
  readonly code: number | null
  readonly decision: Decision
  /** `Success` or `Failure` where the body was a Status, else empty. */
  readonly status: string
  readonly message: string
  /** The Status's one-word reason, such as `AlreadyExists`. */
  readonly statusReason: string
  /** The annotation `authorization.k8s.io/reason`. */
  readonly authorizationReason: string
}

export function answerOf(
  stage: Stage,
  responseStatus: WireObject | null,
  annotations: WireObject | null,
  marks: Marks,
): Answer {
  return {
    stage,
    code: responseStatus === null ? null : codeOf(responseStatus['code'], marks),
    decision: decisionOf(annotations?.['authorization.k8s.io/decision'], marks),
    status: readText(responseStatus?.['status'], reasonCharsMax, marks),
    message: readText(responseStatus?.['message'], reasonCharsMax, marks),
    statusReason: readText(responseStatus?.['reason'], reasonCharsMax, marks),
    authorizationReason: readText(annotations?.['authorization.k8s.io/reason'], reasonCharsMax, marks),
  }
}

/**
 * 403 is `denied` unless the authorizer allowed it: denied impersonation never reaches the authorizer, while an allowed
 * 403 comes from admission (PodSecurity, quota) and is `rejected`, like every other 4xx: 404 on reads and writes alike,
 * 409, 422, a webhook's 400, and the 429 of priority and fairness or of an eviction, which asks to come again.
 */
export function outcomeOf(answer: Answer): Outcome {
  const { stage, code, decision } = answer
  if (stage === 'RequestReceived') return 'pending'
  if (stage === 'Panic') return 'error'
  if (code === 401 || decision === 'forbid') return 'denied'
  if (code === null) return outcomeWithoutCode(answer)
  if (code === 403 && decision === 'none') return 'denied'
  if (code >= 500) return 'error'
  return code >= 400 ? 'rejected' : 'success'
}

/** Why, in the API server's words: the answer's where it went wrong, else the authorizer's; empty where none says. */
export function reasonOf(outcome: Outcome, answer: Answer): string {
  const wentWrong = outcome !== 'success' && outcome !== 'pending'
  if (wentWrong) return answer.message || answer.statusReason || answer.authorizationReason
  return answer.message === closedEarly ? closedEarly : answer.authorizationReason
}

/**
 * The API server always gives a code once it has answered; only copies made by others lack it. A Failure is then an
 * error of unknown kind, a completed request that tells of no failure succeeded, and anything else says nothing yet.
 */
function outcomeWithoutCode(answer: Answer): Outcome {
  if (answer.status === 'Failure') return 'error'
  return answer.stage === 'ResponseComplete' ? 'success' : 'pending'
}

/** net/http writes no status outside 100 to 999. */
function codeOf(value: unknown, marks: Marks): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 999) return value
  marks.malformed = true
  return null
}

function decisionOf(value: unknown, marks: Marks): Decision {
  if (value === 'allow' || value === 'forbid') return value
  if (value !== undefined && value !== null && typeof value !== 'string') marks.malformed = true
  return 'none'
}
