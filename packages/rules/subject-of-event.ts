// subjectOf: a Subject of an event and what is known around it; what costs is made when it is asked for.

import type { Event } from '@plaintrail/event/event'
import { sentence } from '@plaintrail/event/sentence'
import type { JsonObject } from '@plaintrail/history/json-values'
import { objectAfter } from './object-after.ts'
import type { Known, Subject, SubjectChange, SubjectInitiator } from './subject.ts'

/** What is left out is not known, and of a read or a failed request nothing changed. */
export interface SubjectParts {
  readonly id: string
  readonly cluster: string
  readonly event: Event
  readonly raw: JsonObject
  readonly receivedUs: number
  readonly sentence?: string
  readonly changes?: Known<readonly SubjectChange[]>
  readonly object?: Known<JsonObject | null>
  readonly oldObject?: Known<JsonObject | null>
  readonly initiator?: Known<SubjectInitiator>
  readonly isAuditIDReused?: boolean
}

export function subjectOf(parts: SubjectParts): Subject {
  return new EventSubject(parts)
}

const notFollowed: Known<never> = { isKnown: false, because: 'the history of objects is not kept here' }
const notAttributed: Known<never> = { isKnown: false, because: 'who is behind events is not looked for here' }
const noChanges: Known<readonly SubjectChange[]> = { isKnown: true, value: [] }
const noObject: Known<null> = { isKnown: true, value: null }

class EventSubject implements Subject {
  readonly id: string
  readonly cluster: string
  readonly event: Event
  readonly raw: JsonObject
  readonly receivedUs: number
  readonly isAuditIDReused: boolean
  readonly changes: Known<readonly SubjectChange[]>
  readonly oldObject: Known<JsonObject | null>
  readonly initiator: Known<SubjectInitiator>
  private told: string | undefined
  private after: Known<JsonObject | null> | undefined

  constructor(parts: SubjectParts) {
    const { event } = parts
    this.id = parts.id
    this.cluster = parts.cluster
    this.event = event
    this.raw = parts.raw
    this.receivedUs = parts.receivedUs
    this.isAuditIDReused = parts.isAuditIDReused ?? false
    this.changes = parts.changes ?? (mayHaveChanged(event) ? notFollowed : noChanges)
    this.oldObject = parts.oldObject ?? (event.flags.created === true ? noObject : notFollowed)
    this.initiator = parts.initiator ?? notAttributed
    this.told = parts.sentence
    this.after = parts.object
  }

  get sentence(): string {
    this.told ??= sentence(this.event)
    return this.told
  }

  get object(): Known<JsonObject | null> {
    this.after ??= objectAfter(this.event, this.raw)
    return this.after
  }
}

/** A create changes nothing either, but it brings images. */
export function mayHaveChanged({ class: kind, outcome, flags }: Event): boolean {
  return kind === 'write' && outcome !== 'denied' && outcome !== 'rejected' && flags.dryRun !== true
}
