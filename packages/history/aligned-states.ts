// alignedStates: two states of an object side by side, so that only what changed reads differently.

import { isBuiltInType } from './built-in-types.ts'
import { isSameAmount } from './compared-by-value.ts'
import { depthMax } from './diff-objects.ts'
import type { PathSegment } from './field-path.ts'
import { isJsonObject, isSameJson, memberOf } from './json-values.ts'
import type { JsonObject } from './json-values.ts'
import { hidden, isDigest, maskSecrets, openly, secrecyBelow, secrecyOf } from './mask-secrets.ts'
import type { Secrecy } from './mask-secrets.ts'
import { itemKeys, itemName, listShape } from './merge-keys.ts'
import type { MergeKey } from './merge-keys.ts'
import { isNoise } from './noise.ts'

export interface AlignOptions {
  readonly withNoise: boolean
  /** Leaves out the objects and lists that are the same in both. */
  readonly onlyChanged: boolean
}

export interface AlignedStates {
  readonly before: unknown
  readonly after: unknown
  readonly isSame: boolean
}

/**
 * Both states with their keys in the order of names, items of a list with merge keys and of a set in the order of
 * `after`, amounts of the same value in its spelling, secrets hidden (`(hidden)`, or `(hidden, before)` and
 * `(hidden, after)` where they are not the same) and noise left out unless asked for. `undefined` is a state that is not
 * there. What lies deeper than `depthMax` is said to be deeper. Linear but for the ordering of names.
 */
export function alignedStates(before: unknown, after: unknown, options: AlignOptions): AlignedStates {
  const [left, right] = [isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}]
  const kind = memberOf(right, 'kind') ?? memberOf(left, 'kind')
  const walk: Walk = {
    ...options,
    path: [],
    kind: typeof kind === 'string' ? kind : '',
    isBuiltIn: isBuiltInType(memberOf(right, 'apiVersion') ?? memberOf(left, 'apiVersion')),
  }
  return alignedPair(walk, before, after, openly)
}

interface Walk extends AlignOptions {
  /** Of what is aligned now. */
  readonly path: PathSegment[]
  readonly kind: string
  readonly isBuiltIn: boolean
}

function alignedPair(walk: Walk, before: unknown, after: unknown, secrecy: Secrecy): AlignedStates {
  if (walk.path.length >= depthMax) return deeper(before, after)
  if (isJsonObject(before) || isJsonObject(after)) {
    const sides = { left: asMembers(before), right: asMembers(after) }
    if (areObjects(sides)) {
      const { isSame, ...aligned } = alignedObjects(walk, sides, secrecy)
      return {
        before: before === undefined ? undefined : aligned.before,
        after: after === undefined ? undefined : aligned.after,
        isSame: isSame && (before === undefined) === (after === undefined),
      }
    }
  }
  if (Array.isArray(before) && Array.isArray(after)) return alignedLists(walk, before, after, secrecy)
  if (before !== undefined && after !== undefined) return alignedLeaves(walk, before, after, secrecy)
  return { before: maskSecrets(before, secrecy), after: maskSecrets(after, secrecy), isSame: before === after }
}

/** A side that is not there is taken for an object without members. */
const asMembers = (value: unknown): JsonObject | null => (value === undefined ? {} : isJsonObject(value) ? value : null)

function deeper(before: unknown, after: unknown): AlignedStates {
  const isSame = isSameJson(before, after)
  const word = (value: unknown, side: string): unknown =>
    value === undefined ? undefined : `(deeper than ${depthMax} levels${isSame ? '' : `, ${side}`})`
  return { before: word(before, 'before'), after: word(after, 'after'), isSame }
}

function alignedLeaves(walk: Walk, before: unknown, after: unknown, secrecy: Secrecy): AlignedStates {
  const isSame = isSameJson(before, after) || isSameAmount(walk.path, before, after, walk.isBuiltIn)
  if (!secrecy.isInside && !isDigest(before) && !isDigest(after)) {
    const shown = maskSecrets(after, secrecy)
    return { before: isSame ? shown : maskSecrets(before, secrecy), after: shown, isSame }
  }
  return isSame
    ? { before: hidden, after: hidden, isSame }
    : { before: '(hidden, before)', after: '(hidden, after)', isSame }
}

/** In which whole values are compared before they are aligned, and left out where they are the same: 5 times as fast. */
const quickLevels = 8

function below(walk: Walk, segment: PathSegment, before: unknown, after: unknown, secrecy: Secrecy): AlignedStates {
  if (walk.onlyChanged && walk.path.length < quickLevels && typeof after === 'object' && isSameJson(before, after)) {
    return { before: after, after, isSame: true }
  }
  walk.path.push(segment)
  const pair = alignedPair(walk, before, after, secrecy)
  walk.path.pop()
  return pair
}

interface Sides {
  readonly left: JsonObject
  readonly right: JsonObject
}

const areObjects = (sides: { readonly left: JsonObject | null; readonly right: JsonObject | null }): sides is Sides =>
  sides.left !== null && sides.right !== null

function alignedObjects(walk: Walk, { left, right }: Sides, outer: Secrecy): AlignedStates {
  const secrecy = secrecyOf(outer, memberOf(left, 'kind'), memberOf(right, 'kind'))
  const pairs: [string, AlignedStates][] = []
  for (const name of [...new Set([...Object.keys(left), ...Object.keys(right)])].toSorted()) {
    const [from, to] = [memberOf(left, name), memberOf(right, name)]
    const segment: PathSegment = { kind: 'field', name }
    if (!walk.withNoise && isNoise([...walk.path, segment], to ?? from, walk.kind)) continue
    pairs.push([name, below(walk, segment, from, to, secrecyBelow(secrecy, name))])
  }
  const kept = pairs.filter(([, pair]) => isKept(walk, pair))
  const side = (which: 'before' | 'after'): unknown =>
    Object.fromEntries(kept.flatMap(([name, pair]) => (pair[which] === undefined ? [] : [[name, pair[which]]])))
  return { before: side('before'), after: side('after'), isSame: pairs.every(([, pair]) => pair.isSame) }
}

/** Short values stay, so that an item can be told by its name. */
const isKept = (walk: Walk, { isSame, after }: AlignedStates): boolean =>
  !walk.onlyChanged || !isSame || typeof after !== 'object'

function alignedLists(
  walk: Walk,
  before: readonly unknown[],
  after: readonly unknown[],
  secrecy: Secrecy,
): AlignedStates {
  const shape = listShape([before, after], walk)
  const pairs =
    shape.by === 'keys'
      ? pairsByName(before, after, (item) => nameOfItem(item, shape.keys))
      : shape.by === 'member'
        ? pairsByName(before, after, String)
        : pairsByPlace(before, after)
  const aligned = pairs.map(({ from, to }, index) => below(walk, { kind: 'index', index }, from, to, secrecy))
  const isSame = aligned.every((pair) => pair.isSame)
  const kept = aligned.filter((pair) => isKept(walk, pair))
  return {
    before: kept.flatMap((pair) => (pair.before === undefined ? [] : [pair.before])),
    after: kept.flatMap((pair) => (pair.after === undefined ? [] : [pair.after])),
    isSame,
  }
}

interface Pair {
  readonly from: unknown
  readonly to: unknown
}

function pairsByName(
  before: readonly unknown[],
  after: readonly unknown[],
  nameOf: (item: unknown) => string,
): readonly Pair[] {
  const left = new Map(before.map((item) => [nameOf(item), item]))
  const pairs: Pair[] = after.map((to) => {
    const name = nameOf(to)
    const from = left.get(name)
    left.delete(name)
    return { from, to }
  })
  return [...pairs, ...Array.from(left.values(), (from): Pair => ({ from, to: undefined }))]
}

const nameOfItem = (item: unknown, keys: readonly MergeKey[]): string => itemName(itemKeys(item, keys) ?? [])

const pairsByPlace = (before: readonly unknown[], after: readonly unknown[]): readonly Pair[] =>
  Array.from({ length: Math.max(before.length, after.length) }, (_, index) => ({
    from: before[index],
    to: after[index],
  }))
