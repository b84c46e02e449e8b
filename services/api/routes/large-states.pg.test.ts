// Large objects: a custom resource of 5 MB is told, compared and taken back within the time of a question.

import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { followAll } from '@plaintrail/store/history-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditItem, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi
const path = '/v1/objects/east/acme.io/widgets/shop/large'
/** Each of some 100 bytes. */
const items = 50_000

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  const memoryBounds = { waitMsMax: 100, waitingMax: 1, bytesMax: 1 }
  api = resources.use(await startTestApi(database.connection, { memoryBounds }))
  const { uid: cluster } = await addCluster(api.store, { name: 'east' })
  await storeDeliveries(api.store, [
    { cluster, items: [writeOf(101, 'create', 1), writeOf(102, 'update', 2)], receivedAtUs: nowUs },
  ])
  await followAll(api.store)
}, 120_000)

afterAll(() => resources.disposeAsync())

function writeOf(version: number, verb: string, size: number): string {
  const spec = Object.fromEntries(
    Array.from({ length: items }, (_, at) => [
      `field-${at}`,
      { note: 'x'.repeat(60), at, size: at % 5_000 === 0 ? size : 0 },
    ]),
  )
  return auditItem({
    level: 'RequestResponse',
    auditID: `large-${version}`,
    verb,
    objectRef: { resource: 'widgets', namespace: 'shop', name: 'large', apiGroup: 'acme.io', apiVersion: 'v1' },
    responseStatus: { code: verb === 'create' ? 201 : 200 },
    responseObject: {
      kind: 'Widget',
      apiVersion: 'acme.io/v1',
      metadata: {
        name: 'large',
        namespace: 'shop',
        uid: 'c2bb3c1e-0000-4000-8000-000000000001',
        resourceVersion: String(version),
      },
      spec,
    },
    requestReceivedTimestamp: `2026-11-20T11:00:00.${version}000Z`,
    stageTimestamp: `2026-11-20T11:00:00.${version}500Z`,
  })
}

async function textOf(route: string): Promise<string> {
  const response = await api.get(`${path}/${route}`)
  const text = await response.text()
  expect(response.status, text.slice(0, 500)).toBe(200)
  return text
}

test('a custom resource of 5 MB is told whole, and what differs in it alone', { timeout: 60_000 }, async () => {
  expect((await textOf('at')).length).toBeGreaterThan(5_000_000)
  const { manifest } = JSON.parse(await textOf('at')) as { readonly manifest: unknown }
  const yaml = await textOf('at?format=yaml')
  expect(JSON.parse(yaml.replaceAll(/^#.*\n/gm, ''))).toEqual(manifest)
  const diff = JSON.parse(await textOf('diff')) as { readonly changes_count: number; readonly is_cut: boolean }
  expect([diff.changes_count, diff.is_cut]).toEqual([items / 5_000, false])
  expect((await textOf('diff?format=diff')).match(/^\+ +size: 2$/gm)).toHaveLength(items / 5_000)
  const { data } = JSON.parse(await textOf('revisions')) as { readonly data: readonly { readonly event: string }[] }
  const undo = JSON.parse(await textOf(`undo?event=${data[0]?.event}`)) as { readonly changes: readonly unknown[] }
  expect(undo.changes).toHaveLength(items / 5_000)
})

test('who asks for more of them at once than there is memory for is told to wait', { timeout: 60_000 }, async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => api.get(`${path}/at`)))
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.length).toBeGreaterThan(0)
  expect(answers.length - refused.length).toBeGreaterThan(0)
  expect(await problemOf(refused[0] ?? new Response())).toMatchObject({ code: 'busy' })
})
