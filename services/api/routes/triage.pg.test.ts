// Triage over HTTP: two on one finding at once, reasons, the trail that stays, several findings at once, and what opens again.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { ruleText, seedFinding, seedRule } from '@plaintrail/store/findings-for-tests'
import { createRulesFollower, ruleLanes } from '@plaintrail/store/rules-follower'
import { ensureApiToken } from '@plaintrail/store/api-tokens-for-tests'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
let eastUid: string
let event: string
/** Of another token, whose name is bob. */
let asBob: { readonly authorization: string }

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const token = makeToken('api')
  await ensureApiToken(api.store, { name: 'bob', digest: tokenDigest(token) })
  asBob = { authorization: `Bearer ${token}` }
  eastUid = (await addCluster(api.store, { name: 'east' })).uid
  await storeDeliveries(api.store, [{ cluster: eastUid, items: [auditItem({})], receivedAtUs: nowUs }])
  event = (await pageOf(await api.get('/v1/events?since=1h&until=2100-01-01'))).data[0]?.id ?? ''
  await seedRule(api.store, ruleText('bad', { severity: 'high' }))
  await seedRule(api.store, ruleText('mild', { severity: 'low' }))
})
afterAll(() => resources.disposeAsync())

interface Step {
  readonly id: string
  readonly actor: string
  readonly verb: string
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly reason: string | null
  readonly comment: string | null
}

interface Found {
  readonly id: string
  readonly events: number
  readonly triage: {
    readonly state: string
    readonly tag: string
    readonly assignee: string | null
    readonly regressed: boolean
    readonly steps: number
    readonly until: object | null
  }
  readonly hidden: readonly object[]
  readonly steps: readonly Step[]
}

async function jsonOf<T>(response: Response, status = 200): Promise<T> {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  return JSON.parse(text) as T
}

const got = async (id: string): Promise<Found> => await jsonOf(await api.get(`/v1/findings/${id}`))

let made = 0
async function fresh(rule = 'mild'): Promise<Found> {
  made += 1
  return await got(
    await seedFinding(api.store, { rule, cluster: eastUid, group: { n: String(made) }, events: [event] }),
  )
}

const change = async (id: string, tag: string | null, body: object, headers: object = {}): Promise<Response> =>
  await api.patch(`/v1/findings/${id}`, body, { ...(tag === null ? {} : { 'if-match': tag }), ...headers })

describe('a finding', () => {
  test('that two change at once is changed by one, the other gets 412, and nothing is lost', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, triage } = await fresh()
      const both = await Promise.all([
        change(id, triage.tag, { assignee: 'alice', comment: 'mine' }),
        change(id, triage.tag, { state: 'resolved', reason: 'remediated', comment: 'done' }, asBob),
      ])
      expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412])
      const lost = both.findIndex(({ status }) => status === 412)
      const now = await got(id)
      expect(now.triage).toMatchObject(
        lost === 0 ? { state: 'resolved', assignee: null } : { state: 'open', assignee: 'alice' },
      )
      const again = lost === 0 ? { assignee: 'alice' } : { state: 'resolved', reason: 'remediated' }
      const done = await change(id, now.triage.tag, again, lost === 0 ? {} : asBob)
      const { triage: after } = await jsonOf<Found>(done)
      expect(done.headers.get('etag')).toBe(after.tag)
      expect(after).toMatchObject({ state: 'resolved', assignee: 'alice' })
      const { steps } = await got(id)
      expect(steps.map(({ actor }) => actor).toSorted()).toEqual(['bob', 'test'])
    }
  })

  test('is changed by none who does not say what he saw', async () => {
    const { id } = await fresh()
    const problem = await problemOf(await change(id, null, { state: 'acknowledged' }))
    expect(problem).toMatchObject({
      status: 428,
      code: 'precondition_required',
      hint: expect.stringContaining('If-Match'),
    })
    for (const tag of ['"7"', 'W/"0"', '0', '"x"', '"0", "1"', 'nothing'])
      expect((await change(id, tag, { state: 'acknowledged' })).status, tag).toBe(412)
    expect(await got(id)).toMatchObject({ triage: { state: 'open', tag: '"0"' }, steps: [] })
    expect((await change(id, '*', { state: 'acknowledged' })).status).toBe(200)
    expect((await change('fnd_00000000000000000000000000', '*', { state: 'open' })).status).toBe(404)
  })

  test.each([
    ['mild', { state: 'resolved' }, '/reason'],
    ['mild', { state: 'ignored', comment: 'words' }, '/reason'],
    ['bad', { state: 'resolved', reason: 'remediated' }, '/comment'],
    ['bad', { state: 'ignored', reason: 'expected', comment: '  ' }, '/comment'],
    ['mild', { state: 'resolved', reason: 'because' }, '/reason'],
    ['mild', { state: 'acknowledged', reason: 'expected' }, '/reason'],
    ['mild', { state: 'acknowledged', until: { events: 3 } }, '/until'],
    ['mild', { state: 'ignored', reason: 'other', until: {} }, '/until'],
    ['mild', { state: 'ignored', reason: 'other', until: { events: 1, match: 'ns:a' } }, '/until'],
    ['mild', { state: 'ignored', reason: 'other', until: { match: 'initiator:bob' } }, '/until/match'],
    ['mild', { state: 'ignored', reason: 'other', until: { time: '2020-01-01T00:00:00Z' } }, '/until/time'],
    ['mild', { state: 'gone' }, '/state'],
    ['mild', { comment: 'x'.repeat(4_001) }, '/comment'],
    ['mild', { assignee: 'x'.repeat(201) }, '/assignee'],
    ['mild', { assignee: ' ' }, '/assignee'],
    ['bad', { state: 'resolved', reason: 'other', comment: ' \u200b\t' }, '/comment'],
    ['mild', { other: 1 }, '/other'],
  ])('of %s is not changed by %j: %s is wrong', async (rule, body, pointer) => {
    const { id, triage } = await fresh(rule)
    const problem = await problemOf(await change(id, triage.tag, body))
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer }] })
    expect(await got(id)).toMatchObject({ triage: { state: 'open', tag: triage.tag }, steps: [] })
  })

  test('says every step, newest first, as the audit trail does', async () => {
    const { id, triage } = await fresh('bad')
    await jsonOf(await change(id, triage.tag, { state: 'acknowledged', assignee: 'alice' }, asBob))
    const said = await api.post(`/v1/findings/${id}/comments`, JSON.stringify({ comment: 'looking' }))
    expect(said.headers.get('etag')).toBe('"1"')
    await jsonOf(said, 201)
    const blank = await api.post(`/v1/findings/${id}/comments`, JSON.stringify({ comment: ' \u200b' }))
    expect(await problemOf(blank)).toMatchObject({ status: 422, errors: [{ pointer: '/comment' }] })
    await jsonOf(
      await change(id, '"1"', { state: 'ignored', reason: 'expected', comment: 'ours', until: { events: 5 } }),
    )
    // The same again is no step.
    await jsonOf(await change(id, '"2"', { assignee: 'alice' }))
    const { steps, triage: now } = await got(id)
    expect(now).toMatchObject({ state: 'ignored', steps: 3, tag: '"2"', until: { time: null, events: 6, match: null } })
    expect(steps).toMatchObject([
      {
        actor: 'test',
        verb: 'state',
        before: { state: 'acknowledged', assignee: 'alice' },
        after: { state: 'ignored', assignee: 'alice', until_events: 6 },
        reason: 'expected',
        comment: 'ours',
      },
      { actor: 'test', verb: 'comment', before: null, after: null, comment: 'looking' },
      { actor: 'bob', verb: 'state', after: { state: 'acknowledged', assignee: 'alice' }, reason: null },
    ])
    const trail: Step[] = []
    for (let path = `/v1/audit?vio=${id}&limit=2`; path !== '';) {
      const page = await jsonOf<{ data: readonly Step[]; next_cursor: string | null }>(await api.get(path))
      trail.push(...page.data)
      path = page.next_cursor === null ? '' : `/v1/audit?cursor=${page.next_cursor}`
    }
    expect(trail).toEqual(steps)
    const byBob = await jsonOf<{ data: readonly Step[] }>(
      await api.get(`/v1/audit?vio=${id}&actor=bob&rule=b*&cluster=east`),
    )
    expect(byBob.data).toEqual(steps.slice(2))
    expect(await problemOf(await api.get('/v1/audit?verb=get'))).toMatchObject({ status: 400, parameter: 'verb' })
  })

  test.each([
    'update triage_step set who = null',
    "update triage_step set comment = 'other'",
    'delete from triage_step',
    'truncate triage_step',
  ])('has steps that stay: %s is refused', async (statement) => {
    await expect(api.store.pool.query(statement)).rejects.toThrow('its rows stay as they were written')
  })

  test('takes any text, and shows what can be shown', async () => {
    const { id, triage } = await fresh()
    const odd = 'a\u0000b\ud800'
    await jsonOf(await change(id, triage.tag, { assignee: odd, comment: odd }))
    const { steps, triage: now } = await got(id)
    expect(steps[0]).toMatchObject({ after: { assignee: now.assignee }, comment: now.assignee })
    const ignored = { state: 'ignored', reason: 'other', until: { match: `ns:"${odd}"` } }
    expect([200, 422]).toContain((await change(id, now.tag, ignored)).status)
    for (const body of [{ rule: odd }, { match: `ns:"${odd}"` }, { reason: odd, owner: odd }])
      expect([201, 422]).toContain(
        (await api.post('/v1/exceptions', JSON.stringify({ rule: 'mild', match: 'ns:odd', reason: 'x', ...body })))
          .status,
      )
    expect((await api.get('/v1/findings?assignee=%00')).status).toBe(200)
    expect((await api.get('/v1/exceptions?rule=%00')).status).toBe(200)
    expect(api.log()).toBe('')
  })

  test('is listed by its state and by who looks after it, on pages', async () => {
    const [one, two] = [await fresh(), await fresh()]
    for (const { id, triage } of [one, two])
      await jsonOf(await change(id, triage.tag, { state: 'acknowledged', assignee: 'a b=,c' }))
    const asked = `until=2100-01-01&state=acknowledged,ignored&assignee=${encodeURIComponent('a b=,c')}`
    const ids: string[] = []
    for (let path = `/v1/findings?limit=1&${asked}`; path !== '';) {
      const page = await jsonOf<{ data: readonly Found[]; next_cursor: string | null }>(await api.get(path))
      ids.push(...page.data.map(({ id }) => id))
      path = page.next_cursor === null ? '' : `/v1/findings?cursor=${page.next_cursor}`
    }
    expect(ids.toSorted()).toEqual([one.id, two.id].toSorted())
    const mine = await jsonOf<{ data: readonly Found[] }>(await api.get('/v1/findings?state=resolved&assignee='))
    expect(mine.data.every(({ triage }) => triage.state === 'resolved' && triage.assignee === null)).toBe(true)
    expect(await problemOf(await api.get('/v1/findings?state=gone'))).toMatchObject({ status: 400, parameter: 'state' })
  })
})

test('of several findings each is changed or not, and the answer says which and why', async () => {
  const [open, stale, bad] = [await fresh(), await fresh(), await fresh('bad')]
  await jsonOf(await change(stale.id, '"0"', { state: 'acknowledged' }))
  const findings = [open, stale, bad].map(({ id, triage }) => ({ id, tag: triage.tag }))
  const none = { id: 'fnd_00000000000000000000000000', tag: '"0"' }
  const body = { findings: [...findings, none], state: 'resolved', reason: 'remediated' }
  const send = async (sent: object): Promise<Response> => await api.post('/v1/findings/bulk', JSON.stringify(sent))
  expect(await jsonOf(await send(body))).toMatchObject({
    data: [
      { id: open.id, status: 200, tag: '"1"', code: null },
      { id: stale.id, status: 412, tag: '"1"', code: 'precondition_failed' },
      { id: bad.id, status: 422, code: 'unprocessable', detail: expect.stringContaining('in words') },
      { id: none.id, status: 404, code: 'not_found' },
    ],
    changed: 1,
    failed: 3,
  })
  expect((await got(stale.id)).triage.state).toBe('acknowledged')
  expect((await got(bad.id)).steps).toEqual([])
  const twice = await problemOf(await send({ findings: [findings[0], findings[0]], state: 'open' }))
  expect(twice).toMatchObject({ status: 422 })
  const many = Array.from({ length: 101 }, (_, at) => ({ id: `fnd_${String(at).padStart(26, '0')}`, tag: '"0"' }))
  expect(await problemOf(await send({ findings: many, state: 'open' }))).toMatchObject({ status: 422 })
})

describe('an event', () => {
  const follower = () => createRulesFollower(api.store, { isHistoryOn: false })
  const judge = async (): Promise<void> => {
    for (const { laneId } of await ruleLanes(api.store)) while ((await follower().judge(laneId)).kind === 'judged');
  }
  let deletions = 0
  /** One more in the namespace. */
  const deleteIn = async (ns: string): Promise<string> => {
    deletions += 1
    const item = auditItem({
      auditID: `deletion-${deletions}`,
      verb: 'delete',
      requestURI: `/api/v1/namespaces/${ns}/pods/p${deletions}`,
      objectRef: { resource: 'pods', namespace: ns, name: `p${deletions}`, apiVersion: 'v1' },
    })
    await storeDeliveries(api.store, [{ cluster: eastUid, items: [item], receivedAtUs: nowUs }])
    await judge()
    return item
  }
  const only = async (): Promise<Found> => {
    const { data } = await jsonOf<{ data: readonly Found[] }>(
      await api.get('/v1/findings?rule=deletes&until=2100-01-01'),
    )
    return await got(data[0]?.id ?? '')
  }
  const done = { reason: 'expected', comment: 'ours' } as const

  beforeAll(async () => {
    await seedRule(api.store, ruleText('deletes', { match: 'verb:delete', groupBy: ['actor'], severity: 'high' }))
    await deleteIn('shop')
  })

  test('that is new opens a resolved finding again, and one that comes again does not', async () => {
    const { id, triage } = await only()
    await jsonOf(await change(id, triage.tag, { state: 'resolved', ...done }))
    await storeDeliveries(api.store, [{ cluster: eastUid, items: [await sameAgain()], receivedAtUs: nowUs }])
    await judge()
    expect(await only()).toMatchObject({ triage: { state: 'resolved', regressed: false, steps: 1 } })
    await deleteIn('shop')
    const { triage: now, steps } = await only()
    expect(now).toMatchObject({ state: 'open', regressed: true, tag: '"2"', steps: 2 })
    expect(steps[0]).toMatchObject({ actor: 'plaintrail', verb: 'regressed', before: { state: 'resolved' } })
    // Whoever has what was before that is told.
    expect((await change(id, '"1"', { state: 'acknowledged' })).status).toBe(412)
    await jsonOf(await change(id, '"2"', { state: 'acknowledged' }))
    await deleteIn('shop')
    expect(await only()).toMatchObject({ triage: { state: 'acknowledged', regressed: false } })
  })

  const sameAgain = async (): Promise<string> =>
    await Promise.resolve(
      auditItem({
        auditID: 'deletion-1',
        verb: 'delete',
        requestURI: '/api/v1/namespaces/shop/pods/p1',
        objectRef: { resource: 'pods', namespace: 'shop', name: 'p1', apiVersion: 'v1' },
      }),
    )

  test('opens an ignored one by how many there are, or by which it is, and a time does', async () => {
    const ignore = async (until: object): Promise<void> => {
      const { id, triage } = await only()
      await jsonOf(await change(id, triage.tag, { state: 'ignored', ...done, until }))
    }
    await ignore({ events: 2 })
    await deleteIn('shop')
    expect(await only()).toMatchObject({ triage: { state: 'ignored' } })
    await deleteIn('shop')
    expect(await only()).toMatchObject({ triage: { state: 'open', regressed: false, until: null } })
    await ignore({ match: 'ns:prod-*' })
    await deleteIn('shop')
    expect(await only()).toMatchObject({ triage: { state: 'ignored' } })
    await deleteIn('prod-1')
    const { steps, triage } = await only()
    expect(triage.state).toBe('open')
    expect(steps[0]).toMatchObject({ verb: 'ignore-over', before: { until_match: 'ns:prod-*' }, reason: 'expected' })
    await ignore({ time: '2026-11-21T12:00:00Z' })
    await deleteIn('shop')
    await follower().tick(nowUs)
    expect(await only()).toMatchObject({ triage: { state: 'ignored' } })
    await follower().tick(nowUs + 86_400_000_000)
    expect(await only()).toMatchObject({ triage: { state: 'open', until: null } })
  })

  test('that an exception means does not count while it holds, and then opens what was resolved', async () => {
    const before = await only()
    const asked = {
      rule: 'deletes',
      match: 'ns:prod-*',
      reason: 'drills',
      owner: 'bob',
      expires_at: '2100-01-01T00:00:00.000000Z',
    }
    const made = await api.post('/v1/exceptions', JSON.stringify(asked))
    const { id } = await jsonOf<{ id: string }>(made, 201)
    expect(made.headers.get('location')).toBe(`/v1/exceptions/${id}`)
    for (let ticks = 0; ticks < 3; ticks++) await follower().tick(nowUs)
    await deleteIn('prod-2')
    const hidden = await only()
    expect(hidden).toMatchObject({ events: before.events - 1, hidden: [{ exception: id, requests: 2 }] })
    expect(await jsonOf(await api.get(`/v1/exceptions/${id}`))).toMatchObject({
      ...asked,
      holds: true,
      applying: false,
      created_by: 'test',
      hides: { requests: 2, findings: 1 },
    })
    await jsonOf(await change(hidden.id, hidden.triage.tag, { state: 'resolved', ...done }))
    expect(await jsonOf(await api.delete(`/v1/exceptions/${id}`))).toMatchObject({ holds: false, ended_by: 'test' })
    expect((await api.delete(`/v1/exceptions/${id}`)).status).toBe(409)
    for (let ticks = 0; ticks < 3; ticks++) await follower().tick(nowUs)
    expect(await only()).toMatchObject({
      events: before.events + 1,
      hidden: [],
      triage: { state: 'open', regressed: true },
    })
    const { data } = await jsonOf<{ data: readonly Step[] }>(await api.get('/v1/audit?rule=deletes&limit=3'))
    expect(data.map(({ verb }) => verb)).toEqual(['regressed', 'exception-deleted', 'state'])
  })

  test.each([
    [{ rule: 'nothing' }, '/rule'],
    [{ match: 'text' }, '/match'],
    [{ match: 'ns:(' }, '/match'],
    [{ reason: '' }, '/reason'],
    [{ reason: ' ' }, '/reason'],
    [{ owner: '\u200b' }, '/owner'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    [{ expires_at: 'soon' }, '/expires_at'],
  ])('is hidden by no exception with %j', async (different, pointer) => {
    const body = { rule: 'deletes', match: 'ns:a', reason: 'why', ...different }
    const problem = await problemOf(await api.post('/v1/exceptions', JSON.stringify(body)))
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer }] })
  })

  test('has exceptions on pages, those that hold and those that do not', async () => {
    const add = async (match: string): Promise<string> => {
      const response = await api.post('/v1/exceptions', JSON.stringify({ rule: 'mild', match, reason: 'why' }))
      return (await jsonOf<{ id: string }>(response, 201)).id
    }
    const [one, two] = [await add('ns:a'), await add('ns:b')]
    await api.delete(`/v1/exceptions/${one}`)
    const ids = async (asked: string): Promise<readonly string[]> => {
      const all: string[] = []
      for (let path = `/v1/exceptions?limit=1&${asked}`; path !== '';) {
        const page = await jsonOf<{ data: readonly Found[]; next_cursor: string | null }>(await api.get(path))
        all.push(...page.data.map(({ id }) => id))
        path = page.next_cursor === null ? '' : `/v1/exceptions?cursor=${page.next_cursor}`
      }
      return all
    }
    expect((await ids('rule=mild')).slice(0, 2)).toEqual([two, one])
    expect((await ids('rule=mild&holds=true'))[0]).toBe(two)
    expect(await ids('rule=mild&holds=false')).toEqual([one])
    expect(await problemOf(await api.get('/v1/exceptions/exc_x'))).toMatchObject({ status: 404 })
  })
})
