// Actors over HTTP: pages, one actor by id and by name, and what is new of it.

import type { Page } from '@plaintrail/query/page'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import type { FoundActor } from '@plaintrail/store/find-actors'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

const at = (hoursAgo: number): string =>
  new Date(nowUs / 1_000 - hoursAgo * 3_600_000).toISOString().replace('Z', '000Z')

const names = ['alice@acme.example', 'system:serviceaccount:ci:deployer', 'bob@acme.example', 'CORP\\carol/dev']

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  const items = names.map((username, n) =>
    auditItem({ auditID: `now-${n}`, user: { username }, requestReceivedTimestamp: at(n + 1) }),
  )
  const before = auditItem({
    auditID: 'before',
    userAgent: 'helm/v3',
    user: { username: names[0] },
    requestReceivedTimestamp: at(50),
  })
  await storeDeliveries(api.store, [{ cluster: uid, items: [...items, before], receivedAtUs: nowUs }])
})

afterAll(() => resources.disposeAsync())

async function ask<T>(path: string): Promise<T> {
  const response = await api.get(path)
  if (response.status !== 200) throw new Error(await response.text())
  return (await response.json()) as T
}

test('pages have the actors of the window, of one type where that is asked', async () => {
  const walked: string[] = []
  let path = '/v1/actors?type=human&limit=1'
  for (;;) {
    const { data, next_cursor, meta } = await ask<Page<FoundActor>>(path)
    expect(meta.query).toBe('is:human')
    walked.push(...data.map(({ name }) => name))
    if (next_cursor === null) break
    path = `/v1/actors?cursor=${next_cursor}`
  }
  expect(walked).toEqual(names.filter((name) => !name.startsWith('system:')))
})

test('one actor is answered by its id and by its name, whatever stands in it', async () => {
  const { data } = await ask<Page<FoundActor>>('/v1/actors')
  expect(data.map(({ name }) => name)).toEqual(names)
  for (const actor of data)
    for (const text of [actor.id, encodeURIComponent(actor.name)]) {
      const answer = await ask<{ data: FoundActor; meta: object }>(`/v1/actors/${text}`)
      expect(answer.data).toEqual(actor)
      expect(answer.meta).toMatchObject({ stats: { partial: false } })
    }
  expect(data[0]).toMatchObject({ requests: 1, first_seen: at(50), last_seen: at(1) })
})

test('what is new of an actor is what it never did before the window', async () => {
  const firsts = async (since: string): Promise<readonly string[]> => {
    const { data } = await ask<{ data: { what: string; value: string }[] }>(
      `/v1/actors/${names[0]}/firsts?since=${since}`,
    )
    return data.map(({ what, value }) => `${what} ${value}`).toSorted()
  }
  expect(await firsts('24h')).toEqual(['client kubectl'])
  const all = ['client helm', 'cluster east', 'ip 10.0.3.7', 'kind deployments.apps', 'namespace shop']
  expect(await firsts('60h')).toEqual([...all, 'client kubectl'].toSorted())
})

test('what an actor did is told in stretches, whose links lead to their events, and whose pages to the rest', async () => {
  interface Stretch {
    readonly requests: number
    readonly started: string
    readonly links: { readonly events: string }
  }
  const page = await ask<Page<Stretch>>(`/v1/actors/${names[0]}/activity?since=60h&limit=1`)
  expect(page.data).toMatchObject([{ requests: 1, started: at(1), actor: { name: names[0] }, ip: '10.0.3.7' }])
  const next = await ask<Page<Stretch>>(`/v1/actors/${names[0]}/activity?cursor=${page.next_cursor}`)
  expect(next).toMatchObject({ data: [{ requests: 1, started: at(50) }], has_more: false })
  for (const { requests, links } of [...page.data, ...next.data])
    expect((await ask<Page<object>>(links.events)).data).toHaveLength(requests)
  const carol = await ask<Page<Stretch>>(`/v1/actors/${encodeURIComponent(names[3] ?? '')}/activity`)
  expect((await ask<Page<object>>(carol.data[0]?.links.events ?? '')).data).toHaveLength(1)
  const other = await api.get(`/v1/actors/${names[2]}/activity?cursor=${page.next_cursor}`)
  expect(await problemOf(other)).toMatchObject({ status: 400 })
})

test('what is not there is 404, and what makes no sense 400', async () => {
  for (const id of ['nobody', 'act_00000000000000000000000000000000', 'a'.repeat(600), '%00'])
    for (const rest of ['', '/firsts', '/activity'])
      expect(await problemOf(await api.get(`/v1/actors/${id}${rest}`))).toMatchObject({ status: 404 })
  for (const wrong of [
    '?type=alien',
    '?order=asc',
    '?include=raw',
    '/x?limit=1',
    '/x/activity?order=asc',
    '/x/activity?include=raw',
    '/x/firsts?q=is:human',
    '?nonsense=1',
  ])
    expect(await problemOf(await api.get(`/v1/actors${wrong}`))).toMatchObject({ status: 400 })
})
