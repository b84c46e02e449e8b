// podSpecOf: what an object runs, wherever it says so, and its containers of all kinds in one list.

import type { ObjectRef } from '@plaintrail/event/event'
import { isJsonObject, memberOf, type JsonObject } from '@plaintrail/history/json-values'

/** Where an object has its pod spec: a Pod, a PodTemplate, what has a template in its spec (also of a CRD), a CronJob. */
const places: readonly (readonly string[])[] = [
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['template', 'spec'],
]

/** Empty where the object runs nothing. */
export function podSpecOf(object: JsonObject): JsonObject {
  if (object['kind'] === 'Pod') return isJsonObject(object['spec']) ? object['spec'] : {}
  for (const place of places) {
    let value: unknown = object
    for (const key of place) value = isJsonObject(value) ? memberOf(value, key) : undefined
    if (isJsonObject(value) && Array.isArray(memberOf(value, 'containers'))) return value
  }
  return {}
}

const running: ReadonlySet<string> = new Set([
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
])
/** False of the other resources of Kubernetes' own groups (`apps`, `rbac.authorization.k8s.io`), which never have one. */
export function mayRunPods({ apiGroup, resource }: Pick<ObjectRef, 'apiGroup' | 'resource'>): boolean {
  return running.has(resource) || (apiGroup.includes('.') && !apiGroup.endsWith('.k8s.io'))
}

const roles = [
  ['initContainers', 'init'],
  ['containers', 'container'],
  ['ephemeralContainers', 'ephemeral'],
] as const

/** Each with its `role`. */
export function containersOf(podSpec: JsonObject): readonly JsonObject[] {
  return roles.flatMap(([list, role]) => {
    const items = podSpec[list]
    return Array.isArray(items) ? items.filter(isJsonObject).map((item) => ({ ...item, role })) : []
  })
}
