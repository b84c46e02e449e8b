// RuleBindings: what the expressions of rules read of one subject, each part made once and only where a rule names it.

import { Unknown, type Value } from '@plaintrail/cel/value'
import type { Actor, Event } from '@plaintrail/event/event'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { certificateRequestOf } from './certificate-request.ts'
import { EventValue } from './event-value.ts'
import { containersOf, mayRunPods, podSpecOf } from './pod-spec.ts'
import { whyNoRequest, whyNoResponse, whyNothingCame } from './recorded.ts'
import type { eventVariables } from './rule-variables.ts'
import type { Known, Subject } from './subject.ts'
import { withoutNulls } from './without-nulls.ts'

/** Those of a subject; `params` are of a rule. */
export type VariableName = Exclude<keyof typeof eventVariables, 'params'>
type WholeName = Exclude<VariableName, 'event'>

export class RuleBindings {
  private readonly subject: Subject
  private readonly made = new Map<WholeName, Value>()
  private readonly event: EventValue
  private readonly reasons = new Map<string, string>()

  constructor(subject: Subject) {
    this.subject = subject
    this.event = new EventValue(subject, (pointer, because) => this.unknown(pointer, because))
  }

  /** Of `event` only these fields are needed. */
  value(name: VariableName, eventFields: readonly string[]): Value {
    return name === 'event' ? this.event.with(eventFields) : this.whole(name)
  }

  private whole(name: WholeName): Value {
    const known = this.made.get(name)
    if (known !== undefined) return known
    const value = this.make(name)
    this.made.set(name, value)
    return value
  }

  /** Why what stands at this pointer, or above it, is not known, as the end of a sentence. */
  because(pointer: string): string {
    for (let above = pointer; above !== ''; above = above.slice(0, Math.max(0, above.lastIndexOf('/')))) {
      const because = this.reasons.get(above)
      if (because !== undefined) return because
    }
    return 'it was not recorded'
  }

  /** Whether there is no such state, whatever was recorded: nothing came of the request. */
  isOfNothing(pointer: string): boolean {
    return stateOf.has(pointer.split('/', 2)[1] ?? '') && whyNothingCame(this.subject.event) !== null
  }

  private make(name: WholeName): Value {
    const { subject } = this
    const { event, raw } = subject
    switch (name) {
      case 'actor':
        return { ...actorValue(event.actor), uid: textOf(memberIn(raw, 'user', 'uid')), extra: extraOf(raw) }
      case 'impersonated':
        return event.impersonated === null ? null : actorValue(event.impersonated)
      case 'initiator':
        return this.of('/initiator', subject.initiator, ({ kind, name, confidence }) => ({ kind, name, confidence }))
      case 'object':
        return this.of('/object', subject.object, stateValue)
      case 'oldObject':
        return this.of('/oldObject', subject.oldObject, stateValue)
      case 'diff':
        return this.of('/diff', subject.changes, (changes) =>
          changes.filter(({ op }) => op !== 'came').map((change) => ({ ...change })),
        )
      case 'request':
        return { object: this.body('/request/object', raw['requestObject'], whyNoRequestBody(event, raw)) }
      case 'response':
        return {
          object: this.body('/response/object', raw['responseObject'], whyNoResponseBody(event)),
          status: jsonValue(isJsonObject(raw['responseStatus']) ? raw['responseStatus'] : {}),
        }
      case 'podSpec':
        return this.podSpec()
      case 'containers': {
        const podSpec = this.whole('podSpec')
        return podSpec instanceof Unknown ? podSpec : jsonValue(containersOf(podSpec as JsonObject))
      }
      case 'certificateRequest':
        return this.certificateRequest()
      default:
        return name satisfies never
    }
  }

  private certificateRequest(): Value {
    const { object, event } = this.subject
    if (event.object?.resource !== 'certificatesigningrequests') return null
    if (!object.isKnown) return this.of('/certificateRequest', object, jsonValue)
    const request = object.value === null ? null : certificateRequestOf(object.value)
    return request === 'unreadable'
      ? this.unknown('/certificateRequest', 'what stands in spec.request cannot be read')
      : jsonValue(request)
  }

  private podSpec(): Value {
    const { object, event } = this.subject
    if (object.isKnown) {
      const state = this.whole('object')
      return state === null ? {} : jsonValue(podSpecOf(state as JsonObject))
    }
    if (event.object === null || !mayRunPods(event.object)) return {}
    return this.of('/podSpec', object, jsonValue)
  }

  private body(pointer: string, value: unknown, why: string | null): Value {
    if (why !== null) return this.unknown(pointer, why)
    return value === undefined ? null : jsonValue(value)
  }

  private of<T>(pointer: string, known: Known<T>, valueOf: (value: T) => Value): Value {
    return known.isKnown ? valueOf(known.value) : this.unknown(pointer, known.because)
  }

  private unknown(pointer: string, because: string): Unknown {
    this.reasons.set(pointer, because)
    return new Unknown(pointer)
  }
}

const stateOf: ReadonlySet<string> = new Set(['object', 'podSpec', 'certificateRequest'])

const stateValue = (state: JsonObject | null): Value => (state === null ? null : jsonValue(withoutNulls(state)))

/** What JSON.parse gives is a value as it is. */
const jsonValue = (value: unknown): Value => value as Value

/** A body that belongs there and is not: the request was refused before it was read. */
function whyNoRequestBody(event: Event, raw: JsonObject): string | null {
  if (isBodiless(event)) return null
  const why = whyNoRequest(event)
  if (why !== null || raw['requestObject'] !== undefined) return why
  const hasBody = event.verb === 'create' || event.verb === 'update' || event.verb === 'patch'
  return event.class === 'write' && hasBody ? 'the request was not read' : null
}

/** At no level: handlers/get.go and ConnectResource in handlers/rest.go of the API server log no request. */
function isBodiless({ class: kind, verb }: Event): boolean {
  return kind === 'connect' || verb === 'get' || verb === 'list' || verb === 'watch'
}

function whyNoResponseBody(event: Event): string | null {
  return event.stage === 'ResponseComplete' ? whyNoResponse(event) : 'the request was not complete yet'
}

const actorValue = ({ name, type, groups }: Actor): { readonly [key: string]: Value } => ({ name, type, groups })

function extraOf(raw: JsonObject): Value {
  const extra = memberIn(raw, 'user', 'extra')
  return isJsonObject(extra) ? jsonValue(extra) : {}
}

function memberIn(raw: JsonObject, key: string, member: string): unknown {
  const value = raw[key]
  return isJsonObject(value) ? value[member] : undefined
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
