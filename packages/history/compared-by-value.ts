// isSameAmount: whether two values of a field are one amount in two spellings.

import type { FieldPath } from './field-path.ts'
import { compareDurations, compareQuantities } from './quantities.ts'

/** Each value of the object below one of these is a quantity, in a type of Kubernetes. */
const mapsOfQuantities: ReadonlySet<string> = new Set([
  'allocatable',
  'allocatedResources',
  'capacity',
  'consumedCapacity',
  'default',
  'defaultRequest',
  'hard',
  'limits',
  'max',
  'maxLimitRequestRatio',
  'min',
  'overhead',
  'podFixed',
  'requests',
  'used',
])

/** Each of these is a quantity, in a type of Kubernetes. */
const quantities: ReadonlySet<string> = new Set([
  'averageValue',
  'capacity',
  'capacityMultiplier',
  'consumed',
  'deviceMultiplier',
  'divisor',
  'maximumVolumeSize',
  'perContainer',
  'perPod',
  'quantity',
  'sizeLimit',
  'tolerance',
])

/** `value` is a quantity below these, and a text elsewhere. */
const owners: ReadonlySet<string> = new Set(['target', 'current', 'counters'])

/** Durations in the custom resources of the usual controllers. The built-in types have none: they count seconds. */
const durations: ReadonlySet<string> = new Set([
  'duration',
  'interval',
  'renewBefore',
  'resyncPeriod',
  'retryInterval',
  'timeout',
  'ttl',
])

/**
 * Whether two different values at `path` are the same amount: `500m` and `0.5` of a container's `resources.limits`. Only
 * where Kubernetes has a quantity (resource.Quantity in its OpenAPI document, 1.37), or a custom resource has one below
 * `resources.limits`, `resources.requests` or `sizeLimit`, or a duration under a usual name. `isBuiltIn` says which of
 * the two the object is. The text of an annotation is never an amount.
 */
export function isSameAmount(path: FieldPath, left: unknown, right: unknown, isBuiltIn: boolean): boolean {
  if (isQuantityAt(path, isBuiltIn)) return compareQuantities(left, right) === 0
  return !isBuiltIn && durations.has(fieldAt(path, 1)) && compareDurations(left, right) === 0
}

function isQuantityAt(path: FieldPath, isBuiltIn: boolean): boolean {
  const name = fieldAt(path, 1)
  const parent = fieldAt(path, 2)
  if (name === '' || fieldAt(path, path.length) === 'metadata') return false
  if (!isBuiltIn) {
    return name === 'sizeLimit' || ((parent === 'limits' || parent === 'requests') && fieldAt(path, 3) === 'resources')
  }
  if (mapsOfQuantities.has(parent)) return true
  return quantities.has(name) || (name === 'value' && owners.has(parent))
}

/** The name of the `back`th segment from the end, or '' where it is no field. */
function fieldAt(path: FieldPath, back: number): string {
  const segment = path[path.length - back]
  return segment?.kind === 'field' ? segment.name : ''
}
