// OfflineSubjects: events of files as what rules judge, with what is known around each from those before it.

import { hash } from 'node:crypto'
import type { Event } from '@plaintrail/event/event'
import { normalize } from '@plaintrail/event/normalize'
import { initiatorByItself } from '@plaintrail/history/initiator-by-itself'
import type { JsonObject } from '@plaintrail/history/json-values'
import { changesSince, OfflineHistory } from './offline-history.ts'
import { subjectOf } from './subject-of-event.ts'
import type { CostlyPart, Known, Subject, SubjectInitiator } from './subject.ts'

/** AuditIDs that are held to see which comes again with other bytes; of more the oldest are forgotten. */
const auditIdsMax = 20_000

/** Maps and lists within each other: API servers take 100 levels of a body at most, and what is deeper overflows stacks. */
const levelsMax = 500

/** What somebody says of an event, in place of what the events before it show. */
export interface Told {
  readonly oldObject?: JsonObject | null | undefined
  readonly initiator?: SubjectInitiator | null
}

export interface SubjectsOptions {
  readonly cluster: string
  readonly parts: ReadonlySet<CostlyPart>
  readonly isWhole?: boolean
}

/** Of one cluster. Events come in the order of the file. */
export class OfflineSubjects {
  private readonly cluster: string
  private readonly parts: ReadonlySet<CostlyPart>
  private readonly history: OfflineHistory
  private readonly auditIds = new Map<string, string>()

  /** `parts` are those that rules read: the others are not made. `isWhole`: nothing happened but what is told. */
  constructor({ cluster, parts, isWhole = false }: SubjectsOptions) {
    this.cluster = cluster
    this.parts = parts
    this.history = new OfflineHistory({ isWhole })
  }

  /** `id` names the event for people and is unique in the file. Null for what is no audit event that an API server wrote. */
  take(id: string, raw: JsonObject, told: Told = {}): Subject | null {
    if (isDeeper(raw, levelsMax)) return null
    const event = normalize(raw)
    if (event === null || event.verb === '') return null
    const { oldObject } = told
    const isAsked = this.parts.has('changes') || this.parts.has('oldObject')
    const before = isAsked ? this.history.take(id, event, raw) : {}
    const said =
      oldObject === undefined
        ? before
        : { oldObject: { isKnown: true, value: oldObject } as const, changes: changesSince(oldObject, event, raw) }
    return subjectOf({
      id,
      cluster: this.cluster,
      event,
      raw,
      receivedUs: event.stageTime ?? event.time,
      ...said,
      initiator: told.initiator ? { isKnown: true, value: told.initiator } : behind(id, event),
      isAuditIDReused: this.parts.has('isAuditIDReused') && this.isReused(event, raw),
    })
  }

  private isReused({ auditID, stage }: Event, raw: JsonObject): boolean {
    const key = `${auditID} ${stage}`
    const digest = hash('sha256', JSON.stringify(raw))
    const before = this.auditIds.get(key)
    this.auditIds.set(key, digest)
    const [oldest] = this.auditIds.size > auditIdsMax ? this.auditIds.keys() : []
    if (oldest !== undefined) this.auditIds.delete(oldest)
    return before !== undefined && before !== digest
  }
}

function behind(id: string, event: Event): Known<SubjectInitiator> {
  const attribution = initiatorByItself({ ...event, id })
  if (attribution === null)
    return { isKnown: false, because: 'other events say who is behind it, and none are looked at' }
  return { isKnown: true, value: { ...attribution.initiator, confidence: attribution.confidence } }
}

function isDeeper(value: unknown, levels: number): boolean {
  const open: (readonly [value: unknown, level: number])[] = [[value, 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [inner, level] = next
    if (typeof inner !== 'object' || inner === null) continue
    if (level === levels) return true
    for (const member of Object.values(inner)) if (typeof member === 'object') open.push([member, level + 1])
  }
  return false
}
