import { expect, test } from 'vitest'
import { startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

const rule = {
  name: 'privileged-container',
  version: 1,
  title: 'A container has all of its node',
  severity: 'high',
  status: 'cannot',
  evaluated: 12,
  matched: 0,
  insufficient: 12,
  errors: 0,
  because: [
    { what: '/object/spec', because: 'the level is Metadata', is_error: false, count: 10, example: 'evt_1' },
    { what: '/containers', because: 'the level is Metadata', is_error: false, count: 2, example: 'evt_2' },
  ],
  mend: {
    policy: '- level: RequestResponse\n  verbs: [create]\n',
    caution: null,
    volume: { events_a_day: 120, bytes_a_day: 471_600, size: 'typical' },
  },
}
const fine = { ...rule, name: 'shell-opened', status: 'works', insufficient: 0, because: [], mend: null }
const counts = { works: 1, partly: 0, cannot: 1, failing: 0, unseen: 0 }
const body = {
  cluster: 'east',
  window: { since: '2026-11-14T00:00:00.000000Z', until: '2026-11-21T00:00:00.000000Z' },
  rules: [rule, fine],
  counts,
  policy: '- level: RequestResponse\n',
  gaps: [],
}

test('coverage tells which rules cannot judge, why, and what would mend them', async () => {
  await using api = await startCannedApi(() => ({ body }))
  const done = await plaintrail(['coverage', 'east', '--since', '30d'], { server: api.url, env: { NO_COLOR: '1' } })
  expect(api.requests[0]).toMatchObject({ path: '/v1/clusters/east/coverage' })
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({ since: '30d' })
  expect(done.out.split('\n').map((line) => line.split(/\t| {2,}/))).toEqual([
    ['RULE', 'SEVERITY', 'STATUS', 'CONCERNED', 'NOT JUDGED', 'WHY', 'MENDED BY'],
    [
      'privileged-container',
      'high',
      'cannot',
      '12',
      '12',
      '/object/spec: the level is Metadata (and 1 more)',
      'RequestResponse: 120 events, 472 kB a day',
    ],
    [''],
  ])
  expect(done.err).toContain('1 of 2 rules work on east')
  expect(done.err).toContain('plaintrail coverage east --policy')
  expect(done.code).toBe(0)
})

test('what would send secrets is told', async () => {
  const secretive = { ...rule, mend: { ...rule.mend, caution: 'API servers would send the values of secrets' } }
  await using api = await startCannedApi(() => ({ body: { ...body, rules: [secretive] } }))
  const done = await plaintrail(['coverage', 'east'], { server: api.url })
  expect(done.out).toContain('a day, secrets among them')
})

test('what comes less than once a day is not said to be nothing', async () => {
  const rare = { ...rule, mend: { ...rule.mend, volume: { events_a_day: 0, bytes_a_day: 0, size: 'typical' } } }
  await using api = await startCannedApi(() => ({ body: { ...body, rules: [rare] } }))
  const done = await plaintrail(['coverage', 'east'], { server: api.url })
  expect(done.out).toContain('RequestResponse: less than one event a day')
})

test('the policy alone can be written to a file, and an incomplete answer can be an error', async () => {
  await using api = await startCannedApi(() => ({ body }))
  const policy = await plaintrail(['coverage', 'east', '--policy'], { server: api.url })
  expect(policy.out).toBe('- level: RequestResponse\n')
  expect((await plaintrail(['coverage', 'east', '--require-complete'], { server: api.url })).code).toBe(3)
})

test('without a name it is the only cluster, and of several one has to be named', async () => {
  const clusters = ['east', 'west'].map((name) => ({ id: name, name, created_at: '2026-11-01T00:00:00.000Z' }))
  for (const [data, code] of [
    [clusters.slice(0, 1), 0],
    [clusters, 2],
    [[], 5],
  ] as const) {
    await using api = await startCannedApi(({ path }) => ({
      body: path === '/v1/clusters' ? { data, has_more: false, next_cursor: null } : body,
    }))
    expect((await plaintrail(['coverage'], { server: api.url })).code).toBe(code)
  }
})

test('all rules are in other formats, and an answer of another shape is none', async () => {
  await using api = await startCannedApi(() => ({ body }))
  const names = await plaintrail(['coverage', 'east', '-o', 'name'], { server: api.url })
  expect(names.out).toBe('privileged-container\nshell-opened\n')
  await using other = await startCannedApi(() => ({ body: { cluster: 'east' } }))
  expect((await plaintrail(['coverage', 'east'], { server: other.url })).code).toBe(8)
})
