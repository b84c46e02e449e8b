// What goes on whether anybody works or not: node reports, tokens, scrapes, watches, nightly jobs. Thinned out: a real
// cluster repeats each of these a hundred times as often.
import { dayUs, hourUs, minuteUs, secondUs } from './story-agenda.ts'
import * as cast from './story-cast.ts'
import type { Cluster } from './story-cluster.ts'
import { addPod, deletePod } from './story-controllers.ts'
import type { JsonObject } from './story-json.ts'
import { byKey, secondTime } from './story-json.ts'
import type { Resource } from './story-policy.ts'
import { forbidden } from './story-kubectl.ts'

const nodes = ['cp-1', ...cast.workers]

export function startBackground(cluster: Cluster): void {
  for (const node of nodes) {
    every(cluster, 4 * hourUs, () => heartbeat(cluster, node))
    every(cluster, 8 * hourUs, () => requestToken(cluster, node))
  }
  every(cluster, 2 * hourUs, () => scrape(cluster))
  every(cluster, 3 * hourUs, () => discoverAgain(cluster))
  every(cluster, 2 * hourUs, () => review(cluster))
  every(cluster, 2 * hourUs, () => measure(cluster))
  every(cluster, 90 * minuteUs, () => watchOn(cluster))
  for (let day = 0; day < 7; day++) {
    cluster.agenda.at(cluster.startUs + day * dayUs + 135 * minuteUs, () => exportOrders(cluster, day))
  }
}

/** Repeats around a period, a little early or late each time. */
function every(cluster: Cluster, periodUs: number, action: () => void): void {
  const { agenda, random } = cluster
  const repeat = (): void => {
    action()
    agenda.after(Math.floor(periodUs * 0.9) + random.below(Math.floor(periodUs / 5)), repeat)
  }
  agenda.after(random.below(periodUs), repeat)
}

/** The kubelet's report about its node: conditions patched by their type. */
function heartbeat(cluster: Cluster, node: string): void {
  const lastHeartbeatTime = secondTime(cluster.nowUs)
  const healthy = ['MemoryPressure', 'DiskPressure', 'PIDPressure']
  const types = [...healthy, 'Ready'].map((type) => ({ type }))
  const beats = types.map((each) => ({ ...each, lastHeartbeatTime }))
  const since = secondTime(cluster.startUs - 31 * dayUs)
  const conditions = [...healthy, 'Ready'].map((type) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    lastHeartbeatTime,
    lastTransitionTime: since,
    reason: type === 'Ready' ? 'KubeletReady' : `KubeletHasNo${type}`,
  }))
  cluster.send({
    by: cast.kubelet(node),
    verb: 'patch',
    on: { resource: 'nodes', name: node, subresource: 'status' },
    query: 'timeout=10s',
    body: byKey({ status: { '$setElementOrder/conditions': types, conditions: beats } }),
    answer: nodeJson(cluster, node, conditions),
  })
}

function nodeJson(cluster: Cluster, node: string, conditions: readonly JsonObject[]): JsonObject {
  const resources = { cpu: '8', memory: '32866088Ki', pods: '110' }
  const uid = cast.uidOf(`node ${node}`)
  const creationTimestamp = secondTime(cluster.startUs - 31 * dayUs)
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: {
      name: node,
      uid,
      resourceVersion: cluster.nextVersion(),
      creationTimestamp,
      labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': node, 'kubernetes.io/os': 'linux' },
    },
    spec: cluster.cordoned.has(node) ? { unschedulable: true } : {},
    status: {
      capacity: resources,
      allocatable: resources,
      conditions,
      addresses: [{ type: 'InternalIP', address: cast.nodeIp(node) }],
      nodeInfo: { kernelVersion: '6.12.48', containerRuntimeVersion: 'containerd://2.1.4', kubeletVersion: 'v1.33.5' },
    },
  }
}

/** A token for a pod's service account; its id comes back later as the credential of what the pod does. */
function requestToken(cluster: Cluster, node: string): void {
  const [namespace, name] = cluster.random.pick([
    ['monitoring', 'prometheus'],
    ['argocd', 'argocd-application-controller'],
    ['cert-manager', 'cert-manager'],
  ] as const)
  const on = { resource: 'serviceaccounts', namespace, name, subresource: 'token' } as const
  const issued = { 'authentication.kubernetes.io/issued-credential-id': `JTI=${cluster.random.uuid()}` }
  cluster.send({ by: cast.kubelet(node), verb: 'create', on, annotations: issued })
}

function scrape(cluster: Cluster): void {
  for (const resource of ['nodes', 'pods', 'services'] as const) {
    cluster.send({ by: cast.prometheus, verb: 'list', on: { resource }, query: 'limit=500&resourceVersion=0' })
  }
  const slow = { tookUs: 612_300, annotations: { 'apiserver.latency.k8s.io/total': '612.3ms' } }
  cluster.send({ by: cast.prometheus, verb: 'get', on: null, path: '/metrics', ...slow })
}

function discoverAgain(cluster: Cluster): void {
  for (const path of ['/api', '/apis', '/openapi/v2']) {
    cluster.send({ by: cast.garbageCollector, verb: 'get', on: null, path, query: 'timeout=32s' })
  }
}

/** Components that ask the API server who a caller is and what he may do. */
function review(cluster: Cluster): void {
  const kubelet = cast.kubelet(cluster.random.pick(cast.workers))
  cluster.send({ by: kubelet, verb: 'create', on: { resource: 'tokenreviews' } })
  cluster.send({ by: kubelet, verb: 'create', on: { resource: 'subjectaccessreviews' } })
  cluster.send({ by: cast.argocd, verb: 'create', on: { resource: 'selfsubjectaccessreviews' } })
}

/** The autoscaler's measurements: status of objects outside the groups whose bodies are recorded. */
function measure(cluster: Cluster): void {
  for (const [namespace, name] of [
    ['shop', 'checkout'],
    ['web', 'frontend'],
  ] as const) {
    const on = { resource: 'horizontalpodautoscalers', namespace, name, subresource: 'status' } as const
    cluster.send({ by: cast.autoscaler, verb: 'update', on })
  }
}

const watched: readonly (readonly [cast.Caller, Resource])[] = [
  [cast.argocd, 'applications'],
  [cast.argocd, 'deployments'],
  [cast.prometheus, 'endpointslices'],
  [cast.metricsServer, 'nodes'],
  [cast.certManager, 'certificates'],
]

/** A watch ends after five to ten minutes, and the client opens the next. */
function watchOn(cluster: Cluster): void {
  const [by, resource] = cluster.random.pick(watched)
  const seconds = cluster.random.between(300, 600)
  const query = `allowWatchBookmarks=true&resourceVersion=${cluster.nextVersion()}&timeoutSeconds=${seconds}&watch=true`
  cluster.open({ by, verb: 'watch', on: { resource }, query }, seconds * secondUs + cluster.random.below(5000))
}

/** The nightly CronJob: a Job, its pod, and last night's Job deleted, of which the garbage collector takes the pod. */
function exportOrders(cluster: Cluster, day: number): void {
  const { agenda, random } = cluster
  const name = `export-${29_380_000 + day * 1440}`
  const uid = random.uuid()
  const job = { resource: 'jobs', namespace: 'shop', name } as const
  const { template } = cluster.deployments.get('shop/checkout')
  cluster.send({ by: cast.cronJobController, verb: 'create', on: job })
  agenda.after(180_000, () =>
    addPod(cluster, cast.jobController, {
      meta: {
        name: `${name}-${random.suffix(5)}`,
        generateName: `${name}-`,
        namespace: 'shop',
        uid: random.uuid(),
        version: '',
        createdUs: cluster.nowUs,
        labels: { 'batch.kubernetes.io/job-name': name },
        owner: { apiVersion: 'batch/v1', kind: 'Job', name, uid },
      },
      app: { namespace: 'shop', name: 'export', port: 8080, secret: 'catalog-db' },
      template: { ...template, image: 'registry.acme.example/shop/export:3.4.0', env: {}, annotations: {} },
    }),
  )
  for (const seconds of [1, 14, 110]) {
    const on = { ...job, subresource: 'status' }
    agenda.after(seconds * secondUs, () => cluster.send({ by: cast.jobController, verb: 'update', on }))
  }
  agenda.after(dayUs - minuteUs, () => {
    cluster.send({ by: cast.cronJobController, verb: 'delete', on: job })
    for (const pod of cluster.pods.ownedBy(uid)) deletePod(cluster, pod, cast.garbageCollector)
  })
}

/** cert-manager renews a certificate: a request, an issued secret, a status. */
export function renewCertificate(cluster: Cluster, namespace: string, name: string): void {
  const by = cast.certManager
  const request = { resource: 'certificaterequests', namespace, name: `${name}-8` } as const
  cluster.send({ by, verb: 'update', on: { resource: 'certificates', namespace, name, subresource: 'status' } })
  cluster.agenda.after(secondUs, () => cluster.send({ by, verb: 'create', on: request }))
  cluster.agenda.after(9 * secondUs, () => {
    cluster.send({ by, verb: 'update', on: { ...request, subresource: 'status' } })
    cluster.send({ by, verb: 'update', on: { resource: 'secrets', namespace, name } })
  })
}

/** Somebody on the internet tries what an API server gives away: `/version` is public, nothing else is. */
export function scan(cluster: Cluster): void {
  const by = cast.scanner
  const reason =
    'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"'
  cluster.send({ by: { ...by, reason }, verb: 'get', on: null, path: '/version' })
  for (const [index, resource] of (['namespaces', 'secrets', 'pods'] as const).entries()) {
    const failure = forbidden(by, 'list', { resource })
    cluster.agenda.after((index + 1) * secondUs, () => cluster.send({ by, verb: 'list', on: { resource }, failure }))
  }
}
