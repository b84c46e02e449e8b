// OfflineHistory: what events of a file changed and what was before them, from the events before them in the file.

import type { Event } from '@plaintrail/event/event'
import { changedFields } from '@plaintrail/history/changed-fields'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { objectStatesOf } from '@plaintrail/history/object-state'
import type { Observation } from '@plaintrail/history/observation'
import { relink } from '@plaintrail/history/revision-chain'
import { baseOf } from '@plaintrail/history/revision-link'
import { placeOf, type Revision } from '@plaintrail/history/revision'
import { mayHaveChanged } from './subject-of-event.ts'
import type { Known, SubjectChange } from './subject.ts'

/** Objects whose last state is held; of more those that were not seen for longest are forgotten. */
const objectsMax = 20_000
/** Writes without a version that are held between two states. */
const unplacedMax = 16

export interface Before {
  readonly changes: Known<readonly SubjectChange[]>
  readonly oldObject: Known<JsonObject | null>
}

interface ObjectChain {
  last: Revision | null
  unplaced: Revision[]
}

/** Of one cluster. Events come in the order of the file. */
export class OfflineHistory {
  private readonly chains = new Map<string, ObjectChain>()
  private readonly uids = new Map<string, string>()
  private readonly isWhole: boolean

  /** `isWhole`: nothing happened but what is told, so that no write can have been missed. */
  constructor({ isWhole }: { readonly isWhole: boolean }) {
    this.isWhole = isWhole
  }

  /** What was before the event, which it takes in. `id` is unique in the file. */
  take(id: string, event: Event, raw: JsonObject): Before {
    const told = objectStatesOf({ raw, event }).observations
    const own = told.map((observation) => this.takeObservation(id, observation))
    if (!mayHaveChanged(event)) return { changes: nothing, oldObject: unknown('it changed nothing') }
    return event.object?.name === '' ? whereNoState(event) : (own.at(-1) ?? whereNoState(event))
  }

  private takeObservation(event: string, observation: Observation): Before {
    const uid = this.uidOf(observation)
    const chain = this.chains.get(uid) ?? { last: null, unplaced: [] }
    // Put at the end: who was seen last is forgotten last.
    this.chains.delete(uid)
    this.chains.set(uid, chain)
    this.forget()
    const { last } = chain
    const order = orderOf(last, observation)
    const arrival = { uid, event, observation }
    if (order === 'earlier') return neither('events of the file are not in the order of their writes')
    if (order === 'same') return { changes: nothing, oldObject: known(last?.object ?? null) }
    const linked = relink(arrival, { before: last, unplaced: chain.unplaced })
    const revision = this.isWhole && last !== null ? { ...linked, link: { ...linked.link, ...proven } } : linked
    if (isUnplaced(observation)) chain.unplaced = [...chain.unplaced, revision].slice(-unplacedMax)
    else {
      chain.last = revision
      chain.unplaced = []
    }
    return { changes: changesOf(last, revision), oldObject: stateBefore(last, revision) }
  }

  /** Where no body says it, that of the name. */
  private uidOf({ uid, apiGroup, resource, namespace, name }: Observation): string {
    const place = JSON.stringify([apiGroup, resource, namespace, name])
    if (uid === null) return this.uids.get(place) ?? place
    this.uids.delete(place)
    this.uids.set(place, uid)
    return uid
  }

  private forget(): void {
    for (const map of [this.chains, this.uids]) {
      const [oldest] = map.size > objectsMax ? map.keys() : []
      if (oldest !== undefined) map.delete(oldest)
    }
  }
}

const proven = { adjacency: 'proven', reasons: [], unseenMin: 0 } as const
const known = <T>(value: T): Known<T> => ({ isKnown: true, value })
const unknown = (because: string): Known<never> => ({ isKnown: false, because })
const neither = (because: string): Before => ({ changes: unknown(because), oldObject: unknown(because) })
const nothing: Known<readonly SubjectChange[]> = known([])
const notSeen = 'what was before it was not seen'

/** A write whose answer was recorded and that shows no state changed nothing. */
function whereNoState({ level, object, flags, verb }: Event): Before {
  const isShown = level === 'RequestResponse' && flags.truncated !== true && flags.bodyTooLarge !== true
  const isOfOne = object !== null && object.name !== '' && object.resource !== 'events' && verb !== 'deletecollection'
  const because = 'the event does not show what came of it'
  return { changes: isShown && isOfOne ? nothing : unknown(because), oldObject: unknown(because) }
}

function orderOf(last: Revision | null, { resourceVersion, observed }: Observation): 'earlier' | 'same' | 'later' {
  const version = last?.observation.resourceVersion ?? null
  if (observed === 'deleted' || version === null || resourceVersion === null || version < resourceVersion)
    return 'later'
  return version === resourceVersion ? 'same' : 'earlier'
}

/** It says neither which version it made nor its state: what it may have set is held against the next state. */
const isUnplaced = (observation: Observation): boolean => observation.object === null && placeOf(observation) === null

function changesOf(before: Revision | null, revision: Revision): Known<readonly SubjectChange[]> {
  const { link, fidelity, observation } = revision
  if (link.adjacency === 'broken') return unknown(link.reasons[0]?.says ?? 'a write before it was not seen')
  if (fidelity === 'metadata-only') return unknown(observation.lacks ?? 'the event does not show the object')
  if (fidelity === 'derived' && revision.object === null) return unknown(observation.lacks ?? notSeen)
  const { fields, count } = changedFields(before, revision)
  const told = fields.filter(({ op }) => op !== 'came').length
  return told < count ? unknown(`it changed ${count} fields, of which ${told} are told`) : known(fields)
}

function stateBefore(before: Revision | null, { link, observation }: Revision): Known<JsonObject | null> {
  if (link.adjacency === 'first') return known(null)
  if (link.adjacency === 'broken') return unknown(link.reasons[0]?.says ?? 'a write before it was not seen')
  const base = baseOf(before, link)
  return base === null ? unknown(before?.observation.lacks ?? observation.lacks ?? notSeen) : known(base)
}

/** What a write changed, where somebody says what was before it. */
export function changesSince(
  oldObject: JsonObject | null,
  event: Event,
  raw: JsonObject,
): Known<readonly SubjectChange[]> {
  const observation = objectStatesOf({ raw, event }).observations.at(-1)
  if (observation === undefined || !mayHaveChanged(event)) return nothing
  const made = relink({ uid: 'the object', event: 'the event', observation }, { before: null, unplaced: [] })
  if (made.object === null && observation.observed !== 'deleted')
    return unknown(observation.lacks ?? 'the event does not show the object')
  if (oldObject === null) return known(changedFields(null, { ...made, significance: 'created' }).fields)
  const whole = made.object === null ? oldObject : completedLike(oldObject, made.object)
  const link = { ...made.link, ...proven }
  return known(changedFields({ ...made, object: whole }, { ...made, significance: 'changed', link }).fields)
}

/** What somebody writes down need not have what is the same before and after: type, name, uid. */
function completedLike(oldObject: JsonObject, object: JsonObject): JsonObject {
  const { apiVersion, kind, metadata } = object
  const [own, other] = [oldObject['metadata'], isJsonObject(metadata) ? metadata : {}]
  const { name, namespace, uid } = other
  const named = Object.fromEntries(Object.entries({ name, namespace, uid }).filter(([, value]) => value !== undefined))
  return { apiVersion, kind, ...oldObject, metadata: isJsonObject(own) ? { ...named, ...own } : other }
}
