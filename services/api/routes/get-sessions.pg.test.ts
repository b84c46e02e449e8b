// Sessions over HTTP: what a page says, how it is filtered by state, and how its cursor carries that.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import type { Session } from '@plaintrail/store/session'
import type { Page } from '@plaintrail/query/page'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
const minuteUs = 60_000_000
let api: TestApi

const at = (minutesAgo: number): string =>
  new Date((nowUs - minutesAgo * minuteUs) / 1_000).toISOString().replace('Z', '000Z')

function exec(n: number, stage: string, command: string, endedMinutesAgo = n): string {
  return auditItem({
    auditID: `exec-${n}`,
    stage,
    verb: 'get',
    requestURI: `/api/v1/namespaces/pay/pods/db-0/exec?command=${command}&container=db`,
    objectRef: { resource: 'pods', namespace: 'pay', name: 'db-0', apiVersion: 'v1', subresource: 'exec' },
    responseStatus: { metadata: {}, code: 101 },
    requestReceivedTimestamp: at(n),
    stageTimestamp: at(endedMinutesAgo),
  })
}

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  const items = [
    ...[10, 20, 30].map((n) => exec(n, 'ResponseStarted', 'sh')),
    ...[11, 21, 31].flatMap((n) => [exec(n, 'ResponseStarted', 'ls'), exec(n, 'ResponseComplete', 'ls', n - 1)]),
  ]
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
})

afterAll(() => resources.disposeAsync())

async function ask(parameters: string): Promise<Page<Session>> {
  const response = await api.get(`/v1/sessions${parameters}`)
  if (response.status !== 200) throw new Error(await response.text())
  return (await response.json()) as Page<Session>
}

test('a page has the sessions of the window with their state, and the question as it was understood', async () => {
  const { data, has_more, meta } = await ask('?q=ns:pay&since=25m')
  expect(data.map(({ state, command, container, durationUs }) => [state, command, container, durationUs])).toEqual([
    ['open', 'sh', 'db', null],
    ['ended', 'ls', 'db', minuteUs],
    ['open', 'sh', 'db', null],
    ['ended', 'ls', 'db', minuteUs],
  ])
  expect(has_more).toBe(false)
  expect(meta).toMatchObject({
    query: 'ns:pay',
    order: 'desc',
    coverage: { complete: true },
    stats: { partial: false },
  })
})

test('a cursor carries the state that was asked for', async () => {
  const walked: Session[] = []
  let path = '?state=open&limit=1'
  for (;;) {
    const { data, next_cursor } = await ask(path)
    walked.push(...data)
    if (next_cursor === null) break
    path = `?cursor=${next_cursor}`
  }
  expect(walked.map(({ state, started }) => [state, started])).toEqual([10, 20, 30].map((n) => ['open', at(n)]))
  const beside = await api.get(`/v1/sessions${path}&state=open`)
  expect(await problemOf(beside)).toMatchObject({ status: 400, parameter: 'state' })
})

test('what makes no sense here is refused', async () => {
  for (const wrong of ['state=closed', 'include=raw', 'fields=id', 'q=nonsense:1', 'nonsense=1', 'cursor=c2.x.y'])
    expect(await problemOf(await api.get(`/v1/sessions?${wrong}`))).toMatchObject({ status: 400 })
})
