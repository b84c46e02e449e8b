// What a rule says of one event over HTTP: which clause decided on which value, and what is not known.

import { everything, nothing } from '@plaintrail/query/scope'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { findSubject } from '@plaintrail/store/find-subject'
import { ruleText, seedRule } from '@plaintrail/store/findings-for-tests'
import { attributeAll, followAll } from '@plaintrail/store/history-for-tests'
import { createSegmentItems } from '@plaintrail/store/segment-items'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowUs, pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
let bare: string
let whole: string

const where = 'object.spec.replicas == 0 && actor.name != "carol"'

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
  const { uid } = await addCluster(api.store, { name: 'east' })
  const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout' }, spec: { replicas: 0 } }
  const items = [
    auditItem({ auditID: 'bare' }),
    auditItem({ auditID: 'whole', level: 'RequestResponse', responseObject: body }),
  ]
  await storeDeliveries(api.store, [{ cluster: uid, items, receivedAtUs: nowUs }])
  const { data } = await pageOf(await api.get('/v1/events?since=1h&until=2100-01-01'))
  bare = data.find(({ audit }) => audit.id === 'bare')?.id ?? ''
  whole = data.find(({ audit }) => audit.id === 'whole')?.id ?? ''
  const exceptions = [{ name: 'robots', match: 'actor:sa:ci/*', reason: 'they may' }]
  await seedRule(api.store, ruleText('scaled', { match: 'verb:patch kind:deploy', where, exceptions }))
  await seedRule(api.store, ruleText('scaled', { match: 'verb:create' }))
  await seedRule(
    api.store,
    ruleText('initiated', { match: 'is:write', where: 'initiator.name == "alice@acme.example"' }),
  )
  await seedRule(api.store, ruleText('gap', { on: 'gap', match: undefined, where: 'gap.seconds > 60', groupBy: [] }))
})

afterAll(() => resources.disposeAsync())

async function explained(rule: string, event: string, more = ''): Promise<unknown> {
  const response = await api.get(`/v1/rules/${rule}/explain?event=${event}${more}`)
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return JSON.parse(text)
}

test('names the clause, the place and the value that decided, and every exception', async () => {
  const explanation = await explained('scaled', whole, '&version=1')
  expect(explanation).toMatchObject({
    rule: 'scaled',
    version: 1,
    hash: expect.stringMatching(/^[\da-f]{64}$/),
    event: whole,
    result: 'match',
    clauses: [
      { clause: 'match', result: 'true' },
      { clause: 'where', result: 'true', text: where, line: 4 },
      { clause: 'exception', name: 'robots', result: 'false', decisions: [{ pointer: '/actor/name' }] },
    ],
    missing: [],
  })
  expect(JSON.stringify(explanation)).toContain('"pointer":"/object/spec/replicas","value":0')
  expect(await explained('scaled', whole, '&version=1')).toEqual(explanation)
  expect(await explained('scaled', whole)).toMatchObject({ version: 2, result: 'no-match' })
})

test('says what was not recorded, and never takes it for an answer', async () => {
  expect(await explained('scaled', bare, '&version=1')).toMatchObject({
    result: 'insufficient',
    clauses: [{ result: 'true' }, { clause: 'where', result: 'unknown' }, { result: 'false' }],
    missing: [{ what: expect.stringContaining('/object'), because: expect.any(String) }],
  })
})

test('knows what was found out around the event, once it was', async () => {
  expect(await explained('initiated', bare)).toMatchObject({
    result: 'insufficient',
    missing: [{ because: 'it was not looked for yet' }],
  })
  await followAll(api.store)
  await attributeAll(api.store)
  expect(await explained('initiated', bare)).toMatchObject({ result: 'match' })
})

test.each([
  ['none/explain?event=evt_0', 404, 'not_found'],
  ['scaled/explain?event=evt_0', 404, 'not_found'],
  ['scaled/explain?event=', 404, 'not_found'],
  ['scaled/explain', 400, 'query_syntax'],
  [`scaled/explain?event=${'x'.repeat(65)}`, 400, 'query_syntax'],
  ['gap/explain?event=evt_0', 409, 'conflict'],
])('%s is answered with %s', async (path, status, code) => {
  expect(await problemOf(await api.get(`/v1/rules/${path}`))).toMatchObject({ status, code })
})

test('of an event whose bytes are gone, or of a cluster that is not to be seen, there is nothing to judge', async () => {
  const { store } = api
  const asked = { parts: new Set<never>(), items: createSegmentItems(store) }
  expect(await findSubject(store, nothing, whole, asked)).toEqual({ kind: 'none' })
  await store.pool.query('delete from segment')
  expect(await findSubject(store, everything, whole, asked)).toEqual({ kind: 'gone' })
})
