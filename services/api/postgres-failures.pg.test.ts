// What the api says when Postgres fails, is slow or gone: enough to act on, and nothing of what Postgres said.

import { setTimeout as sleep } from 'node:timers/promises'
import { formatEventId } from '@plaintrail/event/identity'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { nowUs, problemOf, startTestApi, type TestApi } from './api-for-tests.ts'

async function start(stack: AsyncDisposableStack, questionMsMax?: number): Promise<TestApi> {
  const database = stack.use(await createTestDatabase())
  return stack.use(await startTestApi(database.connection, questionMsMax === undefined ? {} : { questionMsMax }))
}

/** While it is held, a question that names a cluster waits. Gives the way to let go. */
async function lockClusters(api: TestApi): Promise<() => Promise<void>> {
  const client = await api.store.pool.connect()
  await client.query('begin')
  await client.query('lock table cluster in access exclusive mode')
  return async () => {
    await client.query('rollback')
    client.release()
  }
}

const askWaiting = '/v1/events?cluster=east'

/** The backends that wait for a lock in this database. */
async function waiting(api: TestApi): Promise<readonly number[]> {
  const { rows } = await api.store.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.map(({ pid }) => pid)
}

async function until<T>(ask: () => Promise<T>, isEnough: (found: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 10_000; ; await sleep(10)) {
    const found = await ask()
    if (isEnough(found)) return found
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(found)}`)
  }
}

test('without Postgres every question is told to come again, and not why', async () => {
  await using stack = new AsyncDisposableStack()
  const api = await start(stack)
  await api.get('/v1/version')
  await api.store.pool.end()
  const event = `/v1/events/${formatEventId(nowUs, Buffer.alloc(16))}`
  for (const path of ['/v1/events', event, `${event}/raw`, '/v1/clusters', '/v1/quarantine']) {
    const response = await api.get(path)
    expect(response.status, path).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    const problem = await problemOf(response)
    expect(problem).toMatchObject({ code: 'dependency_unavailable', hint: expect.stringContaining('/readyz') })
    expect(JSON.stringify(problem)).not.toMatch(/pool|end on/)
  }
  const unknown = await api.get('/v1/clusters', { authorization: 'Bearer ptr_neverseen' })
  expect(unknown.status).toBe(503)
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200)
})

test('a question whose connection breaks is told to come again', async () => {
  await using stack = new AsyncDisposableStack()
  const api = await start(stack)
  const release = await lockClusters(api)
  const answer = api.get(askWaiting)
  const [pid] = await until(
    () => waiting(api),
    (pids) => pids.length > 0,
  )
  await api.store.pool.query('select pg_terminate_backend($1)', [pid])
  const response = await answer
  await release()
  expect(response.status).toBe(503)
  expect(await response.text()).not.toContain('terminating')
  expect((await api.get(askWaiting)).status).toBe(200)
})

test('a fault of ours is 500 with nothing of what Postgres said, and the log has it under the request id', async () => {
  await using stack = new AsyncDisposableStack()
  const api = await start(stack)
  await api.store.pool.query('alter table seal rename to secret_table')
  const response = await api.get('/v1/clusters', { 'x-request-id': 'find-me' })
  expect(response.status).toBe(500)
  const problem = await problemOf(response)
  expect(problem).toMatchObject({ code: 'internal', request_id: 'find-me', hint: expect.stringContaining('log') })
  expect(JSON.stringify(problem)).not.toMatch(/seal|relation|select|42P01/)
  expect(api.log()).toMatch(/"request_id":"find-me".*could not answer a request/)
  expect(api.log()).toContain('42P01')
})

test('a question that takes too long is given up, and the answer says to narrow the window', async () => {
  await using stack = new AsyncDisposableStack()
  const api = await start(stack, 50)
  const release = await lockClusters(api)
  const response = await api.get(askWaiting)
  await release()
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await problemOf(response)).toMatchObject({
    code: 'dependency_unavailable',
    hint: expect.stringContaining('Narrow the window'),
  })
})

test('a question whose client has gone is given up, counted as 499 and logged as no fault', async () => {
  await using stack = new AsyncDisposableStack()
  const api = await start(stack)
  const release = await lockClusters(api)
  const client = new AbortController()
  const answer = fetch(api.url + askWaiting, {
    headers: { authorization: `Bearer ${api.token}` },
    signal: client.signal,
  }).catch(() => 'gone')
  await until(
    () => waiting(api),
    (pids) => pids.length > 0,
  )
  client.abort()
  expect(await answer).toBe('gone')
  await until(
    async () => await (await fetch(`${api.url}/metrics`)).text(),
    (text) => /route="\/v1\/events",method="GET",code="499"\} 1/.test(text),
  )
  await release()
  expect((await api.get(askWaiting)).status).toBe(200)
  expect(api.log()).toBe('')
})
