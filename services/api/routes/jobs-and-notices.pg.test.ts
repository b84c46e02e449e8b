// Dead jobs and notices, over HTTP.

import { randomUUID } from 'node:crypto'
import { addCluster } from '@plaintrail/store/clusters'
import { addNotice } from '@plaintrail/store/notices'
import { addOutbox, markDead } from '@plaintrail/store/outbox'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

interface ListPage {
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}

const resources = new AsyncDisposableStack()
const dead: string[] = []
let waiting = ''
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
})

beforeEach(async () => {
  await api.store.pool.query('truncate outbox, notice')
  dead.length = 0
  for (const reason of ['first', 'second', 'third']) {
    const id = await addJob()
    await markDead(api.store, id, { reason, attempts: 5, attemptsBefore: 0 })
    dead.unshift(id)
  }
  waiting = await addJob()
})

afterAll(() => resources.disposeAsync())

describe('GET /v1/jobs', () => {
  test('lists dead jobs, last died first, and no others', async () => {
    const page = await ask('/v1/jobs?state=dead')
    expect(page).toMatchObject({ has_more: false, next_cursor: null })
    expect(page.data.map(({ id }) => id)).toEqual(dead)
    expect(page.data[0]).toEqual({
      id: dead[0],
      kind: 'test',
      created_at: expect.stringMatching(/^20.*Z$/),
      dead_at: expect.stringMatching(/^20.*Z$/),
      attempts: 5,
      error: 'third',
    })
    expect(await ask('/v1/jobs')).toEqual(page)
  })

  test('goes on where the page before ended', async () => {
    const first = await ask('/v1/jobs?state=dead&limit=2')
    expect(first.has_more).toBe(true)
    const second = await ask(`/v1/jobs?cursor=${first.next_cursor}`)
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(dead)
    expect(second.has_more).toBe(false)
    expect((await problemOf(await api.get(`/v1/jobs?state=dead&cursor=${first.next_cursor}`))).code).toBe(
      'query_syntax',
    )
    expect((await problemOf(await api.get(`/v1/notices?cursor=${first.next_cursor}`))).code).toBe('query_syntax')
  })

  test('refuses a state that it does not know, and what is no parameter', async () => {
    expect(await problemOf(await api.get('/v1/jobs?state=alive'))).toMatchObject({ status: 400, parameter: 'state' })
    expect(await problemOf(await api.get('/v1/jobs?ns=shop'))).toMatchObject({ status: 400, parameter: 'ns' })
    expect((await api.get('/v1/jobs', { authorization: '' })).status).toBe(401)
  })
})

describe('POST /v1/jobs/{id}/retry', () => {
  test('has a dead job tried again', async () => {
    const [id = ''] = dead
    const response = await api.post(`/v1/jobs/${id}/retry`, '{}')
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({ id, state: 'waiting' })
    expect((await ask('/v1/jobs')).data.map((job) => job['id'])).toEqual(dead.slice(1))
    expect(await problemOf(await api.post(`/v1/jobs/${id}/retry`, ''))).toMatchObject({ status: 409, code: 'conflict' })
  })

  test('says when there is nothing to retry', async () => {
    expect((await api.post(`/v1/jobs/${waiting}/retry`, '')).status).toBe(409)
    for (const id of [randomUUID(), 'x', '%27'])
      expect((await problemOf(await api.post(`/v1/jobs/${id}/retry`, ''))).code).toBe('not_found')
    expect((await api.post(`/v1/jobs/${dead[0]}/retry`, '', { authorization: '' })).status).toBe(401)
  })
})

describe('GET /v1/notices', () => {
  test('lists what the system has to tell, newest first, by cluster and time, page by page', async () => {
    const { id: clusterId } = await addCluster(api.store, { name: 'east' })
    const ids: string[] = []
    for (const cluster of [null, clusterId, clusterId]) ids.unshift(await addOne(cluster))
    // The api's clock stands still, before these were written.
    const until = '&until=2100-01-01'
    const all = await ask(`/v1/notices?limit=9${until}`)
    expect(all.data.map(({ id }) => id)).toEqual(ids)
    expect(all.data[0]).toEqual({
      id: ids[0],
      time: expect.stringMatching(/^20.*Z$/),
      kind: 'test',
      cluster: 'east',
      detail: 'something happened',
    })
    expect(all.data[2]).toMatchObject({ cluster: null })
    expect((await ask(`/v1/notices?cluster=east${until}`)).data.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect((await ask(`/v1/notices?since=2099-01-01${until}`)).data).toEqual([])
    const first = await ask(`/v1/notices?limit=2${until}`)
    const second = await ask(`/v1/notices?cursor=${first.next_cursor}`)
    expect([...first.data, ...second.data]).toEqual(all.data)
    expect((await problemOf(await api.get('/v1/notices?verb=get'))).parameter).toBe('verb')
  })
})

/** The shape is what the tests look at. */
async function ask(path: string): Promise<ListPage> {
  const response = await api.get(path)
  expect(response.status, path).toBe(200)
  return (await response.json()) as ListPage
}

async function addJob(): Promise<string> {
  const id = randomUUID()
  await inOne((client) =>
    addOutbox(client, [{ id: Buffer.from(id.replaceAll('-', ''), 'hex'), kind: 'test', payload: null }]),
  )
  return id
}

async function addOne(clusterId: number | null): Promise<string> {
  const id = randomUUID()
  await inOne((client) => addNotice(client, { id, kind: 'test', clusterId, detail: 'something happened' }))
  return id
}

async function inOne(run: (client: Parameters<typeof addNotice>[0]) => Promise<unknown>): Promise<void> {
  const client = await api.store.pool.connect()
  try {
    await run(client)
  } finally {
    client.release()
  }
}
