// unaskedChanges: what differs between two states although the patch between them does not speak of it.

import { isJsonObject, isSameJson, type JsonObject } from './json-values.ts'
import type { Observation } from './observation.ts'

/** Answers at most so many. */
export const unaskedMax = 16
/** JSON pointers and merge bodies deeper than this count as speaking of everything below. */
const stepsMax = 32

/**
 * Paths such as `metadata.labels.team`, at most 16; empty for what is no patch with a known body. A list counts as a
 * whole: a patch that speaks of one container speaks of all. Kept out is what the API server writes itself (versions,
 * managedFields, deletion) and what admission does to what the patch speaks of.
 */
export function unaskedChanges(from: JsonObject, to: JsonObject, { patch }: Observation): readonly string[] {
  if (patch === null) return []
  const asked = askedOf(patch.body)
  const found: string[] = []
  compare(from, to, asked, [], found)
  return found
}

/** What a patch speaks of, as a tree; `true` where it speaks of everything below. */
type Asked = true | ReadonlyMap<string, Asked>

const keptByServer: ReadonlySet<string> = new Set([
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.generation',
  'metadata.deletionTimestamp',
  'metadata.deletionGracePeriodSeconds',
  'metadata.selfLink',
  'kind',
  'apiVersion',
])

function askedOf(body: unknown): Asked {
  if (Array.isArray(body)) return askedByOperations(body)
  return isJsonObject(body) ? askedByMerge(body, 0) : true
}

function askedByMerge(body: JsonObject, depth: number): Asked {
  if (depth >= stepsMax || '$patch' in body || '$retainKeys' in body) return true
  const asked = new Map<string, Asked>()
  for (const [key, value] of Object.entries(body)) {
    // A directive speaks of the field after its slash.
    const slash = key.startsWith('$') ? key.indexOf('/') : -1
    if (slash !== -1) asked.set(key.slice(slash + 1), true)
    else asked.set(key, isJsonObject(value) && Object.keys(value).length > 0 ? askedByMerge(value, depth + 1) : true)
  }
  return asked
}

function askedByOperations(operations: readonly unknown[]): Asked {
  const root = new Map<string, Asked>()
  for (const operation of operations) {
    if (!isJsonObject(operation) || operation['op'] === 'test') continue
    const { path, from, op } = operation
    for (const pointer of op === 'move' ? [path, from] : [path]) {
      if (typeof pointer !== 'string' || pointer === '') return true
      addPath(root, pointer.slice(1).split('/', stepsMax).map(unescaped))
    }
  }
  return root
}

function addPath(root: Map<string, Asked>, steps: readonly string[]): void {
  let node = root
  for (const [at, step] of steps.entries()) {
    const isLast = at === steps.length - 1 || isIndex(steps[at + 1] ?? '')
    const next = node.get(step)
    if (next === true) return
    if (isLast) {
      node.set(step, true)
      return
    }
    const inner = new Map(next)
    node.set(step, inner)
    node = inner
  }
}

/** A list counts as a whole, so its index ends the path. A key of digits ends it too, which only asks less. */
function isIndex(step: string): boolean {
  return step === '-' || /^\d+$/.test(step)
}

/** RFC 6901. */
function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

function compare(from: unknown, to: unknown, asked: Asked | undefined, path: readonly string[], found: string[]): void {
  if (asked === true || found.length >= unaskedMax || from === to) return
  const before = from === undefined && isJsonObject(to) && Object.keys(to).length > 0 ? {} : from
  if (isJsonObject(before) && isJsonObject(to)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(to)])) {
      const inner = [...path, key]
      if (path.length < 2 && keptByServer.has(inner.join('.'))) continue
      compare(before[key], to[key], asked?.get(key), inner, found)
    }
  } else if (asked === undefined && !isSameJson(from, to)) {
    found.push(path.join('.'))
  }
}
