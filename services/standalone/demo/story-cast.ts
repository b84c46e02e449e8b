// The cast: who acts in the story, from where, with what program, and why the authorizer lets them.
import { createHash } from 'node:crypto'

import type { JsonObject } from './story-json.ts'
import { uuidFrom } from './story-random.ts'

export interface Caller {
  readonly username: string
  readonly groups: readonly string[]
  /** People and components hold certificates, service accounts tokens that change each day; `refused` is a 401. */
  readonly credential: 'certificate' | 'token' | 'none' | 'refused'
  readonly ip: string
  readonly userAgent: string
  /** The annotation authorization.k8s.io/reason of what it may do; empty for nodes and system:masters. */
  readonly reason: string
  /** The pod that a service account's token is bound to. */
  readonly pod?: string
}

const controlPlaneIp = '10.20.0.10'
export const workers = ['worker-1', 'worker-2', 'worker-3'] as const
const serverBuild = 'v1.33.5 (linux/amd64) kubernetes/c0a1e5d'

export const alice = person('alice', 'sre', '10.8.0.21', 'kubectl/v1.33.4 (darwin/arm64) kubernetes/7be20f1')
export const bob = person('bob', 'sre', '10.8.0.34', 'kubectl/v1.33.1 (linux/amd64) kubernetes/19d3a60')
export const carol = person('carol', 'platform', '10.8.0.12', 'kubectl/v1.33.4 (darwin/arm64) kubernetes/7be20f1')

/** Carol from Friday on: a new certificate, in a group that the stolen one does not name. */
export const carolRenewed = person('carol', 'platform-2026', carol.ip, carol.userAgent)

/** A contractor: may edit in `web`, look in `shop`, and nothing else. */
export const dave: Caller = {
  username: 'dave@contractor.example',
  groups: ['contractors', 'system:authenticated'],
  credential: 'certificate',
  ip: '10.8.0.77',
  userAgent: 'kubectl/v1.31.2 (linux/amd64) kubernetes/5864a46',
  reason: 'RBAC: allowed by RoleBinding "contractors/web" of ClusterRole "edit" to Group "contractors"',
}

/** The incident's address: not the office, not the VPN. */
export const unusualIp = '198.51.100.77'
export const daveOutside: Caller = {
  ...dave,
  ip: unusualIp,
  reason: 'RBAC: allowed by RoleBinding "contractors-view/shop" of ClusterRole "view" to Group "contractors"',
}
/** The API server does not know who this is: the event has neither a user nor a decision. */
export const daveRefused: Caller = { ...daveOutside, credential: 'refused' }
/** Carol's certificate in dave's hands: her name, his address and his kubectl. */
export const stolenCarol: Caller = { ...carol, ip: unusualIp, userAgent: dave.userAgent }
/** Dave once the binding `debug-admin` stands. */
export const daveAsAdmin: Caller = {
  ...daveOutside,
  reason:
    'RBAC: allowed by RoleBinding "debug-admin/shop" of ClusterRole "cluster-admin" to User "dave@contractor.example"',
}
export const scanner: Caller = {
  username: 'system:anonymous',
  groups: ['system:unauthenticated'],
  credential: 'none',
  ip: '203.0.113.200',
  userAgent: 'python-requests/2.32.3',
  reason: '',
}

export const scheduler: Caller = {
  username: 'system:kube-scheduler',
  groups: ['system:authenticated'],
  credential: 'certificate',
  ip: controlPlaneIp,
  userAgent: `kube-scheduler/${serverBuild}/scheduler`,
  reason:
    'RBAC: allowed by ClusterRoleBinding "system:kube-scheduler" of ClusterRole "system:kube-scheduler" to User "system:kube-scheduler"',
}
export const deploymentController = controller('deployment-controller')
export const replicaSetController = controller('replicaset-controller')
export const endpointController = controller('endpoint-controller')
export const endpointSliceController = controller('endpointslice-controller')
export const autoscaler = controller('horizontal-pod-autoscaler')
export const garbageCollector = controller('generic-garbage-collector')
export const cronJobController = controller('cronjob-controller')
export const jobController = controller('job-controller')

export const ci = serviceAccount('ci', 'deployer', '10.244.3.18', 'Helm/3.18.4', 'runner-7fkq2-project-12')
export const argocd = serviceAccount(
  'argocd',
  'argocd-application-controller',
  '10.244.2.9',
  'argocd-application-controller/v3.1.5 (linux/amd64) kubernetes/$Format',
  'argocd-application-controller-0',
)
export const certManager = serviceAccount(
  'cert-manager',
  'cert-manager',
  '10.244.1.7',
  'cert-manager-certificates-issuing/v1.18.2 (linux/amd64) cert-manager/cc4f1a3',
  'cert-manager-6b8c7d9f5d-x2kqp',
)
export const prometheus = serviceAccount(
  'monitoring',
  'prometheus',
  '10.244.3.40',
  'Prometheus/3.5.0',
  'prometheus-main-0',
)
export const metricsServer = serviceAccount(
  'kube-system',
  'metrics-server',
  '10.244.1.3',
  'metrics-server/v0.8.0 (linux/amd64) kubernetes/3b1f0aa',
  'metrics-server-7c4d8b6f9-kd5wn',
)

/** The kubelet of a node. */
export function kubelet(node: string): Caller {
  return {
    username: `system:node:${node}`,
    groups: ['system:nodes', 'system:authenticated'],
    credential: 'certificate',
    ip: nodeIp(node),
    userAgent: `kubelet/${serverBuild}`,
    reason: '',
  }
}

export function nodeIp(node: string): string {
  return node === 'cp-1' ? controlPlaneIp : `10.20.0.2${node.slice(-1)}`
}

/** `user` of an event: uids and credential ids are digests of the name, so that they need no book-keeping. */
export function userJson(caller: Caller, day: number): JsonObject {
  const { username, groups } = caller
  if (caller.credential === 'refused') return {}
  if (caller.credential === 'none') return { username, groups }
  if (caller.credential === 'certificate') {
    return {
      username,
      groups,
      extra: { [credentialKey]: [`X509SHA256=${digest(`certificate ${username} ${groups.join(' ')}`)}`] },
    }
  }
  const pod = caller.pod && {
    'authentication.kubernetes.io/pod-name': [caller.pod],
    'authentication.kubernetes.io/pod-uid': [uidOf(`pod ${caller.pod}`)],
  }
  const tokenId = uidOf(`token ${username} ${day}`)
  return {
    username,
    uid: uidOf(username),
    groups,
    extra: { [credentialKey]: [`JTI=${tokenId}`], ...pod },
  }
}

const credentialKey = 'authentication.kubernetes.io/credential-id'

/** The uid of what the story does not keep as an object, such as a RoleBinding: the same name has the same one. */
export function uidOf(name: string): string {
  return uuidFrom(digest(name))
}

/** SHA-256 in hexadecimal: stands for whatever fixed identity a name has. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function person(name: string, group: 'sre' | 'platform' | 'platform-2026', ip: string, userAgent: string): Caller {
  const role = group === 'sre' ? 'admin' : 'cluster-admin'
  return {
    username: `${name}@acme.example`,
    groups: [group, 'system:authenticated'],
    credential: 'certificate',
    ip,
    userAgent,
    reason: `RBAC: allowed by ClusterRoleBinding "${group}" of ClusterRole "${role}" to Group "${group}"`,
  }
}

function controller(name: string): Caller {
  const role = `system:controller:${name}`
  return {
    ...serviceAccount('kube-system', name, controlPlaneIp, ''),
    userAgent: `kube-controller-manager/${serverBuild}/system:serviceaccount:kube-system:${name}`,
    reason: `RBAC: allowed by ClusterRoleBinding "${role}" of ClusterRole "${role}" to ServiceAccount "${name}/kube-system"`,
  }
}

function serviceAccount(namespace: string, name: string, ip: string, userAgent: string, pod?: string): Caller {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    credential: 'token',
    ip,
    userAgent,
    reason: `RBAC: allowed by ClusterRoleBinding "${name}" of ClusterRole "${name}" to ServiceAccount "${name}/${namespace}"`,
    ...(pod !== undefined && { pod }),
  }
}
