// The scheduler and the kubelets: a pod gets a node, starts, becomes ready, may crash, and is gone at the end.
import { secondUs } from './story-agenda.ts'
import * as cast from './story-cast.ts'
import type { Cluster, Key } from './story-cluster.ts'
import { keyOf, targetOf } from './story-cluster.ts'
import type { JsonObject } from './story-json.ts'
import { byKey, isList } from './story-json.ts'
import type { Pod, PodPhase } from './story-objects.ts'
import { podJson, podStatusJson } from './story-objects.ts'

/** The hotfix leaks: the kernel ends its container after some minutes, each time again. */
export const leakingImage = 'registry.acme.example/shop/checkout:1.18.3-hotfix'

export function startKubelets(cluster: Cluster): void {
  const known = new Set<string>()
  const stopping = new Set<string>()
  const { agenda, random } = cluster
  cluster.listen((kind, key) => {
    const pod = kind === 'pod' ? cluster.pods.find(key) : undefined
    if (pod === undefined) return
    if (!known.has(pod.meta.uid) && pod.phase === 'pending') {
      known.add(pod.meta.uid)
      agenda.after(random.between(15_000, 60_000), () => bind(cluster, key))
    }
    if (pod.meta.deletedUs !== undefined && !stopping.has(pod.meta.uid)) {
      stopping.add(pod.meta.uid)
      agenda.after(random.between(2 * secondUs, 6 * secondUs), () => stop(cluster, key))
    }
  })
}

function bind(cluster: Cluster, key: Key): void {
  const pod = cluster.pods.get(key)
  const node = leastLoaded(cluster)
  const ip = `10.244.${node.slice(-1)}.${cluster.random.between(20, 250)}`
  cluster.pods.put({ ...pod, node, ip, startUs: cluster.nowUs })
  const { name, namespace, uid } = pod.meta
  const body = {
    kind: 'Binding',
    apiVersion: 'v1',
    metadata: { name, namespace, uid, creationTimestamp: null },
    target: { kind: 'Node', name: node },
  }
  const answer = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
  const on = { resource: 'pods', ...targetOf(pod), uid, subresource: 'binding' } as const
  cluster.send({ by: cast.scheduler, verb: 'create', on, body, answer })
  const { agenda, random } = cluster
  agenda.after(random.between(300_000, 900_000), () => enter(cluster, key, 'starting'))
  agenda.after(random.between(4 * secondUs, 11 * secondUs), () => becomeReady(cluster, key))
}

function leastLoaded(cluster: Cluster): string {
  const free = cast.workers.filter((node) => !cluster.cordoned.has(node))
  const load = (node: string): number => cluster.pods.all().filter((pod) => pod.node === node).length
  return free.toSorted((a, b) => load(a) - load(b))[0] ?? cast.workers[0]
}

function becomeReady(cluster: Cluster, key: Key): void {
  enter(cluster, key, 'ready')
  const pod = cluster.pods.find(key)
  if (pod === undefined) return
  const { agenda, random } = cluster
  if (pod.restartPolicy === 'Never') {
    agenda.after(random.between(20 * secondUs, 90 * secondUs), () => enter(cluster, key, 'stopped'))
  } else if (pod.template.image === leakingImage) {
    agenda.after(random.between(240 * secondUs, 420 * secondUs), () => crash(cluster, key))
  }
}

/** Out of memory, then the kubelet's back-off, then the same again. */
function crash(cluster: Cluster, key: Key): void {
  const pod = cluster.pods.find(key)
  if (pod === undefined || pod.meta.deletedUs !== undefined) return
  enter(cluster, key, 'crashing', pod.restarts + 1)
  const backOffUs = Math.min(10 * 2 ** pod.restarts, 300) * secondUs
  cluster.agenda.after(backOffUs + cluster.random.below(secondUs), () => becomeReady(cluster, key))
}

/** The kubelet's report: a strategic patch of the status, of which the answer is the whole pod. */
function enter(cluster: Cluster, key: Key, phase: PodPhase, restarts?: number): void {
  const pod = cluster.pods.find(key)
  if (pod === undefined || (pod.meta.deletedUs !== undefined && phase !== 'stopped')) return
  const runUs = phase === 'ready' ? cluster.nowUs : pod.runUs
  const changed = { phase, runUs, changedUs: cluster.nowUs, restarts: restarts ?? pod.restarts }
  const stored = cluster.pods.put({ ...pod, ...changed })
  const on = { resource: 'pods', ...targetOf(pod), subresource: 'status' } as const
  cluster.send({ by: cast.kubelet(pod.node), verb: 'patch', on, body: statusPatch(stored), answer: podJson(stored) })
}

function statusPatch(pod: Pod): JsonObject {
  const { conditions = [], containerStatuses, phase, podIP } = podStatusJson(pod)
  const types = isList(conditions) ? conditions.map((each) => typeOf(each)) : []
  return byKey({
    metadata: { uid: pod.meta.uid },
    status: { '$setElementOrder/conditions': types, conditions, containerStatuses, phase, podIP },
  })
}

function typeOf(condition: unknown): JsonObject {
  const named = typeof condition === 'object' && condition !== null && 'type' in condition
  return { type: named ? String(condition.type) : '' }
}

function stop(cluster: Cluster, key: Key): void {
  enter(cluster, key, 'stopped')
  cluster.agenda.after(cluster.random.between(secondUs, 2 * secondUs), () => finish(cluster, key))
}

/** The kubelet's last word: it deletes with no grace left, and only now the pod is gone. */
function finish(cluster: Cluster, key: Key): void {
  const pod = cluster.pods.find(key)
  if (pod === undefined) return
  const { uid } = pod.meta
  cluster.pods.remove(keyOf(pod))
  cluster.send({
    by: cast.kubelet(pod.node),
    verb: 'delete',
    on: { resource: 'pods', ...targetOf(pod) },
    body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, preconditions: { uid } },
    answer: podJson({ ...pod, meta: { ...pod.meta, version: cluster.nextVersion() } }),
  })
}
