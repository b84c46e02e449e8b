// usualKeys: the merge keys that a path means where it gives an item's values without their names.

import type { FieldPath } from './field-path.ts'

/**
 * By the name of the list. Paths are stored as texts: a row that changes gives those that are stored another meaning.
 * The keys are those of x-kubernetes-list-map-keys in the OpenAPI document of Kubernetes 1.37.
 */
const rows: ReadonlyMap<string, readonly string[]> = new Map([
  ['conditions', ['type']],
  ['volumeMounts', ['mountPath']],
  ['volumeDevices', ['devicePath']],
  ['ownerReferences', ['uid']],
  ['reservedFor', ['uid']],
  ['hostAliases', ['ip']],
  ['podIPs', ['ip']],
  ['topologySpreadConstraints', ['topologyKey', 'whenUnsatisfiable']],
])

const ofContainers: readonly string[] = ['containerPort', 'protocol']
const ofServices: readonly string[] = ['port', 'protocol']
const byName: readonly string[] = ['name']

/**
 * Of the list that the first `length` segments of `path` lead to: `['name']` where nothing else is known. `ports` are a
 * container's where an item of a list has them, a Service's where an object does.
 */
export function usualKeys(path: FieldPath, length: number): readonly string[] {
  const list = path[length - 1]
  if (list?.kind !== 'field') return byName
  if (list.name !== 'ports') return rows.get(list.name) ?? byName
  return path[length - 2]?.kind === 'item' ? ofContainers : ofServices
}
