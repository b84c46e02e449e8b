// How the shop is delivered: CI upgrades images with helm, and argocd applies what stands in git. Git holds
// environment and memory but no image and no replicas, so a self-heal puts back less than one would hope.
import { secondUs } from './story-agenda.ts'
import * as cast from './story-cast.ts'
import type { Cluster, Key } from './story-cluster.ts'
import { keyOf, targetOf } from './story-cluster.ts'
import { deletePod, deletedStatus } from './story-controllers.ts'
import type { Json, JsonObject } from './story-json.ts'
import { byKey, isList, secondTime } from './story-json.ts'
import type { App, Deployment, Labels } from './story-objects.ts'
import { containerJson, deploymentJson, selectorOf } from './story-objects.ts'
import { imageOf } from './story-apps.ts'
import * as workloads from './story-workloads.ts'

export type Ci = ReturnType<typeof ciPipeline>
export type Argo = ReturnType<typeof argoController>

/** `helm upgrade --wait`: a release Secret, the patch, a few looks, and two Secrets again. */
export function ciPipeline(cluster: Cluster) {
  const releases = new Map<Key, number>()
  const secret = (verb: 'create' | 'update' | 'get', app: App, release: number): void => {
    const name = `sh.helm.release.v1.${app.name}.v${release}`
    cluster.send({ by: cast.ci, verb, on: { resource: 'secrets', namespace: app.namespace, name } })
  }
  return {
    upgrade(key: Key, tag: string): void {
      const { app } = cluster.deployments.get(key)
      const release = (releases.get(key) ?? cluster.random.between(20, 60)) + 1
      releases.set(key, release)
      const on = { resource: 'deployments', namespace: app.namespace, name: app.name } as const
      const { agenda } = cluster
      cluster.send({ by: cast.ci, verb: 'get', on: null, path: '/version' })
      const query = `labelSelector=name%3D${app.name}%2Cowner%3Dhelm%2Cstatus%3Ddeployed`
      cluster.send({ by: cast.ci, verb: 'list', on: { resource: 'secrets', namespace: app.namespace }, query })
      agenda.after(400_000, () => secret('create', app, release))
      agenda.after(700_000, () => cluster.send({ by: cast.ci, verb: 'get', on }))
      agenda.after(800_000, () => workloads.helmUpgrade(cluster, cast.ci, key, imageOf(app, tag)))
      for (const look of [10, 25, 40])
        agenda.after(look * secondUs, () => cluster.send({ by: cast.ci, verb: 'get', on }))
      agenda.after(52 * secondUs, () => secret('update', app, release - 1))
      agenda.after(52 * secondUs + 90_000, () => secret('update', app, release))
    },
  }
}

interface InGit {
  readonly env: Labels
  readonly memory: string
}

/** Server-side apply with force, as the application controller does it. */
export function argoController(cluster: Cluster) {
  const git = new Map<Key, InGit>()
  const wanted = (key: Key): InGit => {
    const found = git.get(key) ?? pickGit(cluster.deployments.get(key))
    git.set(key, found)
    return found
  }
  for (const deployment of cluster.deployments.all()) wanted(keyOf(deployment))
  return {
    /** A commit to the config repository; nothing happens in the cluster before the next sync. */
    commit: (key: Key, change: Partial<InGit>) => git.set(key, { ...wanted(key), ...change }),
    sync: (key: Key) => apply(cluster, key, wanted(key)),
    /** Server-side diff: an apply that changes nothing. */
    compare: (key: Key) => compare(cluster, key, wanted(key)),
    /** A Deployment that git has and the cluster has not: the same patch, answered with 201. */
    install: (deployment: Deployment) => install(cluster, deployment),
    /** Deletes what is no longer in git; the garbage collector takes what it owned. */
    prune: (key: Key) => prune(cluster, key),
    /** Another kind, whose bodies the policy does not record. */
    applyOther: (resource: 'horizontalpodautoscalers' | 'configmaps', key: Key) => {
      const [namespace = '', name = ''] = key.split('/')
      cluster.send({ by: cast.argocd, verb: 'patch', on: { resource, namespace, name }, query: applyQuery })
    },
  }
}

const applyQuery = 'fieldManager=argocd-controller&force=true'

function pickGit({ template }: Deployment): InGit {
  return { env: template.env, memory: template.memory }
}

function apply(cluster: Cluster, key: Key, { env, memory }: InGit): void {
  const before = workloads.grown(cluster.deployments.get(key))
  const template = { ...before.template, env: { ...before.template.env, ...env }, memory }
  const body = manifest(before, { env, memory })
  const stored = cluster.deployments.put({ ...before, template })
  const on = { resource: 'deployments', ...targetOf(stored) } as const
  const answer = withManagers(cluster, stored, body)
  cluster.send({ by: cast.argocd, verb: 'patch', on, query: applyQuery, body, answer })
  reportSync(cluster, before.app.namespace)
}

function compare(cluster: Cluster, key: Key, wanted: InGit): void {
  const now = cluster.deployments.get(key)
  const body = manifest(now, wanted)
  const on = { resource: 'deployments', ...targetOf(now) } as const
  const query = `dryRun=All&${applyQuery}`
  cluster.send({ by: cast.argocd, verb: 'patch', on, query, body, answer: deploymentJson(now) })
}

function install(cluster: Cluster, deployment: Deployment): void {
  const stored = cluster.deployments.put(deployment)
  const template = { metadata: { labels: selectorOf(stored.app) }, spec: { containers: [containerOf(stored)] } }
  const selector = { matchLabels: selectorOf(stored.app) }
  const body = byKey({ ...manifestHead(stored), spec: { replicas: stored.replicas, selector, template } })
  const on = { resource: 'deployments', ...targetOf(stored) } as const
  const answer = withManagers(cluster, stored, body)
  cluster.send({ by: cast.argocd, verb: 'patch', on, query: applyQuery, code: 201, body, answer })
  reportSync(cluster, stored.app.namespace)
}

/** What a person would have written: no field that the API server would fill in by itself. */
function containerOf({ app, template }: Deployment): JsonObject {
  const { name, image, ports, env, resources } = containerJson(app, template)
  return { name, image, ports, env, resources }
}

function prune(cluster: Cluster, key: Key): void {
  const { meta } = cluster.deployments.get(key)
  cluster.deployments.remove(key)
  const options = { kind: 'DeleteOptions', apiVersion: 'apps/v1', propagationPolicy: 'Background' }
  const target = targetOf({ meta })
  const answer = deletedStatus('deployments', meta)
  cluster.send({ by: cast.argocd, verb: 'delete', on: { resource: 'deployments', ...target }, body: options, answer })
  reportSync(cluster, meta.namespace)
  cluster.agenda.after(secondUs / 2, () => collect(cluster, meta.uid))
}

/** The garbage collector: the ReplicaSets of a Deployment that is gone, then their pods. */
function collect(cluster: Cluster, ownerUid: string): void {
  for (const { meta } of cluster.replicaSets.ownedBy(ownerUid)) {
    cluster.replicaSets.remove(`${meta.namespace}/${meta.name}`)
    const preconditions = { uid: meta.uid, resourceVersion: meta.version }
    cluster.send({
      by: cast.garbageCollector,
      verb: 'delete',
      on: { resource: 'replicasets', ...targetOf({ meta }) },
      body: { kind: 'DeleteOptions', apiVersion: 'apps/v1', preconditions, propagationPolicy: 'Background' },
      answer: deletedStatus('replicasets', meta),
    })
    cluster.agenda.after(secondUs / 2, () => {
      for (const pod of cluster.pods.ownedBy(meta.uid)) deletePod(cluster, pod, cast.garbageCollector)
    })
  }
}

/** The Application's status: a custom resource, so only its metadata is recorded. */
function reportSync(cluster: Cluster, application: string): void {
  const on = { resource: 'applications', namespace: 'argocd', name: application } as const
  cluster.agenda.after(300_000, () => cluster.send({ by: cast.argocd, verb: 'patch', on }))
}

/** The partial manifest that git has of a Deployment which helm installed. */
function manifest(deployment: Deployment, { env, memory }: InGit): JsonObject {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }))
  const resources = { limits: { memory }, requests: { cpu: '100m', memory } }
  const container = { name: deployment.app.name, env: variables, resources }
  return byKey({ ...manifestHead(deployment), ...workloads.inTemplate({ containers: [container] }) })
}

function manifestHead({ app }: Deployment): JsonObject {
  const { namespace, name } = app
  const annotations = { 'argocd.argoproj.io/tracking-id': `${namespace}:apps/Deployment:${namespace}/${name}` }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { annotations, name, namespace } }
}

/** The policy keeps managedFields for argocd's applies alone: they tell which tool owns which field. */
function withManagers(cluster: Cluster, deployment: Deployment, applied: JsonObject): JsonObject {
  const { imageBy, observed, app } = deployment
  const container = { [`k:{"name":"${app.name}"}`]: { 'f:image': {} } }
  const image = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': container } } } }
  const { spec, metadata } = applied
  const meta = isObject(metadata) ? { annotations: metadata['annotations'] } : {}
  const owned = fieldsOf({ metadata: meta, spec })
  const json = deploymentJson(deployment)
  const managedFields = [
    { manager: 'argocd-controller', operation: 'Apply', ...ownership(cluster.nowUs, owned) },
    { manager: imageBy.manager, operation: 'Update', ...ownership(imageBy.timeUs, image) },
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      ...ownership(observed.timeUs, { 'f:status': {} }),
      subresource: 'status',
    },
  ]
  return { ...json, metadata: { ...(isObject(json['metadata']) && json['metadata']), managedFields } }
}

function ownership(timeUs: number, fieldsV1: JsonObject): JsonObject {
  return { apiVersion: 'apps/v1', time: secondTime(timeUs), fieldsType: 'FieldsV1', fieldsV1 }
}

/** FieldsV1 of an applied manifest: `f:` before a field, `k:` before a list's entry of that name. */
function fieldsOf(value: Json | undefined): JsonObject {
  if (isNamedList(value)) {
    const entries = value.map((item) => [`k:{"name":${JSON.stringify(item['name'])}}`, fieldsOf(item)] as const)
    return Object.fromEntries(entries)
  }
  if (!isObject(value)) return {}
  return byKey(Object.fromEntries(Object.entries(value).map(([name, field]) => [`f:${name}`, fieldsOf(field)])))
}

function isNamedList(value: Json | undefined): value is readonly JsonObject[] {
  return value !== undefined && isList(value ?? '') && Array.isArray(value) && value.every((item) => isObject(item))
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value)
}
