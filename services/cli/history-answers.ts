// What the API answers about an object's history, as types: each is looked at once here, and taken as it is after that.
import type { components } from '@plaintrail/api-client/api-types'
import type { StoredEvent } from '@plaintrail/event/event'

type Schemas = components['schemas']
export type Initiator = Schemas['Initiator']
export type Writer = Schemas['Writer']
export type RevisionRef = Schemas['RevisionRef']
export type Revision = Schemas['Revision']
export type Lifetime = Schemas['Lifetime']
export type RevisionPage = Schemas['RevisionPage']
export type Followed = Schemas['Followed']
export type WhyNot = Schemas['WhyNot']
export type State = Schemas['ObjectState']
export type Change = Schemas['Change']
export type DiffAnswer = Schemas['ObjectDiff']
export type AtAnswer = Schemas['ObjectAt']
export type BlamedField = Schemas['BlamedField']
export type BlameAnswer = Schemas['ObjectBlame']
export type UndoAnswer = Schemas['ObjectUndo']

/** An event with what history knows of it, where it was asked for. */
export interface TracedEvent extends StoredEvent {
  /** What it changed; null where that is not known. */
  readonly change?: Schemas['EventChange'] | null
  /** Who is behind it; null where that was not looked for yet. */
  readonly initiator?: Initiator | null
  /** Ids of the findings that it is a part of. */
  readonly findings?: readonly string[]
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
