// What a chain says beside who: for which drain, with which tool, of which commit; and against who would have it say so.

import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { describe, expect, test } from 'vitest'
import { attributedEvents } from './initiator-facts-for-tests.ts'
import type { AttributedEvent } from './initiator-facts.ts'
import type { Attribution, ChainLink } from './initiator.ts'
import type { JsonObject } from './json-values.ts'
import { attributeAtOnce } from './known-facts-for-tests.ts'

const alice = 'alice@acme.io'
const bob = 'bob@acme.io'
const scheduler = 'system:kube-scheduler'
const kubectl = 'kubectl/v1.37.2 (linux/amd64) kubernetes/abc'

interface Said {
  readonly user: string
  readonly verb: string
  /** `pods/shop/api-1/eviction`; an empty namespace is none. */
  readonly object: string
  readonly request?: unknown
  readonly answer?: JsonObject
  readonly query?: string
  readonly agent?: string
  /** In seconds. */
  readonly at?: number
  readonly code?: number
}

let count = 0

function said(one: Said): AttributedEvent {
  const [resource = '', namespace = '', name = '', subresource = ''] = one.object.split('/')
  count += 1
  const { at = 0, code = 200, query = '', agent = kubectl } = one
  const time = new Date(Date.UTC(2026, 10, 26) + at * 1_000 + count).toISOString().replace('Z', '000Z')
  const raw = {
    level: 'RequestResponse',
    auditID: `id-${count}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/made-up${query}`,
    verb: one.verb,
    user: { username: one.user, groups: ['system:authenticated'] },
    userAgent: agent,
    objectRef: { resource, apiVersion: 'v1', namespace, name, subresource },
    responseStatus: { code },
    requestObject: one.request,
    responseObject: one.answer ?? { kind: 'Status', status: 'Success', metadata: {} },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
  }
  const [event] = attributedEvents(JSON.stringify({ items: [raw] }))
  if (event === undefined) throw new Error('could not make the event')
  return event
}

/** Of the last, where all of them are known. */
function lastOf(events: readonly AttributedEvent[]): Attribution {
  const told = attributeAtOnce(events).get(events.at(-1)?.id ?? '')
  if (told === undefined) throw new Error('there are no events')
  return told
}

const linksOf = (events: readonly AttributedEvent[], what: string): readonly ChainLink[] =>
  lastOf(events).chain.filter((link) => link.what === what)

const bound = (pod: string, node: string): AttributedEvent =>
  said({
    user: scheduler,
    verb: 'create',
    object: `pods/shop/${pod}/binding`,
    request: { kind: 'Binding', metadata: { name: pod, uid: `u-${pod}` }, target: { kind: 'Node', name: node } },
    code: 201,
  })
const cordons = (user: string, node: string, isOn: boolean | null, more: Partial<Said> = {}): AttributedEvent =>
  said({
    user,
    verb: 'patch',
    object: `nodes//${node}`,
    request: { spec: { unschedulable: isOn } },
    answer: {
      kind: 'Node',
      metadata: { name: node, uid: `u-${node}`, resourceVersion: '7' },
      spec: isOn === true ? { unschedulable: true } : {},
    },
    ...more,
  })
const evicts = (user: string, pod: string, more: Partial<Said> = {}): AttributedEvent =>
  said({
    user,
    verb: 'create',
    object: `pods/shop/${pod}/eviction`,
    request: { kind: 'Eviction', metadata: { name: pod, namespace: 'shop' }, deleteOptions: {} },
    code: 201,
    ...more,
  })

describe('a drain', () => {
  test('is named where the same user emptied the node of the pod', () => {
    const told = lastOf([bound('api-1', 'node-a'), cordons(alice, 'node-a', true), evicts(alice, 'api-1')])
    expect(told).toMatchObject({ initiator: { kind: 'person', name: alice }, confidence: 'certain' })
    expect(told.chain.map(({ what }) => what)).toEqual(['drain'])
    expect(told.chain[0]?.why).toContain('node-a')
    const before = [bound('api-1', 'node-a'), cordons(alice, 'node-a', true)]
    const deletes = said({ user: alice, verb: 'delete', object: 'pods/shop/api-1' })
    expect(linksOf([...before, deletes], 'drain')).toHaveLength(1)
    const operations = [{ op: 'add', path: '/spec/unschedulable', value: true }]
    const patched = [bound('api-1', 'node-a'), cordons(alice, 'node-a', true, { request: operations })]
    expect(linksOf([...patched, evicts(alice, 'api-1')], 'drain')).toHaveLength(1)
  })

  test.each<[string, readonly AttributedEvent[]]>([
    ['another user made it unschedulable', [bound('a', 'n'), cordons(bob, 'n', true), evicts(alice, 'a')]],
    ['it is another node', [bound('a', 'n'), cordons(alice, 'm', true), evicts(alice, 'a')]],
    [
      'the pod came to another node since',
      [bound('a', 'n'), cordons(alice, 'n', true), bound('a', 'm'), evicts(alice, 'a')],
    ],
    ['it was taken back', [bound('a', 'n'), cordons(alice, 'n', true), cordons(bob, 'n', null), evicts(alice, 'a')]],
    ['it was days ago', [bound('a', 'n'), cordons(alice, 'n', true), evicts(alice, 'a', { at: 200_000 })]],
    ['it came only later', [bound('a', 'n'), cordons(alice, 'n', true, { at: 60 }), evicts(alice, 'a')]],
    ['nobody saw to which node the pod went', [cordons(alice, 'n', true), evicts(alice, 'a')]],
    ['the eviction was refused', [bound('a', 'n'), cordons(alice, 'n', true), evicts(alice, 'a', { code: 429 })]],
  ])('is not named where %s', (_, events) => {
    expect(linksOf(events, 'drain')).toEqual([])
    expect(lastOf(events).initiator.name).toBe(alice)
  })

  describe.each(corpusVersions())('in the week of Kubernetes %s', (version) => {
    const events = corpusOf(version).lists.flatMap(attributedEvents)
    const told = attributeAtOnce(events, { kubelets: new Set(['lab-kubelets']) })
    const isDone = ({ event }: AttributedEvent): boolean =>
      event.stage === 'ResponseComplete' && event.outcome === 'success' && event.class === 'write'
    const done = events.filter(isDone)
    const ofDrain = done.filter(({ id }) => told.get(id)?.chain.some(({ what }) => what === 'drain'))

    test('every eviction is of the one drain that was played, and what follows from it goes back to it', () => {
      const evictions = done.filter(({ event }) => event.object?.subresource === 'eviction')
      expect(evictions.length).toBeGreaterThan(2)
      expect(evictions.filter((seen) => !ofDrain.includes(seen))).toEqual([])
      const actors = Map.groupBy(ofDrain, ({ event }) => event.actor.name.split(':').at(-1) ?? '')
      console.log(
        version,
        [...actors].map(([name, seen]) => `${name} ${seen.length}`),
      )
      expect(new Set(ofDrain.map(({ id }) => told.get(id)?.initiator.name))).toEqual(new Set(['lab-admin']))
      expect([...actors.keys()]).toEqual(
        expect.arrayContaining(['lab-kubelets', 'replicaset-controller', 'kube-scheduler']),
      )
      const kept = new Set(done.map(({ id }) => id))
      for (const { id } of ofDrain) {
        const link = told.get(id)?.chain.find(({ what }) => what === 'drain')
        const cordon = done.find((one) => one.id === link?.event)
        expect(kept.has(link?.event ?? '')).toBe(true)
        expect(cordon?.raw['requestObject']).toEqual({ spec: { unschedulable: true } })
      }
    })

    test('who writes with kubectl is said to, and nobody else', () => {
      const ofTool = done.filter(({ id }) =>
        told.get(id)?.chain.some(({ what, event }) => what === 'tool' && event === id),
      )
      expect(ofTool.length).toBeGreaterThan(50)
      expect(ofTool.filter(({ event }) => event.client.name !== 'kubectl')).toEqual([])
      expect(ofTool.filter(({ event }) => event.actor.name.startsWith('system:'))).toEqual([])
    })
  })
})

describe('the tool', () => {
  const entry = (manager: string, time: string): JsonObject => ({
    metadata: {
      name: 'c',
      uid: 'u-c',
      resourceVersion: '9',
      managedFields: [{ manager, operation: 'Update', time, fieldsV1: {} }],
    },
  })
  const writes = (query: string, agent: string, answer?: JsonObject): readonly ChainLink[] =>
    linksOf(
      [said({ user: alice, verb: 'patch', object: 'configmaps/shop/c', query, agent, ...(answer && { answer }) })],
      'tool',
    )

  test.each([
    ['kubectl 1.37.2', '?fieldManager=kubectl-client-side-apply', kubectl],
    ['kubectl 1.37.2', '?fieldManager=kubectl&force=true', kubectl],
    ['Helm 3.16.2', '?fieldManager=helm', 'Helm/3.16.2'],
    ['Terraform 1.9.5', '?fieldManager=Terraform', 'HashiCorp/1.0 Terraform/1.9.5'],
  ])('is %s by %s and the user agent', (name, query, agent) => {
    const [link] = writes(query, agent)
    expect(link?.why).toContain(name)
  })

  test('is known by managedFields where the query names none, if the entry is of this write', () => {
    const terraform = 'HashiCorp/1.0 Terraform/1.9.5'
    expect(writes('', terraform, entry('HashiCorp', '2026-11-26T00:00:00Z'))).toHaveLength(1)
    expect(writes('', terraform, entry('HashiCorp', '2026-11-25T00:00:00Z'))).toEqual([])
    expect(writes('', terraform, entry('kubectl', '2026-11-26T00:00:00Z'))).toEqual([])
  })

  test.each([
    ['by a user agent alone', '', kubectl],
    ['by a manager alone', '?fieldManager=helm', 'curl/8'],
    ['where the two contradict each other', '?fieldManager=Terraform', kubectl],
    ['where another program chose a name alike', '?fieldManager=kubectlike', kubectl],
  ])('is not told %s', (_, query, agent) => {
    expect(writes(query, agent)).toEqual([])
  })
})

describe('the commit', () => {
  const sha = 'c63b323186ea1320a31290de6dcc094c06385e75'
  const links = (request: unknown, more: Partial<Said> = {}): readonly ChainLink[] =>
    linksOf([said({ user: bob, verb: 'patch', object: 'deployments/shop/api', request, ...more })], 'commit')
  const annotated = (annotations: JsonObject): JsonObject => ({ metadata: { annotations } })
  const run = JSON.stringify({ run: '1', createdBy: 'erin-gh', commit: sha, provider: 'GitHub' })
  const message = `Raise replicas\n\nChange-Id: I8f3a\nSigned-off-by: Erin <erin@acme.io>\nAcked-by: nobody`

  test.each([
    ['an action', annotated({ 'actions.github.com/k8s-deploy': run }), [sha, 'started by erin-gh']],
    [
      'a pipeline',
      { metadata: { labels: { 'pipelinesascode.tekton.dev/sha': sha, 'pipelinesascode.tekton.dev/sender': 'erin' } } },
      [sha, 'sent by erin'],
    ],
    ['an image', annotated({ 'org.opencontainers.image.revision': sha }), [sha]],
    ['a message', annotated({ 'kubernetes.io/change-cause': `deploy ${sha}` }), [sha]],
    [
      'trailers',
      annotated({ 'kubernetes.io/change-cause': message }),
      ['Change-Id: I8f3a', 'Signed-off-by: Erin <erin@acme.io>'],
    ],
    [
      'a JSON patch',
      [{ op: 'add', path: '/metadata/annotations/kubernetes.io~1change-cause', value: message }],
      ['Erin'],
    ],
  ])('is said where %s names it, as a claim: nobody else is behind it for that', (_, request, words) => {
    const [link] = links(request)
    for (const word of words) expect(link?.why).toContain(word)
    expect(link?.why).toContain('as anybody could')
    expect(link?.why).not.toContain('Acked')
    const told = lastOf([said({ user: bob, verb: 'patch', object: 'deployments/shop/api', request })])
    expect(told).toMatchObject({ initiator: { kind: 'person', name: bob }, confidence: 'certain' })
  })

  test.each<[string, unknown, Partial<Said>]>([
    [
      'words that stood there before',
      { spec: {} },
      { answer: { metadata: { uid: 'u', annotations: { 'kubernetes.io/change-cause': message } } } },
    ],
    ['what an update sends again', annotated({ 'kubernetes.io/change-cause': message }), { verb: 'update' }],
    ['what is taken away', annotated({ 'kubernetes.io/change-cause': null }), {}],
    ['what is no commit', annotated({ 'org.opencontainers.image.revision': 'latest' }), {}],
    ['what cannot be read', annotated({ 'actions.github.com/k8s-deploy': '{' }), {}],
    ['a message that names none', annotated({ 'kubernetes.io/change-cause': 'kubectl apply' }), {}],
  ])('is not said of %s', (_, request, more) => {
    expect(links(request, more)).toEqual([])
  })

  test('a pod goes back to the commit that the change of its Deployment named', () => {
    const owned = (kind: string, name: string, uid: string): JsonObject => ({
      ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }],
    })
    const template = { spec: { containers: [{ name: 'api', image: 'api:1' }] } }
    const made = (user: string, object: string, metadata: JsonObject, request?: unknown): AttributedEvent =>
      said({
        user,
        verb: 'create',
        object,
        code: 201,
        request,
        query: user === bob ? '?fieldManager=kubectl-create' : '',
        answer: { metadata: { generation: 1, ...metadata }, spec: { replicas: 1, template } },
      })
    const controller = 'system:serviceaccount:kube-system:'
    const told = lastOf([
      made(
        bob,
        'deployments/shop/api',
        { uid: 'd-1', resourceVersion: '10' },
        annotated({ 'kubernetes.io/change-cause': message }),
      ),
      made(`${controller}deployment-controller`, 'replicasets/shop/api-1', {
        uid: 'r-1',
        resourceVersion: '11',
        ...owned('Deployment', 'api', 'd-1'),
      }),
      made(`${controller}replicaset-controller`, 'pods/shop/api-1-x', {
        uid: 'p-1',
        resourceVersion: '12',
        ...owned('ReplicaSet', 'api-1', 'r-1'),
      }),
    ])
    expect(told).toMatchObject({ initiator: { kind: 'person', name: bob }, confidence: 'certain' })
    expect(told.chain.map(({ what }) => what)).toEqual(['owner', 'owner', 'tool', 'commit'])
  })
})
