// The objects of the story and their JSON in the order of Kubernetes' Go types (k8s.io/api core/v1 and apps/v1).
import { digest, nodeIp } from './story-cast.ts'
import type { JsonObject } from './story-json.ts'
import { byKey, secondTime } from './story-json.ts'
import { nameAlphabet } from './story-random.ts'

export type Labels = Readonly<Record<string, string>>

export interface Meta {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** metadata.resourceVersion. */
  readonly version: string
  readonly createdUs: number
  readonly generateName?: string
  readonly generation?: number
  readonly deletedUs?: number
  readonly labels?: Labels
  readonly annotations?: Labels
  readonly owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string }
}

/** What never changes about one program of the shop. */
export interface App {
  readonly namespace: string
  readonly name: string
  readonly port: number
  /** The Secret that DB_PASSWORD comes from. */
  readonly secret?: string
}

/** The part of a pod template that the story changes. */
export interface Template {
  readonly image: string
  readonly env: Labels
  readonly memory: string
  readonly annotations: Labels
}

export interface Deployment {
  readonly meta: Meta
  readonly app: App
  readonly replicas: number
  readonly template: Template
  /** Who set the image last, for managedFields. */
  readonly imageBy: { readonly manager: string; readonly timeUs: number }
  readonly observed: {
    readonly generation: number
    readonly replicas: number
    readonly updated: number
    readonly ready: number
    readonly timeUs: number
  }
}

export interface ReplicaSet {
  readonly meta: Meta
  readonly app: App
  readonly template: Template
  readonly replicas: number
  readonly revision: number
  /** Of its controller's last report; generation is 0 before the first. */
  readonly observed: { readonly generation: number; readonly replicas: number; readonly ready: number }
}

export type PodPhase = 'pending' | 'starting' | 'ready' | 'crashing' | 'stopped'

export interface Pod {
  readonly meta: Meta
  readonly app: App
  readonly template: Template
  readonly restartPolicy: 'Always' | 'Never'
  /** Empty until the scheduler has chosen. */
  readonly node: string
  readonly ip: string
  readonly phase: PodPhase
  readonly startUs: number
  /** When its container began to run last. */
  readonly runUs: number
  /** When it entered its phase. */
  readonly changedUs: number
  readonly restarts: number
}

function metaJson(meta: Meta): JsonObject {
  return {
    name: meta.name === '' ? undefined : meta.name,
    generateName: meta.generateName,
    namespace: meta.namespace === '' ? undefined : meta.namespace,
    uid: meta.uid,
    resourceVersion: meta.version,
    generation: meta.generation,
    creationTimestamp: secondTime(meta.createdUs),
    deletionTimestamp: meta.deletedUs === undefined ? undefined : secondTime(meta.deletedUs),
    deletionGracePeriodSeconds: meta.deletedUs === undefined ? undefined : 30,
    labels: meta.labels && byKey(meta.labels),
    annotations: meta.annotations && byKey(meta.annotations),
    ownerReferences: meta.owner && [{ ...meta.owner, controller: true, blockOwnerDeletion: true }],
  }
}

/** An object as its creator sends it: the API server has not given it uid, version and time yet. */
export function newMetaJson(meta: Meta): JsonObject {
  const name = meta.generateName === undefined ? meta.name : undefined
  const asked = { ...metaJson(meta), name, uid: undefined, resourceVersion: undefined, generation: undefined }
  return { ...asked, creationTimestamp: null }
}

export function selectorOf(app: App): Labels {
  return { 'app.kubernetes.io/name': app.name }
}

export function deploymentJson({ meta, app, replicas, template, observed }: Deployment): JsonObject {
  const since = secondTime(observed.timeUs)
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: metaJson(meta),
    spec: {
      replicas,
      selector: { matchLabels: selectorOf(app) },
      template: templateJson(app, template, selectorOf(app)),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
    },
    status: {
      observedGeneration: observed.generation,
      replicas: some(observed.replicas),
      updatedReplicas: some(observed.updated),
      readyReplicas: some(observed.ready),
      availableReplicas: some(observed.ready),
      unavailableReplicas: some(observed.replicas - observed.ready),
      conditions: [
        {
          type: 'Available',
          status: observed.ready > 0 ? 'True' : 'False',
          lastUpdateTime: since,
          lastTransitionTime: since,
          reason: observed.ready > 0 ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        },
      ],
    },
  }
}

export function replicaSetJson({ meta, app, template, replicas, observed }: ReplicaSet): JsonObject {
  const labels = meta.labels ?? {}
  return {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: metaJson(meta),
    spec: { replicas, selector: { matchLabels: byKey(labels) }, template: templateJson(app, template, labels) },
    status: {
      replicas: observed.replicas,
      fullyLabeledReplicas: some(observed.replicas),
      readyReplicas: some(observed.ready),
      availableReplicas: some(observed.ready),
      observedGeneration: some(observed.generation),
    },
  }
}

export function scaleJson({ meta, app, observed }: Deployment, replicas: number): JsonObject {
  const { name, namespace, uid, version: resourceVersion } = meta
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp: secondTime(meta.createdUs) },
    spec: { replicas },
    status: { replicas: observed.replicas, selector: `app.kubernetes.io/name=${app.name}` },
  }
}

export function podJson(pod: Pod): JsonObject {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: metaJson(pod.meta),
    spec: podSpecJson(pod.app, pod.template, pod),
    status: pod.phase === 'pending' ? { phase: 'Pending', qosClass: 'Burstable' } : podStatusJson(pod),
  }
}

/** The status that a kubelet reports; all of it, as in the object. */
export function podStatusJson(pod: Pod): JsonObject {
  const ready = pod.phase === 'ready' ? 'True' : 'False'
  const since = secondTime(pod.changedUs)
  const podPhase = pod.phase === 'starting' ? 'Pending' : 'Running'
  return {
    phase: pod.phase === 'stopped' ? 'Succeeded' : podPhase,
    conditions: [
      condition('Initialized', 'True', secondTime(pod.startUs)),
      condition('Ready', ready, since),
      condition('ContainersReady', ready, since),
      condition('PodScheduled', 'True', secondTime(pod.startUs)),
    ],
    hostIP: nodeIp(pod.node),
    podIP: pod.phase === 'starting' ? undefined : pod.ip,
    startTime: secondTime(pod.startUs),
    containerStatuses: [containerStatusJson(pod)],
    qosClass: 'Burstable',
  }
}

function condition(type: string, status: string, time: string): JsonObject {
  const reason = status === 'False' ? 'ContainersNotReady' : undefined
  return { type, status, lastProbeTime: null, lastTransitionTime: time, reason }
}

/** The pod-template-hash: the same template gives the same ReplicaSet again, which is how a rollback finds it. */
export function templateHash(app: App, template: Template): string {
  const text = JSON.stringify([podSpecJson(app, template), byKey(template.annotations)])
  const digits = String(Number.parseInt(digest(text).slice(0, 8), 16)).padStart(10, '0')
  return Array.from(digits, (digit) => nameAlphabet.charAt(digit.charCodeAt(0) % nameAlphabet.length)).join('')
}

function templateJson(app: App, template: Template, labels: Labels): JsonObject {
  const noted = Object.keys(template.annotations).length > 0
  return {
    metadata: {
      creationTimestamp: null,
      labels: byKey(labels),
      annotations: noted ? byKey(template.annotations) : undefined,
    },
    spec: podSpecJson(app, template),
  }
}

/** The spec of a template; with a pod also what scheduling and admission add to it. */
export function podSpecJson(app: App, template: Template, pod?: Pod): JsonObject {
  const added = pod && {
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  }
  return {
    containers: [containerJson(app, template)],
    restartPolicy: pod?.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: app.name,
    serviceAccount: app.name,
    automountServiceAccountToken: false,
    nodeName: pod && pod.node !== '' ? pod.node : undefined,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    schedulerName: 'default-scheduler',
    ...added,
  }
}

/** The container as a manifest has it; the API server's answer has a few defaults more. */
export function containerJson(app: App, template: Template): JsonObject {
  const env: JsonObject[] = Object.entries(template.env).map(([name, value]) => ({ name, value }))
  const password = { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: app.secret, key: 'password' } } }
  return {
    name: app.name,
    image: template.image,
    ports: [{ name: 'http', containerPort: app.port, protocol: 'TCP' }],
    env: app.secret === undefined ? env : [...env, password],
    resources: { limits: { memory: template.memory }, requests: { cpu: '100m', memory: template.memory } },
    readinessProbe: {
      httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 5,
      successThreshold: 1,
      failureThreshold: 3,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: { capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false },
  }
}

function containerStatusJson(pod: Pod): JsonObject {
  const image = pod.template.image
  const runs = pod.phase !== 'starting'
  return {
    name: pod.app.name,
    state: containerState(pod),
    lastState: pod.restarts > 0 ? outOfMemory(pod) : {},
    ready: pod.phase === 'ready',
    restartCount: pod.restarts,
    image,
    imageID: runs ? `${image.split(':')[0] ?? ''}@sha256:${digest(image)}` : '',
    containerID: runs ? containerId(pod, pod.phase === 'crashing' ? pod.restarts - 1 : pod.restarts) : undefined,
    started: pod.phase === 'ready',
  }
}

function containerState(pod: Pod): JsonObject {
  switch (pod.phase) {
    case 'pending':
    case 'starting':
      return { waiting: { reason: 'ContainerCreating' } }
    case 'ready':
      return { running: { startedAt: secondTime(pod.changedUs) } }
    case 'crashing':
      return {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off restarting failed container=${pod.app.name} pod=${pod.meta.name}_${pod.meta.namespace}(${pod.meta.uid})`,
        },
      }
    case 'stopped':
      return {
        terminated: { exitCode: 0, reason: 'Completed', ...times(pod), containerID: containerId(pod, pod.restarts) },
      }
    default:
      return pod.phase satisfies never
  }
}

/** How the container before this one ended: the kernel took it for its memory. */
function outOfMemory(pod: Pod): JsonObject {
  const ended = pod.phase === 'crashing' ? times(pod) : {}
  return {
    terminated: { exitCode: 137, reason: 'OOMKilled', ...ended, containerID: containerId(pod, pod.restarts - 1) },
  }
}

function times(pod: Pod): JsonObject {
  return { startedAt: secondTime(pod.runUs), finishedAt: secondTime(pod.changedUs) }
}

function containerId(pod: Pod, number: number): string {
  return `containerd://${digest(`${pod.meta.uid} ${number}`)}`
}

/** Kubernetes leaves a zero count out. */
function some(count: number): number | undefined {
  return count === 0 ? undefined : count
}
