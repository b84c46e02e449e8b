// applyChanges, invertChanges: from one state to the other and back.

import type { Change } from './diff-objects.ts'
import type { FieldPath, ItemKey, PathSegment } from './field-path.ts'
import { isJsonObject, memberOf, setMember } from './json-values.ts'
import { itemKeys, itemName, mergeKeysNamed } from './merge-keys.ts'

export interface Applied {
  /** A new value that shares with the old one what did not change; undefined where the whole went. */
  readonly object: unknown
  /** Changes whose place is not there: nothing was done for them. */
  readonly missed: readonly Change[]
}

/**
 * The object with the changes made one after the other. `applyChanges(a, diffObjects(a, b).changes).object` is `b`, but
 * for the order of keys and of lists with merge keys, for items that came (they stand at the end) and for another
 * spelling of the same amount. `from` is not compared with what is there. `object` itself is left as it is; no member
 * but its own is read or written, whatever its name. Takes time that grows with the changes and the width of what they
 * touch.
 */
export function applyChanges(object: unknown, changes: readonly Change[]): Applied {
  const work: Work = { owned: new Set(), places: new Map(), holed: new Set() }
  const missed: Change[] = []
  let root = object
  for (const change of changes) {
    if (change.path.length === 0) root = change.op === 'remove' ? undefined : change.to
    else {
      const owned = ownedCopy(work, root)
      if (owned !== null) root = owned
      if (owned === null || !applyBelow(work, owned, change)) missed.push(change)
    }
  }
  for (const list of work.holed) closeHoles(list)
  return { object: root, missed }
}

/** What takes the changes back: the last first, each the other way round. */
export function invertChanges(changes: readonly Change[]): readonly Change[] {
  return changes.toReversed().map((change) => {
    const { from, to, ...rest } = change
    switch (change.op) {
      case 'add':
        return { ...rest, op: 'remove', from: to }
      case 'remove':
        return { ...rest, op: 'add', to: from }
      default:
        return { ...rest, op: 'replace', from: to, to: from }
    }
  })
}

/** Finds values of one object that is not written to meanwhile. */
export interface ObjectReader {
  /** The value at a path; undefined where there is none. */
  readonly valueAt: (path: FieldPath) => unknown
  /** From 0, where in its list the item is that the path ends with; undefined where it is none or is not there. */
  readonly placeAt: (path: FieldPath) => number | undefined
}

/** Looks at each list once, however many of its items are asked for. */
export function readerOf(object: unknown): ObjectReader {
  const work: Work = { owned: new Set(), places: new Map(), holed: new Set() }
  const valueAtPath = (path: FieldPath): unknown => {
    let value = object
    for (const segment of path) {
      value = isContainer(value) ? childOf(work, value, segment) : undefined
      if (value === undefined) return undefined
    }
    return value
  }
  const placeAt = (path: FieldPath): number | undefined => {
    const list = valueAtPath(path.slice(0, -1))
    const last = path.at(-1)
    return Array.isArray(list) && last !== undefined ? placeOf(work, list, last) : undefined
  }
  return { valueAt: valueAtPath, placeAt }
}

/** The value at a path; undefined where there is none. */
export const valueAt = (object: unknown, path: FieldPath): unknown => readerOf(object).valueAt(path)

type Container = Record<string, unknown> | unknown[]

/** What one call of applyChanges has made its own; nobody else writes to it. */
interface Work {
  /** Copies, which may be written to. */
  readonly owned: Set<object>
  /** Of the items of a list, by their names under the merge keys that are asked for. */
  readonly places: Map<readonly unknown[], Places>
  /** Lists in which `hole` stands for what went, so that no place moves. */
  readonly holed: Set<unknown[]>
}

interface Places {
  readonly keys: string
  readonly at: Map<string, number>
}

const hole = Symbol('went')

const isContainer = (value: unknown): value is Container => Array.isArray(value) || isJsonObject(value)

/** null where there is nothing to go into. */
function ownedCopy(work: Work, value: unknown): Container | null {
  if (!isContainer(value)) return null
  if (work.owned.has(value)) return value
  // A spread defines members, so that one named __proto__ stays a member.
  const copy: Container = Array.isArray(value) ? [...value] : { ...value }
  work.owned.add(copy)
  return copy
}

function applyBelow(work: Work, root: Container, change: Change): boolean {
  let parent = root
  for (const segment of change.path.slice(0, -1)) {
    const child = ownedCopy(work, childOf(work, parent, segment))
    if (child === null) return false
    put(work, parent, segment, child)
    parent = child
  }
  const last = change.path.at(-1)
  if (last === undefined) return false
  const isThere = childOf(work, parent, last) !== undefined
  if (change.op !== 'add' && !isThere) return false
  return change.op === 'remove' ? take(work, parent, last) : put(work, parent, last, change.to)
}

function childOf(work: Work, parent: Container, segment: PathSegment): unknown {
  if (!Array.isArray(parent)) return segment.kind === 'field' ? memberOf(parent, segment.name) : undefined
  const at = placeOf(work, parent, segment)
  return at === undefined || parent[at] === hole ? undefined : parent[at]
}

function put(work: Work, parent: Container, segment: PathSegment, value: unknown): boolean {
  if (!Array.isArray(parent)) {
    if (segment.kind !== 'field') return false
    setMember(parent, segment.name, value)
    return true
  }
  if (segment.kind === 'field') return false
  const at = placeOf(work, parent, segment) ?? parent.length
  if (at > parent.length) return false
  parent[at] = value
  if (isListSegment(segment)) placesOf(work, parent, segment).at.set(nameOf(segment), at)
  return true
}

function take(work: Work, parent: Container, segment: PathSegment): boolean {
  if (!Array.isArray(parent)) return segment.kind === 'field' && delete parent[segment.name]
  const at = placeOf(work, parent, segment)
  if (at === undefined) return false
  if (segment.kind === 'index') {
    parent.splice(at, 1)
    work.places.delete(parent)
  } else if (isListSegment(segment)) {
    parent[at] = hole
    placesOf(work, parent, segment).at.delete(nameOf(segment))
    work.holed.add(parent)
  }
  return true
}

function closeHoles(list: unknown[]): void {
  const kept = list.filter((item) => item !== hole)
  list.length = 0
  for (const item of kept) list.push(item)
}

type ListSegment = Extract<PathSegment, { readonly kind: 'item' | 'member' }>

const isListSegment = (segment: PathSegment): segment is ListSegment =>
  segment.kind === 'item' || segment.kind === 'member'

const nameOf = (segment: ListSegment): string => (segment.kind === 'member' ? segment.value : itemName(segment.keys))

function placeOf(work: Work, list: readonly unknown[], segment: PathSegment): number | undefined {
  if (segment.kind === 'field') return undefined
  return segment.kind === 'index' ? segment.index : placesOf(work, list, segment).at.get(nameOf(segment))
}

function placesOf(work: Work, list: readonly unknown[], segment: ListSegment): Places {
  const keys = segment.kind === 'member' ? '' : JSON.stringify(segment.keys.map(({ name }) => name))
  const known = work.places.get(list)
  if (known?.keys === keys) return known
  const at = new Map<string, number>()
  const mergeKeys = segment.kind === 'member' ? [] : mergeKeysNamed(segment.keys.map(({ name }) => name))
  for (const [index, item] of list.entries()) {
    const name = segment.kind === 'member' ? memberName(item) : keyedName(itemKeys(item, mergeKeys))
    if (name !== null && !at.has(name)) at.set(name, index)
  }
  const places = { keys, at }
  work.places.set(list, places)
  return places
}

const memberName = (item: unknown): string | null => (typeof item === 'string' ? item : null)
const keyedName = (keys: readonly ItemKey[] | null): string | null => (keys === null ? null : itemName(keys))
