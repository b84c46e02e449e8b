// strategicPatch: changes as one strategic merge patch, whose lists are merged by key.

import { readerOf } from './apply-changes.ts'
import type { ObjectReader } from './apply-changes.ts'
import type { Change } from './diff-objects.ts'
import type { FieldPath } from './field-path.ts'
import { isJsonObject, memberOf, setMember } from './json-values.ts'
import { itemKeys, itemName, mergeKeysNamed } from './merge-keys.ts'
import { holdsNull, openMember } from './merge-patch.ts'

/**
 * The strategic merge patch that makes `changes` in `now`, a type of Kubernetes itself, so that it is `goal`. null where
 * it cannot be said: a value has a null in it, or a list is not one of `patchMergeKeys` but goes by key all the same.
 * The API server knows only one key of a list (x-kubernetes-patch-merge-key in its OpenAPI document); where items share
 * it, such as the same port by TCP and UDP, the list is replaced (`$patch: replace`).
 */
export function strategicPatch(now: unknown, goal: unknown, changes: readonly Change[]): unknown {
  const work: Work = { now: readerOf(now), goal: readerOf(goal), whole: new Set(), items: new Map() }
  const patch: Record<string, unknown> = {}
  for (const { path } of changes) if (!addTo(work, patch, path)) return null
  return patch
}

/** Of the lists that a pod and its owners have. Others are replaced whole, or not patched at all. */
const patchMergeKeys: ReadonlyMap<string, string> = new Map([
  ['containers', 'name'],
  ['initContainers', 'name'],
  ['ephemeralContainers', 'name'],
  ['env', 'name'],
  ['volumes', 'name'],
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
  ['imagePullSecrets', 'name'],
  ['hostAliases', 'ip'],
  ['topologySpreadConstraints', 'topologyKey'],
  ['schedulingGates', 'name'],
  ['resourceClaims', 'name'],
  ['ownerReferences', 'uid'],
  ['webhooks', 'name'],
  ['matchConditions', 'name'],
  ['secrets', 'name'],
  ['drivers', 'name'],
])
/** Sets whose members are merged one by one (x-kubernetes-patch-strategy: merge). */
const mergedSets: ReadonlySet<string> = new Set(['finalizers', 'podCIDRs'])

interface Work {
  readonly now: ObjectReader
  readonly goal: ObjectReader
  /** Lists of the patch that have everything in them already. */
  readonly whole: Set<unknown[]>
  /** Items of a list of the patch by their key. */
  readonly items: Map<unknown[], Map<unknown, Record<string, unknown>>>
}

function addTo(work: Work, patch: Record<string, unknown>, path: FieldPath): boolean {
  let place = patch
  for (let index = 0; index < path.length; index++) {
    const segment = path[index]
    if (segment?.kind !== 'field') return false
    const next = path[index + 1]
    const below = path.slice(0, index + 1)
    if (next === undefined) return setWhole(work, place, segment.name, below)
    if (next.kind === 'field') place = openMember(place, segment.name)
    else if (next.kind === 'member') return addMember(work, place, segment.name, next.value, path.slice(0, index + 2))
    else if (next.kind === 'index') return replaceList(work, place, segment.name, below)
    else {
      const item = openItem(work, place, segment.name, below, path.slice(0, index + 2))
      if (item === 'refused' || item === 'done') return item === 'done'
      place = item
      if (index + 2 === path.length) return fillItem(work, item, path)
      // The item itself is passed: the next segment is a field of it.
      index++
    }
  }
  return true
}

function setWhole(work: Work, place: Record<string, unknown>, name: string, path: FieldPath): boolean {
  const value = work.goal.valueAt(path)
  if (holdsNull(value)) return false
  if (Array.isArray(value)) return replaceList(work, place, name, path)
  setMember(place, name, value === undefined ? null : value)
  return true
}

/** A list that has a merge key would be merged with what is there. */
function replaceList(work: Work, place: Record<string, unknown>, name: string, path: FieldPath): boolean {
  const value = work.goal.valueAt(path)
  if (!Array.isArray(value)) return false
  if (mergedSets.has(name)) return false
  const isMerged = keyOf(name, path) !== undefined && Array.isArray(work.now.valueAt(path))
  const list: unknown[] = isMerged ? [...value, { $patch: 'replace' }] : value
  work.whole.add(list)
  setMember(place, name, list)
  return true
}

function addMember(work: Work, place: Record<string, unknown>, name: string, value: string, path: FieldPath): boolean {
  if (!mergedSets.has(name)) return replaceList(work, place, name, path.slice(0, -1))
  const isThere = work.goal.valueAt(path) !== undefined
  const list = openList(place, isThere ? name : `$deleteFromPrimitiveList/${name}`)
  list.push(value)
  return true
}

/** The item of the patch's list to write into; `done` where the list stands in the patch whole. */
function openItem(
  work: Work,
  place: Record<string, unknown>,
  name: string,
  listPath: FieldPath,
  itemPath: FieldPath,
): Record<string, unknown> | 'done' | 'refused' {
  const key = keyOf(name, listPath)
  const segment = itemPath.at(-1)
  const value = segment?.kind === 'item' ? segment.keys.find((one) => one.name === key)?.value : undefined
  if (key === undefined || value === undefined) return 'refused'
  const there = memberOf(place, name)
  if (Array.isArray(there) && work.whole.has(there)) return 'done'
  const names = segment?.kind === 'item' ? segment.keys.map(({ name: one }) => one) : []
  const isOpen = Array.isArray(there) && work.items.has(there)
  if (!isOpen && !isEnough(key, names, [work.now.valueAt(listPath), work.goal.valueAt(listPath)])) {
    return replaceList(work, place, name, listPath) ? 'done' : 'refused'
  }
  const list = openList(place, name)
  const items = work.items.get(list) ?? new Map<unknown, Record<string, unknown>>()
  work.items.set(list, items)
  const item = items.get(value) ?? { [key]: value }
  if (!items.has(value)) list.push(item)
  items.set(value, item)
  return item
}

function fillItem(work: Work, item: Record<string, unknown>, path: FieldPath): boolean {
  const goal = work.goal.valueAt(path)
  if (goal === undefined) item['$patch'] = 'delete'
  else if (!isJsonObject(goal) || holdsNull(goal)) return false
  else for (const [name, value] of Object.entries(goal)) setMember(item, name, value)
  return true
}

function keyOf(name: string, path: FieldPath): string | undefined {
  // Those of a ServiceAccount, at its root, are replaced.
  if (name === 'imagePullSecrets' && path.length === 1) return undefined
  if (name !== 'ports') return patchMergeKeys.get(name)
  return path.length === 2 ? 'port' : path.at(-2)?.kind === 'item' ? 'containerPort' : undefined
}

/** The patch's own list under the name. */
function openList(place: Record<string, unknown>, name: string): unknown[] {
  const there = memberOf(place, name)
  if (Array.isArray(there)) return there
  const list: unknown[] = []
  setMember(place, name, list)
  return list
}

/** Whether `key` alone tells the items of the lists apart that all of `names` tell apart. */
function isEnough(key: string, names: readonly string[], lists: readonly unknown[]): boolean {
  const keys = mergeKeysNamed(names)
  const known = new Map<unknown, string>()
  for (const item of lists.flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []))) {
    const found = itemKeys(item, keys)
    if (found === null) return false
    const value = found.find(({ name }) => name === key)?.value
    const name = itemName(found)
    if ((known.get(value) ?? name) !== name) return false
    known.set(value, name)
  }
  return true
}
