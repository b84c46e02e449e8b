// isBuiltInType: whether an object is of a type that Kubernetes itself defines.

/** Of the published OpenAPI document of Kubernetes 1.37, and `extensions`, which older clusters served. */
const groups: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'lifecycle.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
])

/** By `apiVersion`, as `apps/v1` or `v1`. False where there is none: what is not known is treated as a custom resource. */
export function isBuiltInType(apiVersion: unknown): boolean {
  if (typeof apiVersion !== 'string' || apiVersion === '') return false
  const slash = apiVersion.indexOf('/')
  return groups.has(slash < 0 ? '' : apiVersion.slice(0, slash))
}
