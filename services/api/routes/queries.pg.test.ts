// Help for who writes a query: what it will ask, and what may stand where somebody is typing.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditItem, nowText, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  const users = ['alice@acme.example', 'system:serviceaccount:ci:deployer', 'dave smith']
  const items = users.map((username) => auditItem({ user: { username } }))
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
})

afterAll(() => resources.disposeAsync())

async function answer(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await api.get(`${path}?${new URLSearchParams(parameters).toString()}`)
  expect(response.status).toBe(200)
  return await response.json()
}

describe('explain', () => {
  test('says what a query will ask, in which window, and what it costs', async () => {
    const explained = await answer('/v1/queries/explain', { q: 'by:alice -verb:get,list', ns: 'prod', since: '3d' })
    expect(explained).toEqual({
      query: 'actor:alice -verb:get,list ns:prod',
      window: { since: '2026-11-17T12:00:00.000000Z', until: nowText },
      asked: {
        sentence: 'all of these hold',
        parts: [
          { sentence: 'the actor is alice', parts: [] },
          { sentence: expect.stringContaining('get or list'), parts: [] },
          { sentence: 'the namespace is prod', parts: [] },
        ],
      },
      hints: [],
      cost: { reads: 'what it names', days: 3 },
    })
  })

  test('says that what names nothing reads the whole window', async () => {
    expect(await answer('/v1/queries/explain', { q: 'is:write' })).toMatchObject({
      hints: [expect.stringContaining('reads the whole window')],
      cost: { reads: 'the whole window', days: 1 },
    })
  })

  test('points at what it cannot read, and mends it', async () => {
    const response = await api.get('/v1/queries/explain?q=actor:alice+namspace:prod')
    expect(response.status).toBe(400)
    expect(await problemOf(response)).toMatchObject({
      code: 'query_syntax',
      parameter: 'q',
      pointer: { start: 12, end: 20 },
      suggestion: 'actor:alice ns:prod',
      docs: '/v1/reference#problem-query-syntax',
    })
  })

  test('is 422 for what is well said and not there yet', async () => {
    for (const query of ['q=label:team=payments', 'label=team']) {
      const response = await api.get(`/v1/queries/explain?${query}`)
      expect(response.status).toBe(422)
      expect(await problemOf(response)).toMatchObject({ code: 'unavailable' })
    }
  })
})

describe('complete', () => {
  const texts = async (q: string, pos?: number): Promise<readonly string[]> => {
    const completed = await answer('/v1/queries/complete', { q, ...(pos === undefined ? {} : { pos: String(pos) }) })
    return (completed as { candidates: { text: string }[] }).candidates.map(({ text }) => text)
  }

  test('offers words of the language, and names that were seen', async () => {
    expect(await texts('outc')).toContain('outcome:')
    expect(await texts('cluster:')).toEqual(['east'])
    expect(await texts('actor:al')).toEqual(['alice@acme.example'])
    expect(await texts('ns:sh verb:get', 5)).toEqual(['shop'])
    expect(await texts('verb:pa')).toEqual(expect.arrayContaining(['patch']))
  })

  test('says where the candidate goes, written so that it can be read again', async () => {
    expect(await answer('/v1/queries/complete', { q: 'actor:dave' })).toEqual({
      span: { start: 6, end: 10 },
      candidates: [{ text: '"dave smith"', description: '' }],
    })
    expect(await texts('actor:sa:ci/')).toEqual(['sa:ci/deployer'])
    expect(await texts('actor:system:')).toEqual(['system:serviceaccount:ci:deployer'])
  })

  test('is told where the cursor stands by a whole number', async () => {
    const response = await api.get('/v1/queries/complete?q=a&pos=-1')
    expect(await problemOf(response)).toMatchObject({ status: 400, parameter: 'pos' })
  })
})
