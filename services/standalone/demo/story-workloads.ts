// How a Deployment is written: each function is one request of kubectl, helm, argocd or the autoscaler, with the body
// that the tool really sends, and what it makes of the object.
import { hourUs } from './story-agenda.ts'
import type { Caller } from './story-cast.ts'
import { autoscaler } from './story-cast.ts'
import type { Cluster, Key } from './story-cluster.ts'
import { targetOf } from './story-cluster.ts'
import type { Json, JsonObject } from './story-json.ts'
import { byKey, goJson, secondTime } from './story-json.ts'
import type { Deployment, Labels, ReplicaSet, Template } from './story-objects.ts'
import { deploymentJson, podSpecJson, scaleJson, selectorOf } from './story-objects.ts'

/** How a tool patches: its query, its body, and the name it leaves in managedFields. */
export interface Patch {
  readonly query?: string
  readonly body: Json
  readonly manager: string
}

/** `kubectl set image`: a strategic patch that names the container. */
export function setImage(cluster: Cluster, by: Caller, key: Key, image: string): void {
  const { name } = cluster.deployments.get(key).app
  const body = inTemplate({ '$setElementOrder/containers': [{ name }], containers: [{ image, name }] })
  patchTemplate(cluster, by, key, { patch: { query: 'fieldManager=kubectl-set', body, manager: 'kubectl-set' }, image })
}

/** `kubectl set image --dry-run=server`: answered as if it were done. */
export function trySetImage(cluster: Cluster, by: Caller, key: Key, image: string): void {
  const now = cluster.deployments.get(key)
  const { name } = now.app
  cluster.send({
    by,
    verb: 'patch',
    on: { resource: 'deployments', ...targetOf(now) },
    query: 'dryRun=All&fieldManager=kubectl-set',
    body: inTemplate({ '$setElementOrder/containers': [{ name }], containers: [{ image, name }] }),
    answer: deploymentJson({ ...grown(now), template: { ...now.template, image } }),
  })
}

/** `kubectl apply` of a Service, from the client's side: the patch carries the whole manifest as an annotation. */
export function applyService(cluster: Cluster, by: Caller, key: Key): void {
  const { app, meta } = cluster.deployments.get(key)
  const { namespace, name } = app
  const ports = [{ name: 'http', port: 80, targetPort: app.port }]
  const spec = { ports, selector: selectorOf(app), sessionAffinity: 'ClientIP' }
  const manifest = { apiVersion: 'v1', kind: 'Service', metadata: { annotations: {}, name, namespace }, spec }
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `${goJson(manifest)}\n` }
  const creationTimestamp = secondTime(meta.createdUs)
  const made = { name, namespace, resourceVersion: cluster.nextVersion(), creationTimestamp, annotations }
  cluster.send({
    by,
    verb: 'patch',
    on: { resource: 'services', namespace, name },
    query: 'fieldManager=kubectl-client-side-apply&fieldValidation=Strict',
    body: { metadata: { annotations }, spec: { sessionAffinity: 'ClientIP' } },
    answer: { kind: 'Service', apiVersion: 'v1', metadata: made, spec: { ...spec, type: 'ClusterIP' } },
  })
}

/** Sends a patch of the pod template and gives the Deployment the template that comes of it. */
export function patchTemplate(
  cluster: Cluster,
  by: Caller,
  key: Key,
  { patch, labels, ...change }: { readonly patch: Patch; readonly labels?: Labels } & Partial<Template>,
): void {
  const before = grown(cluster.deployments.get(key))
  const meta = { ...before.meta, labels: { ...before.meta.labels, ...labels } }
  const template = { ...before.template, ...change }
  const imageBy = change.image === undefined ? before.imageBy : { manager: patch.manager, timeUs: cluster.nowUs }
  sendPatch(cluster, by, patch, cluster.deployments.put({ ...before, meta, template, imageBy }))
}

/** `kubectl scale`: a merge patch of the subresource, without a field manager. */
export function scale(cluster: Cluster, by: Caller, key: Key, replicas: number): void {
  const stored = setReplicas(cluster, key, replicas)
  cluster.send({
    by,
    verb: 'patch',
    on: { resource: 'deployments', ...targetOf(stored), subresource: 'scale' },
    body: { spec: { replicas } },
    answer: scaleJson(stored, replicas),
  })
}

/** The HorizontalPodAutoscaler: an update of the subresource; its claim is the Deployment's uid and version. */
export function autoscale(cluster: Cluster, key: Key, replicas: number): void {
  const before = cluster.deployments.get(key)
  const { uid, version: resourceVersion } = before.meta
  const stored = setReplicas(cluster, key, replicas)
  cluster.send({
    by: autoscaler,
    verb: 'update',
    on: { resource: 'deployments', ...targetOf(before), subresource: 'scale', uid, resourceVersion },
    body: scaleJson(before, replicas),
    answer: scaleJson(stored, replicas),
  })
}

/** `kubectl rollout restart`: nothing but a time in the template, in the person's own time zone. */
export function restart(cluster: Cluster, by: Caller, key: Key): void {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': localTime(cluster.nowUs) }
  const body = { spec: { template: { metadata: { annotations } } } }
  const patch = { query: 'fieldManager=kubectl-rollout', body, manager: 'kubectl-rollout' }
  const before = cluster.deployments.get(key).template.annotations
  patchTemplate(cluster, by, key, { patch, annotations: { ...before, ...annotations } })
}

/** `kubectl rollout undo --to-revision`: a JSON patch that puts an old ReplicaSet's template back whole. */
export function undo(cluster: Cluster, by: Caller, key: Key, image: string): void {
  const before = cluster.deployments.get(key)
  const set = lastSetWith(cluster, before, image)
  const labels = selectorOf(set.app)
  const annotations = Object.keys(set.template.annotations).length > 0 ? byKey(set.template.annotations) : undefined
  const metadata = { creationTimestamp: null, labels, annotations }
  const value = { metadata, spec: podSpecJson(set.app, set.template) }
  const body = [
    { op: 'replace', path: '/spec/template', value },
    { op: 'replace', path: '/metadata/annotations', value: byKey(before.meta.annotations ?? {}) },
  ]
  patchTemplate(cluster, by, key, { patch: { body, manager: 'kubectl' }, ...set.template })
}

/** `helm upgrade`: image, chart version and labels in one strategic patch. */
export function helmUpgrade(cluster: Cluster, by: Caller, key: Key, image: string): void {
  const { name } = cluster.deployments.get(key).app
  const labels = { 'app.kubernetes.io/version': image.slice(image.lastIndexOf(':') + 1) }
  const pod = inTemplate({ '$setElementOrder/containers': [{ name }], containers: [{ image, name }] })
  const body = { metadata: { labels }, ...pod }
  const patch = { query: 'fieldManager=helm', body, manager: 'helm' }
  patchTemplate(cluster, by, key, { patch, labels, image })
}

/** The fields inside `spec.template.spec` of a patch. */
export function inTemplate(fields: JsonObject): JsonObject {
  return { spec: { template: { spec: fields } } }
}

/** A write of the spec raises metadata.generation. */
export function grown(deployment: Deployment): Deployment {
  const { meta } = deployment
  return { ...deployment, meta: { ...meta, generation: (meta.generation ?? 1) + 1 } }
}

function setReplicas(cluster: Cluster, key: Key, replicas: number): Deployment {
  return cluster.deployments.put({ ...grown(cluster.deployments.get(key)), replicas })
}

function sendPatch(cluster: Cluster, by: Caller, patch: Patch, stored: Deployment): void {
  cluster.send({
    by,
    verb: 'patch',
    on: { resource: 'deployments', ...targetOf(stored) },
    ...(patch.query !== undefined && { query: patch.query }),
    body: patch.body,
    answer: deploymentJson(stored),
  })
}

function lastSetWith(cluster: Cluster, { meta }: Deployment, image: string): ReplicaSet {
  const sets = cluster.replicaSets.ownedBy(meta.uid).toSorted((a, b) => b.revision - a.revision)
  const set = sets.find((each) => each.template.image === image)
  if (set === undefined) throw new RangeError(`could not undo to ${image}: no ReplicaSet of ${meta.name} has it`)
  return set
}

/** RFC 3339 with the office's offset, one hour before UTC in winter. */
function localTime(us: number): string {
  return `${secondTime(us + hourUs).slice(0, 19)}+01:00`
}
