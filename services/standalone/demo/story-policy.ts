// The demo cluster's audit policy as code: what is recorded, and at which level. README.md shows the same as YAML.

/** Group and version of every resource that the story touches. */
const groupVersions = {
  pods: 'v1',
  nodes: 'v1',
  namespaces: 'v1',
  secrets: 'v1',
  configmaps: 'v1',
  services: 'v1',
  endpoints: 'v1',
  events: 'v1',
  serviceaccounts: 'v1',
  persistentvolumeclaims: 'v1',
  deployments: 'apps/v1',
  replicasets: 'apps/v1',
  jobs: 'batch/v1',
  cronjobs: 'batch/v1',
  horizontalpodautoscalers: 'autoscaling/v2',
  poddisruptionbudgets: 'policy/v1',
  ingresses: 'networking.k8s.io/v1',
  endpointslices: 'discovery.k8s.io/v1',
  rolebindings: 'rbac.authorization.k8s.io/v1',
  clusterrolebindings: 'rbac.authorization.k8s.io/v1',
  selfsubjectaccessreviews: 'authorization.k8s.io/v1',
  selfsubjectrulesreviews: 'authorization.k8s.io/v1',
  subjectaccessreviews: 'authorization.k8s.io/v1',
  tokenreviews: 'authentication.k8s.io/v1',
  certificates: 'cert-manager.io/v1',
  certificaterequests: 'cert-manager.io/v1',
  applications: 'argoproj.io/v1alpha1',
} as const
export type Resource = keyof typeof groupVersions

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

/** What a request is about. `uid` and `resourceVersion` are what its body claimed, where it had one. */
export interface Target {
  readonly resource: Resource
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  readonly uid?: string
  readonly resourceVersion?: string
}

export interface GroupVersion {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
}

export function groupVersionOf(resource: Resource): GroupVersion {
  const [first, second] = groupVersions[resource].split('/')
  return second === undefined ? { group: '', version: first ?? '' } : { group: first ?? '', version: second }
}

/** Secrets never with their values; workload status says nothing new and is written all day. */
const metadataOnly: readonly string[] = [
  'secrets',
  'configmaps',
  'serviceaccounts/token',
  'deployments/status',
  'replicasets/status',
]
const groupsWithBodies: readonly string[] = ['', 'apps', 'rbac.authorization.k8s.io']
const reads: readonly Verb[] = ['get', 'list', 'watch']

/** The first rule that fits, as in a Policy. Null is a request to no resource, such as discovery. */
export function levelOf(verb: Verb, target: Target | null): 'Metadata' | 'RequestResponse' {
  if (target === null || reads.includes(verb)) return 'Metadata'
  const { resource, subresource } = target
  if (metadataOnly.includes(subresource === undefined ? resource : `${resource}/${subresource}`)) return 'Metadata'
  return groupsWithBodies.includes(groupVersionOf(resource).group) ? 'RequestResponse' : 'Metadata'
}

/** The path that a client calls: a create posts to the collection, its name stands in the body only. */
export function pathOf(verb: Verb, target: Target): string {
  const { group, version } = groupVersionOf(target.resource)
  const inBody = verb === 'create' && target.subresource === undefined
  const parts = [
    group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
    target.namespace !== undefined && target.resource !== 'namespaces' ? `namespaces/${target.namespace}` : undefined,
    target.resource,
    inBody ? undefined : target.name,
    target.subresource,
  ]
  return parts.filter((part) => part !== undefined).join('/')
}
