// Where events do not show an object: who, what and when all the same, why no more, and what would give it.

import { followAll } from '@plaintrail/store/history-for-tests'
import { addCluster } from '@plaintrail/store/clusters'
import { recordGap } from '@plaintrail/store/gaps'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
const nowUs = Date.UTC(2026, 10, 28) * 1_000
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection, { nowUs: () => nowUs }))
})

afterAll(() => resources.disposeAsync())

type Answer = Readonly<Record<string, unknown>> & {
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly next_cursor: string | null
  readonly state: Readonly<Record<string, unknown>>
  readonly meta: { readonly history: Readonly<Record<string, unknown>>; readonly why_not: WhyNot | null }
  readonly why_not: WhyNot | null
}

interface WhyNot {
  readonly says: string
  readonly policy: string | null
}

async function ask(path: string): Promise<Answer> {
  const response = await api.get(path)
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

async function store(name: string, items: readonly object[]): Promise<void> {
  const { uid: cluster } = await addCluster(api.store, { name })
  await storeDeliveries(api.store, [
    { cluster, items: items.map((item) => JSON.stringify(item)), receivedAtUs: nowUs - 1_000_000 },
  ])
}

interface Item {
  readonly [key: string]: unknown
  readonly level?: string
}

/** As the API server would have posted the week at level Metadata. */
function atMetadata(): readonly Item[] {
  const { lists } = corpusOf(corpusVersions().at(-1) ?? '')
  const items = lists.flatMap((list) => (JSON.parse(list) as { items: readonly Item[] }).items)
  return items.map(({ requestObject: _request, responseObject: _response, ...item }) => ({
    ...item,
    level: 'Metadata',
  }))
}

const rule = (group: string, resource: string, namespace: string): readonly object[] => [
  {
    level: 'RequestResponse',
    verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    resources: [{ group, resources: [resource, `${resource}/*`] }],
    namespaces: [namespace],
  },
]

test('at level Metadata every route says who, what and when, and why no more', { timeout: 120_000 }, async () => {
  await store('metadata', atMetadata())
  await followAll(api.store)
  const path = '/v1/objects/metadata/apps/deployments/shop/web'
  const { data, meta } = await ask(`${path}/revisions`)
  expect(data.length).toBeGreaterThan(5)
  expect(data.every(({ fidelity, actor, verb }) => fidelity === 'metadata-only' && actor !== null && verb !== '')).toBe(
    true,
  )
  const times = data.map(({ time }) => String(time))
  expect(times).toEqual(times.toSorted().toReversed())
  const walked: unknown[] = []
  for (
    let page = await ask(`${path}/revisions?limit=4`);
    ;
    page = await ask(`${path}/revisions?cursor=${page.next_cursor}`)
  ) {
    walked.push(...page.data.map(({ event }) => event))
    if (page.next_cursor === null) break
  }
  expect(walked).toEqual(data.map(({ event }) => event))
  const ended = await ask('/v1/objects/metadata/apps/deployments/shop/api/revisions')
  expect(ended.meta.why_not?.policy).not.toBeNull()
  const order = ended.data.map(({ time }) => String(time))
  expect(order).toEqual(order.toSorted().toReversed())
  // A dry run that no body says to be one: what was written afterwards shows that it is there.
  expect((await ask('/v1/objects/metadata/apps/deployments/shop/api/at')).state).toMatchObject({ presence: 'present' })
  const at = await ask(`${path}/at`)
  const diff = await ask(`${path}/diff`)
  const undo = await ask(`${path}/undo?event=${String(data[0]?.['event'])}`)
  for (const whyNot of [meta.why_not, at.why_not, diff.why_not, undo.why_not]) {
    expect(whyNot?.says).toContain('audit policy')
    expect(parse(whyNot?.policy ?? '')).toEqual(rule('apps', 'deployments', 'shop'))
  }
  expect(at.state).toMatchObject({
    presence: 'present',
    fidelity: 'metadata-only',
    revision: { event: data[0]?.['event'] },
  })
  expect([at['manifest'], diff['changes'], undo['commands']]).toEqual([null, [], []])
  const text = await (await api.get(`${path}/diff?format=diff`)).text()
  expect(text).toMatch(/^# [^\n]* its state is not known/)
  expect(text).toMatch(/^# [^\n]*audit policy/m)
  expect(await (await api.get(`${path}/at?format=yaml`)).text()).toContain('# - level: RequestResponse')
})

const secret = (version: number, verb: string, value: string, more: object = {}): Item => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'RequestResponse',
  auditID: `8f0c3e1a-0000-4000-8000-000000000${version}`,
  stage: 'ResponseComplete',
  verb,
  requestURI: '/api/v1/namespaces/prod/secrets/db',
  user: { username: 'alice' },
  userAgent: 'kubectl/v1.33.3',
  objectRef: { resource: 'secrets', namespace: 'prod', name: 'db', apiVersion: 'v1' },
  responseStatus: { code: verb === 'create' ? 201 : 200 },
  responseObject: {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: {
      name: 'db',
      namespace: 'prod',
      uid: '5f8d3c1e-0000-4000-8000-000000000001',
      resourceVersion: String(version),
    },
    data: { password: value, [`k${version}`]: 'c2FtZQ==' },
  },
  requestReceivedTimestamp: `2026-11-27T00:00:00.000${version}Z`,
  stageTimestamp: `2026-11-27T00:00:00.001${version}Z`,
  ...more,
})

test('no value of a Secret is in any answer, whatever is asked', async () => {
  await store('secrets', [secret(101, 'create', 'b2xkc2VjcmV0'), secret(102, 'update', 'bmV3c2VjcmV0')])
  await followAll(api.store)
  const path = '/v1/objects/secrets/core/secrets/prod/db'
  const { data } = await ask(`${path}/revisions`)
  const event = String(data[0]?.['event'])
  const asked = [
    'revisions',
    'history',
    'at',
    'at?format=yaml',
    'diff',
    'diff?format=diff',
    'diff?from=rv:100&noise=true',
    `undo?event=${event}`,
  ]
  for (const one of asked) {
    const text = await (await api.get(`${path}/${one}`)).text()
    expect(text, one).not.toMatch(/b2xkc2VjcmV0|bmV3c2VjcmV0|c2FtZQ/)
    expect(text.length, one).toBeGreaterThan(100)
  }
  const { changes } = (await ask(`${path}/diff`)) as unknown as {
    changes: readonly { path: string; secret: boolean }[]
  }
  expect(changes.map(({ path: where, secret: isSecret }) => [where, isSecret])).toEqual([
    ['data.k101', true],
    ['data.k102', true],
    ['data.password', true],
  ])
  const undo = await ask(`${path}/undo?event=${event}`)
  expect(undo['refused']).toContainEqual({ path: 'data.password', says: expect.stringContaining('secret') })
})

const written = (version: number, kind: string, object: object, more: object = {}): Item => {
  const resource = `${kind.toLowerCase()}s`
  const [apiGroup, namespace] = kind === 'Deployment' ? ['apps', 'prod'] : ['certificates.k8s.io', undefined]
  const uid = '5f8d3c1e-0000-4000-8000-000000000007'
  return secret(version, 'update', '', {
    requestURI: `/apis/${apiGroup}/v1/${resource}/api`,
    objectRef: { resource, apiGroup, apiVersion: 'v1', namespace, name: 'api' },
    responseObject: {
      kind,
      apiVersion: `${apiGroup}/v1`,
      metadata: { name: 'api', namespace, uid, resourceVersion: String(version) },
      ...object,
    },
    ...more,
  })
}

test('an undo is doubted where a write was missed: of status only where people decide it', async () => {
  const based = { requestObject: { metadata: { resourceVersion: '402' } } }
  const approval = {
    resource: 'certificatesigningrequests',
    apiGroup: 'certificates.k8s.io',
    apiVersion: 'v1',
    name: 'api',
    subresource: 'approval',
  }
  const paths = {
    status: '/v1/objects/status/apps/deployments/prod/api',
    spec: '/v1/objects/spec/apps/deployments/prod/api',
    decided: '/v1/objects/decided/certificates.k8s.io/certificatesigningrequests/_/api',
  }
  const created = { verb: 'create', responseStatus: { code: 201 } }
  await store('status', [
    written(401, 'Deployment', { spec: { replicas: 1 }, status: { readyReplicas: 0 } }, created),
    written(403, 'Deployment', { spec: { replicas: 2 }, status: { readyReplicas: 1 } }, based),
  ])
  await store('spec', [
    written(401, 'Deployment', { spec: { replicas: 1 } }, created),
    written(403, 'Deployment', { spec: { replicas: 2 } }, based),
  ])
  await store('decided', [
    written(401, 'CertificateSigningRequest', { spec: { username: 'bob' }, status: {} }, created),
    written(
      403,
      'CertificateSigningRequest',
      { spec: { username: 'bob' }, status: { conditions: [{ type: 'Approved', status: 'True' }] } },
      {
        ...based,
        objectRef: approval,
        requestURI: '/apis/certificates.k8s.io/v1/certificatesigningrequests/api/approval',
      },
    ),
  ])
  await followAll(api.store)
  const told = async (path: string): Promise<readonly unknown[]> => {
    const { data } = await ask(`${path}/revisions?all=true`)
    const undo = await ask(`${path}/undo?event=${String(data[0]?.['event'])}`)
    return [data[0]?.['adjacency'], (undo['doubts'] as readonly string[]).length > 0]
  }
  expect(await told(paths.status)).toEqual(['but-status', false])
  expect(await told(paths.spec)).toEqual(['broken', true])
  expect(await told(paths.decided)).toEqual(['but-status', true])
})

test('a state is doubted where events are known to be missing since, and none is told of what has not been yet', async () => {
  const { uid } = await addCluster(api.store, { name: 'gaps' })
  const items = [secret(601, 'create', 'YQ=='), secret(602, 'update', 'Yg==')]
  await storeDeliveries(api.store, [
    { cluster: uid, items: items.map((item) => JSON.stringify(item)), receivedAtUs: nowUs - 1_000_000 },
  ])
  await followAll(api.store)
  const path = '/v1/objects/gaps/core/secrets/prod/db'
  expect((await ask(`${path}/at`)).state).toMatchObject({ presence: 'present', or_unseen: false })
  const [fromUs, toUs] = [nowUs - 7_200_000_000, nowUs - 3_600_000_000]
  await recordGap(api.store, {
    clusterUid: uid,
    cause: 'body_too_large',
    detail: 'A post was too large.',
    fromUs,
    toUs,
  })
  expect((await ask(`${path}/at`)).state).toMatchObject({
    or_unseen: true,
    says: expect.stringContaining('events of this cluster are known to be missing'),
  })
  for (const before of ['3h', 'rv:602']) {
    expect((await ask(`${path}/at?time=${before}`)).state, before).toMatchObject({ or_unseen: false })
  }
  const future = await api.get(`${path}/at?time=2027-01-01`)
  expect(await problemOf(future)).toMatchObject({ status: 400, parameter: 'time' })
})

describe('what is asked before history has come so far', () => {
  test('is said to be behind, and never to be nothing', async () => {
    await store('behind', [secret(201, 'create', 'YQ==')])
    const path = '/v1/objects/behind/core/secrets/prod/db'
    const at = await ask(`${path}/at`)
    expect(at.meta.history).toMatchObject({ complete: false, behind: 1 })
    expect(at.state['presence']).toBe('maybe')
    expect(at.state['says']).toContain('History is 1 event behind')
    const { data, meta } = await ask(`${path}/revisions`)
    expect([data, meta.history['behind']]).toEqual([[], 1])
    await followAll(api.store)
    expect((await ask(`${path}/at`)).state).toMatchObject({
      presence: 'present',
      fidelity: 'exact',
      says: expect.stringContaining('exact'),
    })
  })
})

test('an answer that is a Table or metadata alone is a write whose state is not known, and no policy would help', async () => {
  const table = { responseObject: { kind: 'Table', apiVersion: 'meta.k8s.io/v1', rows: [] } }
  const partial = {
    responseObject: {
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { name: 'db', namespace: 'prod', uid: '5f8d3c1e-0000-4000-8000-000000000001', resourceVersion: '303' },
    },
  }
  await store('partial', [
    secret(301, 'create', 'YQ=='),
    secret(302, 'update', 'Yg==', table),
    secret(303, 'patch', 'Yw==', partial),
  ])
  await followAll(api.store)
  const path = '/v1/objects/partial/core/secrets/prod/db'
  const at = await ask(`${path}/at`)
  expect(at.state).toMatchObject({ presence: 'present', fidelity: 'metadata-only' })
  expect(at.why_not).toEqual({ says: expect.stringContaining('PartialObjectMetadata'), policy: null })
  expect((await ask(`${path}/at?time=rv:301`)).state).toMatchObject({ fidelity: 'exact' })
  expect((await ask(`${path}/diff`)).why_not?.says).toContain('PartialObjectMetadata')
})
