import { describe, expect, test } from 'vitest'
import { problem, startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { sampleEvent, samplePage, usualObject } from '../testing/sample-event.ts'

const denied = sampleEvent({
  id: 'evt_02',
  time: '2026-11-19T13:22:45.000000Z',
  verb: 'create',
  outcome: 'denied',
  code: 403,
  object: {
    ...usualObject,
    group: 'rbac.authorization.k8s.io',
    resource: 'rolebindings',
    kind: 'RoleBinding',
    name: 'tmp-admin',
  },
  authz: { decision: 'forbid', reason: 'no RBAC policy matched' },
})
const exec = sampleEvent({
  id: 'evt_03',
  class: 'connect',
  verb: 'get',
  code: 101,
  detail: 'command sh',
  durationUs: 842_000_000,
  object: { ...usualObject, group: '', resource: 'pods', kind: 'Pod', name: 'api-1', subresource: 'exec' },
})

test('every plain parameter has its option, repeated ones and negations too', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([]) }))
  const args =
    'events --actor alice --actor sa:ci/* --as system:admin --verb patch,update --class write --kind deploy -n shop --namespace prod --name checkout ' +
    '--sub scale --outcome success --stage Panic -c demo --not actor=system:* --not verb=get --since -2h --until now --order asc --limit 7'
  const done = await plaintrail(args.split(' '), { server: api.url })
  expect(done.code).toBe(0)
  expect([...(api.requests[0]?.query ?? [])].map((pair) => pair.join('=')).toSorted()).toEqual([
    'actor=alice',
    'actor=sa:ci/*',
    'as=system:admin',
    'class=write',
    'cluster=demo',
    'kind=deploy',
    'limit=7',
    'name=checkout',
    'not.actor=system:*',
    'not.verb=get',
    'ns=prod',
    'ns=shop',
    'order=asc',
    'outcome=success',
    'since=-2h',
    'stage=Panic',
    'sub=scale',
    'until=now',
    'verb=patch,update',
  ])
})

test('an empty namespace asks for cluster-scoped objects', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([]) }))
  await plaintrail(['events', '-n', ''], { server: api.url })
  expect(api.requests[0]?.query.getAll('ns')).toEqual([''])
})

test('events are a table, and how it went is told beside it', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([sampleEvent(), denied, exec]) }))
  const done = await plaintrail(['events'], { server: api.url, isTty: true, columns: 160, env: { NO_COLOR: '1' } })
  expect(done.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['WHEN', 'CLUSTER', 'WHO', 'VERB', 'NS', 'OBJECT', 'OUT', 'WHAT'],
    ['14:03:22', 'demo', 'alice@acme.io', 'patch', 'shop', 'deploy/checkout', 'ok', 'image api:1.9'],
    [
      '11-19 13:22:45',
      'demo',
      'alice@acme.io',
      'create',
      'shop',
      'rolebinding/tmp-admin',
      'DENIED',
      'no RBAC policy matched',
    ],
    ['14:03:22', 'demo', 'alice@acme.io', 'exec', 'shop', 'po/api-1', 'ok', 'exec: sh (14m 02s)'],
    [''],
  ])
  expect(done.err).toBe('3 events · 3 ms · times in UTC\n')
})

test('a terminal has colours unless they are unwanted', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([denied]) }))
  const escape = String.fromCodePoint(0x1b)
  const out = async (args: readonly string[], surroundings: object): Promise<string> =>
    (await plaintrail(['events', ...args], { server: api.url, ...surroundings })).out
  expect(await out([], { isTty: true })).toContain(`${escape}[31mDENIED`)
  expect(await out(['--no-color'], { isTty: true })).not.toContain(escape)
  expect(await out([], { isTty: true, env: { TERM: 'dumb' } })).not.toContain(escape)
  expect(await out([], {})).not.toContain(escape)
})

test('no line is wider than the terminal', async () => {
  await using api = await startCannedApi(() => ({
    body: samplePage([sampleEvent({ detail: 'x'.repeat(300) }), denied]),
  }))
  const done = await plaintrail(['events', '--no-color'], { server: api.url, isTty: true, columns: 80 })
  for (const line of done.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

/** Three pages of one event; the cursor is the page's number. */
const pages = (query: URLSearchParams): object => {
  const page = Number(query.get('cursor') ?? 0)
  return samplePage(
    [sampleEvent({ id: `evt_${page}` })],
    page < 2 ? { has_more: true, next_cursor: String(page + 1) } : {},
  )
}

describe('pages', () => {
  test('after the first are told of', async () => {
    await using api = await startCannedApi(({ query }) => ({ body: pages(query) }))
    const done = await plaintrail(['events'], { server: api.url })
    expect(done.err).toContain('1 event · 3 ms · times in UTC · more with --all')
    expect(api.requests).toHaveLength(1)
  })

  test('are all read with --all, by cursors that are sent alone, under one heading', async () => {
    await using api = await startCannedApi(({ query }) => ({ body: pages(query) }))
    const done = await plaintrail(['events', '--all', '--limit', '1'], { server: api.url })
    expect(api.requests.map(({ query }) => query.toString())).toEqual(['limit=1', 'cursor=1', 'cursor=2'])
    expect(done.out.trimEnd().split('\n')).toHaveLength(4)
    expect(done.err).toContain('3 events')
    const names = await plaintrail(['events', '--all', '-o', 'name'], { server: api.url })
    expect(names.out).toBe('evt_0\nevt_1\nevt_2\n')
  })
})

test('an empty answer says which window was searched', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([]) }))
  const done = await plaintrail(['events'], { server: api.url })
  expect(done).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('from 2026-11-19T14:17:22.000000Z to 2026-11-20'),
  })
})

test('a gap in what was seen is told of', async () => {
  const gap = {
    cluster: 'demo',
    from: '2026-11-20T13:20:00Z',
    to: '2026-11-20T13:24:10Z',
    cause: 'receiver_unreachable',
  }
  const page: { meta?: object } = samplePage([sampleEvent()])
  const meta = { ...page.meta, coverage: { complete: false, gaps: [gap] } }
  await using api = await startCannedApi(() => ({ body: { ...page, meta } }))
  const done = await plaintrail(['events'], { server: api.url })
  expect(done.err).toContain('! demo: events are missing from 2026-11-20T13:20:00Z to 2026-11-20T13:24:10Z')
})

test('a question that the API cannot read is told with its hint and its own exit code', async () => {
  const body = problem(400, 'query_syntax', 'could not read class: "writes" is none of its values', {
    detail: 'The values of class are read, write.',
    hint: 'Did you mean "write"?',
  })
  await using api = await startCannedApi(() => ({ status: 400, body }))
  const done = await plaintrail(['events', '--class', 'writes'], { server: api.url })
  expect(done.code).toBe(6)
  expect(done.err).toMatch(/"writes" is none of its values.*\n.*Did you mean "write"\?/)
})

test('jsonl and yaml have every event', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([sampleEvent(), denied]) }))
  const jsonl = await plaintrail(['events', '-o', 'jsonl'], { server: api.url })
  expect(
    jsonl.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([sampleEvent(), denied])
  expect((await plaintrail(['events', '-o', 'yaml'], { server: api.url })).out).toContain('  - id: evt_02\n')
})
