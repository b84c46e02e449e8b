// Audit events as an API server writes them, made up from a seed: the mix that reliability.md's measurements used (leases,
// reads, status patches, pod creates, exec, changes by people), about 1.8 KB each on average.

import { seededRandom, type Random } from './random.ts'

export interface EventMaker {
  /** One event's JSON as it stands in a webhook's `items`. */
  event(): string
  /** A whole body as an API server posts it. */
  list(length: number): string
}

const namespaces = ['shop', 'payments', 'web', 'search', 'kube-system', 'monitoring'] as const
const people = ['alice@acme.example', 'bob@acme.example', 'carol@acme.example', 'dave@contractor.example'] as const

/** `startUs`: requestReceivedTimestamp of the first event, in microseconds; later ones rise by `stepUs` on average. */
export function createEventMaker(seed: number, startUs: number, stepUs: number): EventMaker {
  const random = seededRandom(seed)
  let clockUs = startUs
  const event = (): string => {
    clockUs += 1 + random.below(stepUs * 2)
    return JSON.stringify(makeEvent(random, clockUs))
  }
  const list = (length: number): string => {
    const items = Array.from({ length }, event).join(',')
    return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items}]}\n`
  }
  return { event, list }
}

function makeEvent(random: Random, us: number): object {
  const roll = random.next()
  if (roll < 0.34) return leaseUpdate(random, us)
  if (roll < 0.66) return read(random, us)
  if (roll < 0.8) return statusPatch(random, us)
  if (roll < 0.92) return podCreate(random, us)
  if (roll < 0.95) return exec(random, us)
  return imageChange(random, us)
}

interface Request {
  readonly verb: string
  readonly uri: string
  readonly user: object
  readonly ip: string
  readonly agent: string
  readonly ref: object
  readonly code: number
  readonly level: string
  readonly reason: string
  readonly requestObject?: object
  readonly responseObject?: object
}

function wrap(random: Random, us: number, request: Request): object {
  return {
    level: request.level,
    auditID: random.uuid(),
    stage: 'ResponseComplete',
    requestURI: request.uri,
    verb: request.verb,
    user: request.user,
    sourceIPs: [request.ip],
    userAgent: request.agent,
    objectRef: request.ref,
    responseStatus: { metadata: {}, code: request.code },
    ...(request.requestObject ? { requestObject: request.requestObject } : {}),
    ...(request.responseObject ? { responseObject: request.responseObject } : {}),
    requestReceivedTimestamp: microTime(us),
    stageTimestamp: microTime(us + 1_500 + random.below(20_000)),
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': request.reason },
  }
}

function leaseUpdate(random: Random, us: number): object {
  const node = `node-${random.below(60)}`
  const lease = {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    metadata: metadata(random, us, node, 'kube-node-lease', 'kubelet'),
    spec: { holderIdentity: node, leaseDurationSeconds: 40, renewTime: microTime(us) },
  }
  return wrap(random, us, {
    verb: 'update',
    uri: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}?timeout=10s`,
    user: { username: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] },
    ip: `10.0.1.${random.below(60)}`,
    agent: 'kubelet/v1.33.4 (linux/amd64) kubernetes/6d2a1f0',
    ref: {
      resource: 'leases',
      namespace: 'kube-node-lease',
      name: node,
      apiGroup: 'coordination.k8s.io',
      apiVersion: 'v1',
    },
    code: 200,
    level: 'RequestResponse',
    reason: '',
    requestObject: lease,
    responseObject: lease,
  })
}

function read(random: Random, us: number): object {
  const namespace = random.pick(namespaces)
  const resource = random.pick(['pods', 'services', 'endpoints', 'configmaps', 'secrets'] as const)
  const account = `system:serviceaccount:${namespace}:app-${random.below(40)}`
  return wrap(random, us, {
    verb: 'get',
    uri: `/api/v1/namespaces/${namespace}/${resource}/item-${random.below(400)}?resourceVersion=${random.below(1e9)}`,
    user: {
      username: account,
      uid: random.uuid(),
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${random.uuid()}`],
        'authentication.kubernetes.io/node-name': [`node-${random.below(60)}`],
        'authentication.kubernetes.io/pod-name': [`app-${random.suffix(10)}-${random.suffix(5)}`],
        'authentication.kubernetes.io/pod-uid': [random.uuid()],
      },
    },
    ip: `10.2.${random.below(20)}.${random.below(250)}`,
    agent: `app/v1.${random.below(20)}.0 (linux/amd64) kubernetes/$Format`,
    ref: { resource, namespace, name: `item-${random.below(400)}`, apiVersion: 'v1' },
    code: 200,
    level: 'Metadata',
    reason: `RBAC: allowed by RoleBinding "app/${namespace}" of Role "app" to ServiceAccount "app/${namespace}"`,
  })
}

function statusPatch(random: Random, us: number): object {
  const namespace = random.pick(namespaces)
  const name = `api-${random.suffix(10)}-${random.suffix(5)}`
  const condition = (type: string): object => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: second(us),
  })
  return wrap(random, us, {
    verb: 'patch',
    uri: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
    user: { username: `system:node:node-${random.below(60)}`, groups: ['system:nodes', 'system:authenticated'] },
    ip: `10.0.1.${random.below(60)}`,
    agent: 'kubelet/v1.33.4 (linux/amd64) kubernetes/6d2a1f0',
    ref: { resource: 'pods', namespace, name, apiVersion: 'v1', subresource: 'status' },
    code: 200,
    level: 'Request',
    reason: '',
    requestObject: {
      metadata: { uid: random.uuid() },
      status: {
        $setElementOrder: {
          conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
            (type) => ({ type }),
          ),
        },
        conditions: ['PodReadyToStartContainers', 'Ready', 'ContainersReady'].map(condition),
        containerStatuses: [containerStatus(random, us)],
        phase: 'Running',
        podIP: `10.2.${random.below(20)}.${random.below(250)}`,
      },
    },
  })
}

function podCreate(random: Random, us: number): object {
  const namespace = random.pick(namespaces)
  const set = `api-${random.suffix(10)}`
  const pod = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { generateName: `${set}-`, labels: { app: 'api', 'pod-template-hash': random.suffix(10) } },
    spec: podSpec(random),
    status: {},
  }
  const name = `${set}-${random.suffix(5)}`
  return wrap(random, us, {
    verb: 'create',
    uri: `/api/v1/namespaces/${namespace}/pods`,
    user: {
      username: 'system:serviceaccount:kube-system:replicaset-controller',
      uid: '7e0f2b4c-4e0c-4c5f-9d65-2f0f5a1c9b11',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    },
    ip: '10.0.0.4',
    agent:
      'kube-controller-manager/v1.33.4 (linux/amd64) kubernetes/6d2a1f0/system:serviceaccount:kube-system:replicaset-controller',
    ref: { resource: 'pods', namespace, apiVersion: 'v1' },
    code: 201,
    level: 'RequestResponse',
    reason:
      'RBAC: allowed by ClusterRoleBinding "system:controller:replicaset-controller" of ClusterRole "system:controller:replicaset-controller" to ServiceAccount "replicaset-controller/kube-system"',
    requestObject: pod,
    responseObject: {
      ...pod,
      metadata: { ...metadata(random, us, name, namespace, 'kube-controller-manager'), generateName: `${set}-` },
    },
  })
}

function exec(random: Random, us: number): object {
  const namespace = random.pick(namespaces)
  const name = `api-${random.suffix(10)}-${random.suffix(5)}`
  return wrap(random, us, {
    verb: 'get',
    uri: `/api/v1/namespaces/${namespace}/pods/${name}/exec?command=sh&command=-c&command=uptime&container=api&stdout=true`,
    user: { username: random.pick(people), groups: ['sre', 'system:authenticated'] },
    ip: `203.0.113.${random.below(40)}`,
    agent: 'kubectl/v1.33.3 (darwin/arm64) kubernetes/0a1b2c3',
    ref: { resource: 'pods', namespace, name, apiVersion: 'v1', subresource: 'exec' },
    code: 101,
    level: 'Metadata',
    reason: 'RBAC: allowed by ClusterRoleBinding "sre" of ClusterRole "sre" to Group "sre"',
  })
}

function imageChange(random: Random, us: number): object {
  const namespace = random.pick(namespaces)
  const name = `svc-${random.below(80)}`
  const image = `registry.acme.example/${name}:1.${random.below(200)}.0`
  return wrap(random, us, {
    verb: 'patch',
    uri: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}?fieldManager=kubectl-set`,
    user: { username: random.pick(people), groups: ['sre', 'system:authenticated'] },
    ip: `203.0.113.${random.below(40)}`,
    agent: 'kubectl/v1.33.3 (darwin/arm64) kubernetes/0a1b2c3',
    ref: { resource: 'deployments', namespace, name, apiGroup: 'apps', apiVersion: 'v1' },
    code: 200,
    level: 'RequestResponse',
    reason: 'RBAC: allowed by ClusterRoleBinding "sre" of ClusterRole "sre" to Group "sre"',
    requestObject: {
      spec: {
        template: {
          spec: { $setElementOrder: { containers: [{ name: 'api' }] }, containers: [{ image, name: 'api' }] },
        },
      },
    },
    responseObject: {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: metadata(random, us, name, namespace, 'kubectl-set'),
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: podSpec(random) },
      },
    },
  })
}

function podSpec(random: Random): object {
  return {
    volumes: [
      {
        name: `kube-api-access-${random.suffix(5)}`,
        projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }], defaultMode: 420 },
      },
    ],
    containers: [
      {
        name: 'api',
        image: `registry.acme.example/api:1.${random.below(200)}.0`,
        ports: [{ containerPort: 8080, protocol: 'TCP' }],
        env: [
          { name: 'LOG_LEVEL', value: 'info' },
          { name: 'SHARD', value: String(random.below(64)) },
        ],
        resources: { limits: { memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  }
}

function containerStatus(random: Random, us: number): object {
  return {
    containerID: `containerd://${random.uuid().replaceAll('-', '')}${random.uuid().replaceAll('-', '')}`,
    image: `registry.acme.example/api:1.${random.below(200)}.0`,
    imageID: `registry.acme.example/api@sha256:${random.uuid().replaceAll('-', '')}${random.uuid().replaceAll('-', '')}`,
    lastState: {},
    name: 'api',
    ready: true,
    restartCount: random.below(3),
    started: true,
    state: { running: { startedAt: second(us) } },
  }
}

function metadata(random: Random, us: number, name: string, namespace: string, manager: string): object {
  return {
    name,
    namespace,
    uid: random.uuid(),
    resourceVersion: String(100_000_000 + random.below(1e8)),
    creationTimestamp: second(us),
    managedFields: [
      {
        manager,
        operation: 'Update',
        apiVersion: 'v1',
        time: second(us),
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
    ],
  }
}

function microTime(us: number): string {
  return `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, 23)}${String(us % 1_000).padStart(3, '0')}Z`
}

function second(us: number): string {
  return `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, 19)}Z`
}
