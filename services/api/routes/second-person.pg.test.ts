// Ignoring a critical finding for ever, over HTTP: one proposes it, another confirms it, and nobody does both.

import { addCluster } from '@plaintrail/store/clusters'
import { ensureApiToken } from '@plaintrail/store/api-tokens-for-tests'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { ruleText, seedFinding, seedRule } from '@plaintrail/store/findings-for-tests'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
let eastUid: string
let event: string
/** By whose token they are; the api's own is named test. */
const as = { alice: {}, bob: {}, 'alice again': {} } as Record<
  'alice' | 'alice again' | 'bob',
  Readonly<Record<string, string>>
>

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  as.alice = by(await addToken('alice'))
  as.bob = by(await addToken('bob'))
  // Two of one name at a time cannot be added, and may be there from before there was such a rule.
  const token = makeToken('api')
  await ensureApiToken(api.store, { name: 'alice', digest: tokenDigest(token) })
  as['alice again'] = by({ token })
  eastUid = (await addCluster(api.store, { name: 'east' })).uid
  await storeDeliveries(api.store, [{ cluster: eastUid, items: [auditItem({})], receivedAtUs: nowUs }])
  event = (await pageOf(await api.get('/v1/events?since=1h&until=2100-01-01'))).data[0]?.id ?? ''
  await seedRule(api.store, ruleText('worst', { severity: 'critical' }))
  await seedRule(api.store, ruleText('bad', { severity: 'high' }))
})
afterAll(() => resources.disposeAsync())

interface Found {
  readonly id: string
  readonly triage: {
    readonly state: string
    readonly tag: string
    readonly reason: string | null
    readonly assignee: string | null
    readonly until: object | null
    readonly proposed: { readonly by: string } | null
  }
  readonly steps: readonly { readonly actor: string; readonly verb: string; readonly comment: string | null }[]
}

async function jsonOf<T>(response: Response, status = 200): Promise<T> {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  return JSON.parse(text) as T
}

interface Added {
  readonly id: string
  readonly token: string
}

const addToken = async (name: string): Promise<Added> =>
  await jsonOf(await api.post('/v1/tokens', JSON.stringify({ name })), 201)
const by = ({ token }: Pick<Added, 'token'>): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` })

const got = async (id: string): Promise<Found> => await jsonOf(await api.get(`/v1/findings/${id}`))

let made = 0
async function fresh(rule = 'worst'): Promise<Found> {
  made += 1
  const group = { n: String(made) }
  return await got(await seedFinding(api.store, { rule, cluster: eastUid, group, events: [event] }))
}

const forever = { state: 'ignored', reason: 'expected', comment: 'a drill' }
type Name = keyof typeof as

const send = async (who: Name, { id, triage: { tag } }: Found, body: object): Promise<Response> =>
  await api.patch(`/v1/findings/${id}`, body, { 'if-match': tag, ...as[who] })

test('one proposes to ignore a critical finding for ever, and it is so once another confirms', async () => {
  const before = await fresh()
  const answer = await send('alice', before, { ...forever, assignee: 'alice' })
  expect(answer.headers.get('etag')).toBe('"1"')
  expect((await jsonOf<Found>(answer, 202)).triage).toMatchObject({
    state: 'open',
    reason: null,
    assignee: 'alice',
    proposed: { state: 'ignored', by: 'alice', reason: 'expected', comment: 'a drill' },
  })
  const proposed = await got(before.id)
  for (const who of ['alice', 'alice again'] as const) {
    const problem = await problemOf(await send(who, proposed, forever))
    expect(problem, who).toMatchObject({ status: 409, code: 'conflict', hint: expect.stringContaining('until') })
  }
  // Whoever has not seen the proposal confirms none.
  expect((await send('bob', before, forever)).status).toBe(412)
  expect(await problemOf(await send('bob', proposed, { state: 'ignored' }))).toMatchObject({
    status: 422,
    errors: [{ pointer: '/comment' }],
  })
  expect(await problemOf(await send('bob', proposed, { ...forever, reason: 'other' }))).toMatchObject({
    status: 422,
    errors: [{ pointer: '/reason' }],
  })
  expect(await got(before.id)).toEqual(proposed)
  const confirmed = await jsonOf<Found>(await send('bob', proposed, { state: 'ignored', comment: 'I looked too' }))
  expect(confirmed.triage).toMatchObject({ state: 'ignored', reason: 'expected', until: null, proposed: null })
  expect((await got(before.id)).steps).toMatchObject([
    {
      actor: 'bob',
      verb: 'ignore-confirmed',
      before: { state: 'open', proposed_by: 'alice' },
      after: { state: 'ignored' },
      reason: 'expected',
      comment: 'I looked too',
    },
    { actor: 'alice', verb: 'ignore-proposed', after: { state: 'open', proposed_by: 'alice' }, comment: 'a drill' },
  ])
})

test('whoever gets another token of the same name is no second person, and the trail tells the two tokens apart', async () => {
  const before = await fresh()
  const first = await addToken('carol')
  const patch = async (headers: Readonly<Record<string, string>>): Promise<Response> =>
    await api.patch(`/v1/findings/${before.id}`, forever, { 'if-match': '*', ...headers })
  expect((await patch(by(first))).status).toBe(202)
  await jsonOf(await api.delete(`/v1/tokens/${first.id}`))
  const second = await addToken('carol')
  expect(await problemOf(await patch(by(second)))).toMatchObject({ status: 409, code: 'conflict' })
  await jsonOf(await api.post(`/v1/findings/${before.id}/comments`, '{"comment":"mine too"}', by(second)), 201)
  expect((await got(before.id)).steps).toMatchObject([
    { actor: 'carol', actor_id: second.id, verb: 'comment' },
    { actor: 'carol', actor_id: first.id, verb: 'ignore-proposed' },
  ])
  await jsonOf(await patch(as.bob))
  expect((await got(before.id)).triage).toMatchObject({ state: 'ignored', until: null })
})

test('of two who propose or confirm in one moment one is late, and no finding is ignored by one person', async () => {
  for (let round = 0; round < 5; round++) {
    const before = await fresh()
    const both = await Promise.all([send('alice', before, forever), send('bob', before, forever)])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 412])
    const proposed = await got(before.id)
    expect(proposed).toMatchObject({
      triage: { state: 'open', proposed: { by: both[0].status === 202 ? 'alice' : 'bob' } },
    })
    const second: Name = both[0].status === 202 ? 'bob' : 'alice'
    const confirmed = await Promise.all([send(second, proposed, forever), send(second, proposed, forever)])
    expect(confirmed.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412])
    expect((await got(before.id)).steps.map(({ verb }) => verb)).toEqual(['ignore-confirmed', 'ignore-proposed'])
  }
})

test('a proposal is taken back, by whoever made it or another, and nothing is left to confirm', async () => {
  for (const who of ['alice', 'bob'] as const) {
    const before = await fresh()
    await jsonOf(await send('alice', before, forever), 202)
    const proposed = await got(before.id)
    const both = await problemOf(await send(who, proposed, { state: 'open', proposed: null }))
    expect(both).toMatchObject({ status: 422, errors: [{ pointer: '/proposed' }] })
    const { triage } = await jsonOf<Found>(await send(who, proposed, { proposed: null, comment: 'no' }))
    expect(triage).toMatchObject({ state: 'open', proposed: null, tag: '"2"' })
    const withdrawn = await got(before.id)
    expect(withdrawn.steps[0]).toMatchObject({
      actor: who,
      verb: 'proposal-withdrawn',
      reason: 'expected',
      comment: 'no',
    })
    // Without a reason it confirms what is proposed, and proposes nothing.
    const none = await problemOf(await send('bob', withdrawn, { state: 'ignored', comment: 'I looked too' }))
    expect(none).toMatchObject({ status: 422, errors: [{ pointer: '/reason' }] })
    // To take back what is not there is no step.
    expect((await jsonOf<Found>(await send(who, withdrawn, { proposed: null }))).triage).toEqual(withdrawn.triage)
  }
})

test('with an end, or below critical, one person is enough; and what is done with otherwise is proposed no more', async () => {
  const high = await fresh('bad')
  expect((await jsonOf<Found>(await send('alice', high, forever))).triage).toMatchObject({ state: 'ignored' })
  for (const until of [{ events: 5 }, { time: new Date(nowUs / 1_000 + 300 * 86_400_000).toISOString() }]) {
    const before = await fresh()
    await jsonOf(await send('alice', before, forever), 202)
    const done = await jsonOf<Found>(await send('alice', await got(before.id), { ...forever, until }))
    expect(done.triage).toMatchObject({ state: 'ignored', proposed: null })
    expect(done.triage.until).not.toBeNull()
  }
  for (const until of [{ events: 1_000_000 }, { time: '2100-01-01T00:00:00Z' }, { match: 'ns:prod-*' }]) {
    const before = await fresh()
    const problem = await problemOf(await send('alice', before, { ...forever, until }))
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/until' }] })
    expect(problem.detail).toContain('another person confirms it')
    expect((await got(before.id)).triage).toMatchObject({ state: 'open', proposed: null })
    const other = await fresh('bad')
    expect((await jsonOf<Found>(await send('alice', other, { ...forever, until }))).triage.until).not.toBeNull()
  }
  const kept = await fresh()
  await jsonOf(await send('alice', kept, forever), 202)
  const looked = await jsonOf<Found>(await send('bob', await got(kept.id), { state: 'acknowledged', assignee: 'bob' }))
  expect(looked.triage).toMatchObject({ state: 'acknowledged', proposed: { by: 'alice' } })
  const resolved = await jsonOf<Found>(await send('bob', looked, { ...forever, state: 'resolved' }))
  expect(resolved.triage).toMatchObject({ state: 'resolved', proposed: null })
})

test('several are proposed and confirmed at once, and those that wait are a list of their own', async () => {
  const findings = [await fresh(), await fresh(), await fresh('bad')]
  const bulk = async (who: Name, tags: readonly Found[], more: object): Promise<unknown> =>
    await jsonOf(
      await api.post(
        '/v1/findings/bulk',
        JSON.stringify({ findings: tags.map(({ id, triage }) => ({ id, tag: triage.tag })), ...more }),
        as[who],
      ),
    )
  expect(await bulk('alice', findings, forever)).toMatchObject({
    data: [{ status: 202, tag: '"1"', code: null }, { status: 202 }, { status: 200 }],
    changed: 1,
    proposed: 2,
    failed: 0,
  })
  const waiting = async (asked: string): Promise<readonly string[]> => {
    const ids: string[] = []
    for (let path = `/v1/findings?limit=1&until=2100-01-01&${asked}`; path !== '';) {
      const page = await jsonOf<{ data: readonly Found[]; next_cursor: string | null }>(await api.get(path))
      ids.push(...page.data.map(({ id }) => id))
      path = page.next_cursor === null ? '' : `/v1/findings?cursor=${page.next_cursor}`
    }
    return ids
  }
  const [first, second, high] = findings.map(({ id }) => id)
  const proposed = await waiting('proposed=true&assignee=')
  expect(proposed).toEqual(expect.arrayContaining([first, second]))
  expect(proposed).not.toContain(high)
  expect(await waiting('proposed=false')).not.toContain(first)
  const seen = await Promise.all(findings.slice(0, 2).map(({ id }) => got(id)))
  expect(await bulk('alice', seen, forever)).toMatchObject({ data: [{ status: 409 }, { status: 409 }], failed: 2 })
  expect(await bulk('bob', seen, { state: 'ignored', comment: 'both' })).toMatchObject({ changed: 2, proposed: 0 })
  expect(await waiting('proposed=true')).toEqual([])
})

test('an exception of a critical rule has an end', async () => {
  const add = async (rule: string, more: object = {}): Promise<Response> =>
    await api.post('/v1/exceptions', JSON.stringify({ rule, match: 'ns:a', reason: 'why', ...more }))
  const problem = await problemOf(await add('worst'))
  expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/expires_at' }] })
  expect((await add('worst', { expires_at: '2100-01-01T00:00:00Z' })).status).toBe(422)
  await jsonOf(await add('worst', { expires_at: new Date(nowUs / 1_000 + 300 * 86_400_000).toISOString() }), 201)
  await jsonOf(await add('bad'), 201)
  // It is the rule in force that says how bad it is.
  await seedRule(api.store, ruleText('worst', { severity: 'high' }))
  await jsonOf(await add('worst'), 201)
})
