// EventValue: `event` in the expressions of rules, of which each field is made once and only where a rule names it.

import { CelTimestamp, type Unknown, type Value } from '@plaintrail/cel/value'
import type { Event, FlagName } from '@plaintrail/event/event'
import { queryValues } from '@plaintrail/event/request-uri'
import { isJsonObject } from '@plaintrail/history/json-values'
import { whyDryRunOpen, whyNameless, whyNoUid, whyUntold } from './recorded.ts'
import type { Subject } from './subject.ts'

/** Makes what stands in place of a value that is not known, and keeps why. */
type MakeUnknown = (pointer: string, because: string) => Unknown

export class EventValue {
  private readonly subject: Subject
  private readonly unknown: MakeUnknown
  private readonly made: Record<string, Value> = {}

  constructor(subject: Subject, unknown: MakeUnknown) {
    this.subject = subject
    this.unknown = unknown
  }

  /** A map with these fields at least; the others that it has are true as well. */
  with(fields: readonly string[]): Value {
    for (const field of fields) {
      if (Object.hasOwn(this.made, field)) continue
      const make = makers.get(field)
      if (make !== undefined) this.made[field] = make(this.subject, this.unknown)
    }
    return this.made
  }
}

type Make = (subject: Subject, unknown: MakeUnknown) => Value

const ofEvent =
  (read: (event: Event) => Value): Make =>
  ({ event }) =>
    read(event)

const open =
  (pointer: string, why: (event: Event) => string | null, read: (subject: Subject) => Value): Make =>
  (subject, unknown) => {
    const because = why(subject.event)
    return because === null ? read(subject) : unknown(pointer, because)
  }

const makers: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['auditID', ofEvent(({ auditID }) => auditID)],
  ['stage', ofEvent(({ stage }) => stage)],
  ['level', ofEvent(({ level }) => level)],
  ['verb', ofEvent(({ verb }) => verb)],
  ['class', ofEvent((event) => event.class)],
  ['outcome', ofEvent(({ outcome }) => outcome)],
  ['code', ofEvent(({ code }) => code)],
  ['decision', ofEvent(({ decision }) => decision)],
  ['reason', ofEvent(({ reason }) => reason)],
  ['time', ofEvent(({ time, flags }) => (flags.oddTime === true ? null : timeValue(time)))],
  ['stageTime', ofEvent(({ stageTime }) => (stageTime === null ? null : timeValue(stageTime)))],
  ['requestURI', ofEvent(({ requestURI }) => requestURI)],
  ['path', ofEvent(({ path }) => path)],
  ['params', ofEvent(({ requestURI }) => paramsOf(requestURI))],
  ['command', ofEvent(({ requestURI }) => queryValues(requestURI, 'command'))],
  ['detail', open('/event/detail', whyUntold, ({ event }) => event.detail)],
  ['sentence', open('/event/sentence', whyUntold, ({ sentence }) => sentence)],
  ['cluster', ({ cluster }) => cluster],
  // What JSON.parse gives is a value as it is.
  [
    'annotations',
    ({ raw }) => (isJsonObject(raw['annotations']) ? (raw['annotations'] as { readonly [key: string]: Value }) : {}),
  ],
  ['sourceIPs', ofEvent(({ source: { claimed, peer } }) => (peer === null ? claimed : [...claimed, peer]))],
  ['peer', ofEvent(({ source }) => source.peer)],
  ['claimed', ofEvent(({ source }) => source.claimed)],
  ['userAgent', ofEvent(({ client }) => client.userAgent)],
  ['client', ofEvent(({ client: { name, version } }) => ({ name, version }))],
  ['flags', ({ event }, unknown) => flagsOf(event, unknown)],
  ['resource', ofEvent(({ object }) => object?.resource ?? '')],
  ['apiGroup', ofEvent(({ object }) => object?.apiGroup ?? '')],
  ['apiVersion', ofEvent(({ object }) => object?.apiVersion ?? '')],
  ['subresource', ofEvent(({ object }) => object?.subresource ?? '')],
  ['namespace', ofEvent(({ object }) => object?.namespace ?? '')],
  ['name', open('/event/name', whyNameless, ({ event }) => event.object?.name ?? '')],
  ['uid', open('/event/uid', whyNoUid, ({ event }) => event.object?.uid ?? null)],
  ['auditIDReused', ({ isAuditIDReused }) => isAuditIDReused],
])

export const eventFields: readonly string[] = [...makers.keys()]

function flagsOf(event: Event, unknown: MakeUnknown): Value {
  const openFlag = (name: FlagName, why: string | null): { readonly [name: string]: Value } =>
    why === null ? {} : { [name]: unknown(`/event/flags/${name}`, why) }
  return {
    ...event.flags,
    ...openFlag('dryRun', whyDryRunOpen(event)),
    ...openFlag('generateName', whyNameless(event)),
  }
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
