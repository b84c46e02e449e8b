import { describe, expect, test } from 'vitest'
import { startCannedApi, type CannedAnswer, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { sampleEvent, samplePage } from '../testing/sample-event.ts'

const name = 'system:serviceaccount:ci:deployer'
const actor = {
  id: 'act_00112233445566778899aabbccddeeff',
  name,
  type: 'service-account',
  first_seen: '2026-11-01T00:00:00.000000Z',
  last_seen: '2026-11-20T14:03:22.418211Z',
  requests: 12,
  by_class: { read: 2, write: 10, connect: 0, other: 0 },
  by_outcome: { success: 9, denied: 2, rejected: 1, error: 0, pending: 0 },
  clients: [
    { value: 'helm', count: 11 },
    { value: 'curl', count: 1 },
  ],
  ips: [{ value: '10.0.3.7', count: 12 }],
}
const { meta } = samplePage([]) as { meta: object }
const first = { what: 'kind', value: 'secrets', time: '2026-11-20T12:00:00.000000Z', event: 'evt_9' }

const answering =
  (firsts: readonly object[], comparedSince: string | null = null) =>
  ({ path }: CannedRequest): CannedAnswer | undefined => {
    if (path.endsWith('/firsts')) return { body: { data: firsts, meta: { compared_since: comparedSince } } }
    if (path === '/v1/actors') return { body: { data: [actor], has_more: false, next_cursor: null, meta } }
    if (path.startsWith('/v1/actors/')) return { body: { data: actor, meta } }
    return { body: samplePage([sampleEvent()]) }
  }

describe('an actor', () => {
  test('is told with what it asked for, what was new, and its last changes', async () => {
    await using api = await startCannedApi(answering([first]))
    const done = await plaintrail(['actor', 'sa:ci/deployer', '--since', '30d', '-c', 'demo'], {
      server: api.url,
      isTty: true,
      columns: 160,
      env: { NO_COLOR: '1' },
    })
    expect(done).toMatchObject({ code: 0, err: '' })
    const [told = '', firsts = '', changes = ''] = done.out.split(/\nFor the first time\n|\nIts last changes\n/)
    expect(
      told
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      [name, '(service-account)'],
      [''],
      ['id', actor.id],
      ['known', 'since 19d ago'],
      ['last seen', '14m ago'],
      ['asked', '12 in the window: 2 read, 10 write'],
      ['outcome', '9 success, 2 denied, 1 rejected'],
      ['with', 'helm (11), curl (1)'],
      ['from', '10.0.3.7 (12)'],
    ])
    expect(firsts).toContain('2h ago  kind  secrets  evt_9')
    expect(changes).toContain('deploy/checkout')
    const [asked, askedFirsts, askedChanges] = api.requests
    expect(decodeURIComponent(asked?.path ?? '')).toBe(`/v1/actors/${name}`)
    expect(asked?.query.toString()).toBe('since=30d&cluster=demo')
    expect(askedFirsts?.query.toString()).toBe('since=30d')
    expect(askedChanges?.query.getAll('actor')).toEqual([name])
    expect(askedChanges?.query.getAll('class')).toEqual(['write', 'connect'])
  })

  test('of whom nothing is new is told so, and where not all was compared that', async () => {
    await using none = await startCannedApi(answering([]))
    expect((await plaintrail(['actor', 'alice'], { server: none.url })).out).toContain('nothing in this window')
    await using some = await startCannedApi(answering([first], '2026-11-10T00:00:00.000000Z'))
    const done = await plaintrail(['actor', 'alice'], { server: some.url })
    expect(done.err).toBe('! compared with what is stored since 2026-11-10T00:00:00.000000Z only: the time was up\n')
  })

  test('is one answer in the other formats, asked for once', async () => {
    await using api = await startCannedApi(answering([first]))
    const done = await plaintrail(['actor', 'alice', '-o', 'jsonl'], { server: api.url })
    expect(JSON.parse(done.out)).toEqual(actor)
    expect(api.requests).toHaveLength(1)
  })

  test('cannot be asked for without a name, nor be what is none', async () => {
    await using api = await startCannedApi(() => ({ body: { data: {} } }))
    expect((await plaintrail(['actor', ''], { server: api.url })).code).toBe(2)
    expect((await plaintrail(['actor', 'alice'], { server: api.url })).code).toBe(8)
  })
})

test('actors are a list, by the query language', async () => {
  await using api = await startCannedApi(answering([]))
  const done = await plaintrail(['actors', 'is:bot', '-ns:x', '--limit', '5'], { server: api.url })
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({ q: 'is:bot NOT ns:x', limit: '5' })
  expect(done.out).toMatch(/^WHO +TYPE +ASKED +CHANGES +REFUSED +KNOWN SINCE +LAST SEEN +WITH +FROM\n/)
  expect(done.out).toMatch(/deployer +service-account +12 +10 +3 .* helm +10\.0\.3\.7\n$/)
  expect((await plaintrail(['actors', '--order', 'asc'], { server: api.url })).code).toBe(2)
})
