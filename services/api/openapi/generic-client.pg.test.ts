// A client that others wrote and that knows nothing of Plaintrail, made from the document as it is served.

import axios from 'axios'
import { OpenAPIClientAxios, type Document } from 'openapi-client-axios'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSeededApi, type SeededApi } from '../seeded-api-for-tests.ts'

const resources = new AsyncDisposableStack()
let seeded: SeededApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  const { lists } = corpusOf(corpusVersions().at(-1) ?? '')
  seeded = resources.use(await startSeededApi(database.connection, lists))
})

afterAll(() => resources.disposeAsync())

test('a generic client asks, pages, adds a cluster and is told of mistakes', async () => {
  const { api, ids } = seeded
  const { data: definition } = await axios.get<Document>(`${api.url}/v1/openapi.json`)
  const client = await new OpenAPIClientAxios({
    definition,
    withServer: { url: api.url },
    axiosConfigDefaults: {
      headers: { authorization: `Bearer ${api.token}` },
      paramsSerializer: { indexes: null },
      validateStatus: () => true,
    },
  }).init()
  const ask = async (name: string, parameters: Record<string, string | number | string[]> = {}, body?: unknown) => {
    const call = client[name]
    if (typeof call !== 'function') throw new Error(`the document has no operation ${name}`)
    return await call.call(client, parameters, body)
  }

  const first = await ask('getEvents', {
    verb: ['create', 'update'],
    since: '2014-01-01',
    until: '2100-01-01',
    limit: 2,
  })
  expect(first).toMatchObject({ status: 200, data: { data: [{}, {}], has_more: true } })
  expect(new URL(first.request.res.responseUrl).search).toContain('verb=')
  for (const { verb } of first.data.data) expect(['create', 'update']).toContain(verb)
  const second = await ask('getEvents', { cursor: first.data.next_cursor })
  expect(second.data.data).toHaveLength(2)
  expect(second.data.data[0].id).not.toBe(first.data.data[0].id)

  expect((await ask('getEvent', { id: ids.event })).data).toMatchObject({ id: ids.event, cluster: 'east' })
  expect((await ask('postEventsSearch', {}, { q: 'verb:patch', since: '1h' })).data.meta.query).toBe('verb:patch')
  expect((await ask('postClusters', {}, { name: 'by-client' })).status).toBe(201)
  expect((await ask('getCluster', { id: 'by-client' })).data).toMatchObject({ name: 'by-client', events: 0 })
  expect(await ask('getEvents', { order: 'sideways' })).toMatchObject({ status: 400, data: { parameter: 'order' } })
  expect(await ask('getCluster', { id: 'nobody' })).toMatchObject({ status: 404, data: { code: 'not_found' } })
})
