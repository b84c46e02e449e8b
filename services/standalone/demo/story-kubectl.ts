// What people type: each command is the requests that kubectl makes for it.
import { minuteUs, secondUs } from './story-agenda.ts'
import type { Caller } from './story-cast.ts'
import { uidOf } from './story-cast.ts'
import type { Cluster, Key } from './story-cluster.ts'
import { targetOf } from './story-cluster.ts'
import { deletePod, deletedStatus } from './story-controllers.ts'
import type { Failure, Request } from './story-event.ts'
import type { JsonObject } from './story-json.ts'
import { secondTime } from './story-json.ts'
import type { Pod } from './story-objects.ts'
import type { Resource, Target, Verb } from './story-policy.ts'
import { groupVersionOf } from './story-policy.ts'
import * as workloads from './story-workloads.ts'

export type Kubectl = ReturnType<typeof kubectl>

/** `--as` and `--as-group`: the identity that a person acts as. */
export type ActingAs = { readonly username: string; readonly groups: readonly string[] }

export function kubectl(cluster: Cluster, by: Caller, as?: ActingAs) {
  const who = { by, ...(as && { as }) }
  const read = (verb: 'get' | 'list', on: Target, query?: string): void =>
    cluster.send({ ...who, verb, on, ...(query !== undefined && { query }) })
  return {
    /** The discovery that kubectl does before its first command of the day. */
    discover: () => discover(cluster, by),
    get: (resource: Resource, namespace: string, name: string) => read('get', { resource, namespace, name }),
    list: (resource: Resource, namespace: string, query = 'limit=500') => read('list', { resource, namespace }, query),
    listAll: (resource: Resource) => read('list', { resource }, 'limit=500'),
    /** `kubectl describe pod`: the pod and its events; the policy drops reads of events. */
    describe: (app: Key) => read('get', { resource: 'pods', ...targetOf(onePod(cluster, app)) }),
    logs: (app: Key, query = 'tail=200') => logs(cluster, by, app, query),
    watch: (namespace: string, minutes: number) => watch(cluster, by, namespace, minutes),
    exec: (app: Key, command: readonly string[], lastsUs: number) => exec(cluster, by, { app, command, lastsUs }),
    portForward: (app: Key, minutes: number) => portForward(cluster, by, app, minutes),
    setImage: (app: Key, image: string) => workloads.setImage(cluster, by, app, image),
    trySetImage: (app: Key, image: string) => workloads.trySetImage(cluster, by, app, image),
    applyService: (app: Key) => workloads.applyService(cluster, by, app),
    patch: (app: Key, change: Parameters<typeof workloads.patchTemplate>[3]) =>
      workloads.patchTemplate(cluster, by, app, change),
    scale: (app: Key, replicas: number) => workloads.scale(cluster, by, app, replicas),
    restart: (app: Key) => workloads.restart(cluster, by, app),
    undo: (app: Key, image: string) => workloads.undo(cluster, by, app, image),
    /** A write whose body the policy does not record, such as of a ConfigMap or a HorizontalPodAutoscaler. */
    write: (verb: Verb, on: Target, query?: string) =>
      cluster.send({ ...who, verb, on, ...(query !== undefined && { query }) }),
    fail: (verb: Verb, on: Target, failure: Failure, request: Pick<Request, 'body' | 'annotations'> = {}) =>
      cluster.send({ ...who, verb, on, failure, ...request }),
    forbidden: (verb: Verb, on: Target) => cluster.send({ ...who, verb, on, failure: forbidden(by, verb, on) }),
    deletePod: (app: Key) => deletePod(cluster, onePod(cluster, app), by),
    bind: (binding: Binding) => bind(cluster, who, binding),
    /** `kubectl delete` of what is gone at once. */
    remove: (on: NamedTarget) => remove(cluster, who, on),
    cordon: (node: string, on: boolean) => cordon(cluster, who, node, on),
    drain: (node: string) => drain(cluster, who, node),
  }
}

export interface Binding {
  /** Without one it is a ClusterRoleBinding. */
  readonly namespace?: string
  readonly name: string
  readonly role: string
  readonly subject: { readonly kind: 'User' | 'Group'; readonly name: string }
}

type NamedTarget = Target & { readonly name: string }

type Who = { readonly by: Caller; readonly as?: ActingAs }

/** A pod of an app, as a person would pick one. */
function onePod(cluster: Cluster, app: Key): Pod {
  const pods = cluster.pods.all().filter((pod) => `${pod.meta.namespace}/${pod.app.name}` === app)
  return cluster.random.pick(pods.filter((pod) => pod.meta.deletedUs === undefined && pod.phase !== 'pending'))
}

function discover(cluster: Cluster, by: Caller): void {
  for (const path of ['/api', '/apis']) {
    const reason =
      'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"'
    cluster.send({ by: { ...by, reason }, verb: 'get', on: null, path, query: 'timeout=32s' })
  }
}

function logs(cluster: Cluster, by: Caller, app: Key, query: string): void {
  const pod = onePod(cluster, app)
  const on = { resource: 'pods', ...targetOf(pod), subresource: 'log' } as const
  cluster.open(
    { by, verb: 'get', on, query: `container=${pod.app.name}&${query}` },
    cluster.random.between(40, 900) * 1000,
  )
}

function watch(cluster: Cluster, by: Caller, namespace: string, minutes: number): void {
  const query = `limit=500&resourceVersion=${cluster.nextVersion()}&watch=true`
  cluster.open({ by, verb: 'watch', on: { resource: 'pods', namespace }, query }, minutes * minuteUs)
}

/** kubectl 1.30 and later speak WebSocket to exec: an HTTP GET, so the verb is `get`, and 101 is its success. */
function exec(
  cluster: Cluster,
  by: Caller,
  { app, command, lastsUs }: { readonly app: Key; readonly command: readonly string[]; readonly lastsUs: number },
): void {
  const pod = onePod(cluster, app)
  const words = command.map((word) => `command=${encodeURIComponent(word)}`).join('&')
  const query = `${words}&container=${pod.app.name}&stdin=true&stdout=true&tty=true`
  const on = { resource: 'pods', ...targetOf(pod), subresource: 'exec' } as const
  cluster.open({ by, verb: 'get', on, query, code: 101 }, lastsUs)
}

function portForward(cluster: Cluster, by: Caller, app: Key, minutes: number): void {
  const on = { resource: 'pods', ...targetOf(onePod(cluster, app)), subresource: 'portforward' } as const
  cluster.open({ by, verb: 'get', on, code: 101 }, minutes * minuteUs)
}

export function forbidden(by: Caller, verb: Verb, on: Target): Failure {
  const { group } = groupVersionOf(on.resource)
  const thing = on.name === undefined ? on.resource : `${on.resource} "${on.name}"`
  const where = on.namespace === undefined ? 'at the cluster scope' : `in the namespace "${on.namespace}"`
  const denied = `User "${by.username}" cannot ${verb} resource "${on.resource}" in API group "${group}" ${where}`
  return { code: 403, reason: 'Forbidden', message: `${thing} is forbidden: ${denied}` }
}

function bind(cluster: Cluster, who: Who, { namespace, name, role, subject }: Binding): void {
  const group = 'rbac.authorization.k8s.io'
  const inNamespace = namespace !== undefined
  const rest = {
    subjects: [{ kind: subject.kind, apiGroup: group, name: subject.name }],
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
  }
  const uid = uidOf(`${namespace} ${name}`)
  const made = { uid, resourceVersion: cluster.nextVersion(), creationTimestamp: secondTime(cluster.nowUs) }
  const head = { kind: inNamespace ? 'RoleBinding' : 'ClusterRoleBinding', apiVersion: `${group}/v1` }
  cluster.send({
    ...who,
    verb: 'create',
    on: { resource: inNamespace ? 'rolebindings' : 'clusterrolebindings', ...(inNamespace && { namespace }), name },
    query: 'fieldManager=kubectl-create&fieldValidation=Strict',
    body: { ...head, metadata: { name, namespace, creationTimestamp: null }, ...rest },
    answer: { ...head, metadata: { name, namespace, ...made }, ...rest },
  })
}

function remove(cluster: Cluster, who: Who, on: NamedTarget): void {
  const { group, version } = groupVersionOf(on.resource)
  const apiVersion = group === '' ? version : `${group}/${version}`
  const body = { kind: 'DeleteOptions', apiVersion, propagationPolicy: 'Background' }
  const answer = deletedStatus(on.resource, { name: on.name, uid: uidOf(`${on.namespace} ${on.name}`) })
  cluster.send({ ...who, verb: 'delete', on, body, answer })
}

function cordon(cluster: Cluster, who: Who, node: string, on: boolean): void {
  if (on) cluster.cordoned.add(node)
  else cluster.cordoned.delete(node)
  const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: secondTime(cluster.nowUs) }
  cluster.send({
    ...who,
    verb: 'patch',
    on: { resource: 'nodes', name: node },
    query: 'fieldManager=kubectl-drain',
    body: { spec: { unschedulable: on ? true : null } },
    answer: {
      kind: 'Node',
      apiVersion: 'v1',
      metadata: { name: node, resourceVersion: cluster.nextVersion(), labels: { 'kubernetes.io/hostname': node } },
      spec: on ? { taints: [taint], unschedulable: true } : {},
    },
  })
}

/** Cordon, then one eviction a pod. An eviction deletes the pod: no delete by the caller follows. */
function drain(cluster: Cluster, who: Who, node: string): void {
  cordon(cluster, who, node, true)
  cluster.send({
    ...who,
    verb: 'list',
    on: { resource: 'pods' },
    query: `fieldSelector=spec.nodeName%3D${node}&limit=500`,
  })
  const pods = cluster.pods.all().filter((pod) => pod.node === node && pod.meta.deletedUs === undefined)
  for (const [index, pod] of pods.entries()) {
    if (index === 1) cluster.agenda.after(2 * secondUs, () => refuseEviction(cluster, who, pod))
    cluster.agenda.after((index + 1) * 7 * secondUs, () => evict(cluster, who, pod))
  }
}

function evict(cluster: Cluster, who: Who, { meta }: Pod): void {
  const pod = cluster.pods.find(`${meta.namespace}/${meta.name}`)
  if (pod === undefined || pod.meta.deletedUs !== undefined) return
  cluster.pods.put({ ...pod, meta: { ...pod.meta, deletedUs: cluster.nowUs + 30 * secondUs } })
  const answer = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
  cluster.send({ ...who, verb: 'create', on: evictionOf(pod), body: evictionBody(pod), answer })
}

function refuseEviction(cluster: Cluster, who: Who, pod: Pod): void {
  const message = "Cannot evict pod as it would violate the pod's disruption budget."
  const failure = { code: 429, reason: 'TooManyRequests', message } as const
  cluster.send({ ...who, verb: 'create', on: evictionOf(pod), body: evictionBody(pod), failure })
}

function evictionOf(pod: Pod): Target {
  return { resource: 'pods', ...targetOf(pod), subresource: 'eviction' }
}

function evictionBody({ meta }: Pod): JsonObject {
  const metadata = { name: meta.name, namespace: meta.namespace, creationTimestamp: null }
  return { kind: 'Eviction', apiVersion: 'policy/v1', metadata, deleteOptions: {} }
}
