import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
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

test('--changes asks for what differs, and shows it', async () => {
  const change = { fidelity: 'exact', significance: 'changed', changes: [], changes_count: 1, summary: 'a 1 → 2' }
  const event = { ...sampleEvent(), change: { ...change, sure: true } }
  await using api = await startCannedApi(() => ({ body: samplePage([event]) }))
  const done = await plaintrail(['events', 'is:write', '--changes'], { server: api.url })
  expect(api.requests[0]?.query.getAll('include')).toEqual(['changes', 'initiator'])
  expect(done.out).toMatch(/ a 1 → 2\n$/)
  await plaintrail(['events', `actor:${'a,'.repeat(4_000)}`, '--changes'], { server: api.url })
  expect(JSON.parse(api.requests[1]?.body.toString() ?? '')).toMatchObject({ include: ['changes', 'initiator'] })
})

test('an empty answer says which window was searched', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([]) }))
  const done = await plaintrail(['events'], { server: api.url })
  expect(done).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('from 2026-11-19T14:17:22.000000Z to 2026-11-20'),
  })
  expect(done.err).toContain('a longer window: --since 7d')
  const page: { meta?: object } = samplePage([])
  const window = { since: '2026-10-21T14:17:22.000000Z', until: '2026-11-20T14:17:22.000000Z' }
  await using longer = await startCannedApi(() => ({ body: { ...page, meta: { ...page.meta, window } } }))
  expect((await plaintrail(['events'], { server: longer.url })).err).toContain('a longer window: --since 90d')
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
  const body = problem(400, 'query_syntax', 'Bad Request', {
    detail: 'could not read class: "writes" is none of its values',
    hint: 'Did you mean "write"?',
  })
  await using api = await startCannedApi(() => ({ status: 400, body }))
  const done = await plaintrail(['events', '--class', 'writes'], { server: api.url })
  expect(done.code).toBe(6)
  expect(done.err).toMatch(/"writes" is none of its values.*\n.*Did you mean "write"\?/)
})

describe('a query', () => {
  test('is the words together, and what begins with a minus is no flag', async () => {
    await using api = await startCannedApi(() => ({ body: samplePage([]) }))
    const args = ['events', 'is:write', '-ns:kube-system', '-(a OR b)', '--all', '-cluster:x', '--actor', '-odd:name']
    await plaintrail([...args, '-q', 'code:>=400'], { server: api.url })
    expect(api.requests[0]?.query.get('q')).toBe('is:write NOT ns:kube-system NOT (a OR b) NOT cluster:x code:>=400')
    expect(api.requests[0]?.query.getAll('actor')).toEqual(['-odd:name'])
    expect(api.requests[0]?.query.has('ns')).toBe(false)
  })

  test('that cannot be read is shown with what is wrong in it, and how it would be right', async () => {
    const body = problem(400, 'query_syntax', 'Bad Request', {
      detail: 'there is no qualifier "namspace"',
      hint: 'Did you mean "ns"?',
      pointer: { start: 12, end: 20 },
      suggestion: 'actor:alice ns:prod',
    })
    await using api = await startCannedApi(() => ({ status: 400, body }))
    const done = await plaintrail(['events', 'actor:alice', 'namspace:prod'], { server: api.url })
    expect(done).toMatchObject({ code: 6, out: '' })
    expect(done.err).toBe(
      [
        'plaintrail: there is no qualifier "namspace"',
        '  actor:alice namspace:prod',
        '              ^^^^^^^^',
        '  Did you mean "ns"?',
        '  Mended: actor:alice ns:prod',
        '',
      ].join('\n'),
    )
  })

  test('that is too long for a URL is posted, and with flags beside it told to be too long', async () => {
    await using api = await startCannedApi(() => ({ body: samplePage([sampleEvent()]) }))
    const long = `name:${'é'.repeat(500)},`.repeat(10).slice(0, -1)
    const done = await plaintrail(['events', long, '--since', '7d', '--limit', '5'], { server: api.url })
    expect(done.code).toBe(0)
    expect(api.requests).toMatchObject([{ method: 'POST', path: '/v1/events/search' }])
    expect(JSON.parse(api.requests[0]?.body.toString() ?? '')).toEqual({ q: long, since: '7d', limit: 5 })
    expect(await plaintrail(['events', long, '--ns', 'shop'], { server: api.url })).toMatchObject({
      code: 2,
      err: expect.stringContaining('too long for a URL'),
    })
  })

  test('that waits for data which is not there yet has the same exit code', async () => {
    const body = problem(422, 'unavailable', 'Unprocessable Content', { detail: 'label is not available yet' })
    await using api = await startCannedApi(() => ({ status: 422, body }))
    expect((await plaintrail(['events', 'label:team=x'], { server: api.url })).code).toBe(6)
  })
})

describe('the format', () => {
  const run = async (args: readonly string[], surroundings: object = {}) => {
    await using api = await startCannedApi(() => ({ body: samplePage([sampleEvent(), denied]) }))
    return await plaintrail(['events', ...args], { server: api.url, ...surroundings })
  }

  test('wide has all columns', async () => {
    const [titles = '', first = ''] = (await run(['-o', 'wide'])).out.split('\n')
    expect(titles).toMatch(/WHEN +CLUSTER +WHO .* FROM +EVENT +AUDIT ID +WHAT$/)
    expect(first).toContain('evt_01')
  })

  test('csv has all columns and exact times, also on a terminal', async () => {
    const done = await run(['-o', 'csv'], { isTty: true, columns: 40 })
    const [titles, first] = done.out.split('\r\n')
    expect(titles).toBe('when,cluster,who,verb,ns,object,out,code,how,from,event,audit_id,what')
    expect(first).toMatch(/^2026-11-20T14:03:22\.418211Z,demo,alice@acme\.io,/)
    expect((await run(['-o', 'csv', '--no-headers'])).out).not.toContain('when,')
  })

  test('sentence, jsonpath, custom-columns and --json are what they say', async () => {
    expect((await run(['-o', 'sentence'])).out.split('\n')[0]).toBe(sampleEvent().sentence)
    expect((await run(['-o', 'jsonpath={.items[*].id}'])).out).toBe('evt_01 evt_02\n')
    expect((await run(['-o', 'custom-columns=ID:.id,NONE:.x,WHO:.actor.name'])).out).toBe(
      'ID      NONE    WHO\nevt_01  <none>  alice@acme.io\nevt_02  <none>  alice@acme.io\n',
    )
    expect(JSON.parse((await run(['--json', 'id,actor.name'])).out)).toEqual([
      { id: 'evt_01', actor: { name: 'alice@acme.io' } },
      { id: 'evt_02', actor: { name: 'alice@acme.io' } },
    ])
  })

  test.each([
    [['-o', 'jsonpath={.a'], 'JSONPath'],
    [['-o', 'jsonpath='], 'could not read the format'],
    [['-o', 'custom-columns=WHO'], 'TITLE:.path'],
    [['--json', 'a[*]'], '--json id,actor.name'],
    [['--json', 'id', '-o', 'csv'], 'both'],
    [['--tz', 'Mars/Base'], 'no time zone'],
    [['--timeout', 'soon'], '30s'],
  ])('that cannot be read is told before anything is asked: %j', async (args, hint) => {
    const done = await run(args)
    expect(done).toMatchObject({ code: 2, out: '', err: expect.stringContaining(hint) })
  })

  test('--reverse turns the rows, and with --all the question', async () => {
    const order = async (...args: string[]) => (await run(['-o', 'name', ...args])).out
    expect(await order()).toBe('evt_01\nevt_02\n')
    expect(await order('--reverse')).toBe('evt_02\nevt_01\n')
    await using api = await startCannedApi(() => ({ body: samplePage([sampleEvent()]) }))
    await plaintrail(['events', '--reverse', '--all'], { server: api.url })
    expect(api.requests[0]?.query.get('order')).toBe('asc')
  })
})

describe('times', () => {
  const at = async (...args: string[]) => {
    await using api = await startCannedApi(() => ({ body: samplePage([sampleEvent()]) }))
    const told = async (isTty: boolean) =>
      (await plaintrail(['events', '--no-headers', ...args], { server: api.url, isTty, columns: 200 })).out.split(
        '  ',
      )[0]
    return [await told(true), await told(false)]
  }

  test('are those of the zone that was asked for, exact for programs', async () => {
    expect(await at()).toEqual(['14:03:22', '2026-11-20T14:03:22.418211Z'])
    expect(await at('--tz', 'Asia/Kathmandu')).toEqual(['19:48:22', '2026-11-20T19:48:22.418211+05:45'])
    expect(await at('--tz', 'Pacific/Kiritimati')).toEqual(['04:03:22', '2026-11-21T04:03:22.418211+14:00'])
  })
})

describe('an incomplete answer', () => {
  const gap = { cluster: 'demo', from: '2026-11-20T13:20:00Z', to: '2026-11-20T13:24:10Z', cause: 'cluster_silent' }
  const incomplete = { ...(samplePage([sampleEvent()]) as { meta: object }) }
  const run = async (meta: object, ...args: string[]) => {
    await using api = await startCannedApi(() => ({
      body: { ...incomplete, meta: { ...incomplete.meta, ...meta } },
    }))
    return await plaintrail(['events', ...args], { server: api.url })
  }

  test.each([
    [{ coverage: { complete: false, gaps: [gap] } }, 'events are missing'],
    [{ coverage: { complete: false, gaps: [] } }, 'events may be missing'],
    [{ stats: { took_ms: 10_000, partial: true } }, 'stopped early'],
  ])('is told, with --quiet too, and an error only where it must be complete: %j', async (meta, warning) => {
    expect(await run(meta)).toMatchObject({ code: 0, err: expect.stringContaining(warning) })
    const quiet = await run(meta, '--quiet', '--require-complete')
    expect(quiet).toMatchObject({ code: 3, err: expect.stringContaining(warning) })
    expect(quiet.err).not.toContain('times in UTC')
    expect(quiet.out).toContain('deploy/checkout')
  })

  test('is none of those that are complete', async () => {
    expect((await run({}, '--require-complete')).code).toBe(0)
  })
})

test('--curl prints the request without the token, and sends nothing', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([]) }))
  const done = await plaintrail(['events', "name:it's", '--ns', 'shop', '--curl'], { server: api.url })
  expect(done).toMatchObject({ code: 0, err: '' })
  expect(done.out).toBe(
    `curl -sS -H "Authorization: Bearer $PLAINTRAIL_TOKEN" -H 'accept: application/json, */*;q=0.5' ` +
      `'${api.url}/v1/events?q=name%3Ait%27s&ns=shop'\n`,
  )
  expect(api.requests).toHaveLength(0)
})

test('-v tells of every request on stderr', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([]), headers: { 'x-request-id': 'req_7' } }))
  const done = await plaintrail(['events', '-v', '--quiet'], { server: api.url })
  expect(done.err).toBe(`GET ${api.url}/v1/events → 200 in 0 ms (req_7)\n`)
})

test('several pages of yaml are one stream of documents', async () => {
  await using api = await startCannedApi(({ query }) => ({ body: pages(query) }))
  const { out } = await plaintrail(['events', '--all', '-o', 'yaml'], { server: api.url })
  const ids = parseAllDocuments(out).map((document) => {
    const { data } = document.toJS() as { data: readonly { id: string }[] }
    return data.map(({ id }) => id)
  })
  expect(ids).toEqual([['evt_0'], ['evt_1'], ['evt_2']])
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
