// A finding of which exceptions hide everything: its link leads to it, and to what hides it.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { ruleText, seedFinding, seedRule } from '@plaintrail/store/findings-for-tests'
import { createRulesFollower } from '@plaintrail/store/rules-follower'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, startTestApi } from '../api-for-tests.ts'

interface Found {
  readonly id: string
  readonly events: number
  readonly first: string | null
  readonly opened_at: string | null
  readonly triage: { readonly tag: string }
  readonly links: { readonly events: string }
}

test('a finding of which exceptions hide all is told with what hides it, by its link and in no list', async () => {
  await using own = new AsyncDisposableStack()
  const api = own.use(await startTestApi(own.use(await createTestDatabase()).connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  await storeDeliveries(api.store, [{ cluster: uid, items: [auditItem({})], receivedAtUs: nowUs }])
  const event = (await pageOf(await api.get('/v1/events?since=1h&until=2100-01-01'))).data[0]
  await seedRule(api.store, ruleText('bad'))
  const seeded = { rule: 'bad', cluster: uid, events: [event?.id ?? ''] }
  const id = await seedFinding(api.store, { ...seeded, group: { n: '1' } })
  const follower = createRulesFollower(api.store, { isHistoryOn: false })
  const got = async (status = 200): Promise<Found> => {
    const response = await api.get(`/v1/findings/${id}`)
    const text = await response.text()
    expect(response.status, text).toBe(status)
    return JSON.parse(text) as Found
  }
  const listed = async (): Promise<number> =>
    ((await (await api.get('/v1/findings?until=2100-01-01')).json()) as { data: readonly object[] }).data.length
  const before = await got()
  const body = { rule: 'bad', match: 'cluster:east', reason: 'ours' }
  const added = (await (await api.post('/v1/exceptions', JSON.stringify(body))).json()) as { id: string }
  for (let ticks = 0; ticks < 2; ticks++) await follower.tick(nowUs)

  const hidden = await got()
  expect(hidden).toMatchObject({
    id,
    rule: 'bad',
    events: 0,
    first: null,
    last: null,
    opened_at: null,
    hidden: [{ exception: added.id, requests: 1 }],
    steps: [],
    evidence: { data: [], has_more: false, gaps: [] },
  })
  expect((await pageOf(await api.get(hidden.links.events))).data).toEqual([])
  expect(await listed()).toBe(0)
  const patch = { state: 'acknowledged', assignee: 'bob', comment: 'whose exception is it?' }
  const changed = await api.patch(`/v1/findings/${id}`, patch, { 'if-match': hidden.triage.tag })
  expect(changed.status).toBe(200)
  expect(await got()).toMatchObject({ triage: { assignee: 'bob' }, steps: [{ verb: 'state' }] })

  await api.delete(`/v1/exceptions/${added.id}`)
  for (let ticks = 0; ticks < 2; ticks++) await follower.tick(nowUs)
  expect(await got()).toMatchObject({ events: 1, first: before.first, hidden: [], triage: { state: 'acknowledged' } })
  expect(await listed()).toBe(1)
  // What nothing is left of is not there.
  await api.store.pool.query('update finding set events = 0, first_time = null, last_time = null, opened_at = null')
  await got(404)
}, 60_000)
