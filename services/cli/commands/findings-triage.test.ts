import { expect, test } from 'vitest'
import { problem, startCannedApi, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

const triage = {
  state: 'open',
  regressed: false,
  assignee: null,
  reason: null,
  until: null,
  changed_at: null,
  proposed: null,
  steps: 0,
  tag: '"3"',
}
const proposed = {
  state: 'ignored',
  by: 'alice',
  at: '2026-11-20T14:00:00.000000Z',
  reason: 'expected',
  comment: 'ours',
}
const lists = { commands: [], controls: [], attack: [], references: [], false_positives: [] }
const finding = {
  id: 'fnd_a',
  rule: 'r',
  severity: 'high',
  cluster: 'c',
  summary: 'what',
  events: 1,
  group: {},
  ...lists,
}
const whole = { ...finding, triage, steps: [], hidden: [], evidence: { data: [], has_more: false, gaps: [] } }

const texts = {
  version: 1,
  title: 't',
  description: '',
  remediation: '',
  owner: null,
  first: null,
  last: null,
  expired_events: 0,
}

/** As the server: a finding, and what a change makes of it. */
function answer({ method, path, body }: CannedRequest): { status?: number; body: object } {
  if (path.includes('fnd_worst')) {
    const waiting = { ...finding, ...texts, id: 'fnd_worst', triage: { ...triage, proposed } }
    if (method === 'GET') return { body: { ...whole, ...waiting } }
    return String(body).includes('proposed') ? { body: { ...waiting, triage } } : { status: 202, body: waiting }
  }
  if (path.includes('fnd_gone')) return { status: 404, body: problem(404, 'not_found', 'no') }
  if (method === 'GET') return { body: whole }
  const sent = JSON.parse(String(body)) as object
  if (path.endsWith('/comments')) return { status: 201, body: { ...finding, triage } }
  if (path.includes('fnd_late'))
    return { status: 412, body: problem(412, 'precondition_failed', 'somebody changed it') }
  return { body: { ...finding, id: path.split('/').at(-1), triage: { ...triage, ...sent, tag: '"4"' } } }
}

const day = '2026-11-27T14:17:22.000Z'

test.each([
  [['ack', '--to', 'alice'], { state: 'acknowledged', assignee: 'alice' }],
  [
    ['resolve', '--reason', 'remediated', '--comment', 'done'],
    { state: 'resolved', reason: 'remediated', comment: 'done' },
  ],
  [['ignore', '--reason', 'other', '--until', '7d'], { state: 'ignored', reason: 'other', until: { time: day } }],
  [['ignore', '--reason', 'other', '--events', '20'], { state: 'ignored', reason: 'other', until: { events: 20 } }],
  [['ignore', '--reason', 'other', '--match', 'ns:a'], { state: 'ignored', reason: 'other', until: { match: 'ns:a' } }],
  [['ignore', '--reason', 'other'], { state: 'ignored', reason: 'other' }],
  [['reopen'], { state: 'open' }],
  [['assign', '--to', 'bob'], { assignee: 'bob' }],
  [['assign', '--nobody'], { assignee: null }],
])('findings %j changes what was seen', async ([verb = '', ...flags], body) => {
  await using api = await startCannedApi(answer)
  const done = await plaintrail(['findings', verb, 'fnd_a', ...flags, '-o', 'name'], { server: api.url })
  expect(done).toMatchObject({ code: 0, out: 'fnd_a\n' })
  const [, patch] = api.requests
  expect(patch).toMatchObject({ method: 'PATCH', path: '/v1/findings/fnd_a', headers: { 'if-match': '"3"' } })
  expect(JSON.parse(String(patch?.body))).toEqual(body)
})

test('what waits for a second person is told, confirmed, taken back and listed', async () => {
  await using api = await startCannedApi((request) =>
    request.path === '/v1/findings'
      ? {
          body: {
            data: [{ ...finding, first: null, last: null, triage: { ...triage, proposed } }],
            has_more: false,
            next_cursor: null,
            meta: { rules: { complete: true, behind: 0 } },
          },
        }
      : answer(request),
  )
  const run = (...args: readonly string[]) => plaintrail(['findings', ...args], { server: api.url })
  const ignored = await run('ignore', 'fnd_worst', '--reason', 'expected', '--comment', 'ours')
  expect(ignored).toMatchObject({ code: 0, out: expect.stringContaining('open, ignore?') })
  expect(ignored.err).toContain('! fnd_worst is to be ignored for ever, says alice: another person has to confirm it')
  expect((await run('show', 'fnd_worst')).out).toMatch(/proposed +to ignore it for ever, by alice .*\(expected: ours\)/)
  expect((await run('confirm', 'fnd_worst', '--comment', 'mine')).code).toBe(0)
  expect((await run('withdraw', 'fnd_worst')).err).toBe('')
  expect(api.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => JSON.parse(String(body)))).toEqual([
    { state: 'ignored', reason: 'expected', comment: 'ours' },
    { state: 'ignored', comment: 'mine' },
    { proposed: null },
  ])
  expect((await run('list', '--proposed')).out).toContain('open, ignore?')
  expect(Object.fromEntries(api.requests.at(-1)?.query ?? [])).toEqual({ proposed: 'true' })
  for (const verb of ['confirm', 'withdraw']) {
    const none = await run(verb, 'fnd_a', '--comment', 'x')
    expect(none, verb).toMatchObject({ code: 2, err: expect.stringContaining('nobody has proposed to ignore fnd_a') })
  }
  expect(api.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(3)
})

test('a finding of which exceptions hide all is shown with what hides it, and without times', async () => {
  const hidden = [{ exception: 'exc_4', requests: 2 }]
  await using api = await startCannedApi(() => ({ body: { ...whole, ...texts, events: 0, hidden } }))
  const { code, out } = await plaintrail(['findings', 'show', 'fnd_a'], { server: api.url })
  expect(code).toBe(0)
  expect(out).toMatch(/^not counted +2 by exc_4$/m)
  expect(out).toMatch(/^events +none that counts: exceptions hide all$/m)
  expect(out).not.toMatch(/^(first|last) /m)
})

test('findings comment says something', async () => {
  await using api = await startCannedApi(answer)
  const done = await plaintrail(['findings', 'comment', 'fnd_a', '-m', 'seen'], { server: api.url })
  expect(done.code).toBe(0)
  await plaintrail(['findings', 'comment', 'fnd_b', '--comment', 'seen'], { server: api.url })
  expect(api.requests.map(({ path, body }) => [path, String(body)])).toEqual([
    ['/v1/findings/fnd_a/comments', '{"comment":"seen"}'],
    ['/v1/findings/fnd_b/comments', '{"comment":"seen"}'],
  ])
})

test('of several findings those that can be are changed, and the others are told', async () => {
  await using api = await startCannedApi(answer)
  const ids = ['fnd_a', 'fnd_gone', 'fnd_late', 'fnd_b']
  const done = await plaintrail(['findings', 'ack', ...ids, '-o', 'name'], { server: api.url })
  expect(done.out).toBe('fnd_a\nfnd_b\n')
  expect(done.code).toBe(5)
  expect(done.err).toContain('! fnd_gone: ')
  expect(done.err).toContain('! fnd_late: ')
  expect(done.err).toContain('2 of 4 findings are as they were')
})

test('with a tag a finding is changed only while it has it', async () => {
  await using api = await startCannedApi(answer)
  expect((await plaintrail(['findings', 'ack', 'fnd_a', '--tag', '"2"'], { server: api.url })).code).toBe(0)
  expect(api.requests.map(({ method, headers }) => [method, headers['if-match']])).toEqual([['PATCH', '"2"']])
})

test.each([
  ['resolve', 'fnd_a'],
  ['resolve', 'fnd_a', '--reason', 'because'],
  ['ignore', 'fnd_a', '--reason', 'other', '--until', 'soon'],
  ['ignore', 'fnd_a', '--reason', 'other', '--until', '2020-01-01'],
  ['ignore', 'fnd_a', '--reason', 'other', '--events', '0'],
  ['ignore', 'fnd_a', '--reason', 'other', '--events', '1', '--match', 'ns:a'],
  ['assign', 'fnd_a'],
  ['assign', 'fnd_a', '--to', 'bob', '--nobody'],
  ['ack', 'fnd_a', 'fnd_b', '--tag', '"1"'],
  ['comment', 'fnd_a'],
  ['comment', 'fnd_a', '-m', 'a', '--comment', 'b'],
  ['confirm', 'fnd_a'],
])('findings %s %s %s %s %s %s %s is refused before anything is asked', async (...args) => {
  await using api = await startCannedApi(answer)
  const done = await plaintrail(['findings', ...args.filter((arg) => typeof arg === 'string')], { server: api.url })
  expect(done.code).toBe(2)
  expect(api.requests).toEqual([])
})

test('who leaves out the reason is told which there are', async () => {
  const { err } = await plaintrail(['findings', 'resolve', 'fnd_a'])
  expect(err).toContain('--reason false_positive | testing_or_maintenance | remediated')
})

const exception = {
  id: 'exc_4',
  rule: 'exec',
  match: 'actor:sa:ci/*',
  reason: 'robots',
  owner: null,
  created_at: '2026-11-20T14:00:00.000000Z',
  created_by: 'alice',
  expires_at: null,
  holds: true,
  ended_at: null,
  ended_by: null,
  applying: false,
  hides: { requests: 7, findings: 2 },
  links: { self: '', rule: '' },
}

test('exceptions are listed, made and ended', async () => {
  await using api = await startCannedApi(({ method }) => ({
    status: method === 'POST' ? 201 : 200,
    body: method === 'GET' ? { data: [exception], has_more: false, next_cursor: null } : exception,
  }))
  const list = await plaintrail(['exceptions', 'list', '--rule', 'exec'], { server: api.url })
  expect(list.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['EXCEPTION', 'RULE', 'ENDS', 'HIDES', 'OWNER', 'WHAT', 'WHY'],
    ['exc_4', 'exec', 'never', '7', '-', 'actor:sa:ci/*', 'robots'],
    [''],
  ])
  const add = ['exceptions', 'add', 'exec', 'actor:sa:ci/*', '--reason', 'robots', '--until', '7d', '-o', 'name']
  expect((await plaintrail(add, { server: api.url })).out).toBe('exc_4\n')
  expect((await plaintrail(['exceptions', 'delete', 'exc_4'], { server: api.url })).err).toContain('exc_4 has ended')
  const [listed, added, deleted] = api.requests
  expect(Object.fromEntries(listed?.query ?? [])).toEqual({ rule: 'exec', holds: 'true' })
  expect(JSON.parse(String(added?.body))).toEqual({
    rule: 'exec',
    match: 'actor:sa:ci/*',
    reason: 'robots',
    owner: null,
    expires_at: day,
  })
  expect(deleted).toMatchObject({ method: 'DELETE', path: '/v1/exceptions/exc_4' })
  expect((await plaintrail(['exceptions', 'add', 'exec', 'ns:a'], { server: api.url })).code).toBe(2)
})
