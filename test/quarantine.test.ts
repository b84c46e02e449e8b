// A batch with garbage in it: the neighbours are stored, the garbage keeps its bytes, the answer is 200, nothing stalls.

import { describe, expect, test } from 'vitest'
import { createEventMaker } from './make-events.ts'
import { profiles } from './profiles.ts'
import { allRequests, eventList, postList, until, type System } from './system.ts'

interface Quarantined {
  readonly cluster: string
  readonly time: string
  readonly reason: string
  readonly size: number
  readonly bytes?: string
}

const startUs = Date.parse('2026-11-20T10:00:00Z') * 1_000

async function quarantine(system: System): Promise<readonly Quarantined[]> {
  const response = await system.get('/v1/quarantine?bytes=true&limit=100')
  expect(response.status).toBe(200)
  return ((await response.json()) as { data: Quarantined[] }).data
}

const bytesOf = (item: Quarantined): string => Buffer.from(item.bytes ?? '', 'base64').toString('latin1')

describe.each(await profiles())('$name', ({ startSystem }) => {
  test('each kind of garbage leaves its neighbours alone and is stored with a flag or kept with its reason', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const maker = createEventMaker(7, startUs, 500)
    const change = (edit: Record<string, unknown>): string => JSON.stringify({ ...JSON.parse(maker.event()), ...edit })
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    const withRaw = (key: string, raw: string): string => maker.event().replace('{', `{"${key}":${raw},`)
    const garbage: Record<string, string> = {
      notAnObject: '42',
      deep: withRaw('requestObject', deep),
      huge: change({
        level: 'RequestResponse',
        responseObject: { items: Array.from({ length: 60_000 }, (_, i) => ({ note: 'x'.repeat(80), i })) },
      }),
      nul: change({ objectRef: { resource: 'pods', namespace: 'shop', name: 'a\u0000b', apiVersion: 'v1' } }),
      surrogate: maker.event().replace(/"username":"[^"]*"/, String.raw`"username":"\ud800x"`),
      number: withRaw('extraNumber', '1e100000'),
      stage: change({ stage: 'Imagined' }),
      year: change({ requestReceivedTimestamp: '9999-12-31T23:59:59.999999Z' }),
      brokenToken: maker.event().replace('"verb":', '"x":tru,"verb":'),
    }
    expect(Buffer.byteLength(garbage['huge'] ?? '')).toBeGreaterThan(6_000_000)
    const neighbours = Array.from({ length: 10 }, () => maker.event())
    const items = Object.values(garbage).flatMap((item, index) => [neighbours[index] ?? '', item])
    const response = await postList(system, cluster, eventList([...items, neighbours[9] ?? '']))
    expect(response.status).toBe(200)

    await until(async () => (await allRequests(system)).length === 16)
    const stored = await allRequests(system)
    const stages = new Map(stored.map((request) => [request.audit.id, request]))
    for (const neighbour of neighbours) expect(stages.has(JSON.parse(neighbour).auditID)).toBe(true)
    const find = (name: string) => stages.get(JSON.parse(garbage[name] ?? '').auditID)
    expect(find('huge')?.audit.level).toBe('RequestResponse')
    expect(find('nul')?.object?.name).toBe('a\uFFFDb')
    expect(find('nul')?.flags).toContain('sanitized')
    expect(find('surrogate')?.actor.name).toBe('\uFFFDx')
    expect(find('number')).toBeDefined()
    expect(find('stage')?.audit.stage).toBe('Unknown')
    expect(find('year')?.time).toBeNull()
    expect(find('year')?.flags).toContain('oddTime')

    const kept = await quarantine(system)
    expect(kept.map((item) => item.reason).toSorted()).toEqual(['invalid_json', 'not_an_object', 'too_deep'])
    expect(kept.find((item) => item.reason === 'not_an_object')).toMatchObject({ cluster: 'lab', size: 2 })
    expect(bytesOf(kept.find((item) => item.reason === 'not_an_object') ?? fail())).toBe('42')
    expect(bytesOf(kept.find((item) => item.reason === 'too_deep') ?? fail())).toBe(garbage['deep'])
    expect(bytesOf(kept.find((item) => item.reason === 'invalid_json') ?? fail())).toBe(garbage['brokenToken'])
    for (const name of ['huge', 'nul', 'surrogate', 'number', 'stage', 'year']) {
      const raw = await system.get(`/v1/events/${find(name)?.id}/raw`)
      expect(await raw.text()).toBe(garbage[name])
    }
  })

  test('a body that is no EventList at all is answered 200 and kept whole', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const bodies = ['', 'hello', '{"kind":"Status"}', '{"items":[{"auditID":"cut', Buffer.from([0xff, 0xfe, 0x00])]
    for (const body of bodies) expect((await postList(system, cluster, body)).status).toBe(200)
    await until(async () => (await quarantine(system)).length === bodies.length)
    const kept = (await quarantine(system)).map(bytesOf)
    expect(kept).toContain('hello')
    expect(kept).toContain('{"kind":"Status"}')
    const marker = createEventMaker(8, startUs, 500).list(2)
    expect((await postList(system, cluster, marker)).status).toBe(200)
    await until(async () => (await allRequests(system)).length === 2)
  })

  test('the same garbage posted again is kept once', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    for (let time = 0; time < 3; time++) expect((await postList(system, cluster, eventList(['null']))).status).toBe(200)
    expect((await postList(system, cluster, createEventMaker(9, startUs, 500).list(1))).status).toBe(200)
    await until(async () => (await allRequests(system)).length === 1)
    expect(await quarantine(system)).toHaveLength(1)
  })

  test('a body over the limit is 413 and a gap that every answer shows', async () => {
    await using system = await startSystem({ env: { PLAINTRAIL_INGEST_BODY_BYTES_MAX: '1MiB' } })
    const cluster = await system.addCluster('lab')
    const response = await postList(system, cluster, Buffer.alloc(1_100_000, 'x'))
    expect(response.status).toBe(413)
    interface Coverage {
      meta: { coverage: { complete: boolean; gaps: { cluster: string; cause: string }[] } }
    }
    const coverage = async (): Promise<Coverage['meta']['coverage']> =>
      ((await (await system.get('/v1/events')).json()) as Coverage).meta.coverage
    await until(async () => !(await coverage()).complete)
    expect((await coverage()).gaps).toEqual([expect.objectContaining({ cluster: 'lab', cause: 'body_too_large' })])
  })
})

function fail(): never {
  throw new Error('not in quarantine')
}
