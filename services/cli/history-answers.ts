// What the API answers about an object's history, as types: each is looked at once here, and taken as it is after that.

import type { StoredEvent } from '@plaintrail/event/event'
import type { Manifest } from './manifest.ts'

export interface Initiator {
  readonly kind: 'person' | 'service-account' | 'commit' | 'unknown'
  readonly name: string
  readonly confidence: 'certain' | 'likely' | 'unknown'
  readonly chain: readonly { readonly what: string; readonly event: string; readonly why: string }[]
  readonly considered: readonly string[]
}

export interface Writer {
  readonly name: string
  readonly type: string
  readonly as: string | null
}

export interface RevisionRef {
  readonly event: string
  readonly time: string
  readonly resource_version: number | null
  /** Null where the event itself is past retention. */
  readonly actor: Writer | null
  /** `kubectl 1.33.3`, as claimed. */
  readonly client: string | null
  readonly verb: string
  readonly initiator?: Initiator | null
}

interface ChangedField {
  readonly path: string
  readonly op: 'add' | 'remove' | 'replace'
  readonly from: string | null
  readonly to: string | null
}

/** What a write changed, as its event says it; null where that is not known. */
interface EventChange {
  readonly fidelity: string
  readonly significance: string
  readonly changes: readonly ChangedField[]
  readonly changes_count: number
  readonly summary: string
  /** Whether nothing speaks of a write between, so that all of it is this event's. */
  readonly sure: boolean
}

/** An event with what history knows of it. A server from before history says neither. */
export interface TracedEvent extends StoredEvent {
  readonly change?: EventChange | null
  readonly initiator?: Initiator | null
}

export interface Revision extends RevisionRef {
  readonly uid: string | null
  readonly fidelity: string
  readonly significance: string
  readonly adjacency: string
  readonly reasons: readonly { readonly kind: string; readonly certain: boolean; readonly says: string }[]
  readonly unseen_min: number
  readonly changes: readonly ChangedField[]
  readonly changes_count: number
  readonly summary: string
}

export interface Lifetime {
  readonly uid: string
  readonly made: RevisionRef | null
  readonly ended: RevisionRef | null
  readonly end: 'seen' | 'unseen' | 'open'
}

export interface Followed {
  readonly complete: boolean
  readonly behind: number
  readonly until: string | null
}

export interface WhyNot {
  readonly says: string
  readonly policy: string | null
}

interface Told {
  readonly why_not: WhyNot | null
  readonly meta: { readonly history: Followed }
}

export interface RevisionPage {
  readonly data: readonly Revision[]
  readonly has_more: boolean
  readonly next_cursor: string | null
  readonly lifetimes: readonly Lifetime[]
  readonly meta: Told['meta'] & { readonly why_not: WhyNot | null; readonly hidden: number }
}

export interface State {
  readonly time: string
  readonly presence: 'present' | 'gone' | 'not-yet' | 'maybe'
  readonly revision: RevisionRef | null
  readonly fidelity: string | null
  readonly or_already: RevisionRef | null
  readonly or_unseen: boolean
  readonly says: string
}

export interface Change {
  readonly path: string
  readonly op: 'add' | 'remove' | 'replace'
  readonly from?: unknown
  readonly to?: unknown
  readonly noise: boolean
  readonly secret: boolean
}

export interface DiffAnswer extends Told {
  /** That the two are different objects of one name, as a sentence. */
  readonly recreated: string | null
  readonly from: State
  readonly to: State
  readonly changes: readonly Change[]
  readonly changes_count: number
  readonly noise_count: number
  readonly is_cut: boolean
}

export interface AtAnswer extends Told {
  readonly state: State
  readonly manifest: Manifest | null
}

export interface BlamedField {
  readonly path: string
  readonly value: unknown
  readonly how: 'set' | 'set-or-unseen' | 'unseen'
  readonly revision: RevisionRef | null
  readonly after: RevisionRef | null
  readonly manager: string | null
  readonly noise: boolean
}

export interface BlameAnswer extends Told {
  readonly state: State
  readonly fields: readonly BlamedField[]
  /** What is left out, as a sentence; null where nothing is. */
  readonly says: string | null
}

export interface UndoAnswer extends Told {
  readonly event: string
  readonly changes: readonly Change[]
  readonly patches: { readonly json: unknown; readonly merge: unknown; readonly strategic: unknown }
  readonly commands: readonly { readonly line: string; readonly says: string }[]
  readonly conflicts: readonly { readonly path: string; readonly says: string; readonly by: RevisionRef | null }[]
  readonly refused: readonly { readonly path: string; readonly says: string }[]
  /** Why some of what differs may be the work of others. */
  readonly doubts: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

/** Enough to tell another program's answer from ours; what is within is the server's promise. */
export function isRevisionPage(value: unknown): value is RevisionPage {
  return isFields(value) && hasLists(value, 'data', 'lifetimes') && hasHistory(value) && areRefs(value['data'])
}

export function isDiffAnswer(value: unknown): value is DiffAnswer {
  return (
    isFields(value) && hasLists(value, 'changes') && isState(value['from']) && isState(value['to']) && hasHistory(value)
  )
}

export function isAtAnswer(value: unknown): value is AtAnswer {
  return isFields(value) && isState(value['state']) && 'manifest' in value && hasHistory(value)
}

export function isBlameAnswer(value: unknown): value is BlameAnswer {
  return isFields(value) && hasLists(value, 'fields') && isState(value['state']) && hasHistory(value)
}

export function isUndoAnswer(value: unknown): value is UndoAnswer {
  return (
    isFields(value) &&
    hasLists(value, 'changes', 'commands', 'conflicts', 'refused', 'doubts') &&
    isFields(value['patches']) &&
    hasHistory(value)
  )
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const hasLists = (value: Fields, ...names: readonly string[]): boolean =>
  names.every((name) => Array.isArray(value[name]))

function hasHistory({ meta }: Fields): boolean {
  return isFields(meta) && isFields(meta['history']) && typeof meta['history']['complete'] === 'boolean'
}

const isState = (value: unknown): boolean => isFields(value) && typeof value['presence'] === 'string'

const areRefs = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => isFields(one) && typeof one['event'] === 'string')
