import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { describe, expect, test } from 'vitest'
import {
  blameAfter,
  blameAt,
  blameFromRows,
  blameRevision,
  blameRows,
  noBlame,
  originSays,
  refOf,
  type Blame,
  type Origin,
} from './blame.ts'
import { arrivalsOf, ChainForTests } from './chain-for-tests.ts'
import { diffObjects } from './diff-objects.ts'
import { parseFieldPath, type FieldPath } from './field-path.ts'
import { isJsonObject, isSameJson, type JsonObject } from './json-values.ts'
import type { Revision } from './revision.ts'
import { valueAt } from './with-fields.ts'

const by = (event: string): Origin => ({
  how: 'set',
  revision: { event, resourceVersion: null, time: Number(event) },
  after: null,
})

/** Who set each path, after these states one after the other, by events 0, 1, … */
function blamed(states: readonly object[]): (path: string) => string | undefined {
  let blame = noBlame
  for (const [at, state] of states.entries()) {
    blame = blameAfter(blame, diffObjects(states[at - 1], state).changes, by(String(at)))
  }
  return (path) => blameAt(blame, parseFieldPath(path))?.revision.event
}

const deployment = (image: string, more: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'api', image }] } }, ...more },
})

test('a field is of the revision that set it last, and what came with its parent is of that', () => {
  const of = blamed([
    deployment('a'),
    deployment('b'),
    deployment('b', { replicas: 2 }),
    deployment('b', { paused: true }),
  ])
  expect(of('spec.template.spec.containers[api].image')).toBe('1')
  expect(of('spec.template.spec.containers[api].name')).toBe('0')
  expect(of('spec.replicas')).toBe('3')
  expect(of('spec.paused')).toBe('3')
})

test('what was taken away and came again is of the one that brought it again', () => {
  const of = blamed([{ data: { a: '1', b: '1' } }, { data: { b: '1' } }, { data: { a: '1', b: '1' } }])
  expect([of('data.a'), of('data.b')]).toEqual(['2', '0'])
})

test('while a key is held twice, no item is said to be set by a revision that may not have', () => {
  const list = (...items: readonly (readonly [string, number])[]): object => ({
    spec: { parts: items.map(([name, size]) => ({ name, size })) },
  })
  const states = [
    list(['a', 1], ['b', 1]),
    list(['a', 1], ['b', 2]),
    list(['a', 1], ['a', 3], ['b', 2]),
    list(['a', 3], ['b', 2]),
    list(['a', 3], ['b', 4]),
  ]
  const at = (count: number, path: string) => {
    let blame = noBlame
    for (const [index, state] of states.slice(0, count).entries()) {
      blame = blameAfter(blame, diffObjects(states[index - 1], state).changes, by(String(index)))
    }
    const origin = blameAt(blame, parseFieldPath(path))
    return [origin?.how, origin?.revision.event]
  }
  expect(at(2, 'spec.parts[b].size')).toEqual(['set', '1'])
  expect(at(2, 'spec.parts[a].size')).toEqual(['set', '0'])
  expect(at(3, 'spec.parts[0].size')).toEqual(['unseen', '2'])
  expect(at(4, 'spec.parts[b].size')).toEqual(['unseen', '3'])
  expect(at(5, 'spec.parts[b].size')).toEqual(['set', '4'])
  expect(at(5, 'spec.parts[a].size')).toEqual(['unseen', '4'])
})

test('rows make the same blame again', () => {
  const states = [deployment('a'), deployment('b'), deployment('b', { replicas: 2 })]
  let blame = noBlame
  for (const [at, state] of states.entries()) {
    blame = blameAfter(blame, diffObjects(states[at - 1], state).changes, by(String(at)))
  }
  const rows = blameRows(blame)
  expect(blameFromRows(rows.toReversed())).toEqual(blame)
  expect(rows.map(({ path }) => path.length)).toEqual([0, 6, 2])
})

test('what was set unseen is said to be, with the revisions on both sides', () => {
  const ref = (resourceVersion: number): Origin['revision'] => ({ event: 'e', resourceVersion, time: 0 })
  expect(originSays({ how: 'set', revision: ref(7), after: null })).toBe('set in version 7')
  expect(originSays({ how: 'unseen', revision: ref(7), after: ref(3) })).toBe(
    'set between version 3 and version 7, unseen',
  )
  expect(originSays({ how: 'unseen', revision: ref(7), after: null })).toBe('set before version 7, unseen')
  expect(originSays({ how: 'set-or-unseen', revision: ref(7), after: ref(3) })).toBe(
    'set in version 7, or between version 3 and it by a write that was not seen',
  )
})

describe.each(corpusVersions())('in the recorded week of Kubernetes %s', (version) => {
  const { lists, steps } = corpusOf(version)
  const chains = new Map<string, ChainForTests>()
  for (const arrival of arrivalsOf(lists.flatMap((list) => (JSON.parse(list) as { items: unknown[] }).items))) {
    const chain = chains.get(arrival.uid) ?? new ChainForTests()
    chains.set(arrival.uid, chain)
    chain.take(arrival)
  }

  test('every field is blamed on the revision where the slow way sees it change', () => {
    let fields = 0
    for (const { placed } of chains.values()) {
      const states = placed.filter(({ object }) => object !== null)
      const final = states.at(-1)?.object
      if (final === undefined || final === null) continue
      const blame = blameThrough(placed)
      for (const path of leavesOf(final)) {
        const last = states.findLastIndex(
          ({ object }, at) => !isSameJson(valueAt(object ?? {}, path), valueAt(states[at - 1]?.object ?? {}, path)),
        )
        const told = blameAt(blame, fieldPath(path))
        const fills =
          states[last]?.link.fills.filter(({ sets }) => sets.some((set) => isSameJson(set.path, path))) ?? []
        expect(told?.revision.event, path.join('.')).toBe(fills[0]?.event ?? states[last]?.event)
        fields++
      }
    }
    expect(fields).toBeGreaterThan(5_000)
  })

  test('what differs after a step is blamed on an event of that step', () => {
    const seen = new Map<string, { readonly state: JsonObject; readonly ended: string }>()
    let fields = 0
    for (const { ended, began, state } of steps) {
      for (const got of Object.values(state)) {
        const placed = chains.get(got?.metadata.uid ?? '')?.placed ?? []
        const at = placed.findIndex(
          ({ observation }) => String(observation.resourceVersion) === got?.metadata.resourceVersion,
        )
        if (got === null || at === -1) continue
        const blame = blameThrough(placed.slice(0, at + 1))
        const now = { ...got }
        const before = seen.get(got.metadata.uid ?? '')
        for (const path of leavesOf(now)) {
          if (isSameJson(valueAt(before?.state ?? {}, path), valueAt(now, path))) continue
          const time = blameAt(blame, fieldPath(path))?.revision.time ?? 0
          // What was never asked about before may be of any step until this one.
          const from = before === undefined ? 0 : Date.parse(before.ended)
          expect(time / 1000, `${began} ${path.join('.')}`).toBeGreaterThanOrEqual(from)
          expect(time / 1000 - slackMs, `${began} ${path.join('.')}`).toBeLessThanOrEqual(Date.parse(ended))
          fields++
        }
        seen.set(got.metadata.uid ?? '', { state: now, ended })
      }
    }
    expect(fields).toBeGreaterThan(400)
  })
})

/** Controllers may still write while the state is asked for. */
const slackMs = 2_000

function blameThrough(placed: readonly Revision[]): Blame {
  let blame = noBlame
  let known: JsonObject | null = null
  for (const [at, revision] of placed.entries()) {
    const before = placed[at - 1]
    blame = blameRevision(blame, { revision, before: before === undefined ? null : refOf(before), known })
    known = revision.object ?? known
  }
  return blame
}

/** Paths of the values that are in no list. */
function leavesOf(object: JsonObject): readonly (readonly string[])[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (key === 'managedFields' || Array.isArray(value)) return []
    if (!isJsonObject(value)) return [[key]]
    return leavesOf(value).map((path) => [key, ...path])
  })
}

const fieldPath = (path: readonly string[]): FieldPath => path.map((name) => ({ kind: 'field', name }))
