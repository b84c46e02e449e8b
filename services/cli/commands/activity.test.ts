import { expect, test } from 'vitest'
import { startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { samplePage } from '../testing/sample-event.ts'

const stretch = {
  id: 'evt_1',
  actor: { id: 'act_1', name: 'alice@acme.io', type: 'human' },
  clusters: ['demo'],
  started: '2026-11-20T14:03:22.418211Z',
  ended: '2026-11-20T14:17:24.418211Z',
  duration_us: 842_000_000,
  credential: 'X509SHA256=ab',
  ip: '10.0.3.7',
  clients: ['kubectl 1.33.3'],
  acted_as: [],
  requests: 7,
  sentence: '14 minutes, 3 namespaces, read 4 secrets, exec twice, changed one deployment',
  counts: {},
  namespaces: ['shop'],
  commands: [
    { event: 'evt_2', time: '2026-11-20T14:03:22.418211Z', line: 'kubectl get pods -n shop', sure: false, requests: 1 },
    {
      event: 'evt_3',
      time: '2026-11-20T14:04:22.418211Z',
      line: 'kubectl scale deployment/api --replicas=5 -n shop',
      sure: true,
      requests: 2,
    },
    { event: 'evt_4', time: '2026-11-20T14:05:22.418211Z', line: 'patch /api/v1/x', sure: false, requests: 1 },
  ],
  commands_count: 4,
  began_before: false,
  went_on: false,
  is_cut: false,
  links: { events: '/v1/events?actor=alice' },
}
const edge = {
  ...stretch,
  ip: null,
  sentence: 'a moment, only read pods',
  began_before: true,
  commands: [],
  commands_count: 0,
}
const page = (...data: readonly object[]) => ({ ...samplePage([]), data })
const terminal = { isTty: true, columns: 200, env: { NO_COLOR: '1' } }

test('activity tells of one person when, for how long, from where, and what', async () => {
  await using api = await startCannedApi(() => ({ body: page(stretch, edge) }))
  const done = await plaintrail(['activity', 'sa:ci/deployer', 'is:write', '-ns:web', '--since', '7d'], {
    server: api.url,
    ...terminal,
  })
  expect(api.requests[0]?.path).toBe('/v1/actors/system%3Aserviceaccount%3Aci%3Adeployer/activity')
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({ q: 'is:write NOT ns:web', since: '7d' })
  expect(done.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['WHEN', 'LASTED', 'FROM', 'WHAT'],
    ['14:03:22', '14m 02s', '10.0.3.7', stretch.sentence],
    ['14:03:22', '14m 02s', '-', 'a moment, only read pods (began before the window)'],
    [''],
  ])
  expect(done.err).toContain('2 stretches')
})

test('with --commands each stretch has what was most likely typed, and a mark where it could have been something else', async () => {
  await using api = await startCannedApi(() => ({ body: page(stretch) }))
  const done = await plaintrail(['activity', 'alice@acme.io', '--commands'], { server: api.url, ...terminal })
  expect(done.out.split('\n')).toEqual([
    `14:03:22  10.0.3.7  ${stretch.sentence}`,
    '  14:03:22 ~ kubectl get pods -n shop',
    '  14:04:22   kubectl scale deployment/api --replicas=5 -n shop',
    '  14:05:22   patch /api/v1/x',
    '  and 1 more',
    '',
  ])
  const json = await plaintrail(['activity', 'alice@acme.io', '--commands', '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toMatchObject({ data: [{ commands_count: 4 }] })
})

test('an answer of another shape is no list, and nobody is a usage error', async () => {
  await using api = await startCannedApi(() => ({ body: page({ id: 'evt_1' }) }))
  expect((await plaintrail(['activity', 'alice@acme.io'], { server: api.url })).code).toBe(8)
  expect((await plaintrail(['activity'], { server: api.url })).code).toBe(2)
})
