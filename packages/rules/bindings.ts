// RuleBindings: what the expressions of rules read of one subject, each part made once and only where a rule names it.

import { CelTimestamp, Unknown, type Value } from '@plaintrail/cel/value'
import type { Actor, Event, FlagName } from '@plaintrail/event/event'
import { queryValues } from '@plaintrail/event/request-uri'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { containersOf, mayRunPods, podSpecOf } from './pod-spec.ts'
import {
  whyDryRunOpen,
  whyNameless,
  whyNoRequest,
  whyNoResponse,
  whyNothingCame,
  whyNoUid,
  whyUntold,
} from './recorded.ts'
import type { eventVariables } from './rule-variables.ts'
import type { Known, Subject } from './subject.ts'

/** Those of a subject; `params` are of a rule. */
export type VariableName = Exclude<keyof typeof eventVariables, 'params'>

export class RuleBindings {
  private readonly subject: Subject
  private readonly made = new Map<VariableName, Value>()
  private readonly reasons = new Map<string, string>()

  constructor(subject: Subject) {
    this.subject = subject
  }

  value(name: VariableName): Value {
    const known = this.made.get(name)
    if (known !== undefined) return known
    const value = this.make(name)
    this.made.set(name, value)
    return value
  }

  /** Why what stands at this pointer is not known, as the end of a sentence. */
  because(pointer: string): string {
    return this.reasons.get(pointer) ?? 'it was not recorded'
  }

  /** Whether there is no such state, whatever was recorded: nothing came of the request. */
  isOfNothing(pointer: string): boolean {
    return stateOf.has(pointer) && whyNothingCame(this.subject.event) !== null
  }

  private make(name: VariableName): Value {
    const { subject } = this
    const { event, raw } = subject
    switch (name) {
      case 'event':
        return eventValue(subject, (pointer, because) => this.unknown(pointer, because))
      case 'actor':
        return { ...actorValue(event.actor), uid: textOf(memberIn(raw, 'user', 'uid')), extra: extraOf(raw) }
      case 'impersonated':
        return event.impersonated === null ? null : actorValue(event.impersonated)
      case 'initiator':
        return this.of('/initiator', subject.initiator, ({ kind, name, confidence }) => ({ kind, name, confidence }))
      case 'object':
        return this.of('/object', subject.object, jsonValue)
      case 'oldObject':
        return this.of('/oldObject', subject.oldObject, jsonValue)
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
        const podSpec = this.value('podSpec')
        return podSpec instanceof Unknown ? podSpec : jsonValue(containersOf(podSpec as JsonObject))
      }
      default:
        return name satisfies never
    }
  }

  private podSpec(): Value {
    const { object, event } = this.subject
    if (object.isKnown) return object.value === null ? {} : jsonValue(podSpecOf(object.value))
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

const stateOf: ReadonlySet<string> = new Set(['/object', '/podSpec'])

/** What JSON.parse gives is a value as it is. */
const jsonValue = (value: unknown): Value => value as Value

/** A body that belongs there and is not: the request was refused before it was read. */
function whyNoRequestBody(event: Event, raw: JsonObject): string | null {
  const why = whyNoRequest(event)
  if (why !== null || raw['requestObject'] !== undefined) return why
  const hasBody = event.verb === 'create' || event.verb === 'update' || event.verb === 'patch'
  return event.class === 'write' && hasBody ? 'the request was not read' : null
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

/** Fields of `event`, for who checks what a rule names. */
export const eventFields: ReadonlySet<string> = new Set([
  'auditID',
  'stage',
  'level',
  'verb',
  'class',
  'outcome',
  'code',
  'decision',
  'reason',
  'time',
  'stageTime',
  'requestURI',
  'path',
  'params',
  'command',
  'detail',
  'sentence',
  'cluster',
  'annotations',
  'sourceIPs',
  'peer',
  'claimed',
  'userAgent',
  'client',
  'flags',
  'resource',
  'apiGroup',
  'apiVersion',
  'subresource',
  'namespace',
  'name',
  'uid',
  'auditIDReused',
])

/** What takes a while stands behind a getter. */
function eventValue(subject: Subject, unknown: (pointer: string, because: string) => Unknown): Value {
  const { event, raw, cluster } = subject
  const known = (pointer: string, why: string | null, value: () => Value): Value =>
    why === null ? value() : unknown(pointer, why)
  const { object, source, client, requestURI } = event
  return {
    auditID: event.auditID,
    stage: event.stage,
    level: event.level,
    verb: event.verb,
    class: event.class,
    outcome: event.outcome,
    code: event.code,
    decision: event.decision,
    reason: event.reason,
    get time() {
      return event.flags.oddTime === true ? null : timeValue(event.time)
    },
    get stageTime() {
      return event.stageTime === null ? null : timeValue(event.stageTime)
    },
    requestURI,
    path: event.path,
    get params() {
      return paramsOf(requestURI)
    },
    get command() {
      return queryValues(requestURI, 'command')
    },
    get detail() {
      return known('/event/detail', whyUntold(event), () => event.detail)
    },
    get sentence() {
      return known('/event/sentence', whyUntold(event), () => subject.sentence)
    },
    cluster,
    annotations: isJsonObject(raw['annotations']) ? jsonValue(raw['annotations']) : {},
    sourceIPs: source.peer === null ? source.claimed : [...source.claimed, source.peer],
    peer: source.peer,
    claimed: source.claimed,
    userAgent: client.userAgent,
    client: { name: client.name, version: client.version },
    flags: {
      ...event.flags,
      ...openFlag('dryRun', whyDryRunOpen(event), unknown),
      ...openFlag('generateName', whyNameless(event), unknown),
    },
    resource: object?.resource ?? '',
    apiGroup: object?.apiGroup ?? '',
    apiVersion: object?.apiVersion ?? '',
    subresource: object?.subresource ?? '',
    namespace: object?.namespace ?? '',
    name: known('/event/name', whyNameless(event), () => object?.name ?? ''),
    uid: known('/event/uid', whyNoUid(event), () => object?.uid ?? null),
    auditIDReused: subject.isAuditIDReused,
  }
}

function openFlag(
  name: FlagName,
  why: string | null,
  unknown: (pointer: string, because: string) => Unknown,
): { readonly [name: string]: Value } {
  return why === null ? {} : { [name]: unknown(`/event/flags/${name}`, why) }
}

const timeValue = (us: number): CelTimestamp => new CelTimestamp(BigInt(us) * 1000n)

/** Keys of a query string; more are left out. */
const paramsMax = 100

/** By key the values of the query, as the API server reads them. */
function paramsOf(requestURI: string): Value {
  const start = requestURI.indexOf('?')
  if (start === -1) return {}
  const keys = new Set(
    requestURI
      .slice(start + 1)
      .split('&', paramsMax)
      .flatMap(keyOf),
  )
  return Object.fromEntries([...keys].map((key) => [key, queryValues(requestURI, key)]))
}

function keyOf(pair: string): readonly string[] {
  const key = (pair.split('=', 1)[0] ?? '').replaceAll('+', ' ')
  try {
    return key === '' ? [] : [decodeURIComponent(key)]
  } catch {
    return []
  }
}
