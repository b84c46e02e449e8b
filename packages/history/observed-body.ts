// What a body is: a whole object, its metadata alone, or something that is no object; and what its metadata say.

import { isJsonObject, type JsonObject } from './json-values.ts'

export type Body =
  | { readonly is: 'object'; readonly object: JsonObject; readonly metadata: JsonObject; readonly uid: string }
  | { readonly is: 'metadata'; readonly object: JsonObject; readonly metadata: JsonObject; readonly uid: string }
  | { readonly is: 'other'; readonly why: string }

/** Versions up to 16 digits are read; etcd's revisions grow by one a write, so 2^53 is 28,000 years at 10,000 a second. */
const versionPattern = /^[1-9]\d{0,15}$/

/**
 * A responseObject by its kind. An answer may be a Table or PartialObjectMetadata where the client asked for it (`Accept:
 * …;as=Table`, apiserver pkg/endpoints/handlers/response.go), and a Status instead of the object.
 */
export function bodyOf(value: unknown): Body {
  if (!isJsonObject(value)) return { is: 'other', why: 'the answer is not in the event' }
  const kind = value['kind']
  if (kind === 'Status') return { is: 'other', why: 'the answer is a Status, not the object' }
  if (kind === 'Table') return { is: 'other', why: 'the client asked for a Table, which is not the object' }
  const metadata = value['metadata']
  const uid = isJsonObject(metadata) ? metadata['uid'] : null
  if (!isJsonObject(metadata) || typeof uid !== 'string' || uid === '') {
    return { is: 'other', why: 'what was answered has no uid, so it is not stored' }
  }
  if (kind === 'PartialObjectMetadata') return { is: 'metadata', object: value, metadata, uid }
  return { is: 'object', object: value, metadata, uid }
}

/** The items of a list with kind and apiVersion put back, which a list leaves out of its items; null for another body. */
export function itemsOfList(value: unknown): readonly JsonObject[] | null {
  if (!isJsonObject(value) || !Array.isArray(value['items'])) return null
  const listKind = value['kind']
  if (typeof listKind !== 'string' || !listKind.endsWith('List')) return null
  const kind = listKind.slice(0, -'List'.length)
  return value['items'].filter(isJsonObject).map((item) => ({ apiVersion: value['apiVersion'], kind, ...item }))
}

/** A resourceVersion as a number; null for what is none, for `0` and for versions of servers that count otherwise. */
export function versionOf(value: unknown): number | null {
  if (typeof value !== 'string' || !versionPattern.test(value)) return null
  const version = Number(value)
  return Number.isSafeInteger(version) ? version : null
}

/** metadata.generation; null where there is none (0 is what an object without one may show). */
export function generationOf(metadata: JsonObject): number | null {
  const generation = metadata['generation']
  return typeof generation === 'number' && Number.isSafeInteger(generation) && generation > 0 ? generation : null
}

/**
 * Whether a write that answered this object took it away: deletionTimestamp set, no finalizer left, no grace period to
 * wait for (ShouldDeleteDuringUpdate, apiserver pkg/registry/generic/registry/store.go), for a Namespace none in spec
 * either (kubernetes pkg/registry/core/namespace/storage). No delete event follows; the answer may repeat the
 * resourceVersion of the state before.
 */
export function isGone({ metadata, object }: { metadata: JsonObject; object: JsonObject }): boolean {
  if (!isDeleting(metadata)) return false
  const spec = object['spec']
  const heldInSpec = object['kind'] === 'Namespace' && isJsonObject(spec) && hasItems(spec['finalizers'])
  const grace = metadata['deletionGracePeriodSeconds'] ?? 0
  return !hasItems(metadata['finalizers']) && !heldInSpec && grace === 0
}

/** Whether its deletion was begun. */
export function isDeleting(metadata: JsonObject): boolean {
  return typeof metadata['deletionTimestamp'] === 'string'
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
