import { expect, test } from 'vitest'
import { problem, startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

const step = {
  id: 'stp_9',
  time: '2026-11-20T14:00:00.000000Z',
  actor: 'alice',
  verb: 'state',
  object: { kind: 'finding', name: 'fnd_a' },
  cluster: 'prod',
  rule: 'exec',
  before: { state: 'open', assignee: null },
  after: { state: 'ignored', assignee: null },
  reason: 'expected',
  comment: 'a \u001b[31mdrill',
}
const none = { cluster: null, reason: null, comment: null }
const rule = { ...step, ...none, object: { kind: 'rule', name: 'exec' } }
const inForce = { version: 1, source: 'pack', state: 'active', severity: 'high', hash: 'aa' }
const page = (data: readonly object[], cursor: string | null = null) => ({
  body: { data, has_more: cursor !== null, next_cursor: cursor },
})

test('audit tells who did what to what, and why, and asks for what it is told to', async () => {
  await using api = await startCannedApi(() => page([step]))
  const flags = [
    '--rule',
    'exec',
    '--finding',
    'fnd_a',
    '--actor',
    'alice',
    '-c',
    'prod',
    '--since',
    '7d',
    '--until',
    '1h',
  ]
  const done = await plaintrail(['audit', ...flags, '--limit', '5'], { server: api.url })
  expect(done.code).toBe(0)
  expect(done.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['WHEN', 'WHO', 'DID', 'TO', 'WHY'],
    [step.time, 'alice', 'ignored', 'fnd_a', String.raw`expected: a \x1b[31mdrill`],
    [''],
  ])
  expect(api.requests[0]).toMatchObject({ method: 'GET', path: '/v1/audit' })
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({
    rule: 'exec',
    vio: 'fnd_a',
    actor: 'alice',
    cluster: 'prod',
    since: '7d',
    until: '1h',
    limit: '5',
  })
  const run = async (format: string): Promise<string> =>
    (await plaintrail(['audit', '-o', format], { server: api.url })).out
  expect(await run('name')).toBe('stp_9\n')
  expect(JSON.parse(await run('jsonl'))).toEqual(step)
  expect(JSON.parse(await run('json'))).toMatchObject({ data: [step] })
  const csv = await run('csv')
  expect(csv).toContain('prod')
  expect(csv).toContain('state=open assignee=')
  expect(csv).toContain('stp_9')
})

test.each([
  ['state', { state: 'open', assignee: null }, { state: 'acknowledged', assignee: 'a' }, 'acknowledged, assigned to a'],
  [
    'state',
    {},
    { state: 'ignored', until_time: '2026-12-04T05:38:13.714000Z' },
    'ignored until 2026-12-04T05:38:13.714000Z',
  ],
  ['state', {}, { state: 'ignored', until_events: 17 }, 'ignored until it has 17 events'],
  ['state', {}, { state: 'ignored', until_match: 'ns:prod' }, 'ignored until an event is ns:prod'],
  ['state', { state: 'ignored', until_events: 17 }, { state: 'open' }, 'open'],
  ['assignee', { assignee: 'a' }, { assignee: null }, 'assigned to nobody'],
  ['ignore-proposed', {}, { proposed_by: 'alice' }, 'proposed to ignore it for ever'],
  ['ignore-confirmed', { proposed_by: 'bob' }, { state: 'ignored' }, 'ignored for ever, as bob proposed'],
  ['rule-put', null, inForce, 'put: version 1, pack, active, high'],
  [
    'rule-put',
    inForce,
    { ...inForce, version: 2, source: 'api', state: 'off' },
    'put: version 1 → 2, pack → api, active → off',
  ],
  ['rule-put', inForce, { ...inForce, changed_source: 'pack', written: 3 }, 'put: version 3 of pack, not in force'],
  ['rule-deleted', { ...inForce, version: 2 }, { ...inForce, changed_source: 'api' }, 'taken away: version 2 → 1'],
  ['rule-deleted', inForce, null, 'taken away'],
  ['rule-failing', inForce, { ...inForce, state: 'failing' }, 'judges no more'],
  ['regressed', { state: 'resolved' }, { state: 'open' }, 'open again, was resolved'],
  ['ignore-over', { state: 'ignored' }, { state: 'open' }, 'open again, was ignored'],
  ['proposal-withdrawn', {}, {}, 'took back that it is to be ignored for ever'],
  ['exception-added', null, { match: 'ns:a' }, 'hides from exec what is ns:a'],
  ['exception-added', null, { match: 'ns:a', expires_at: 'X' }, 'hides from exec what is ns:a, until X'],
  ['exception-deleted', { match: 'ns:a' }, null, 'deleted, of exec'],
  ['exception-expired', { match: 'ns:a' }, null, 'expired, of exec'],
  ['token-added', null, { expires_at: null }, 'added'],
  ['token-added', null, { expires_at: '2027-03-01T00:00:00.000000Z' }, 'added, until 2027-03-01T00:00:00.000000Z'],
  ['token-revoked', { expires_at: null }, null, 'revoked'],
])('audit says of %s from %j to %j: %s', async (verb, before, after, words) => {
  await using api = await startCannedApi(() => page([{ ...rule, verb, before, after }]))
  const { out } = await plaintrail(['audit', '-o', 'sentence'], { server: api.url })
  expect(out).toBe(`alice · rule exec · ${words}\n`)
})

test('audit reads page after page with --all, and says where there is more or nothing', async () => {
  await using api = await startCannedApi(({ query }) =>
    query.get('cursor') === null ? page([step], 'next') : page([{ ...step, id: 'stp_8' }]),
  )
  expect((await plaintrail(['audit', '--all', '-o', 'name'], { server: api.url })).out).toBe('stp_9\nstp_8\n')
  expect((await plaintrail(['audit'], { server: api.url })).err).toContain('there are more')
  await using empty = await startCannedApi(() => page([]))
  expect(await plaintrail(['audit'], { server: empty.url })).toMatchObject({
    code: 0,
    out: '',
    err: 'no step matches\n',
  })
  await using wrong = await startCannedApi(() => ({ status: 400, body: problem(400, 'query_syntax', 'no') }))
  expect((await plaintrail(['audit', '--since', 'x'], { server: wrong.url })).code).toBe(6)
})

test('why one is open again is not why it was done with before', async () => {
  const over = { ...step, verb: 'regressed', before: step.after, reason: 'remediated', comment: 'there is a new event' }
  await using api = await startCannedApi(() => page([over]))
  const { out } = await plaintrail(['audit', '-o', 'csv'], { server: api.url })
  expect(out).toContain('there is a new event')
  expect(out).not.toContain('remediated')
})

test('audit asks nothing about what is no id of a finding, and quotes what could read as another field', async () => {
  const after = { match: 'ns:a owner=bob', owner: null }
  await using api = await startCannedApi(() => page([{ ...rule, verb: 'exception-added', before: null, after }]))
  const refused = await plaintrail(['audit', '--finding', 'exec'], { server: api.url })
  expect(refused).toMatchObject({ code: 2, out: '' })
  expect(refused.err).toContain('"exec" is no id of a finding')
  expect(api.requests).toHaveLength(0)
  const { out } = await plaintrail(['audit', '-o', 'wide'], { server: api.url })
  expect(out).toContain('match="ns:a owner=bob" owner=')
})

test('audit tells of tokens, which are of no rule, with the ids of both', async () => {
  const id = '6fd50927-4c9c-4f31-82e6-721d335b29ef'
  const object = { kind: 'token', name: 'bob', id }
  const added = {
    ...step,
    ...none,
    rule: null,
    verb: 'token-added',
    object,
    actor_id: 'of-alice',
    before: null,
    after: {},
  }
  await using api = await startCannedApi(() => page([added]))
  expect((await plaintrail(['audit', '-o', 'sentence'], { server: api.url })).out).toBe('alice · token bob · added\n')
  const { out } = await plaintrail(['audit', '-o', 'csv'], { server: api.url })
  for (const part of ['token', 'bob', id, 'of-alice']) expect(out).toContain(part)
})
