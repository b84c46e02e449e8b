// Findings over HTTP: the right ones, on pages, with what happened, how to mend it and the events behind them.

import { parseFindingId } from '@plaintrail/rules/finding-id'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { ruleText, seedFinding, seedRule } from '@plaintrail/store/findings-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
/** Ids of events, oldest first, one a minute. */
let events: readonly string[]
let ofWest: readonly string[]
let westUid: string
let exec: string
let reads: string
let elsewhere: string

const minuteUs = 60_000_000
const spec = {
  severity: 'high',
  description: 'A shell can do anything.',
  remediation: 'Ask {{actor}} about {{object.name}}.',
  commands: ['kubectl delete pod {{object.name}} -n {{object.namespace}}', 'kubectl get {{workload}}'],
  controls: ['soc2:CC6.1', 'pci:10.2.1.2'],
  attack: ['T1609'],
  references: ['https://kubernetes.io/docs/'],
}

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const east = await addCluster(api.store, { name: 'east' })
  westUid = (await addCluster(api.store, { name: 'west' })).uid
  const minutes = Array.from({ length: 10 }, (_, minute) => minute)
  await storeDeliveries(api.store, [
    { cluster: east.uid, items: minutes.map(itemOf), receivedAtUs: nowUs },
    { cluster: westUid, items: minutes.map(itemOf), receivedAtUs: nowUs },
  ])
  const idsOf = async (cluster: string) =>
    (await pageOf(await api.get(`/v1/events?order=asc&cluster=${cluster}`))).data.map(({ id }) => id)
  events = await idsOf('east')
  ofWest = await idsOf('west')
  await seedRule(api.store, ruleText('exec', spec))
  await seedRule(api.store, ruleText('reads', { severity: 'low', controls: ['soc2:CC6.1'] }))
  const fields = { actor: 'bob', 'object.name': "it's", 'object.namespace': 'shop', workload: null }
  exec = await seedFinding(api.store, {
    rule: 'exec',
    cluster: east.uid,
    group: { actor: 'bob', 'object.namespace': 'shop' },
    events: [events[1] ?? '', events[4] ?? '', events[9] ?? ''],
    near: [events[5] ?? ''],
    summary: "bob opened a shell in it's",
    fields,
  })
  reads = await seedFinding(api.store, {
    rule: 'reads',
    cluster: east.uid,
    group: { actor: null },
    events: [events[4] ?? ''],
  })
  elsewhere = await seedFinding(api.store, { rule: 'exec', cluster: westUid, group: {}, events: [ofWest[8] ?? ''] })
})

afterAll(() => resources.disposeAsync())

function itemOf(minute: number): string {
  const time = timeOf(minute)
  return auditItem({ auditID: `minute-${minute}`, requestReceivedTimestamp: time, stageTimestamp: time })
}

const timeOf = (minute: number): string =>
  `${new Date((nowUs - (10 - minute) * minuteUs) / 1_000).toISOString().slice(0, -1)}000Z`

interface Findings {
  readonly data: readonly { readonly id: string }[]
  readonly has_more: boolean
  readonly next_cursor: string | null
  readonly meta: object
}

async function answer<T>(path: string): Promise<T> {
  const response = await api.get(path)
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return JSON.parse(text) as T
}

const found = async (asked: string): Promise<readonly string[]> =>
  (await answer<Findings>(`/v1/findings?${asked}`)).data.map(({ id }) => id)

describe('findings', () => {
  test('are all there unless something is said, the latest first, and say how far rules have come', async () => {
    expect(await found('')).toEqual([exec, elsewhere, reads])
    const { meta } = await answer<Findings>('/v1/findings?cluster=east')
    expect(meta).toMatchObject({
      query: 'cluster:east',
      window: { since: '1970-01-01T00:00:00.000000Z' },
      rules: { complete: false, behind: 10 },
    })
  })

  test.each([
    ['rule=exec&not.cluster=west', () => [exec]],
    ['severity=>=medium', () => [exec, elsewhere]],
    ['severity=low,critical', () => [reads]],
    ['not.severity=high', () => [reads]],
    ['control=pci:*&cluster=e*', () => [exec]],
    ['control=soc2:CC6.1&control=none&since=2026-11-20T11:57:30Z', () => [exec, elsewhere]],
    [`since=${timeOf(5)}&until=${timeOf(8)}`, () => []],
    [`since=${timeOf(4)}&until=${timeOf(5)}`, () => [exec, reads]],
    ['sort=opened', () => [elsewhere, reads, exec]],
    ['vio=nothing', () => []],
  ])('%s', async (asked, expected) => {
    expect(await found(asked)).toEqual(expected())
    if (asked.startsWith('vio')) expect(await found(`vio=${reads}`)).toEqual([reads])
  })

  test.each([
    ['severity=hihg', 'severity'],
    ['severity=>=hihg', 'severity'],
    ['actor=bob', 'actor'],
    ['q=severity:high', 'q'],
    ['rule=', 'rule'],
    ['sort=severity', 'sort'],
    ['limit=0', 'limit'],
    ['since=never', 'since'],
    ['cursor=c2.x.y', 'cursor'],
  ])('%s is refused', async (asked, parameter) => {
    expect(await problemOf(await api.get(`/v1/findings?${asked}`))).toMatchObject({ status: 400, parameter })
  })

  test.each(['sort=opened', 'severity=>=info'])('%s go on by cursors, each once', async (asked) => {
    const ids: string[] = []
    const asOf = new Set<unknown>()
    for (let path = `/v1/findings?limit=1&${asked}`; path !== '';) {
      const { data, has_more: hasMore, next_cursor: cursor, meta } = await answer<Findings>(path)
      ids.push(...data.map(({ id }) => id))
      asOf.add('as_of' in meta ? meta.as_of : null)
      expect(hasMore).toBe(cursor !== null)
      if (ids.length === 1)
        await seedFinding(api.store, {
          rule: 'reads',
          cluster: westUid,
          group: { actor: asked },
          events: [ofWest[0] ?? ''],
        })
      if (cursor !== null)
        expect(await problemOf(await api.get(`/v1/rules?cursor=${cursor}`))).toMatchObject({ status: 400 })
      path = cursor === null ? '' : `/v1/findings?cursor=${cursor}`
    }
    expect(asOf.size).toBe(1)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining([exec, reads, elsewhere]))
    expect((await found(asked)).length).toBe(ids.length + 1)
  })
})

test('a finding that gets an event while somebody pages is not lost, and comes again at the end', async () => {
  const first = await answer<Findings>('/v1/findings?limit=1&rule=exec,reads')
  expect(first.meta).toMatchObject({ again: false })
  await api.store.pool.query(`update finding set last_time = last_time + 3600000000 where id <> all($1)`, [
    first.data.map(({ id }) => uuidOf(id)),
  ])
  const second = await answer<Findings>(`/v1/findings?cursor=${first.next_cursor}`)
  const pages = [first, second]
  for (let { next_cursor: cursor } = second; cursor !== null;) {
    const page = await answer<Findings>(`/v1/findings?cursor=${cursor}`)
    pages.push(page)
    cursor = page.next_cursor
  }
  expect(pages.filter(({ meta }) => 'again' in meta && meta.again === true).length).toBeGreaterThan(0)
  expect([...new Set(pages.flatMap(({ data }) => data.map(({ id }) => id)))].toSorted()).toEqual(
    (await found('rule=exec,reads')).toSorted(),
  )
  await api.store.pool.query(`update finding set last_time = last_time - 3600000000 where id <> all($1)`, [
    first.data.map(({ id }) => uuidOf(id)),
  ])
})

const uuidOf = (id: string): string => parseFindingId(id)?.toString('hex') ?? ''

describe('a finding', () => {
  test('says what happened, why it matters, how to mend it, and what it was made of', async () => {
    const finding = await answer<Record<string, unknown>>(`/v1/findings/${exec}`)
    const { evidence, opened_at: _opened, ...rest } = finding
    expect(rest).toEqual({
      id: exec,
      rule: 'exec',
      version: 1,
      title: 'Title of exec',
      severity: 'high',
      cluster: 'east',
      group: { actor: 'bob', 'object.namespace': 'shop' },
      summary: "bob opened a shell in it's",
      description: 'A shell can do anything.',
      remediation: "Ask bob about it's.",
      // The other one lacks a value.
      commands: [String.raw`kubectl delete pod 'it'\''s' -n shop`],
      controls: ['soc2:CC6.1', 'pci:10.2.1.2'],
      attack: ['T1609'],
      owner: null,
      references: ['https://kubernetes.io/docs/'],
      false_positives: [],
      known_from: null,
      first: timeOf(1),
      last: timeOf(9),
      events: 3,
      expired_events: 0,
      shadow: false,
      triage: {
        state: 'open',
        regressed: false,
        assignee: null,
        reason: null,
        until: null,
        changed_at: null,
        proposed: null,
        steps: 0,
        tag: '"0"',
      },
      hidden: [],
      steps: [],
      links: { self: `/v1/findings/${exec}`, rule: '/v1/rules/exec', events: expect.stringContaining(`vio=${exec}`) },
    })
    expect(evidence).toMatchObject({
      data: [{ id: events[9] }, { id: events[4] }, { id: events[1] }],
      has_more: false,
      gaps: [],
    })
  })

  test('of what is new says since when that is known', async () => {
    await seedRule(api.store, ruleText('new', { condition: { firstSeen: ['actor'], within: '30d' } }))
    const event = events[2] ?? ''
    const id = await seedFinding(api.store, { rule: 'new', cluster: westUid, group: {}, events: [ofWest[8] ?? event] })
    await api.store.pool.query(
      `insert into rule_coverage (cluster_id, rule_id, version, day, evaluated, matched, insufficient, errors)
       select c.id, r.id, 1, date '2026-11-19' - date '1970-01-01', 1, 1, 0, 0 from cluster c, rule r
       where c.name = 'west' and r.name = 'new'`,
    )
    expect(await answer(`/v1/findings/${id}`)).toMatchObject({
      summary: 'something was found (nothing is known from before 2026-11-19)',
      known_from: '2026-11-19T00:00:00.000000Z',
    })
    await api.store.pool.query(`update finding set events = 0 where id = $1`, [uuidOf(id)])
  })

  test('has its events on pages, and as a list', async () => {
    interface Page {
      readonly links: { readonly events: string }
      readonly evidence: Findings
    }
    const first = await answer<Page>(`/v1/findings/${exec}?limit=2`)
    expect(first.evidence.data.map(({ id }) => id)).toEqual([events[9], events[4]])
    const rest = await answer<Page>(`/v1/findings/${exec}?cursor=${first.evidence.next_cursor}`)
    expect(rest.evidence).toMatchObject({ data: [{ id: events[1] }], has_more: false, next_cursor: null })
    const other = await api.get(`/v1/findings/${reads}?cursor=${first.evidence.next_cursor}`)
    expect(await problemOf(other)).toMatchObject({ status: 400, parameter: 'cursor' })
    const list = await pageOf(await api.get(first.links.events))
    expect(list.data.map(({ id }) => id)).toEqual([events[9], events[4], events[1]])
  })

  test.each(['fnd_', 'fnd_00000000000000000000000000', 'evt_0', 'x'.repeat(500), '%00', '%F0%9F%98%80'])(
    'of the id %s is none',
    async (id) => {
      expect(await problemOf(await api.get(`/v1/findings/${id}`))).toMatchObject({ status: 404 })
    },
  )
})

describe('events', () => {
  test('say which findings they are a part of', async () => {
    const page = await pageOf(await api.get('/v1/events?cluster=east&order=asc&include=findings&fields=id,findings'))
    const beside = page.data.map((event) => ('findings' in event ? event.findings : null))
    expect(beside).toEqual([[], [exec], [], [], [exec, reads].toSorted(), [], [], [], [], [exec]])
    expect(await answer(`/v1/events/${events[4]}`)).toMatchObject({ findings: [exec, reads].toSorted() })
    const history = await pageOf(await api.get('/v1/objects/east/apps/deployments/shop/checkout/history?limit=1'))
    expect(history.data).toMatchObject([{ id: events[9], findings: [exec] }])
  })

  test('are asked for by what was found, in every list', async () => {
    const ids = async (q: string): Promise<readonly string[]> =>
      (await pageOf(await api.get(`/v1/events?q=${encodeURIComponent(q)}`))).data.map(({ id }) => id)
    expect(await ids(`vio:${exec}`)).toEqual([events[9], events[4], events[1]])
    expect(await ids('severity:>=high cluster:east -rule:reads')).toEqual([events[9], events[1]])
    expect(await ids('control:pci:10.2.1.2 rule:reads')).toEqual([events[4]])
    const plain = await pageOf(await api.get('/v1/events?rule=reads&severity=low&cluster=east'))
    expect(plain.data.map(({ id }) => id)).toEqual([events[4]])
    expect(plain.meta).toMatchObject({ query: 'cluster:east rule:reads severity:low', rules: { complete: false } })
    expect(await answer('/v1/events/facets?q=rule:exec&fields=cluster')).toMatchObject({ requests: 4 })
    expect(await answer('/v1/queries/complete?q=rule:ex')).toMatchObject({ candidates: [{ text: 'exec' }] })
    expect(await answer('/v1/queries/complete?q=severity:')).toMatchObject({
      candidates: [{ text: 'info' }, {}, {}, {}, {}],
    })
    expect(await answer('/v1/queries/complete?q=control:p')).toMatchObject({ candidates: [{ text: 'pci:10.2.1.2' }] })
  })

  test('cannot be followed by what was found, which is said', async () => {
    for (const q of ['rule:exec', '-severity:high', 'ns:a OR vio:x', 'control:*'])
      expect(await problemOf(await api.get(`/v1/events/stream?q=${encodeURIComponent(q)}`))).toMatchObject({
        status: 422,
        code: 'unavailable',
      })
  })
})
