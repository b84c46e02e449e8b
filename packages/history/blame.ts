// Blame: for each field of a state, the revision that last set it. Kept forward, change by change, so that it costs no
// more than the changes; stored now and then as rows, from which the blame of any later revision is soon made.

import { diffObjects, type Change } from './diff-objects.ts'
import { formatFieldPath, type FieldPath, type PathSegment } from './field-path.ts'
import type { JsonObject } from './json-values.ts'
import { isNoWrite } from './revision-link.ts'
import type { Revision } from './revision.ts'
import { isOfStatusWrite } from './status-writes.ts'
import { withFields } from './with-fields.ts'

/** A revision as blame names it. */
export interface RevisionRef {
  readonly event: string
  readonly resourceVersion: number | null
  /** When it was written at the latest, in microseconds since 1970. */
  readonly time: number
}

/**
 * Who set a field. `set`: this revision did. `set-or-unseen`: this revision, or a write that was not seen since `after`.
 * `unseen`: no write that we have; it was so when `revision` showed it, and not (or not known to be) at `after`.
 */
export interface Origin {
  readonly how: 'set' | 'set-or-unseen' | 'unseen'
  readonly revision: RevisionRef
  /** The revision before; null for `set`, and where nothing earlier is known. */
  readonly after: RevisionRef | null
}

/**
 * A tree by path segment. An origin holds for everything below it that has none of its own. Immutable: `blameAfter`
 * shares what did not change with the blame before.
 */
export interface Blame {
  readonly origin: Origin | null
  readonly below: ReadonlyMap<string, BlameBranch>
}

export interface BlameBranch {
  readonly segment: PathSegment
  readonly blame: Blame
}

/** One row of a stored blame. */
export interface BlameRow {
  readonly path: FieldPath
  readonly origin: Origin
}

/** Of one object's revisions, one has its blame stored; the blame of another is at most so many diffs further. */
export const blameStoredEvery = 50

/** Of an object that is not there. */
export const noBlame: Blame = { origin: null, below: new Map() }

/**
 * The blame after a revision, from the one before and the changes of the two states (diffObjects from the state before,
 * or from `undefined` for the first one). Costs the changes and the depth of their paths.
 */
export function blameAfter(before: Blame, changes: readonly Change[], origin: Origin): Blame {
  let blame = before
  for (const { path, op } of changes)
    blame = withOrigin(blame, path, 0, { origin: op === 'remove' ? null : origin, by: origin })
  return blame
}

/** A revision with what its blame is made from. */
export interface BlameStep {
  readonly revision: Revision
  /** The revision before; null where there is none. */
  readonly before: RevisionRef | null
  /** The last state that is known before it, which `blame` is of; null before the first. */
  readonly known: JsonObject | null
}

/**
 * `blameAfter` for a revision as it stands in its chain: side effects that lie before it are blamed on their own events
 * (`link.fills`), the rest by `originOf`. A revision without a state leaves blame as it is. Costs one diff.
 */
export function blameRevision(blame: Blame, { revision, before, known }: BlameStep): Blame {
  const { object, link } = revision
  if (object === null) return blame
  let filled = blame
  let base: JsonObject | null = known
  for (const { event, time, sets } of link.fills) {
    if (base === null) break
    const next = withFields(base, sets)
    const origin: Origin = { how: 'set', revision: { event, resourceVersion: null, time }, after: null }
    filled = blameAfter(filled, diffObjects(base, next).changes, origin)
    base = next
  }
  const { changes } = diffObjects(base ?? undefined, object)
  const origin = originOf(revision, before)
  // What the API server converted was not set by anybody, and does not tell itself from what was.
  const isConverted = base !== null && base['apiVersion'] !== object['apiVersion'] && origin.how === 'set'
  const orUnseen: Origin = { ...origin, how: 'set-or-unseen', after: before }
  if (isConverted) return blameAfter(filled, changes, orUnseen)
  if (link.adjacency !== 'but-status') return blameAfter(filled, changes, origin)
  const { of = [], other = [] } = Object.groupBy(changes, (change) => (isOfStatusWrite(change) ? 'of' : 'other'))
  return blameAfter(blameAfter(filled, of, orUnseen), other, origin)
}

/** What a revision's changes are blamed on: itself, unless its link to the one before is broken (revision-link.ts). */
export function originOf(revision: Revision, before: RevisionRef | null): Origin {
  const { adjacency, reasons } = revision.link
  const ref = refOf(revision)
  if (adjacency !== 'broken') return { how: 'set', revision: ref, after: null }
  // Of the first that is known, unless it is a create, nobody knows what it changed.
  const isSeenOnly =
    isNoWrite(revision.observation) || reasons.some(({ kind }) => kind === 'repeated' || kind === 'beginning')
  return { how: isSeenOnly ? 'unseen' : 'set-or-unseen', revision: ref, after: before }
}

/** Who set what stands at `path`; null where nobody is known. */
export function blameAt(blame: Blame, path: FieldPath): Origin | null {
  let origin = blame.origin
  let node = blame
  for (const segment of path) {
    if (isKnownOtherwise(node, segment)) return latestIn(node, origin)
    const next = node.below.get(keyOf(segment))
    if (next === undefined) return origin
    node = next.blame
    origin = node.origin ?? origin
  }
  return origin
}

/** Every origin with its path, outer ones before what is below them: at most one for each change ever made. */
export function blameRows(blame: Blame): readonly BlameRow[] {
  const rows: BlameRow[] = []
  collect(blame, [], rows)
  return rows
}

/** The blame that `blameRows` gave these rows of, in any order. */
export function blameFromRows(rows: readonly BlameRow[]): Blame {
  const outerFirst = rows.toSorted((a, b) => a.path.length - b.path.length)
  let blame = noBlame
  for (const { path, origin } of outerFirst) blame = withOrigin(blame, path, 0, { origin, by: origin })
  return blame
}

/** As a sentence for a reader. */
export function originSays({ how, revision, after }: Origin): string {
  const at = versionSays(revision)
  const since = after === null ? 'before' : `between ${versionSays(after)} and`
  switch (how) {
    case 'set':
      return `set in ${at}`
    case 'set-or-unseen':
      return `set in ${at}, or ${since} it by a write that was not seen`
    case 'unseen':
      return `set ${since} ${at}, unseen`
  }
  return at
}

function versionSays({ resourceVersion, event }: RevisionRef): string {
  return resourceVersion === null ? `event ${event}` : `version ${resourceVersion}`
}

export function refOf({ event, observation }: Pick<Revision, 'event' | 'observation'>): RevisionRef {
  return { event, resourceVersion: observation.resourceVersion, time: observation.latest }
}

interface Setting {
  /** Null where the value went. */
  readonly origin: Origin | null
  /** Who it was. */
  readonly by: Origin
}

/** What is below `path` goes with it: the value there came or went as a whole. */
function withOrigin(blame: Blame, path: FieldPath, at: number, setting: Setting): Blame {
  const segment = path[at]
  if (segment === undefined) return { origin: setting.origin, below: noBlame.below }
  const { origin, below: known } = isKnownOtherwise(blame, segment) ? unsure(setting.by) : blame
  const key = keyOf(segment)
  const inner = known.get(key)?.blame ?? noBlame
  const next = withOrigin(inner, path, at + 1, setting)
  const below = new Map(known)
  if (next.origin === null && next.below.size === 0) below.delete(key)
  else below.set(key, { segment, blame: next })
  return { origin, below }
}

/**
 * A list that goes by its keys in one pair of states and by places in the next, because a key was held twice: which item was
 * which cannot be told. That it was so then is all that is known of them.
 */
function isKnownOtherwise({ below }: Blame, segment: PathSegment): boolean {
  const [known] = below.values()
  return known !== undefined && known.segment.kind !== segment.kind
}

const unsure = ({ revision }: Origin): Blame => ({
  origin: { how: 'unseen', revision, after: null },
  below: noBlame.below,
})

/** Not before the last change of any of its items. */
function latestIn(node: Blame, outer: Origin | null): Origin | null {
  const origins = [outer, ...blameRows(node).map(({ origin }) => origin)].filter((one) => one !== null)
  const [first] = origins.toSorted((a, b) => b.revision.time - a.revision.time)
  return first === undefined ? null : unsure(first).origin
}

function collect({ origin, below }: Blame, path: FieldPath, rows: BlameRow[]): void {
  if (origin !== null) rows.push({ path, origin })
  for (const { segment, blame } of below.values()) collect(blame, [...path, segment], rows)
}

function keyOf(segment: PathSegment): string {
  return segment.kind === 'field' ? segment.name : `[${formatFieldPath([segment])}`
}
