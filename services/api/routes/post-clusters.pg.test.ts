// Adding clusters over HTTP, and what is told of them after.

import { X509Certificate } from 'node:crypto'
import { addCluster } from '@plaintrail/store/clusters'
import { listIngestCredentials } from '@plaintrail/store/credentials'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { tokenDigest } from '@plaintrail/store/tokens'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { auditItem, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

interface AddedCluster {
  readonly ingest: { readonly url: string; readonly token: string | null }
  readonly kubeconfig: string
}

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ]
  readonly users: readonly [{ readonly user: Readonly<Partial<Record<string, string>>> }]
}

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
})

afterAll(() => resources.disposeAsync())

/** The shape is what the first test looks at. */
async function add(body: object): Promise<AddedCluster> {
  const response = await api.post('/v1/clusters', JSON.stringify(body))
  expect(response.status).toBe(201)
  return (await response.json()) as AddedCluster
}

/** The kubeconfig that we write has this outline (connect/kubeconfig.test.ts). */
const readKubeconfig = (text: string): Kubeconfig => parse(text) as Kubeconfig

const refuse = async (body: string, headers = {}) => {
  const response = await api.post('/v1/clusters', body, headers)
  const problem = await problemOf(response)
  expect(problem.status).toBe(response.status)
  return problem
}

describe('a new cluster', () => {
  test('comes with all that connects it', async () => {
    const added = await add({ name: 'prod-eu' })
    expect(added).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'prod-eu',
      ingest: {
        url: 'https://127.0.0.1:7718/v1/ingest/k8s/prod-eu',
        token: expect.stringMatching(/^pti_[A-Za-z0-9]{43}$/),
      },
      kubeconfig: expect.any(String),
      audit_policy: expect.stringContaining('kind: Policy'),
      flags: {
        kind: expect.any(String),
        kubeadm: expect.any(String),
        k3s: expect.any(String),
        rke2: expect.any(String),
      },
      warnings: [expect.stringContaining('PLAINTRAIL_INGEST_URL')],
    })
    const { clusters, users } = readKubeconfig(added.kubeconfig)
    expect(clusters[0].cluster.server).toBe(added.ingest.url)
    expect(users[0].user['token']).toBe(added.ingest.token)
    expect(new X509Certificate(Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64')).ca).toBe(true)
  })

  test('has a token that lets its events in and is readable nowhere after', async () => {
    const { ingest } = await add({ name: 'once' })
    const token = ingest.token ?? ''
    const known = await listIngestCredentials(api.store)
    expect(known.find(({ clusterName }) => clusterName === 'once')).toMatchObject({
      kind: 'token',
      digest: tokenDigest(token),
    })
    expect(await (await api.get('/v1/clusters')).text()).not.toContain(token)
    for (const table of ['ingest_credential', 'cluster']) {
      const { rows } = await api.store.pool.query<{ text: string }>(`select t::text as text from ${table} t`)
      expect(rows.length).toBeGreaterThan(0)
      expect(JSON.stringify(rows)).not.toContain(token)
    }
    expect(api.log()).not.toContain(token)
    expect((await api.get('/v1/events', { authorization: `Bearer ${token}` })).status).toBe(403)
  })

  test('may show a client certificate in place of a token', async () => {
    const { ingest, kubeconfig } = await add({ name: 'by-certificate', credential: 'certificate' })
    expect(ingest.token).toBeNull()
    const { users, clusters } = readKubeconfig(kubeconfig)
    const { token, 'client-certificate-data': data = '', 'client-key-data': key } = users[0].user
    expect([token, key]).toEqual([undefined, expect.any(String)])
    const certificate = new X509Certificate(Buffer.from(data, 'base64'))
    const authority = new X509Certificate(Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64'))
    expect(certificate.subject).toContain('cluster:by-certificate')
    expect(certificate.verify(authority.publicKey)).toBe(true)
    const known = (await listIngestCredentials(api.store)).find(({ clusterName }) => clusterName === 'by-certificate')
    expect(known?.digest.toString('hex')).toBe(certificate.fingerprint256.replaceAll(':', '').toLowerCase())
  })

  test('is 409 where there is one of its name, which keeps its credential', async () => {
    await add({ name: 'twice' })
    const problem = await refuse('{"name":"twice"}')
    expect(problem).toMatchObject({ status: 409, code: 'conflict', detail: expect.stringContaining('twice') })
    const known = await listIngestCredentials(api.store)
    expect(known.filter(({ clusterName }) => clusterName === 'twice')).toHaveLength(1)
  })

  test('is 422 with a pointer to what is wrong', async () => {
    for (const name of ['Prod', '', '-a', 'a/b', 'a'.repeat(64), 7, null])
      expect(await refuse(JSON.stringify({ name }))).toMatchObject({
        status: 422,
        code: 'unprocessable',
        errors: [{ pointer: '/name' }],
      })
    expect((await refuse('{}')).errors).toEqual([{ pointer: '/name', detail: 'it is missing' }])
    expect((await refuse('[1]')).errors).toEqual([{ pointer: '', detail: 'it is no object' }])
    expect((await refuse('{"name":"ok","credential":"password"}')).errors).toMatchObject([{ pointer: '/credential' }])
    expect((await refuse('{"name":"ok","colour":"red"}')).errors).toMatchObject([{ pointer: '/colour' }])
  })

  test('is 400 where the body is no JSON, and 413 where it is too long', async () => {
    for (const body of ['{"name":', '"text"', 'name=prod'])
      expect(await refuse(body)).toMatchObject({ status: 400, code: 'bad_request' })
    expect(await refuse('{"name":"x"}', { 'content-type': 'text/plain' })).toMatchObject({
      status: 400,
      hint: expect.stringContaining('Content-Type'),
    })
    expect(await refuse('{"name":"x"}', { 'content-type': 'application/json; charset=latin1' })).toMatchObject({
      code: 'bad_request',
    })
    expect((await refuse('{"name":"x"}', { 'content-encoding': 'gzip' })).code).toBe('bad_request')
    const long = JSON.stringify({ name: 'x'.repeat(1_100_000) })
    expect(await refuse(long)).toMatchObject({ status: 413, code: 'payload_too_large' })
  })

  test('is not added where API servers could not use the URL of ingest', async () => {
    await using stack = new AsyncDisposableStack()
    const database = stack.use(await createTestDatabase())
    const ingestUrl = new URL('http://10.0.0.5:7718')
    const other = stack.use(await startTestApi(database.connection, { ingestUrl }))
    const response = await other.post('/v1/clusters', '{"name":"prod"}')
    expect(response.status).toBe(422)
    expect(await problemOf(response)).toMatchObject({ code: 'unprocessable', hint: expect.stringContaining('https') })
    expect(await (await other.get('/v1/clusters')).json()).toMatchObject({ data: [] })
  })
})

test('the list of clusters says when each was last heard of, and how much it has sent', async () => {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const own = stack.use(await startTestApi(database.connection))
  const { uid } = await addCluster(own.store, { name: 'west' })
  expect((await own.post('/v1/clusters', '{"name":"east"}')).status).toBe(201)
  await storeDeliveries(own.store, [{ cluster: uid, items: [auditItem({})], receivedAtUs: nowUs }])
  expect(await (await own.get('/v1/clusters')).json()).toEqual({
    data: [
      {
        id: expect.any(String),
        name: 'east',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        last_event_at: null,
        events: 0,
        credentials: 1,
      },
      {
        id: uid,
        name: 'west',
        created_at: expect.any(String),
        last_event_at: '2026-11-20T12:00:00.000000Z',
        events: 1,
        credentials: 0,
      },
    ],
    has_more: false,
    next_cursor: null,
  })
})
