// diffObjects: what is different between two states of an object, by field path.

import { isBuiltInType } from './built-in-types.ts'
import { isSameAmount } from './compared-by-value.ts'
import type { FieldPath, PathSegment } from './field-path.ts'
import { isJsonObject, isSameJson, memberOf } from './json-values.ts'
import type { JsonObject } from './json-values.ts'
import { openly, secrecyBelow, secrecyOf, secretPartOf } from './mask-secrets.ts'
import type { Secrecy } from './mask-secrets.ts'
import { itemKeys, itemName, listShape } from './merge-keys.ts'
import type { MergeKey } from './merge-keys.ts'
import { isNoise } from './noise.ts'

/** `from` is there unless `op` is `add`, `to` unless it is `remove`. Values are those of the states, not copies. */
export interface Change {
  readonly path: FieldPath
  readonly op: 'add' | 'remove' | 'replace'
  readonly from?: unknown
  readonly to?: unknown
  /** Hidden unless asked for: noise.ts. */
  readonly noise: boolean
  /** All of the values is secret, or a part: to be shown only through `maskChanges`. */
  readonly secret?: 'whole' | 'part'
}

export interface Diff {
  readonly changes: readonly Change[]
  /** There are more than `changesMax`; those that are listed are right. */
  readonly isCut: boolean
}

export interface ObjectType {
  /** What the objects do not say themselves. */
  readonly kind?: string
  readonly apiVersion?: string
}

/** Listed for one pair of states. */
export const changesMax = 10_000
/** Segments of a path. What lies deeper is compared as one value. */
export const depthMax = 100

/**
 * What takes `before` to `after`, two values as JSON.parse gives them; `undefined` is a state that is not there. A
 * change is a leaf that is different, or a whole value that came, went or became of another type: it stands once, at its
 * root, with all that is in it. Not a change: the order of keys, of the items of a list with merge keys (merge-keys.ts)
 * and of a set, and another spelling of the same amount (compared-by-value.ts). `null` and a missing field are two.
 *
 * Fields come in the order of their names, items in that of `before`, then those that came in that of `after`, and what
 * went from the end of a list from the last to the first: so `applyChanges` can take them one by one. Takes time that
 * grows with the size of the states, and never throws.
 */
export function diffObjects(before: unknown, after: unknown, type: ObjectType = {}): Diff {
  const walk: Walk = {
    path: [],
    changes: [],
    isCut: false,
    kind: textOf(after, 'kind') ?? textOf(before, 'kind') ?? type.kind ?? '',
    isBuiltIn: isBuiltInType(textOf(after, 'apiVersion') ?? textOf(before, 'apiVersion') ?? type.apiVersion),
  }
  compare(walk, before, after, secrecyOf(openly, walk.kind))
  return { changes: walk.changes, isCut: walk.isCut }
}

interface Walk {
  /** Of what is compared now; changes as the walk goes. */
  readonly path: PathSegment[]
  readonly changes: Change[]
  isCut: boolean
  readonly kind: string
  readonly isBuiltIn: boolean
}

function textOf(object: unknown, name: string): string | undefined {
  const value = isJsonObject(object) ? memberOf(object, name) : undefined
  return typeof value === 'string' ? value : undefined
}

function compare(walk: Walk, before: unknown, after: unknown, secrecy: Secrecy): void {
  if (walk.isCut || before === after) return
  if (before === undefined) note(walk, { op: 'add', to: after }, secrecy)
  else if (after === undefined) note(walk, { op: 'remove', from: before }, secrecy)
  else if (walk.path.length >= depthMax) {
    if (!isSameJson(before, after)) note(walk, { op: 'replace', from: before, to: after }, secrecy)
  } else if (Array.isArray(before) && Array.isArray(after)) compareLists(walk, before, after, secrecy)
  else if (isJsonObject(before) && isJsonObject(after)) compareObjects(walk, before, after, secrecy)
  else if (!isSameAmount(walk.path, before, after, walk.isBuiltIn)) {
    note(walk, { op: 'replace', from: before, to: after }, secrecy)
  }
}

const secretWords = ['whole', 'part'] as const

function note(walk: Walk, change: Pick<Change, 'op' | 'from' | 'to'>, secrecy: Secrecy): void {
  if (walk.changes.length >= changesMax) {
    walk.isCut = true
    return
  }
  const path = [...walk.path]
  const parts = [secretPartOf(change.from, secrecy), secretPartOf(change.to, secrecy)]
  const secret = secretWords.find((word) => parts.includes(word))
  const noise = isNoise(path, change.op === 'remove' ? change.from : change.to, walk.kind)
  walk.changes.push({ path, ...change, noise, ...(secret !== undefined && { secret }) })
}

function below(walk: Walk, segment: PathSegment, before: unknown, after: unknown, secrecy: Secrecy): void {
  walk.path.push(segment)
  compare(walk, before, after, secrecy)
  walk.path.pop()
}

function compareObjects(walk: Walk, before: JsonObject, after: JsonObject, secrecy: Secrecy): void {
  const own = secrecyOf(secrecy, memberOf(before, 'kind'), memberOf(after, 'kind'))
  const names = Object.keys(before)
  for (const name of Object.keys(after)) if (!Object.hasOwn(before, name)) names.push(name)
  for (const name of names.toSorted()) {
    const [from, to] = [memberOf(before, name), memberOf(after, name)]
    if (from !== to) below(walk, { kind: 'field', name }, from, to, secrecyBelow(own, name))
  }
}

function compareLists(walk: Walk, before: readonly unknown[], after: readonly unknown[], secrecy: Secrecy): void {
  const shape = listShape([before, after], walk)
  if (shape.by === 'keys') compareItems(walk, before, after, shape.keys, secrecy)
  else if (shape.by === 'member') compareMembers(walk, before, after, secrecy)
  else comparePlaces(walk, before, after, secrecy)
}

function compareItems(
  walk: Walk,
  before: readonly unknown[],
  after: readonly unknown[],
  keys: readonly MergeKey[],
  secrecy: Secrecy,
): void {
  const left = itemsByName(before, keys)
  const right = itemsByName(after, keys)
  for (const [name, { segment, item }] of left) below(walk, segment, item, right.get(name)?.item, secrecy)
  for (const [name, { segment, item }] of right) if (!left.has(name)) below(walk, segment, undefined, item, secrecy)
}

function itemsByName(
  list: readonly unknown[],
  keys: readonly MergeKey[],
): ReadonlyMap<string, { readonly segment: PathSegment; readonly item: unknown }> {
  const items = new Map<string, { readonly segment: PathSegment; readonly item: unknown }>()
  for (const item of list) {
    const found = itemKeys(item, keys) ?? []
    items.set(itemName(found), { segment: { kind: 'item', keys: found }, item })
  }
  return items
}

function compareMembers(walk: Walk, before: readonly unknown[], after: readonly unknown[], secrecy: Secrecy): void {
  const [left, right] = [new Set(before), new Set(after)]
  for (const value of left) {
    if (!right.has(value)) below(walk, { kind: 'member', value: String(value) }, value, undefined, secrecy)
  }
  for (const value of right) {
    if (!left.has(value)) below(walk, { kind: 'member', value: String(value) }, undefined, value, secrecy)
  }
}

function comparePlaces(walk: Walk, before: readonly unknown[], after: readonly unknown[], secrecy: Secrecy): void {
  const common = Math.min(before.length, after.length)
  for (let index = 0; index < common; index++) {
    below(walk, { kind: 'index', index }, before[index], after[index], secrecy)
  }
  for (let index = before.length - 1; index >= common; index--) {
    below(walk, { kind: 'index', index }, before[index], undefined, secrecy)
  }
  for (let index = common; index < after.length; index++) {
    below(walk, { kind: 'index', index }, undefined, after[index], secrecy)
  }
}
