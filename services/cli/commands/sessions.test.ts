import { expect, test } from 'vitest'
import { startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { sampleEvent, samplePage, usualObject } from '../testing/sample-event.ts'

const { actor, source } = sampleEvent()
const open = {
  id: 'evt_1',
  cluster: 'demo',
  kind: 'exec',
  state: 'open',
  reason: null,
  actor,
  source,
  object: { ...usualObject, group: '', resource: 'pods', kind: 'Pod', name: 'api-1', subresource: 'exec' },
  command: 'sh -c ls',
  container: 'app',
  ports: null,
  started: '2026-11-20T14:03:22.418211Z',
  ended: null,
  durationUs: null,
  links: { event: '/v1/events/evt_1' },
}
const ended = { ...open, id: 'evt_2', state: 'ended', durationUs: 842_000_000, kind: 'portforward', command: null }
const unknown = { ...open, id: 'evt_3', state: 'unknown', reason: 'gap', started: null }
const page = (...data: readonly object[]) => ({ ...samplePage([]), data })

test('sessions tell who is in where, for how long, and why an end is not known', async () => {
  await using api = await startCannedApi(() => ({ body: page(open, ended, unknown) }))
  const done = await plaintrail(['sessions', 'is:human', '--state', 'open', '--since', '7d'], {
    server: api.url,
    isTty: true,
    columns: 200,
    env: { NO_COLOR: '1' },
  })
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({ q: 'is:human', state: 'open', since: '7d' })
  expect(done.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['STARTED', 'CLUSTER', 'WHO', 'KIND', 'NS', 'POD', 'STATE', 'LASTED', 'WHAT'],
    ['14:03:22', 'demo', 'alice@acme.io', 'exec', 'shop', 'api-1', 'open', '13m 59s so far', 'sh -c ls'],
    ['14:03:22', 'demo', 'alice@acme.io', 'portforward', 'shop', 'api-1', 'ended', '14m 02s', '-'],
    ['no time', 'demo', 'alice@acme.io', 'exec', 'shop', 'api-1', 'end unknown (events missing)', '-', 'sh -c ls'],
    [''],
  ])
  expect(done.err).toContain('3 sessions')
})

test('a state that there is not is a usage error, and an answer of another shape no list', async () => {
  await using api = await startCannedApi(() => ({ body: page({ id: 'evt_1' }) }))
  expect((await plaintrail(['sessions', '--state', 'closed'], { server: api.url })).code).toBe(2)
  expect((await plaintrail(['sessions'], { server: api.url })).code).toBe(8)
})
