import { expect, test } from 'vitest'
import { problem, startCannedApi, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { sampleEvent, samplePage } from '../testing/sample-event.ts'
import { startHistoryApi } from '../testing/sample-history.ts'

const finding = {
  id: 'fnd_2E12C3P4D302ZWR6GAHV0SPHYC',
  rule: 'exec-into-prod',
  version: 3,
  title: 'Shell opened in a production pod',
  severity: 'high',
  cluster: 'prod-eu',
  group: { actor: 'bob@acme.io', 'object.namespace': null },
  summary: 'bob@acme.io opened a shell in pod/a',
  description: 'A shell can do anything.\nAnd nobody sees what.',
  remediation: 'Ask bob@acme.io.',
  commands: ["kubectl delete pod 'a b' -n shop"],
  controls: ['soc2:CC6.1', 'pci:10.2.1.2'],
  attack: ['T1609'],
  owner: 'platform',
  references: ['https://kubernetes.io/docs/'],
  false_positives: ['somebody on call'],
  first: '2026-11-20T12:17:22.000000Z',
  last: '2026-11-20T14:03:22.418211Z',
  opened_at: '2026-11-20T12:17:25.000000Z',
  events: 12,
  expired_events: 2,
  triage: {
    state: 'ignored',
    regressed: false,
    assignee: 'alice',
    reason: 'expected',
    until: { time: null, events: 20, match: null },
    changed_at: '2026-11-20T14:00:00.000000Z',
    proposed: null,
    steps: 1,
    tag: '"1"',
  },
  links: { self: '', rule: '', events: '' },
}
const reopened = { ...finding.triage, state: 'open', regressed: true, reason: null, until: null, tag: '"7"' }
const times = { first: null, last: null }
const low = { ...finding, ...times, id: 'fnd_0', severity: 'low', cluster: 'dev', events: 1, triage: reopened }
const judged = { complete: true, behind: 0, until: null }

function page(data: readonly object[], next: string | null = null, rules: object = judged): object {
  const window = { since: '1970-01-01T00:00:00.000000Z', until: '2026-11-20T14:17:22.000000Z' }
  return { data, has_more: next !== null, next_cursor: next, meta: { query: '', window, as_of: window.until, rules } }
}

const onTerminal = { isTty: true, columns: 200, env: { NO_COLOR: '1' } }

test('findings list tells what was found, how bad it is and when it was last seen', async () => {
  await using api = await startCannedApi(() => ({ body: page([finding, low]) }))
  const args = ['findings', 'list', '--severity', '>=low', '-c', 'prod-eu', '--rule', 'exec-*', '--since', '7d']
  const done = await plaintrail(args, { server: api.url, ...onTerminal })
  expect(done.code).toBe(0)
  expect(api.requests.map(({ path }) => path)).toEqual(['/v1/findings'])
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({
    severity: '>=low',
    cluster: 'prod-eu',
    rule: 'exec-*',
    since: '7d',
  })
  expect(done.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['LAST', 'SEVERITY', 'STATE', 'CLUSTER', 'EVENTS', 'FINDING', 'WHAT'],
    ['14m ago', 'high', 'ignored', 'prod-eu', '12', finding.id, finding.summary],
    ['no time', 'low', 'open again', 'dev', '1', 'fnd_0', finding.summary],
    [''],
  ])
  expect(done.err).toContain('2 findings · one in full: plaintrail findings show FINDING')
})

test.each([
  ['name', `${finding.id}\n`],
  ['sentence', `${finding.summary}\n`],
  ['jsonl', `${JSON.stringify(finding)}\n`],
  ['jsonpath={.items[*].rule}', 'exec-into-prod\n'],
])('findings list -o %s is for programs', async (format, out) => {
  await using api = await startCannedApi(() => ({ body: page([finding]) }))
  expect((await plaintrail(['findings', 'list', '-o', format], { server: api.url })).out).toBe(out)
})

test('findings list --all reads every page, in an order in which none is missed', async () => {
  await using api = await startCannedApi(({ query }) => ({
    body: query.has('cursor') ? page([low]) : page([finding], 'c2.x'),
  }))
  const done = await plaintrail(['findings', 'list', '--all', '-o', 'name'], { server: api.url })
  expect(done.out).toBe(`${finding.id}\nfnd_0\n`)
  expect(api.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
    { sort: 'opened', limit: '1000' },
    { cursor: 'c2.x' },
  ])
})

test('findings list --all --sort last prints each once, and says which changed meanwhile', async () => {
  const again = { ...finding, events: 13 }
  await using api = await startCannedApi(({ query }) => ({
    body: query.has('cursor') ? page([again, low]) : page([finding], 'c2.x'),
  }))
  const done = await plaintrail(['findings', 'list', '--all', '--sort', 'last', '-o', 'name'], { server: api.url })
  expect(done.out).toBe(`${finding.id}\nfnd_0\n`)
  expect(done.err).toContain('! 1 of them changed while they were listed, and stand here as they were before')
})

/** As the server filters. */
function bySeverity({ query }: CannedRequest): { body: object } {
  const unwanted = query.getAll('not.severity')
  return { body: page([finding].filter(({ severity }) => !unwanted.includes(severity))) }
}

test.each([
  [['--fail-on', 'severity>=high'], 1],
  [['--fail-on', 'high'], 1],
  [['--fail-on', 'severity>high'], 0],
  [['--fail-on', 'severity<high'], 0],
  [['--exit-code'], 1],
  [[], 0],
  [['--fail-on', 'hihg'], 2],
  [['--fail-on', 'severity=>high'], 2],
])('findings list %j ends with %i', async (flags, code) => {
  await using api = await startCannedApi(bySeverity)
  const done = await plaintrail(['findings', 'list', '-o', 'name', ...flags], { server: api.url })
  expect(done.code).toBe(code)
  if (code !== 2) expect(done.out).toBe(`${finding.id}\n`)
})

test('findings list fails by what was found on any page, and not by what was not asked for', async () => {
  await using api = await startCannedApi(({ query }) => ({ body: query.has('not.severity') ? page([]) : page([low]) }))
  const args = ['findings', 'list', '--severity', 'low', '--fail-on', 'critical', '--limit', '1']
  expect((await plaintrail(args, { server: api.url })).code).toBe(0)
  expect(api.requests[1]?.query.getAll('severity')).toEqual(['low'])
  expect(api.requests[1]?.query.getAll('not.severity')).toEqual(['info', 'low', 'medium', 'high'])
})

test('a rule that there is not does not pass for one that found nothing', async () => {
  await using api = await startCannedApi(({ path }) => {
    if (path === '/v1/rules/quiet') return { body: { name: 'quiet' } }
    return path === '/v1/findings' ? { body: page([]) } : undefined
  })
  const args = ['findings', 'list', '--fail-on', 'critical', '--rule']
  expect((await plaintrail([...args, 'quiet'], { server: api.url })).code).toBe(0)
  const done = await plaintrail([...args, 'quiet,exec-into-prdo'], { server: api.url })
  expect(done.err).toContain('there is no rule "exec-into-prdo"')
  expect(done.code).toBe(5)
  expect((await plaintrail([...args, 'exec-*'], { server: api.url })).code).toBe(0)
})

test('a rule that is tried out does not pass for one that found nothing', async () => {
  const rule = { name: 'tried', title: 'T', severity: 'low', state: 'shadow', source: 'api', version: 1, text: 'x' }
  await using api = await startCannedApi(({ path }) => ({ body: path === '/v1/findings' ? page([]) : rule }))
  const args = ['findings', 'list', '--rule', 'tried']
  expect((await plaintrail(args, { server: api.url })).err).toContain(
    '! tried is tried out (state: shadow): --shadow lists what it finds',
  )
  expect((await plaintrail([...args, '--shadow'], { server: api.url })).err).toBe('nothing was found\n')
})

test('a rule of which exceptions hide all does not pass for one that found nothing', async () => {
  const rule = { name: 'a', title: 'T', severity: 'low', state: 'active', source: 'api', version: 1, text: 'x' }
  const exceptions = [exceptionOf('exc_6', 2), exceptionOf('exc_7', 0)]
  await using api = await startCannedApi(({ path }) => {
    if (path === '/v1/exceptions') return { body: { data: exceptions, has_more: false, next_cursor: null } }
    return { body: path === '/v1/findings' ? page([]) : rule }
  })
  const { err } = await plaintrail(['findings', 'list', '--rule', 'a'], { server: api.url })
  expect(err).toBe('nothing was found\n! exc_6 hides from it 2 requests (plaintrail exceptions list)\n')
})

const exceptionOf = (id: string, requests: number) => ({
  id,
  rule: 'a',
  match: 'ns:a',
  reason: 'r',
  created_at: '2026-11-20T12:17:22.000000Z',
  created_by: 'ci',
  holds: true,
  hides: { requests, findings: requests },
})

test('an id is whole on a narrow terminal, since it is to be copied', async () => {
  await using api = await startCannedApi(() => ({ body: page([finding]) }))
  const done = await plaintrail(['findings', 'list'], { server: api.url, ...onTerminal, columns: 60 })
  expect(done.out).toContain(finding.id)
})

test('findings list says that rules have yet to judge, which a script may insist on', async () => {
  await using api = await startCannedApi(() => ({ body: page([], null, { complete: false, behind: 12, until: null }) }))
  const done = await plaintrail(['findings', 'list'], { server: api.url })
  expect(done).toMatchObject({ code: 0, out: '' })
  expect(done.err).toBe('nothing was found\n! rules have yet to judge 12 events that are stored\n')
  expect((await plaintrail(['findings', 'list', '--require-complete'], { server: api.url })).code).toBe(3)
})

const step = {
  id: 'stp_1',
  time: '2026-11-20T14:00:00.000000Z',
  actor: 'bob',
  verb: 'state',
  before: { state: 'open' },
}
const beside = {
  hidden: [{ exception: 'exc_4', requests: 3 }],
  steps: [{ ...step, after: { state: 'ignored' }, reason: 'expected', comment: 'a drill' }],
}
const evidence = { data: [sampleEvent()], has_more: true, next_cursor: 'c2.y', gaps: [] }

test('findings show tells what happened, why it matters, what to do, and shows the events', async () => {
  await using api = await startCannedApi(() => ({ body: { ...finding, ...beside, evidence } }))
  const done = await plaintrail(['findings', 'show', finding.id], { server: api.url, ...onTerminal })
  expect(api.requests[0]).toMatchObject({ path: `/v1/findings/${finding.id}` })
  expect(done.out).toBe(`bob@acme.io opened a shell in pod/a

finding           ${finding.id}
severity          high
state             ignored, expected, until there are 20 events
looked after      by alice
not counted       3 by exc_4
rule              exec-into-prod (version 3): Shell opened in a production pod
cluster           prod-eu
actor             bob@acme.io
object.namespace  none
first             2h ago
last              14m ago
events            12, 2 of them past retention
controls          soc2:CC6.1, pci:10.2.1.2
ATT&CK            T1609
owner             platform

Why it matters
  A shell can do anything.
  And nobody sees what.
  Need not worry you: somebody on call

What to do
  Ask bob@acme.io.
  kubectl delete pod 'a b' -n shop

More about it
  https://kubernetes.io/docs/

What was done
  17m ago  bob  ignored (expected: a drill)

WHEN      CLUSTER  WHO            VERB   NS    OBJECT           OUT  WHAT
14:03:22  demo     alice@acme.io  patch  shop  deploy/checkout  ok   image api:1.9
`)
  expect(done.err).toContain('there are more events')
  const json = await plaintrail(['findings', 'show', finding.id, '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toEqual({ ...finding, ...beside, evidence })
})

test('findings show --all reads all of its events, and no text of them steers a terminal', async () => {
  const rest = { ...evidence, data: [sampleEvent({ detail: 'last \u001b[31m' })], has_more: false, next_cursor: null }
  await using api = await startCannedApi(({ query }) => ({
    body: { ...finding, ...beside, summary: 'a\u001b[31m', evidence: query.has('cursor') ? rest : evidence },
  }))
  const done = await plaintrail(['findings', 'show', 'fnd_x', '--all'], { server: api.url })
  expect(api.requests.map(({ query }) => Object.fromEntries(query))).toEqual([{ limit: '1000' }, { cursor: 'c2.y' }])
  expect(done.out).not.toContain('\u001b')
  expect(done.out.match(/deploy\/checkout/g)).toHaveLength(2)
})

test('a finding that is not there, and an answer of another shape, are told', async () => {
  await using none = await startCannedApi(() => ({ status: 404, body: problem(404, 'not_found', 'no') }))
  expect((await plaintrail(['findings', 'show', 'fnd_x'], { server: none.url })).code).toBe(5)
  await using odd = await startCannedApi(() => ({ body: { data: [{}], meta: {} } }))
  expect((await plaintrail(['findings', 'list'], { server: odd.url })).code).toBe(8)
  expect((await plaintrail(['findings', 'show', 'fnd_x'], { server: odd.url })).code).toBe(8)
})

const found = { ...sampleEvent(), findings: [finding.id, 'fnd_0'] }

test('events --findings say what each is a part of', async () => {
  await using api = await startCannedApi(() => ({ body: samplePage([found, sampleEvent()]) }))
  const args = ['events', '--findings', '--changes', '--severity', '>=high', '--vio', 'fnd_0']
  const done = await plaintrail(args, { server: api.url, ...onTerminal })
  expect(api.requests[0]?.query.getAll('include')).toEqual(['changes', 'initiator', 'findings'])
  expect(api.requests[0]?.query.get('severity')).toBe('>=high')
  expect(done.out).toMatch(/OUT +FOUND +WHAT/)
  expect(done.out).toContain(`! ${finding.id} and 1 more`)
  expect((await plaintrail(['events'], { server: api.url })).out).not.toContain('FOUND')
})

test('who and show say so by themselves', async () => {
  await using api = await startHistoryApi({ history: samplePage([found, sampleEvent({ id: 'evt_02' })]) })
  const done = await plaintrail(['who', 'deploy/checkout', '-n', 'shop'], { server: api.url, ...onTerminal })
  expect(done.out).toContain(`! ${finding.id} and 1 more`)
  expect(done.out).toContain('2 changes, 1 person, 2 findings')
  await using quiet = await startHistoryApi({ history: samplePage([sampleEvent()]) })
  const plain = await plaintrail(['who', 'deploy/checkout', '-n', 'shop'], { server: quiet.url })
  expect(plain.out).not.toContain('FOUND')
  await using one = await startCannedApi(() => ({ body: found }))
  expect((await plaintrail(['show', 'evt_01'], { server: one.url })).out).toMatch(/findings +fnd_2E\w+, fnd_0/)
})
