// auditRule: the rule of an audit policy that has an API server log the answers of writes to a resource.
// How rules match: kubernetes/apiserver pkg/audit/policy/checker.go.

import { yamlOf } from '@plaintrail/history/unified-text'
import type { ClusterObject } from '@plaintrail/store/named-history'

/** YAML of one item of `rules`. The first rule that matches decides, so it goes before those that match the same. */
export function auditRule({
  group,
  resource,
  namespace,
}: Pick<ClusterObject, 'group' | 'resource' | 'namespace'>): string {
  const rule = {
    level: 'RequestResponse',
    verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    resources: [{ group, resources: [resource, `${resource}/*`] }],
    ...(namespace === '' ? {} : { namespaces: [namespace] }),
  }
  return yamlOf([rule])
}
