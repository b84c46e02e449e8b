// setsOf: what a write to scale or binding is known to set on the object that it does not show.

import type { ObjectRef } from '@plaintrail/event/event'
import { isJsonObject, type JsonObject } from './json-values.ts'
import type { SetField } from './observation.ts'
import { versionOf } from './observed-body.ts'

export interface SideEffect {
  readonly sets: readonly SetField[]
  readonly uid: string | null
  readonly resourceVersion: number | null
}

const nothing: SideEffect = { sets: [], uid: null, resourceVersion: null }

/**
 * A Scale (autoscaling/v1) has the parent's uid, its new resourceVersion, and spec.replicas. A Binding sets spec.nodeName
 * of the pod and tells no version (kubernetes pkg/registry/core/pod/storage/storage.go, assignPod). A custom resource's
 * replicas may be under another path (specReplicasPath of its CRD, which no event has), so for those nothing is said.
 */
export function setsOf(ref: ObjectRef, raw: JsonObject): SideEffect {
  if (ref.subresource === 'scale') return ofScale(ref, raw['responseObject'])
  if (ref.subresource === 'binding' || ref.resource === 'bindings') return ofBinding(raw['requestObject'])
  return nothing
}

const scalable: ReadonlySet<string> = new Set([
  'apps/deployments',
  'apps/replicasets',
  'apps/statefulsets',
  '/replicationcontrollers',
  'extensions/deployments',
  'extensions/replicasets',
])

function ofScale(ref: ObjectRef, scale: unknown): SideEffect {
  if (!isJsonObject(scale) || scale['kind'] !== 'Scale') return nothing
  const metadata = isJsonObject(scale['metadata']) ? scale['metadata'] : {}
  const spec = isJsonObject(scale['spec']) ? scale['spec'] : {}
  const known = scalable.has(`${ref.apiGroup}/${ref.resource}`)
  return {
    // The zero is left out of the JSON (autoscaling/v1 ScaleSpec is omitempty).
    sets: known ? [{ path: ['spec', 'replicas'], value: spec['replicas'] ?? 0 }] : [],
    uid: typeof metadata['uid'] === 'string' && metadata['uid'] !== '' ? metadata['uid'] : null,
    resourceVersion: versionOf(metadata['resourceVersion']),
  }
}

function ofBinding(binding: unknown): SideEffect {
  if (!isJsonObject(binding)) return nothing
  const metadata = isJsonObject(binding['metadata']) ? binding['metadata'] : {}
  const target = isJsonObject(binding['target']) ? binding['target'] : {}
  const node = target['name']
  return {
    sets: typeof node === 'string' && node !== '' ? [{ path: ['spec', 'nodeName'], value: node }] : [],
    uid: typeof metadata['uid'] === 'string' && metadata['uid'] !== '' ? metadata['uid'] : null,
    resourceVersion: null,
  }
}
