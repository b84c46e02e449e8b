// objectAfter: the state that a request left its object in, as far as its event shows it.

import type { Event } from '@plaintrail/event/event'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { whyNoRequest, whyNoResponse, whyNothingCame } from './recorded.ts'
import type { Known } from './subject.ts'

/** Subresources whose answer is the object itself; of others it is a Scale, a Binding, a token or the like. */
const parentAnswers: ReadonlySet<string> = new Set([
  '',
  'status',
  'approval',
  'ephemeralcontainers',
  'resize',
  'finalize',
])
/** Kinds of answers that are not the object asked for. */
const otherKinds: ReadonlySet<unknown> = new Set(['Status', 'Table', 'PartialObjectMetadata', 'DeleteOptions'])

/**
 * Null where the answer says that there is none any more. Of a create or an update whose answer was not recorded it is what
 * was asked for: what admission and defaults add is not in it.
 */
export function objectAfter(event: Event, raw: JsonObject): Known<JsonObject | null> {
  const nothing = whyNothingCame(event)
  if (nothing !== null) return unknown(nothing)
  const sub = event.object?.subresource ?? ''
  if (event.class === 'connect') return unknown('a connection does not show its object')
  if (!parentAnswers.has(sub)) return unknown(`the answer of ${sub} is not the object`)
  if (event.stage !== 'ResponseComplete') return unknown('the request was not complete yet')
  const why = whyNoResponse(event)
  const answer = why === null ? raw['responseObject'] : undefined
  if (isWhole(answer)) return { isKnown: true, value: answer }
  if (event.verb === 'delete') return afterDelete(raw, why)
  const asked = raw['requestObject']
  const isAsked = (event.verb === 'create' || event.verb === 'update') && sub === '' && whyNoRequest(event) === null
  if (isAsked && isWhole(asked)) return { isKnown: true, value: asked }
  return unknown(why ?? whyOther(answer))
}

const unknown = (because: string): Known<never> => ({ isKnown: false, because })

function isWhole(value: unknown): value is JsonObject {
  return isJsonObject(value) && !otherKinds.has(value['kind']) && isJsonObject(value['metadata'])
}

/** responseStatus says at every level that a Status was answered, which the API server does once the object is gone. */
function afterDelete(raw: JsonObject, why: string | null): Known<JsonObject | null> {
  const status = raw['responseStatus']
  if (isJsonObject(status) && status['status'] === 'Success') return { isKnown: true, value: null }
  return unknown(why ?? whyOther(raw['responseObject']))
}

function whyOther(answer: unknown): string {
  const kind = isJsonObject(answer) ? answer['kind'] : undefined
  return typeof kind === 'string' ? `the answer is a ${kind.slice(0, 60)}, not the object` : 'the event has no answer'
}
