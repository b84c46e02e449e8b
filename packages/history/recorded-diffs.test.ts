// The recorded week: what is said to have changed between two states that a real API server answered with.

import { isDeepStrictEqual } from 'node:util'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { describe, expect, test } from 'vitest'
import { applyChanges, invertChanges } from './apply-changes.ts'
import { diffObjects } from './diff-objects.ts'
import { formatFieldPath } from './field-path.ts'
import { isJsonObject, isSameJson, memberOf } from './json-values.ts'
import type { JsonObject } from './json-values.ts'
import { patchedByJson, patchedByMerge } from './patches-for-tests.ts'
import { undoPatch } from './undo-patch.ts'
import { unifiedText } from './unified-text.ts'

/** What the API server raises `metadata.generation` of with each change of its `spec`, and with nothing else. */
const counted: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Widget',
])

describe.each(corpusVersions())('Kubernetes %s', (version) => {
  const pairs = pairsOf(corpusOf(version).lists)

  test('there are enough pairs to judge by, of many kinds', () => {
    expect(pairs.length).toBeGreaterThan(200)
    expect(new Set(pairs.map(({ after }) => after['kind'])).size).toBeGreaterThan(10)
  })

  test('the changes lead from each state to the next, and back', () => {
    for (const { before, after } of pairs) {
      const { changes, isCut } = diffObjects(before, after)
      expect(isCut).toBe(false)
      const forth = applyChanges(before, changes)
      expect(forth.missed).toEqual([])
      expect(diffObjects(forth.object, after).changes).toEqual([])
      const back = applyChanges(forth.object, invertChanges(changes))
      expect(diffObjects(back.object, before).changes).toEqual([])
    }
  })

  test('the spec is said to have changed where the API server counted a new generation, and nowhere else', () => {
    let raised = 0
    for (const { before, after } of pairs) {
      if (!counted.has(String(after['kind']))) continue
      const isRaised = generationOf(before) !== generationOf(after)
      const told = diffObjects(before, after)
        .changes.map(({ path }) => formatFieldPath(path))
        .filter((path) => isCounted(path))
      // A deletion raises it too, and of a Deployment a change of its annotations.
      if (isRaised && deletionOf(before) === deletionOf(after)) expect(told, nameOf(after)).not.toEqual([])
      if (!isRaised)
        expect(
          told.filter((path) => path.startsWith('spec')),
          nameOf(after),
        ).toEqual([])
      if (isRaised) raised++
    }
    expect(raised).toBeGreaterThan(30)
  })

  test('of a state and its status alone, nothing but noise is left', () => {
    let quiet = 0
    for (const { before, after } of pairs) {
      if (!counted.has(String(after['kind'])) || !isSameJson(meantOf(before), meantOf(after))) continue
      expect(
        diffObjects(before, after).changes.filter(({ noise }) => !noise),
        nameOf(after),
      ).toEqual([])
      expect(unifiedText(before, after).text).toBe('')
      quiet++
    }
    expect(quiet).toBeGreaterThan(50)
  })

  test('the undo of each change gives what was meant before, by each patch', () => {
    let undone = 0
    for (const { before, after } of pairs) {
      const undo = undoPatch(after, diffObjects(before, after).changes)
      if (undo.kind === 'refused') continue
      undone++
      expect(undo.conflicts).toEqual([])
      expect(diffObjects(undo.object, before).changes.filter(({ noise }) => !noise)).toEqual([])
      expect(isDeepStrictEqual(patchedByJson(after, undo.json), undo.object)).toBe(true)
      if (undo.merge !== null) expect(isDeepStrictEqual(patchedByMerge(after, undo.merge), undo.object)).toBe(true)
    }
    expect(undone).toBeGreaterThan(50)
  })
})

const isCounted = (path: string): boolean => /^(?:spec|metadata\.annotations)\b/.test(path)

interface StatePair {
  readonly before: JsonObject
  readonly after: JsonObject
}

/** Objects of answers to writes, by uid, in the order of their resourceVersions. */
function pairsOf(lists: readonly string[]): readonly StatePair[] {
  const states = new Map<string, Map<number, JsonObject>>()
  for (const list of lists) {
    for (const { stage, verb, responseObject: object } of (JSON.parse(list) as { items: readonly JsonObject[] })
      .items) {
      if (stage !== 'ResponseComplete' || verb === 'get' || !isJsonObject(object)) continue
      const { uid, resourceVersion } = metadataOf(object)
      if (typeof uid !== 'string' || typeof resourceVersion !== 'string') continue
      if (!/^(?!Scale$|Table$|Partial)/.test(String(object['kind']))) continue
      states.set(uid, (states.get(uid) ?? new Map<number, JsonObject>()).set(Number(resourceVersion), object))
    }
  }
  return Array.from(states.values()).flatMap((ofOne) => {
    const ordered = [...ofOne].toSorted(([left], [right]) => left - right).map(([, object]) => object)
    return ordered.slice(1).flatMap((after, index) => {
      const before = ordered[index]
      return before === undefined ? [] : [{ before, after }]
    })
  })
}

function metadataOf(object: JsonObject): JsonObject {
  const metadata = memberOf(object, 'metadata')
  return isJsonObject(metadata) ? metadata : {}
}

const generationOf = (object: JsonObject): unknown => metadataOf(object)['generation']
const deletionOf = (object: JsonObject): unknown => metadataOf(object)['deletionTimestamp']
const nameOf = (object: JsonObject): string => `${String(object['kind'])} ${String(metadataOf(object)['name'])}`

/** What people write. */
function meantOf(object: JsonObject): unknown {
  const { labels, annotations, finalizers, ownerReferences, deletionTimestamp, deletionGracePeriodSeconds } =
    metadataOf(object)
  return [
    object['spec'],
    labels,
    annotations,
    finalizers,
    ownerReferences,
    deletionTimestamp,
    deletionGracePeriodSeconds,
  ]
}
