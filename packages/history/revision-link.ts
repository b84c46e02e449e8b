// linkOf: whether a write was not seen between two consecutive revisions, from everything that could show it.
// resourceVersion is etcd's revision, shared by all objects, so a jump means nothing; what does is listed below.

import { isJsonObject, isSameJson, type JsonObject } from './json-values.ts'
import { foreignWrite, isRepeated } from './managers.ts'
import type { Observation } from './observation.ts'
import { isBuiltInGroup } from './patch-type.ts'
import { unplacedMax, type Fill, type GapKind, type GapReason, type Link, type Revision } from './revision.ts'
import { isOfStatusWriteText } from './status-writes.ts'
import { unaskedChanges, unaskedMax } from './unasked-changes.ts'
import { valueAt, withFields } from './with-fields.ts'

/** Times in metadata have whole seconds. */
const secondUs = 1_000_000

/** What a link is made of. */
export interface LinkSources {
  /** The revision before; null where there is none. */
  readonly before: Revision | null
  readonly observation: Observation
  /** Writes of the uid that tell no version and may have happened between the two, by time. */
  readonly unplaced: readonly Revision[]
}

/** Costs one comparison of the two states. Pure; the same whatever order the observations came in. */
export function linkOf({ before, observation, unplaced }: LinkSources): Link {
  if (before === null) return beginning(observation)
  const { basedOn } = observation
  const version = before.observation.resourceVersion
  const proven = basedOn !== null && basedOn === version && !isNoWrite(observation)
  if (proven) return { adjacency: 'proven', reasons: [], unseenMin: 0, fills: [] }
  const found: Suspicion[] = []
  const tell: Tell = (kind, says, unseenMin, isOfStatus = false) =>
    void found.push({ kind, says, unseenMin, isOfStatus })
  const reports = unplaced.filter((write) => isReport(write.observation))
  if (isNoWrite(observation)) tell('read', 'a read showed this state; the write that made it was not seen', 1)
  if (basedOn !== null && version !== null && basedOn > version) {
    const isOfStatus = reports.length > 0 || isStatusChanged(before, observation)
    tell('version', `the write changed version ${basedOn}, and what made that version was not seen`, 1, isOfStatus)
  }
  tellGeneration(before, observation, tell)
  tellUnplaced(unplaced, tell)
  const fills = fillsOf(before.object, observation.object, unplaced)
  tellStates(before, observation, fills, tell)
  if (!hasDeletion(unplaced)) tellDeletion(before.object, observation, tell)
  return { ...concluded(found, reports.length > 0), fills }
}

interface Suspicion {
  readonly kind: GapKind
  readonly says: string
  readonly unseenMin: number
  /** A write to status explains it. */
  readonly isOfStatus: boolean
}

/** Where reports are known, what speaks of a status write speaks of them, and of none that was not seen. */
function concluded(found: readonly Suspicion[], hasReports: boolean): Omit<Link, 'fills'> {
  const isOnlyStatus = found.every(({ isOfStatus }) => isOfStatus)
  const reasons = found.map(({ kind, says, unseenMin }): GapReason => ({ kind, isCertain: unseenMin > 0, says }))
  if (found.length === 0) return { adjacency: 'assumed', reasons, unseenMin: 0 }
  const unseenMin = Math.max(...found.map((one) => one.unseenMin))
  if (!isOnlyStatus) return { adjacency: 'broken', reasons, unseenMin }
  return { adjacency: 'but-status', reasons, unseenMin: hasReports ? 0 : unseenMin }
}

/** A write to status whose answer was not logged, as audit policies have it of controllers. */
function isReport(observation: Observation): boolean {
  return observation.isStatusOnly && !isFilled(observation)
}

function isStatusChanged(before: Revision, { object }: Observation): boolean {
  if (before.object === null || object === null) return false
  return !isSameJson(before.object['status'], object['status'])
}

function tellUnplaced(unplaced: readonly Revision[], tell: Tell): void {
  const unknown = unplaced.filter((write) => !isFilled(write.observation))
  if (unknown.length === 0) return
  const isOfStatus = unknown.every((write) => write.observation.isStatusOnly)
  const what = isOfStatus ? 'a write to status' : 'a write'
  // With as many the rest is not looked at, but that reports come last.
  const isAll = unplaced.length < unplacedMax || unknown.some(({ significance }) => significance === 'status')
  tell('unplaced', `${what} whose answer was not logged happened around this time`, 0, isOfStatus && isAll)
}

/** What is to be compared with a revision's state to see what its event changed: the state before, side effects taken in. */
export function baseOf(before: Revision | null, { fills }: Link): JsonObject | null {
  if (before === null || before.object === null) return null
  return withFields(
    before.object,
    fills.flatMap(({ sets }) => sets),
  )
}

/** Side effects that are not in the state before and are in this one. */
function fillsOf(from: JsonObject | null, to: JsonObject | null, unplaced: readonly Revision[]): readonly Fill[] {
  if (from === null || to === null) return []
  return unplaced.flatMap(({ event, observation }) => {
    const sets = observation.sets.filter(
      ({ path, value }) => isSameJson(valueAt(to, path), value) && !isSameJson(valueAt(from, path), value),
    )
    return sets.length === 0 ? [] : [{ event, time: observation.latest, sets }]
  })
}

type Tell = (kind: GapKind, says: string, unseenMin: number, isOfStatus?: boolean) => void

function beginning(observation: Observation): Link {
  if (observation.isCreate) return { adjacency: 'first', reasons: [], unseenMin: 0, fills: [] }
  const says = 'what was before it was not seen'
  return { adjacency: 'broken', reasons: [{ kind: 'beginning', isCertain: true, says }], unseenMin: 1, fills: [] }
}

/** A read, or a write that answered the very version it demanded: it found everything as it wanted it. */
export function isNoWrite({ isRead, basedOn, resourceVersion, observed }: Observation): boolean {
  return isRead || (basedOn !== null && basedOn === resourceVersion && observed !== 'deleted')
}

/** What it sets is known, or is no more than a deletionTimestamp. */
function isFilled({ sets, observed }: Observation): boolean {
  return sets.length > 0 || observed === 'deleting'
}

/**
 * One write raises generation by one at most: by a changed spec (each type's PrepareForUpdate), or by the start of a
 * deletion (apiserver pkg/registry/rest/delete.go). Status alone never does. Types without generation tell nothing.
 */
function tellGeneration(before: Revision, observation: Observation, tell: Tell): void {
  const from = before.object === null ? before.observation.generation : generationIn(before.object)
  const to = observation.generation
  if (from === null || to === null) return
  const own = observation.isStatusOnly ? 0 : 1
  if (to - from > own) tell('generation', `generation went from ${from} to ${to}`, to - from - own)
}

function generationIn(object: JsonObject): number | null {
  const metadata = object['metadata']
  const generation = isJsonObject(metadata) ? metadata['generation'] : null
  return typeof generation === 'number' ? generation : null
}

function tellStates(before: Revision, observation: Observation, fills: readonly Fill[], tell: Tell): void {
  const { object: after } = observation
  if (after === null || isNoWrite(observation)) return
  if (before.object === null) return tell('state-unknown', 'the state of the revision before is not known', 0)
  const from = withFields(
    before.object,
    fills.flatMap(({ sets }) => sets),
  )
  // Another version is a conversion: fields move, and only the whole can be compared.
  if (from['apiVersion'] !== after['apiVersion']) return
  tellSections(from, after, observation, tell)
  if (before.fidelity !== 'derived') {
    const foreign = foreignWrite(from, after, observation)
    if (foreign !== null) {
      const { manager, isOfStatus } = foreign
      tell('manager', `managedFields show a write by ${manager} that was not seen`, 1, isOfStatus)
    }
  }
  if (isRepeated(from, after, observation)) {
    tell('repeated', 'the request found what it asked for; who made it so was not seen', 1)
  }
  const unasked = unaskedChanges(from, after, observation)
  const isOfStatus = unasked.length < unaskedMax && unasked.every(isOfStatusWriteText)
  if (unasked[0] !== undefined) {
    const says = `${unasked[0]} changed, which the request did not ask for: admission, or a write not seen`
    tell('unasked', says, 0, isOfStatus)
  }
}

/**
 * A status write takes status alone, and where a type has the subresource every other write leaves status as it was (the
 * types' PrepareForUpdate). A delete changes neither, but a Namespace's phase.
 */
function tellSections(from: JsonObject, after: JsonObject, observation: Observation, tell: Tell): void {
  if (observation.isStatusOnly) {
    if (!isSameJson(from['spec'], after['spec'])) tell('section', 'spec changed, which a status write cannot do', 1)
    return
  }
  const isMain = observation.subresource === '' && observation.resource !== 'namespaces' && !observation.isCreate
  if (!isMain || !keepsStatus(observation, from)) return
  if (isSameJson(from['status'], after['status'])) return
  tell('section', 'status changed, which only a status write does', 1, true)
}

/** An eviction or a deletecollection that is known. */
function hasDeletion(unplaced: readonly Revision[]): boolean {
  return unplaced.some(({ observation }) => observation.observed === 'deleting')
}

/**
 * Only a delete sets deletionTimestamp: to the time of its request and the grace period it gives. A later delete with a
 * shorter one sets it back accordingly (BeforeDelete, apiserver pkg/registry/rest/delete.go).
 */
function tellDeletion(from: JsonObject | null, observation: Observation, tell: Tell): void {
  if (from === null || observation.object === null || isNoWrite(observation)) return
  const begun = deletionOf(observation.object)
  if (begun === null || deletionOf(from) !== null) return
  if (observation.verb === 'delete' && begun >= observation.earliest - secondUs) return
  tell('deletion', 'its deletion had begun, and the delete was not seen', 1)
}

/** When its deletion was asked for, in microseconds since 1970; null where it was not. */
function deletionOf(object: JsonObject): number | null {
  const metadata = object['metadata']
  if (!isJsonObject(metadata) || typeof metadata['deletionTimestamp'] !== 'string') return null
  const grace = metadata['deletionGracePeriodSeconds']
  return Date.parse(metadata['deletionTimestamp']) * 1000 - (typeof grace === 'number' ? grace : 0) * secondUs
}

/** Built-in types whose main writes touch status too are left out: CRDs record stored versions, Services drop addresses. */
function keepsStatus({ apiGroup, resource }: Observation, object: JsonObject): boolean {
  if (isBuiltInGroup(apiGroup)) return apiGroup !== 'apiextensions.k8s.io' && resource !== 'services'
  const metadata = object['metadata']
  const managers = isJsonObject(metadata) ? metadata['managedFields'] : null
  return Array.isArray(managers) && managers.some((entry) => isJsonObject(entry) && entry['subresource'] === 'status')
}
