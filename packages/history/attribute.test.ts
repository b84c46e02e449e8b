// Attribution against those who would have it say something else, and against what was not seen.

import { expect, test } from 'vitest'
import { attributedEvents, FactsForTests } from './initiator-facts-for-tests.ts'
import type { AttributedEvent } from './initiator-facts.ts'
import type { Attribution } from './initiator.ts'
import type { JsonObject } from './json-values.ts'
import { attributeAtOnce } from './known-facts-for-tests.ts'

const manager = 'system:serviceaccount:kube-system:'
const argo = 'system:serviceaccount:argocd:argocd-application-controller'
const alice = 'alice@acme.io'
const bob = 'bob@acme.io'
const kubelet = 'system:node:a'

interface Said {
  readonly user: string
  readonly verb: string
  /** `deployments.apps`. */
  readonly resource: string
  readonly name: string
  readonly uid?: string
  readonly version?: number
  /** Of the answered object, beside what is said here. */
  readonly object?: JsonObject
  readonly request?: JsonObject
  readonly more?: JsonObject
  readonly subresource?: string
  /** Of the API server's clock, in seconds. */
  readonly at?: number
  readonly code?: number
}

let count = 0

function said(one: Said): AttributedEvent {
  const { user, verb, name, uid, version, object = {}, request, more = {}, subresource, at = 0, code = 200 } = one
  const [resource = '', apiGroup = ''] = one.resource.split('.', 2)
  count += 1
  const time = new Date(Date.UTC(2026, 10, 26) + at * 1_000 + count).toISOString().replace('Z', '000Z')
  const { metadata, ...rest } = object as { metadata?: JsonObject }
  const raw = {
    level: 'RequestResponse',
    auditID: `id-${count}`,
    stage: 'ResponseComplete',
    requestURI: '/',
    verb,
    user: { username: user, groups: ['system:authenticated'] },
    userAgent: 'kubectl/v1.37',
    objectRef: { resource, apiGroup, apiVersion: 'v1', namespace: 'shop', name, subresource },
    responseStatus: { code },
    requestObject: request,
    responseObject:
      uid === undefined
        ? { kind: 'Status', status: 'Success', metadata: {} }
        : {
            kind: kinds[resource],
            metadata: { name, namespace: 'shop', uid, resourceVersion: String(version ?? 1), ...metadata },
            ...rest,
          },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    ...more,
  }
  const [event] = attributedEvents(JSON.stringify({ items: [raw] }))
  if (event === undefined) throw new Error('could not make the event')
  return event
}

const kinds: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  replicasets: 'ReplicaSet',
  pods: 'Pod',
  applications: 'Application',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  configmaps: 'ConfigMap',
}

const ownedBy = (kind: string, name: string, uid: string): JsonObject => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }],
})
const template = (image: string): JsonObject => ({
  metadata: { labels: { app: 'api' } },
  spec: { containers: [{ name: 'api', image }] },
})

/** Somebody makes (generation 1) or changes the deployment. */
function deploys(
  user: string,
  image: string,
  generation: number,
  version: number,
  more: Partial<Said> & { readonly observed?: number } = {},
): AttributedEvent {
  return said({
    user,
    verb: generation === 1 ? 'create' : 'patch',
    code: generation === 1 ? 201 : 200,
    resource: 'deployments.apps',
    name: 'api',
    uid: 'd-1',
    version,
    ...more,
    object: {
      metadata: { generation },
      spec: { replicas: 1, template: template(image) },
      status: { observedGeneration: more.observed },
    },
  })
}

function makesReplicaSet(image: string, uid: string, version: number, more: Partial<Said> = {}): AttributedEvent {
  return said({
    user: `${manager}deployment-controller`,
    verb: 'create',
    code: 201,
    resource: 'replicasets.apps',
    name: `api-${uid}`,
    uid,
    version,
    ...more,
    object: {
      metadata: { generation: 1, ...ownedBy('Deployment', 'api', 'd-1') },
      spec: {
        replicas: 1,
        template: { ...template(image), metadata: { labels: { app: 'api', 'pod-template-hash': uid } } },
      },
    },
  })
}

function makesPod(replicaSet: string, uid: string, version: number, more: Partial<Said> = {}): AttributedEvent {
  return said({
    user: `${manager}replicaset-controller`,
    verb: 'create',
    code: 201,
    resource: 'pods',
    name: 'api-pod',
    uid,
    version,
    object: { metadata: ownedBy('ReplicaSet', `api-${replicaSet}`, replicaSet) },
    ...more,
  })
}

const removesPod = (uid: string, more: Partial<Said> = {}): AttributedEvent =>
  said({ user: kubelet, verb: 'delete', resource: 'pods', name: 'api-pod', uid, version: 90, ...more })

/** What is said of the last, each having come in a list of its own; the same as where all were known at once. */
function lastOf(events: readonly AttributedEvent[]): Attribution {
  const facts = new FactsForTests()
  const told = events.map((event) => facts.take([event])[0])
  const last = told.at(-1)
  if (last === undefined) throw new Error('there are no events')
  expect(attributeAtOnce(events).get(events.at(-1)?.id ?? '')?.initiator).toEqual(last.initiator)
  return last
}

test('a pod is traced by uids to the person who made the deployment', () => {
  const told = lastOf([deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11), makesPod('r-1', 'p-1', 12)])
  expect(told).toMatchObject({ initiator: { kind: 'person', name: alice }, confidence: 'certain' })
  expect(told.chain.map(({ what }) => what)).toEqual(['owner', 'owner'])
  expect(told.chain.map(({ why }) => why).join()).toMatch(/r-1.*d-1/)
})

test('of two who change a deployment within a second each has the ReplicaSet with what they wanted', () => {
  const both = [deploys(alice, 'api:1', 1, 10), deploys(alice, 'api:2', 2, 12), deploys(bob, 'api:3', 3, 13)]
  expect(lastOf([...both, makesReplicaSet('api:2', 'r-2', 14)]).initiator.name).toBe(alice)
  expect(lastOf([...both, makesReplicaSet('api:3', 'r-3', 14)]).initiator.name).toBe(bob)
})

test('clocks that are hours apart change nothing: versions order, and uids tie', () => {
  const events = [
    deploys(alice, 'api:1', 1, 10, { at: 7_200 }),
    deploys(bob, 'api:2', 2, 15, { at: -7_200 }),
    makesReplicaSet('api:1', 'r-1', 11, { at: 0 }),
  ]
  expect(lastOf(events)).toMatchObject({ initiator: { name: alice }, confidence: 'certain' })
})

test('what was not seen is unknown, and it is said what was missing', () => {
  const [first, second, third] = [
    deploys(alice, 'api:1', 1, 10),
    makesReplicaSet('api:1', 'r-1', 11),
    makesPod('r-1', 'p-1', 12),
  ]
  for (const events of [[third], [second, third], [first, third]]) {
    const told = lastOf(events)
    expect(told).toMatchObject({ initiator: { kind: 'unknown', name: '' }, confidence: 'unknown' })
    expect(told.considered.length).toBeGreaterThan(0)
  }
})

test('whoever changes something else after a change that was not seen is not blamed for it', () => {
  // Generation 2, which set the image, is missing.
  const told = lastOf([
    deploys(alice, 'api:1', 1, 10),
    deploys(bob, 'api:2', 3, 14),
    makesReplicaSet('api:2', 'r-2', 15),
  ])
  expect(told.initiator.kind).toBe('unknown')
})

test('a name made again with another uid takes over nothing from the one before', () => {
  const again = deploys('mallory@ext.io', 'api:1', 1, 20)
  const other = { ...again, raw: { ...again.raw, responseObject: { ...(again.raw['responseObject'] as JsonObject) } } }
  Object.assign(other.raw.responseObject, { metadata: { name: 'api', namespace: 'shop', uid: 'd-2', generation: 1 } })
  expect(lastOf([other, makesReplicaSet('api:1', 'r-1', 21)]).initiator.kind).toBe('unknown')
  const made = [deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11), makesPod('r-1', 'p-1', 12)]
  const evicted = said({
    user: bob,
    verb: 'create',
    resource: 'pods',
    name: 'api-pod',
    subresource: 'eviction',
    code: 201,
  })
  const owned = [...made, evicted]
  expect(lastOf([...owned, removesPod('p-1')])).toMatchObject({ initiator: { name: bob }, confidence: 'likely' })
  expect(lastOf([...owned, removesPod('p-2')]).initiator.kind).toBe('unknown')
})

test('a user agent makes nobody anything', () => {
  const claims = { more: { userAgent: 'argocd-application-controller/v2.13.1' } }
  const person = said({
    user: bob,
    verb: 'create',
    resource: 'configmaps',
    name: 'c',
    uid: 'c-1',
    code: 201,
    ...claims,
  })
  expect(lastOf([person])).toMatchObject({ initiator: { kind: 'person', name: bob }, chain: [] })
  const forged = said({
    user: bob,
    verb: 'create',
    resource: 'pods',
    name: 'p',
    uid: 'p-9',
    code: 201,
    more: { userAgent: 'kube-controller-manager' },
  })
  expect(lastOf([forged]).initiator).toEqual({ kind: 'person', name: bob })
})

const tracked = (user: string, name: string, tracking: string): AttributedEvent =>
  said({
    user,
    verb: 'patch',
    resource: 'deployments.apps',
    name,
    uid: 'd-9',
    version: 31,
    object: { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': tracking } } },
  })
const synced = (user: string, initiatedBy?: string): AttributedEvent => {
  const operation = initiatedBy === undefined ? {} : { initiatedBy: { username: initiatedBy } }
  const status = { operationState: { operation, syncResult: { revision: 'f00ba4' } } }
  return said({
    user,
    verb: 'patch',
    resource: 'applications.argoproj.io',
    name: 'shop',
    uid: 'a-1',
    version: 30,
    object: { status },
  })
}
const tracking = 'shop:apps/Deployment:shop/web'

test('Argo CD is believed of itself, as likely: the commit, or who started the sync', () => {
  expect(lastOf([synced(argo), tracked(argo, 'web', tracking)])).toMatchObject({
    initiator: { kind: 'commit', name: 'f00ba4' },
    confidence: 'likely',
  })
  expect(lastOf([synced(argo, 'erin'), tracked(argo, 'web', tracking)])).toMatchObject({
    initiator: { kind: 'person', name: 'erin' },
    confidence: 'likely',
    chain: [{ what: 'sync' }],
  })
})

test('of an Application with several sources all revisions are named, and what was said of the sync stands beside', () => {
  const operation = { info: [{ name: 'Reason', value: 'hotfix by erin' }, 'odd', { name: 7 }] }
  const several = said({
    user: argo,
    verb: 'patch',
    resource: 'applications.argoproj.io',
    name: 'shop',
    uid: 'a-1',
    version: 30,
    object: { status: { operationState: { operation, syncResult: { revision: '', revisions: ['f00ba4', '1.4.2'] } } } },
  })
  const events = [several, tracked(argo, 'web', tracking)]
  expect(lastOf(events)).toMatchObject({ initiator: { kind: 'commit', name: 'f00ba4, 1.4.2' }, confidence: 'likely' })
  const [link] = attributeAtOnce(events).get(events.at(-1)?.id ?? '')?.chain ?? []
  expect(link?.why).toContain('(Reason: hotfix by erin)')
})

test('forged annotations name no commit: another account, a copied one, a person, an Application written by another', () => {
  const account = 'system:serviceaccount:ci:deployer'
  expect(lastOf([synced(argo), tracked(account, 'web', tracking)]).initiator).toEqual({
    kind: 'service-account',
    name: account,
  })
  expect(lastOf([synced(argo), tracked(argo, 'other', tracking)]).initiator.kind).toBe('service-account')
  expect(lastOf([synced(argo), tracked(bob, 'web', tracking)]).initiator).toEqual({ kind: 'person', name: bob })
  expect(lastOf([synced('mallory@ext.io', alice), tracked(argo, 'web', tracking)]).initiator.kind).toBe(
    'service-account',
  )
})

test('a write is of the Helm release whose secret the same user wrote, and of none that he only names', () => {
  const annotations = { 'meta.helm.sh/release-name': 'pay', 'meta.helm.sh/release-namespace': 'shop' }
  const secret = (user: string): AttributedEvent =>
    said({ user, verb: 'create', code: 201, resource: 'secrets', name: 'sh.helm.release.v1.pay.v7', uid: 's-1' })
  const writes = said({
    user: bob,
    verb: 'patch',
    resource: 'configmaps',
    name: 'c',
    uid: 'c-1',
    object: { metadata: { annotations } },
  })
  const told = lastOf([secret(bob), writes])
  expect(told).toMatchObject({ initiator: { kind: 'person', name: bob }, chain: [{ what: 'release' }] })
  expect(told.chain[0]?.why).toContain('revision 7')
  expect(lastOf([secret(alice), writes])).toMatchObject({ initiator: { name: bob }, chain: [] })
})

const issued = (user: string, namespace: string, name: string, id: string): AttributedEvent =>
  said({
    user,
    verb: 'create',
    resource: 'serviceaccounts',
    name,
    subresource: 'token',
    code: 201,
    more: {
      objectRef: { resource: 'serviceaccounts', namespace, name, subresource: 'token', apiVersion: 'v1' },
      annotations: { 'authentication.kubernetes.io/issued-credential-id': id },
    },
  })
const holding = (username: string, id: string): JsonObject => ({
  user: { username, extra: { 'authentication.kubernetes.io/credential-id': [id] } },
})

test("who has a controller's token made acts as a person, and not as a controller", () => {
  const user = `${manager}replicaset-controller`
  const uses = makesPod('r-1', 'p-1', 12, { more: holding(user, 'JTI=1') })
  const before = [deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11)]
  const token = issued('mallory@ext.io', 'kube-system', 'replicaset-controller', 'JTI=1')
  expect(lastOf([...before, token, uses])).toMatchObject({
    initiator: { name: 'mallory@ext.io' },
    confidence: 'likely',
  })
  const own = issued('system:kube-controller-manager', 'kube-system', 'replicaset-controller', 'JTI=1')
  expect(lastOf([...before, own, uses])).toMatchObject({ initiator: { name: alice }, confidence: 'certain' })
  const another = issued('mallory@ext.io', 'ci', 'deployer', 'JTI=1')
  expect(lastOf([...before, another, uses]).initiator.name).toBe(alice)
})

test('extra that a client sends for whom it acts as is no credential', () => {
  const impersonatedUser = holding('system:serviceaccount:ci:deployer', 'JTI=1')['user']
  const acts = said({
    user: bob,
    verb: 'create',
    resource: 'configmaps',
    name: 'c',
    uid: 'c-1',
    code: 201,
    more: { impersonatedUser },
  })
  const told = lastOf([issued(alice, 'ci', 'deployer', 'JTI=1'), acts])
  expect(told).toMatchObject({ initiator: { kind: 'person', name: bob }, confidence: 'certain' })
  expect(told.chain.map(({ what }) => what)).toEqual(['impersonation'])
})

test('who acts as a controller is who acts', () => {
  const impersonatedUser = { username: `${manager}generic-garbage-collector` }
  const told = lastOf([said({ user: bob, verb: 'delete', resource: 'pods', name: 'p', more: { impersonatedUser } })])
  expect(told.initiator).toEqual({ kind: 'person', name: bob })
})

test('who acts as somebody else with the account of a controller is that account and no controller', () => {
  const before = [deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11)]
  const acts = makesPod('r-1', 'p-1', 12, { more: { impersonatedUser: { username: bob } } })
  expect(lastOf([...before, acts]).initiator).toEqual({
    kind: 'service-account',
    name: `${manager}replicaset-controller`,
  })
})

test('where two changed a template and the controller has reported neither, nobody is named for what shrinks', () => {
  const events = [deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11), deploys(alice, 'api:2', 2, 12)]
  const shrinks = makesReplicaSet('api:1', 'r-1', 15, { verb: 'update', code: 200 })
  const answer = shrinks.raw['responseObject'] as { readonly spec: JsonObject }
  Object.assign(answer, { spec: { ...answer.spec, replicas: 0 } })
  expect(lastOf([...events, shrinks])).toMatchObject({ initiator: { name: alice }, confidence: 'certain' })
  expect(lastOf([...events, deploys(bob, 'api:3', 3, 13), shrinks]).initiator.kind).toBe('unknown')
})

test('where two scaled a ReplicaSet before its controller had done either, nobody is named for its pods', () => {
  const scaled = (user: string, replicas: number, generation: number): AttributedEvent =>
    said({
      user,
      verb: 'update',
      resource: 'replicasets.apps',
      name: 'api-r-1',
      uid: 'r-1',
      version: 20 + generation,
      object: { metadata: { generation }, spec: { replicas } },
    })
  const events = [deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11), scaled(alice, 3, 2)]
  const pod = makesPod('r-1', 'p-1', 30)
  expect(lastOf([...events, pod])).toMatchObject({ initiator: { name: alice }, confidence: 'certain' })
  expect(lastOf([...events, scaled(bob, 5, 3), pod]).initiator.kind).toBe('unknown')
})

const scales = (user: string, replicas: number, generation: number, observed: number): AttributedEvent =>
  said({
    user,
    verb: 'update',
    resource: 'replicasets.apps',
    name: 'api-r-1',
    uid: 'r-1',
    version: 20 + generation,
    object: { metadata: { generation }, spec: { replicas }, status: { observedGeneration: observed } },
  })
const takesAway = (uid: string, version: number): AttributedEvent =>
  said({
    user: `${manager}replicaset-controller`,
    verb: 'delete',
    resource: 'pods',
    name: uid,
    uid,
    version,
    object: { metadata: ownedBy('ReplicaSet', 'api-r-1', 'r-1') },
  })

test('where two wanted less of a ReplicaSet, the second is named once the first must have had his way', () => {
  const made = [deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11), scales(alice, 5, 2, 1)]
  const both = [...made, scales(alice, 5, 3, 3), scales(bob, 3, 4, 3), scales(alice, 1, 5, 3)]
  const pods = ['p-1', 'p-2', 'p-3', 'p-4'].map((uid, at) => takesAway(uid, 31 + at))
  const named = pods.map((_, at) => lastOf([...both, ...pods.slice(0, at + 1)]).initiator.name)
  expect(named).toEqual(['', '', alice, alice])
  // Of what was not seen to go, nothing follows.
  expect(lastOf([...both, ...pods.slice(1, 3)]).initiator.kind).toBe('unknown')
  const unseen = [...made, scales(alice, 5, 3, 3), scales(alice, 1, 5, 3)]
  expect(lastOf([...unseen, ...pods.slice(0, 3)]).initiator.kind).toBe('unknown')
})

test('where one changed the same again, whoever changed it before both is not forgotten', () => {
  const made = [deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11), scales(alice, 9, 3, 3)]
  const three = [...made, scales('carol@acme.io', 8, 4, 3), scales(bob, 7, 5, 3), scales(bob, 6, 6, 3)]
  expect(lastOf([...three, takesAway('p-1', 31)]).initiator.kind).toBe('unknown')
  const shrinks = makesReplicaSet('api:1', 'r-1', 25, { verb: 'update', code: 200 })
  const answer = shrinks.raw['responseObject'] as { readonly spec: JsonObject }
  Object.assign(answer, { spec: { ...answer.spec, replicas: 0 } })
  const rollouts = [
    deploys(alice, 'api:1', 1, 10),
    makesReplicaSet('api:1', 'r-1', 11),
    deploys('carol@acme.io', 'api:2', 2, 12),
    deploys(bob, 'api:3', 3, 13),
    deploys(bob, 'api:4', 4, 14),
  ]
  expect(lastOf([...rollouts, shrinks]).initiator.kind).toBe('unknown')
})

test('a ReplicaSet shrinks for nobody who wanted its own template, once the controller has reported that', () => {
  const shrinks = makesReplicaSet('api:2', 'r-2', 25, { verb: 'update', code: 200 })
  const answer = shrinks.raw['responseObject'] as { readonly spec: JsonObject }
  Object.assign(answer, { spec: { ...answer.spec, replicas: 0 } })
  const made = makesReplicaSet('api:2', 'r-2', 13)
  const wanted = [deploys(bob, 'api:1', 1, 10), deploys(alice, 'api:2', 2, 12), made]
  const changed = (observed: number): AttributedEvent => deploys(bob, 'api:3', 3, 15, { observed })
  expect(lastOf([...wanted, changed(2), shrinks])).toMatchObject({ initiator: { name: bob }, confidence: 'certain' })
  // It may be at what was before: a template that came back is not wanted yet.
  expect(lastOf([...wanted, changed(1), shrinks]).initiator.kind).toBe('unknown')
})

test('a pod that stands for an evicted one is of who evicted it, where the change of its ReplicaSet is long done', () => {
  const made = [deploys(alice, 'api:1', 1, 10), makesReplicaSet('api:1', 'r-1', 11), makesPod('r-1', 'p-1', 12)]
  const evicted = (at: number): AttributedEvent =>
    said({ user: bob, verb: 'create', resource: 'pods', name: 'api-pod', subresource: 'eviction', code: 201, at })
  const again = (at: number): AttributedEvent => makesPod('r-1', 'p-2', 40, { name: 'api-pod-2', at })
  expect(lastOf([...made, evicted(3_600), again(3_601)])).toMatchObject({
    initiator: { kind: 'person', name: bob },
    confidence: 'likely',
  })
  // No report says that the change was carried out: the pod may be tried again.
  expect(lastOf([...made, evicted(600), again(601)]).initiator.kind).toBe('unknown')
  // It stands for one that was lost otherwise: nobody wanted that.
  expect(lastOf([...made, evicted(3_600), again(3_700)]).initiator.kind).toBe('unknown')
})

test('the collector collects after a delete of the uid, and not after one that orphans', () => {
  const pod = makesPod('r-1', 'p-1', 12)
  const details = { kind: 'Status', status: 'Success', details: { uid: 'r-1' } }
  const deleted = (policy: string): AttributedEvent =>
    said({
      user: bob,
      verb: 'delete',
      resource: 'replicasets.apps',
      name: 'api-r-1',
      request: { propagationPolicy: policy },
      more: { responseObject: details },
    })
  const collects = said({
    user: `${manager}generic-garbage-collector`,
    verb: 'delete',
    resource: 'pods',
    name: 'api-pod',
    request: { preconditions: { uid: 'p-1' } },
  })
  expect(lastOf([pod, deleted('Background'), collects])).toMatchObject({
    initiator: { name: bob },
    confidence: 'certain',
  })
  expect(lastOf([pod, deleted('Orphan'), collects]).initiator.kind).toBe('unknown')
  expect(lastOf([pod, collects]).initiator.kind).toBe('unknown')
})

test('two autoscalers of one target: neither is named', () => {
  const scaler = (user: string, uid: string): AttributedEvent =>
    said({
      user,
      verb: 'create',
      code: 201,
      resource: 'horizontalpodautoscalers.autoscaling',
      name: uid,
      uid,
      object: { spec: { scaleTargetRef: { kind: 'Deployment', name: 'api' } } },
    })
  const scales = said({
    user: `${manager}horizontal-pod-autoscaler`,
    verb: 'update',
    resource: 'deployments.apps',
    name: 'api',
    subresource: 'scale',
    at: 60,
  })
  expect(lastOf([scaler(bob, 'h-1'), scales])).toMatchObject({ initiator: { name: bob }, confidence: 'likely' })
  expect(lastOf([scaler(bob, 'h-1'), scaler(alice, 'h-2'), scales]).initiator.kind).toBe('unknown')
})

test('tokens that make tokens in a circle, or forty deep, end in unknown and not never', () => {
  const account = (at: number): string => `system:serviceaccount:ci:a-${at}`
  const circle = [0, 1, 2].map((at) => {
    const token = issued(account(at), 'ci', `a-${(at + 1) % 3}`, `JTI=${(at + 1) % 3}`)
    return { ...token, raw: { ...token.raw, ...holding(account(at), `JTI=${at}`) } }
  })
  for (const told of new FactsForTests().take(circle)) expect(told.initiator.kind).not.toBe('person')
  const first = issued(alice, 'ci', 'a-0', 'JTI=0')
  const deep = Array.from({ length: 40 }, (_, at) => {
    const token = issued(account(at), 'ci', `a-${at + 1}`, `JTI=${at + 1}`)
    return { ...token, raw: { ...token.raw, ...holding(account(at), `JTI=${at}`) } }
  })
  const told = new FactsForTests().take([first, ...deep])
  expect(told[5]?.initiator.name).toBe(alice)
  expect(told.at(-1)?.initiator.kind).toBe('unknown')
  expect(Math.max(...told.map(({ chain }) => chain.length))).toBeLessThanOrEqual(16)
})
