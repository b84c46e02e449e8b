import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChainForTests, observationOf, sortedChain } from './chain-for-tests.ts'
import type { JsonObject } from './json-values.ts'
import type { Observation } from './observation.ts'
import type { Arrival } from './revision-chain.ts'
import type { Revision } from './revision.ts'

const metadataOf = (version: number, more: object = {}): object => ({
  uid: 'u',
  resourceVersion: String(version),
  ...more,
})

/** A state at a version, written at that second. */
function stateOf(version: number, object: JsonObject, more: Partial<Observation> = {}): Arrival {
  const metadata = { ...metadataOf(version), ...(object['metadata'] as object | undefined) }
  const at = version * 1_000_000
  const observation = observationOf({
    resourceVersion: version,
    object: { apiVersion: 'v1', kind: 'ConfigMap', ...object, metadata },
    earliest: at,
    latest: at + 1_000,
    ...more,
  })
  return { uid: 'u', event: `e${version}`, observation }
}

function chainOf(...arrivals: readonly Arrival[]): readonly Revision[] {
  const chain = new ChainForTests()
  for (const arrival of arrivals) chain.take(arrival)
  return chain.placed
}

const last = (revisions: readonly Revision[]): Revision => {
  const revision = revisions.at(-1)
  if (revision === undefined) throw new Error('the chain is empty')
  return revision
}
const gapsOf = (...arrivals: readonly Arrival[]): readonly string[] =>
  last(chainOf(...arrivals)).link.reasons.map(({ kind }) => kind)

const made = stateOf(1, { data: { a: '1' } }, { isCreate: true, verb: 'create' })

describe('order', () => {
  test('revisions stand by version as a number, whatever their times', () => {
    const late = stateOf(9, { data: { a: '2' } }, { earliest: 99_000_000, latest: 99_000_000 })
    const soon = stateOf(10, { data: { a: '3' } }, { basedOn: 9 })
    expect(chainOf(soon, late, made).map(({ observation }) => observation.resourceVersion)).toEqual([1, 9, 10])
  })

  test('one that comes late mends the revision after it', () => {
    const second = stateOf(2, { data: { a: '2' } }, { basedOn: 1 })
    const third = stateOf(3, { data: { a: '3' } }, { basedOn: 2 })
    expect(chainOf(made, third).map(({ fidelity }) => fidelity)).toEqual(['exact', 'gap'])
    expect(chainOf(made, third, second).map(({ fidelity }) => fidelity)).toEqual(['exact', 'exact', 'exact'])
  })

  test('an end comes after every state, also one without a version or with that of the state before', () => {
    const end: Arrival = { uid: 'u', event: 'end', observation: observationOf({ observed: 'deleted', verb: 'delete' }) }
    expect(last(chainOf(end, made)).event).toBe('end')
    const emptied = stateOf(1, { data: { a: '1' } }, { observed: 'deleted' })
    expect(chainOf(made, { ...emptied, event: 'end' }).map(({ event }) => event)).toEqual(['e1', 'end'])
  })

  test('what was told before adds nothing, and a no-op is not the maker of the version that it found', () => {
    const noOp = { ...stateOf(1, { data: { a: '1' } }, { basedOn: 1 }), event: 'no-op' }
    expect(chainOf(made, made)).toHaveLength(1)
    expect(chainOf(noOp, made)).toEqual(chainOf(made))
    expect(chainOf(made, noOp)).toEqual(chainOf(made))
  })
})

describe('gaps', () => {
  test('a write that demanded the version before is proven to be next to it', () => {
    expect(last(chainOf(made, stateOf(50, { data: {} }, { basedOn: 1 }))).link.adjacency).toBe('proven')
  })

  test('a jump of versions means nothing', () => {
    expect(last(chainOf(made, stateOf(5_000, { data: {} }))).link.adjacency).toBe('assumed')
  })

  test('a write that demanded a version that was not seen shows one', () => {
    expect(gapsOf(made, stateOf(9, { data: {} }, { basedOn: 5 }))).toEqual(['version'])
  })

  test('a report whose answer was not logged explains a version and a status, and leaves the rest sure', () => {
    const report: Arrival = {
      uid: 'u',
      event: 'report',
      observation: observationOf({
        observed: 'metadata-only',
        subresource: 'status',
        isStatusOnly: true,
        earliest: 4_000_000,
        latest: 4_000_000,
      }),
    }
    const next = stateOf(9, { data: {}, status: { ready: 1 } }, { basedOn: 5 })
    expect(last(chainOf(made, report, next))).toMatchObject({
      fidelity: 'exact',
      link: { adjacency: 'but-status', unseenMin: 0 },
    })
    // Without it the status says that there was one, which was not seen.
    expect(last(chainOf(made, next))).toMatchObject({
      fidelity: 'gap',
      link: { adjacency: 'but-status', unseenMin: 1 },
    })
    const many = Array.from({ length: 100 }, (_, at) => ({ ...report, event: `report-${at}` }))
    expect(last(chainOf(made, ...many, next)).link).toMatchObject({ adjacency: 'but-status', unseenMin: 0 })
    const other = { ...report, observation: { ...report.observation, subresource: '', isStatusOnly: false } }
    const others = Array.from({ length: 16 }, (_, at) => ({ ...other, event: `other-${at}` }))
    expect(last(chainOf(made, ...many, ...others, next)).link.adjacency).toBe('broken')
    expect(last(chainOf(made, other, next)).link.adjacency).toBe('broken')
  })

  test('a generation too far shows how many, at least', () => {
    const first = stateOf(1, { spec: { a: 1 } }, { isCreate: true, generation: 1 })
    const next = stateOf(9, { spec: { a: 2 } }, { generation: 4 })
    const one = {
      ...first,
      observation: {
        ...first.observation,
        object: { ...first.observation.object, metadata: metadataOf(1, { generation: 1 }) },
      },
    }
    expect(last(chainOf(one, next)).link).toMatchObject({ adjacency: 'broken', unseenMin: 2 })
    expect(gapsOf(one, stateOf(9, { spec: { a: 2 } }, { generation: 2 }))).toEqual([])
    expect(gapsOf(one, stateOf(9, { spec: { a: 1 } }, { generation: 2, isStatusOnly: true }))).toEqual(['generation'])
  })

  test('a state that only a read shows was made by nobody that was seen, until its writer comes', () => {
    const read = { ...stateOf(4, { data: { a: '2' } }, { isRead: true, verb: 'get' }), event: 'read' }
    expect(gapsOf(made, read)).toEqual(['read'])
    const writer = stateOf(4, { data: { a: '2' } })
    expect(last(chainOf(made, read, writer))).toMatchObject({ event: 'e4', fidelity: 'exact' })
  })

  test('a status write that changes spec, and another that changes status, show one', () => {
    const first = stateOf(1, { spec: 1, status: 1 }, { isCreate: true })
    expect(gapsOf(first, stateOf(2, { spec: 2, status: 1 }, { isStatusOnly: true, subresource: 'status' }))).toEqual([
      'section',
    ])
    expect(gapsOf(first, stateOf(2, { spec: 2, status: 2 }))).toEqual(['section'])
    expect(gapsOf(first, stateOf(2, { spec: 1, status: 2 }, { isStatusOnly: true, subresource: 'status' }))).toEqual([])
  })

  test("another manager's new entry shows a write of theirs; one's own does not", () => {
    const entry = (manager: string, second: number): object => ({
      manager,
      operation: 'Update',
      time: new Date(second * 1000).toISOString(),
    })
    const managed = (...managedFields: readonly object[]): JsonObject => ({ data: {}, metadata: { managedFields } })
    const first = stateOf(1, managed(entry('kubectl', 1)), { isCreate: true })
    expect(gapsOf(first, stateOf(9, managed(entry('kubectl', 9))))).toEqual([])
    expect(gapsOf(first, stateOf(9, managed(entry('helm', 4), entry('kubectl', 9))))).toEqual(['manager'])
  })

  test('a request that found what it asked for did not make it', () => {
    const managed = (a: string, second: number): JsonObject => ({
      data: { a },
      metadata: {
        managedFields: [{ manager: 'kubectl', operation: 'Update', time: new Date(second * 1000).toISOString() }],
      },
    })
    expect(gapsOf(stateOf(1, managed('1', 1), { isCreate: true }), stateOf(9, managed('2', 5)))).toEqual(['repeated'])
  })

  test('what a patch did not ask for is uncertain, unless its place is proven', () => {
    const patch = { type: 'merge' as const, why: '', body: { data: { a: '2' } } }
    const changed = { data: { a: '2', b: 'new' } }
    expect(last(chainOf(made, stateOf(2, changed, { verb: 'patch', patch }))).link).toMatchObject({
      adjacency: 'broken',
      unseenMin: 0,
      reasons: [{ kind: 'unasked', isCertain: false }],
    })
    expect(gapsOf(made, stateOf(2, changed, { verb: 'patch', patch, basedOn: 1 }))).toEqual([])
    const steps = {
      ...patch,
      body: [
        { op: 'add', path: '/data/b', value: 'new' },
        { op: 'replace', path: '/data/a', value: '2' },
      ],
    }
    expect(gapsOf(made, stateOf(2, changed, { verb: 'patch', patch: steps }))).toEqual([])
  })

  test('a deletion that began unseen shows it, and an eviction in between explains it', () => {
    const going = { data: { a: '1' }, metadata: { deletionTimestamp: new Date(4_000).toISOString() } }
    const status = stateOf(9, going, { observed: 'deleting', isStatusOnly: true })
    expect(gapsOf(made, status)).toEqual(['deletion'])
    const eviction = {
      uid: 'u',
      event: 'evict',
      observation: observationOf({ observed: 'deleting', earliest: 4_000_000, latest: 4_000_000 }),
    }
    expect(gapsOf(made, status, eviction)).toEqual([])
    expect(gapsOf(made, eviction, status)).toEqual([])
  })

  test('another version of the type is a conversion, of which only the whole is known', () => {
    const first = stateOf(1, { apiVersion: 'autoscaling/v1', spec: 1, status: 1 }, { isCreate: true })
    expect(gapsOf(first, stateOf(2, { apiVersion: 'autoscaling/v2', spec: 2, status: 2 }))).toEqual([])
  })

  test('a write without a known version breaks the link around its time, in whatever order they come', () => {
    const unknown = {
      uid: 'u',
      event: 'x',
      observation: observationOf({ observed: 'metadata-only', earliest: 1_500_000, latest: 1_500_000 }),
    }
    const next = stateOf(2, { data: { a: '2' } })
    expect(gapsOf(made, next, unknown)).toEqual(['unplaced'])
    expect(gapsOf(unknown, next, made)).toEqual(['unplaced'])
    expect(gapsOf(made, unknown, stateOf(2, { data: {} }, { basedOn: 1 }))).toEqual([])
  })

  test('a status write without its answer is one of status, and another is not known to be of anything', () => {
    const seen = ['status', ''].map((subresource) => {
      const times = { earliest: 1_500_000, latest: 1_500_000 }
      const observation = observationOf({ observed: 'metadata-only', subresource, ...times })
      return sortedChain([made, { uid: 'u', event: 'x', observation }]).unplaced[0]?.significance
    })
    expect(seen).toEqual(['status', 'unknown'])
  })
})

describe('derived states', () => {
  const scaled = (version: number, replicas: number): Arrival => ({
    uid: 'u',
    event: `s${version}`,
    observation: observationOf({
      observed: 'patch-only',
      subresource: 'scale',
      resourceVersion: version,
      sets: [{ path: ['spec', 'replicas'], value: replicas }],
    }),
  })
  const first = stateOf(
    1,
    { spec: { replicas: 1, image: 'a' }, metadata: { generation: 1 } },
    { isCreate: true, generation: 1 },
  )

  test('a scale makes the state before with other replicas, and a late one before it makes that anew', () => {
    expect(last(chainOf(first, scaled(5, 4)))).toMatchObject({
      fidelity: 'derived',
      object: { spec: { replicas: 4, image: 'a' }, metadata: { resourceVersion: '5', generation: 2 } },
    })
    const late = stateOf(3, { spec: { replicas: 1, image: 'b' } }, { basedOn: 1 })
    expect(last(chainOf(first, scaled(5, 4), scaled(6, 7), late)).object).toMatchObject({
      spec: { replicas: 7, image: 'b' },
    })
  })

  test('a get at its version makes it exact', () => {
    const read = { ...stateOf(5, { spec: { replicas: 4, image: 'a' } }, { isRead: true }), event: 'read' }
    expect(last(chainOf(first, scaled(5, 4), read))).toMatchObject({ event: 's5', fidelity: 'exact' })
    expect(last(chainOf(first, read, scaled(5, 4)))).toMatchObject({ event: 's5', fidelity: 'exact' })
  })
})

describe('significance', () => {
  const of = (before: JsonObject, after: JsonObject): string =>
    last(chainOf(stateOf(1, before), stateOf(2, after, { basedOn: 1 }))).significance

  test('status, renewals and bookkeeping are told from changes', () => {
    expect(of({ spec: 1, status: 1 }, { spec: 1, status: 2 })).toBe('status')
    expect(of({ spec: 1 }, { spec: 1, metadata: { managedFields: [] } })).toBe('bookkeeping')
    const rolledOut = (number: string): JsonObject => ({
      metadata: { annotations: { a: '1', 'deployment.kubernetes.io/revision': number } },
    })
    expect(of(rolledOut('1'), rolledOut('2'))).toBe('bookkeeping')
    const lease = (renewTime: string, holderIdentity: string): JsonObject => ({
      kind: 'Lease',
      spec: { renewTime, holderIdentity },
    })
    expect(of(lease('1', 'a'), lease('2', 'a'))).toBe('renewal')
    expect(of(lease('1', 'a'), lease('2', 'b'))).toBe('changed')
    expect(of({ data: { a: '1' } }, { data: { a: '2' } })).toBe('changed')
  })
})

test('any order and any repeats make the chain that sorting makes', () => {
  const arrival = fc
    .record({
      version: fc.integer({ min: 1, max: 12 }),
      kind: fc.constantFrom('write', 'write', 'status', 'read', 'scale', 'metadata', 'unplaced', 'end'),
      value: fc.integer({ min: 0, max: 2 }),
      based: fc.option(fc.integer({ min: 1, max: 12 })),
      time: fc.integer({ min: 0, max: 12 }),
    })
    .map(({ version, kind, value, based, time }): Arrival => {
      const object = { spec: { replicas: value }, status: version % 3 }
      const times = { earliest: time * 1_000_000, latest: time * 1_000_000 + 500 }
      const event = `${kind}.${version}.${value}.${based}.${time}`
      const state = { ...stateOf(version, object, { basedOn: based, ...times }), event }
      const with_ = (more: Partial<Observation>): Arrival => ({
        ...state,
        observation: { ...state.observation, ...more },
      })
      switch (kind) {
        case 'status':
          return with_({ isStatusOnly: true, subresource: 'status' })
        case 'read':
          return with_({ isRead: true, basedOn: null })
        case 'scale':
          return with_({ object: null, observed: 'patch-only', sets: [{ path: ['spec', 'replicas'], value }] })
        case 'metadata':
          return with_({ object: null, observed: 'metadata-only' })
        case 'unplaced':
          return with_({ object: null, observed: 'metadata-only', resourceVersion: null })
        case 'end':
          return with_({ observed: 'deleted', verb: 'delete' })
        default:
          return state
      }
    })
    // One version has one state.
    .map((told) => {
      const { object, resourceVersion } = told.observation
      if (object === null || resourceVersion === null) return told
      const spec = { replicas: resourceVersion % 4 }
      return { ...told, observation: { ...told.observation, object: { ...object, spec } } }
    })
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 14 }), fc.infiniteStream(fc.integer()), (arrivals, keys) => {
      const mixed = [...arrivals, ...arrivals.slice(0, 3)]
        .map((item) => ({ item, key: keys.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ item }) => item)
      const chain = new ChainForTests()
      for (const item of mixed) chain.take(item)
      const model = sortedChain(arrivals)
      expect(chain.placed).toEqual(model.placed)
      expect(chain.unplaced).toEqual(model.unplaced)
    }),
    { numRuns: 500 },
  )
})
