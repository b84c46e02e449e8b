// The controllers of kube-controller-manager: from a Deployment to ReplicaSets, Pods and Endpoints, in the order of
// Kubernetes' rolling update (pkg/controller/deployment/rolling.go). Every step is a request, as in a real cluster.
import * as cast from './story-cast.ts'
import type { Cluster, Key } from './story-cluster.ts'
import { keyOf, targetOf, workQueue } from './story-cluster.ts'
import type { JsonObject } from './story-json.ts'
import { byKey, secondTime } from './story-json.ts'
import type { App, Deployment, Pod, ReplicaSet } from './story-objects.ts'
import { newMetaJson, podJson, podSpecJson, replicaSetJson, selectorOf, templateHash } from './story-objects.ts'
import type { Resource } from './story-policy.ts'
import { groupVersionOf } from './story-policy.ts'

/** revisionHistoryLimit of every Deployment here: older empty ReplicaSets are deleted. */
const historyMax = 3

export function startControllers(cluster: Cluster): void {
  const rollOut = workQueue(cluster, (key) => reconcileDeployment(cluster, key))
  const keepPods = workQueue(cluster, (key) => reconcileReplicaSet(cluster, key))
  const published = new Map<Key, string>()
  const publish = workQueue(cluster, (key) => reconcileEndpoints(cluster, published, key))
  cluster.listen((kind, key) => {
    const [namespace = '', name = ''] = key.split('/')
    const app = appKey(namespace, name)
    if (kind === 'deployment') rollOut(key)
    if (kind === 'replicaset') {
      keepPods(key)
      rollOut(app)
    }
    if (kind === 'pod') {
      keepPods(`${namespace}/${name.slice(0, name.lastIndexOf('-'))}`)
      publish(app)
    }
  })
}

/** A ReplicaSet and a Pod carry their Deployment's name before the first of their generated parts. */
function appKey(namespace: string, name: string): Key {
  return `${namespace}/${name.split('-')[0] ?? name}`
}

function reconcileDeployment(cluster: Cluster, key: Key): void {
  const deployment = cluster.deployments.find(key)
  if (deployment === undefined) return
  const sets = cluster.replicaSets.ownedBy(deployment.meta.uid).toSorted((a, b) => a.revision - b.revision)
  const hash = templateHash(deployment.app, deployment.template)
  const current = sets.find((set) => set.meta.name.endsWith(hash))
  const newest = sets.at(-1)?.revision ?? 0
  if (current === undefined) {
    createReplicaSet(cluster, deployment, newest + 1)
  } else if (current.revision < newest) {
    updateReplicaSet(cluster, deployment, { ...current, revision: newest + 1 })
  } else {
    scaleReplicaSets(cluster, deployment, sets)
  }
  reportDeployment(cluster, key)
  forgetOldSets(cluster, sets)
}

function createReplicaSet(cluster: Cluster, deployment: Deployment, revision: number): void {
  const { app, meta, template } = deployment
  const hash = templateHash(app, template)
  const others = sum(cluster.replicaSets.ownedBy(meta.uid).map((set) => set.replicas))
  const room = deployment.replicas + surgeOf(deployment) - others
  const wanted: ReplicaSet = {
    meta: {
      name: `${meta.name}-${hash}`,
      namespace: meta.namespace,
      uid: cluster.random.uuid(),
      version: '',
      createdUs: cluster.nowUs,
      generation: 1,
      labels: { ...selectorOf(app), 'pod-template-hash': hash },
      owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: meta.name, uid: meta.uid },
    },
    app,
    template,
    revision,
    replicas: Math.min(deployment.replicas, Math.max(room, 0)),
    observed: { generation: 0, replicas: 0, ready: 0 },
  }
  const created = cluster.replicaSets.put(annotated(wanted, deployment))
  const body = { ...replicaSetJson(created), metadata: newMetaJson(created.meta), status: { replicas: 0 } }
  cluster.send({
    by: cast.deploymentController,
    verb: 'create',
    on: { resource: 'replicasets', ...targetOf(created) },
    body,
    answer: replicaSetJson(created),
  })
  setRevision(cluster, deployment, revision)
}

function updateReplicaSet(cluster: Cluster, deployment: Deployment, wanted: ReplicaSet): void {
  const before = cluster.replicaSets.get(keyOf(wanted))
  const grown = wanted.replicas === before.replicas ? 0 : 1
  const generation = (before.meta.generation ?? 1) + grown
  const body = annotated({ ...wanted, meta: { ...before.meta, generation } }, deployment)
  const stored = cluster.replicaSets.put(body)
  cluster.send({
    by: cast.deploymentController,
    verb: 'update',
    on: { resource: 'replicasets', ...targetOf(before), uid: before.meta.uid, resourceVersion: before.meta.version },
    body: replicaSetJson({ ...body, meta: { ...body.meta, version: before.meta.version } }),
    answer: replicaSetJson(stored),
  })
  if (wanted.revision !== before.revision) setRevision(cluster, deployment, wanted.revision)
}

/** The controller's own marks; `kubectl rollout undo` reads the revision. */
function annotated(set: ReplicaSet, deployment: Deployment): ReplicaSet {
  const annotations = {
    'deployment.kubernetes.io/desired-replicas': String(deployment.replicas),
    'deployment.kubernetes.io/max-replicas': String(deployment.replicas + surgeOf(deployment)),
    'deployment.kubernetes.io/revision': String(set.revision),
  }
  return { ...set, meta: { ...set.meta, annotations } }
}

function setRevision(cluster: Cluster, { meta }: Deployment, revision: number): void {
  const now = cluster.deployments.get(keyOf({ meta }))
  const annotations = { ...now.meta.annotations, 'deployment.kubernetes.io/revision': String(revision) }
  cluster.deployments.put({ ...now, meta: { ...now.meta, annotations } })
}

/** One step of a rolling update: grow the new set as far as the surge allows, shrink old ones as far as pods are ready. */
function scaleReplicaSets(cluster: Cluster, deployment: Deployment, sets: readonly ReplicaSet[]): void {
  const current = sets.at(-1)
  if (current === undefined) return
  const room = deployment.replicas + surgeOf(deployment) - sum(sets.map((set) => set.replicas))
  const target = Math.min(deployment.replicas, current.replicas + Math.max(room, 0))
  if (target !== current.replicas) updateReplicaSet(cluster, deployment, { ...current, replicas: target })
  const least = deployment.replicas - Math.floor(deployment.replicas / 4)
  let spare = sum(sets.map((set) => Math.min(readyPods(cluster, set).length, set.replicas))) - least
  for (const set of sets.slice(0, -1)) {
    const fewer = Math.min(set.replicas, spare)
    if (fewer <= 0) continue
    spare -= fewer
    updateReplicaSet(cluster, deployment, { ...set, replicas: set.replicas - fewer })
  }
}

/** maxSurge 25 %, rounded up. */
function surgeOf(deployment: Deployment): number {
  return Math.ceil(deployment.replicas / 4)
}

function reportDeployment(cluster: Cluster, key: Key): void {
  const deployment = cluster.deployments.get(key)
  const sets = cluster.replicaSets.ownedBy(deployment.meta.uid).toSorted((a, b) => a.revision - b.revision)
  const last = sets.at(-1)
  const seen = {
    generation: deployment.meta.generation ?? 1,
    replicas: sum(sets.map((set) => set.observed.replicas)),
    updated: last?.observed.replicas ?? 0,
    ready: sum(sets.map((set) => set.observed.ready)),
  }
  const { timeUs, ...before } = deployment.observed
  if (same(seen, before)) return
  const timed = { ...seen, timeUs: seen.ready === before.ready ? timeUs : cluster.nowUs }
  cluster.deployments.put({ ...deployment, observed: timed })
  cluster.send({
    by: cast.deploymentController,
    verb: 'update',
    on: { resource: 'deployments', ...targetOf(deployment), subresource: 'status', ...claimOf(deployment) },
  })
}

function forgetOldSets(cluster: Cluster, sets: readonly ReplicaSet[]): void {
  const empty = sets.slice(0, -1).filter((set) => set.replicas === 0 && set.observed.replicas === 0)
  for (const set of empty.slice(0, Math.max(empty.length - historyMax, 0))) {
    cluster.replicaSets.remove(keyOf(set))
    cluster.send({
      by: cast.deploymentController,
      verb: 'delete',
      on: { resource: 'replicasets', ...targetOf(set) },
      body: { kind: 'DeleteOptions', apiVersion: 'apps/v1' },
      answer: deletedStatus('replicasets', set.meta),
    })
  }
}

function reconcileReplicaSet(cluster: Cluster, key: Key): void {
  const set = cluster.replicaSets.find(key)
  if (set === undefined) return
  const pods = livePods(cluster, set)
  for (let missing = set.replicas - pods.length; missing > 0; missing--) createPod(cluster, set)
  const leastReadyFirst = pods.toSorted((a, b) => rank(a) - rank(b) || b.meta.createdUs - a.meta.createdUs)
  for (const pod of leastReadyFirst.slice(0, Math.max(pods.length - set.replicas, 0))) {
    deletePod(cluster, pod, cast.replicaSetController)
  }
  const [live, ready] = [livePods(cluster, set).length, readyPods(cluster, set).length]
  const observed = { generation: set.meta.generation ?? 1, replicas: live, ready }
  if (same(observed, set.observed)) return
  cluster.replicaSets.put({ ...set, observed })
  cluster.send({
    by: cast.replicaSetController,
    verb: 'update',
    on: { resource: 'replicasets', ...targetOf(set), subresource: 'status', ...claimOf(set) },
  })
}

function rank(pod: Pod): number {
  return pod.phase === 'ready' ? 1 : 0
}

function createPod(cluster: Cluster, { meta, app, template }: ReplicaSet): void {
  addPod(cluster, cast.replicaSetController, {
    meta: {
      name: `${meta.name}-${cluster.random.suffix(5)}`,
      generateName: `${meta.name}-`,
      namespace: meta.namespace,
      uid: cluster.random.uuid(),
      version: '',
      createdUs: cluster.nowUs,
      ...(meta.labels && { labels: meta.labels }),
      owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: meta.name, uid: meta.uid },
    },
    app,
    template,
  })
}

/** The request has only a generateName, so the event's objectRef has no name: the answer tells it. */
export function addPod(
  cluster: Cluster,
  by: cast.Caller,
  made: { readonly meta: Pod['meta']; readonly app: App; readonly template: Pod['template'] },
): void {
  const restartPolicy = made.meta.owner?.kind === 'Job' ? 'Never' : 'Always'
  const times = { startUs: 0, runUs: 0, changedUs: cluster.nowUs, restarts: 0 }
  const pod = cluster.pods.put({ ...made, restartPolicy, node: '', ip: '', phase: 'pending', ...times })
  const spec = { ...podSpecJson(pod.app, pod.template), restartPolicy }
  cluster.send({
    by,
    verb: 'create',
    on: { resource: 'pods', namespace: pod.meta.namespace },
    body: { kind: 'Pod', apiVersion: 'v1', metadata: newMetaJson(pod.meta), spec, status: {} },
    answer: podJson(pod),
  })
}

/** A pod is deleted gracefully: it is still there until its kubelet has stopped it. */
export function deletePod(cluster: Cluster, pod: Pod, by: cast.Caller): void {
  const stored = cluster.pods.put({ ...pod, meta: { ...pod.meta, deletedUs: cluster.nowUs + 30_000_000 } })
  cluster.send({
    by,
    verb: 'delete',
    on: { resource: 'pods', ...targetOf(pod) },
    body: { kind: 'DeleteOptions', apiVersion: 'v1' },
    answer: podJson(stored),
  })
}

function livePods(cluster: Cluster, { meta }: ReplicaSet): Pod[] {
  return cluster.pods.ownedBy(meta.uid).filter((pod) => pod.meta.deletedUs === undefined)
}

function readyPods(cluster: Cluster, set: ReplicaSet): Pod[] {
  return livePods(cluster, set).filter((pod) => pod.phase === 'ready')
}

/** A Job has no Service. Endpoints (core, with bodies) and the EndpointSlice (metadata only) of an app's Service, when its pods changed. */
function reconcileEndpoints(cluster: Cluster, published: Map<Key, string>, key: Key): void {
  const pods = cluster.pods.all().filter((pod) => `${pod.meta.namespace}/${pod.app.name}` === key)
  const ready = pods.filter((pod) => pod.phase === 'ready' && pod.meta.deletedUs === undefined)
  const app = pods[0]?.app
  if (app === undefined || app.name === 'export') return
  const addresses = ready.map((pod) => pod.ip).join(' ')
  if (published.get(key) === addresses) return
  published.set(key, addresses)
  const target = { namespace: app.namespace, name: app.name }
  const uid = cast.uidOf(`endpoints ${key}`)
  cluster.send({
    by: cast.endpointController,
    verb: 'update',
    on: { resource: 'endpoints', ...target, uid },
    body: endpointsJson(app, ready, { uid, changedUs: cluster.nowUs }),
    answer: endpointsJson(app, ready, { uid, changedUs: cluster.nowUs, version: cluster.nextVersion() }),
  })
  const slice = `${app.name}-${cast.digest(`slice ${key}`).slice(0, 5)}`
  cluster.send({
    by: cast.endpointSliceController,
    verb: 'update',
    on: { resource: 'endpointslices', ...target, name: slice },
  })
}

function endpointsJson(
  app: App,
  pods: readonly Pod[],
  made: { readonly uid: string; readonly changedUs: number; readonly version?: string },
): JsonObject {
  const addresses = pods.map(({ ip, node, meta }) => ({
    ip,
    nodeName: node,
    targetRef: { kind: 'Pod', namespace: meta.namespace, name: meta.name, uid: meta.uid },
  }))
  const ports = [{ name: 'http', port: app.port, protocol: 'TCP' }]
  return {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: {
      name: app.name,
      namespace: app.namespace,
      uid: made.uid,
      resourceVersion: made.version,
      annotations: byKey({ 'endpoints.kubernetes.io/last-change-trigger-time': secondTime(made.changedUs) }),
    },
    subsets: addresses.length === 0 ? undefined : [{ addresses, ports }],
  }
}

/** What a delete answers where the object is gone at once. */
export function deletedStatus(
  resource: Resource,
  { name, uid }: { readonly name: string; readonly uid: string },
): JsonObject {
  const { group } = groupVersionOf(resource)
  const details = { name, group: group === '' ? undefined : group, kind: resource, uid }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}

function claimOf({ meta }: { readonly meta: Pod['meta'] }): { readonly uid: string; readonly resourceVersion: string } {
  return { uid: meta.uid, resourceVersion: meta.version }
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
