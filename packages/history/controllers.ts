// controllerOf: which controllers of kube-controller-manager an authenticated username may be.

/**
 * With --use-service-account-credentials each controller has an account in kube-system (kubernetes
 * cmd/kube-controller-manager/app; plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go); without it all
 * act as system:kube-controller-manager, and what is done tells them apart.
 */
const names = [
  'deployment-controller',
  'replicaset-controller',
  'replication-controller',
  'statefulset-controller',
  'daemon-set-controller',
  'job-controller',
  'cronjob-controller',
  'horizontal-pod-autoscaler',
  'generic-garbage-collector',
  'namespace-controller',
  'service-account-controller',
  'root-ca-cert-publisher',
  'certificate-controller',
  'disruption-controller',
  'endpoint-controller',
  'endpointslice-controller',
  'endpointslicemirroring-controller',
  'node-controller',
  'pod-garbage-collector',
  'resourcequota-controller',
  'ttl-controller',
  'ttl-after-finished-controller',
  'attachdetach-controller',
  'expand-controller',
  'ephemeral-volume-controller',
  'persistent-volume-binder',
  'pv-protection-controller',
  'pvc-protection-controller',
  'clusterrole-aggregation-controller',
  'taint-eviction-controller',
  'service-controller',
  'route-controller',
] as const

export type Controller = (typeof names)[number] | 'manager' | 'scheduler'

const byName: ReadonlyMap<string, Controller> = new Map<string, Controller>([
  ...names.map((name): [string, Controller] => [`system:serviceaccount:kube-system:${name}`, name]),
  ['system:kube-controller-manager', 'manager'],
  ['system:kube-scheduler', 'scheduler'],
])

/** Usernames. */
export const controllerNames: readonly string[] = [...byName.keys()]

/** Null for who is none, or not known to be one. `manager` may be any of them. */
export function controllerOf(userName: string): Controller | null {
  return byName.get(userName) ?? null
}
