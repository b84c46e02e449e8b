// significanceOf: whether a revision is worth a reader's look, by which parts of the two states differ.

import { isJsonObject, isSameJson, type JsonObject } from './json-values.ts'
import { isNoiseAnnotation } from './noise.ts'
import type { Observation } from './observation.ts'
import type { Significance } from './revision.ts'

/** Metadata that the API server writes itself with every change, or that follow from a delete. */
const keptByServer = ['managedFields', 'resourceVersion', 'generation', 'selfLink', 'uid', 'creationTimestamp']
/** Where client-go's older leader election keeps its record (tools/leaderelection/resourcelock). */
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'
/** Of a Lease's spec: what its holder writes every few seconds (coordination/v1). */
const renewedFields = ['renewTime']

/** Costs one comparison of the two states; stops at the first part that says `changed`. */
export function significanceOf(
  before: JsonObject | null,
  after: JsonObject | null,
  observation: Observation,
): Significance {
  if (observation.isCreate) return 'created'
  if (observation.observed === 'deleted') return 'deleted'
  if (observation.observed === 'deleting' && after === null) return 'deleting'
  // What a status write changes beside status is what controllers note for themselves (status-writes.ts).
  if (before === null || after === null) return observation.subresource === 'status' ? 'status' : 'unknown'
  if (!isDeleting(before) && isDeleting(after)) return 'deleting'
  const isContentSame = isSameJson(contentOf(before), contentOf(after))
  if (isContentSame && isSameJson(noted(before), noted(after)))
    return isSameJson(before['status'], after['status']) ? 'bookkeeping' : 'status'
  return isRenewal(before, after) ? 'renewal' : 'changed'
}

function isRenewal(before: JsonObject, after: JsonObject): boolean {
  const isLease = after['kind'] === 'Lease'
  const from = isLease ? { ...contentOf(before), spec: without(before['spec'], renewedFields) } : contentOf(before)
  const to = isLease ? { ...contentOf(after), spec: without(after['spec'], renewedFields) } : contentOf(after)
  return isSameJson(from, to) && isSameJson(unled(metadataOf(before)), unled(metadataOf(after)))
}

function isDeleting(object: JsonObject): boolean {
  const metadata = object['metadata']
  return isJsonObject(metadata) && typeof metadata['deletionTimestamp'] === 'string'
}

function contentOf({ metadata: _metadata, status: _status, kind: _kind, ...content }: JsonObject): JsonObject {
  return content
}

function metadataOf(object: JsonObject): JsonObject {
  return without(object['metadata'], keptByServer)
}

/** Without what controllers and clients note for themselves; leaders' records are told apart by isRenewal. */
function noted(object: JsonObject): JsonObject {
  const metadata = metadataOf(object)
  const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {}
  const kept = Object.entries(annotations).filter(([name]) => name === leaderAnnotation || !isNoiseAnnotation(name))
  return { ...metadata, annotations: Object.fromEntries(kept) }
}

function unled(metadata: JsonObject): JsonObject {
  return { ...metadata, annotations: without(metadata['annotations'], [leaderAnnotation]) }
}

function without(value: unknown, names: readonly string[]): JsonObject {
  if (!isJsonObject(value)) return {}
  const kept = { ...value }
  for (const name of names) delete kept[name]
  return kept
}
