// undoPatch: the patches that take changes back in the state that an object has now.

import { applyChanges, invertChanges, readerOf } from './apply-changes.ts'
import { isBuiltInType } from './built-in-types.ts'
import type { Change } from './diff-objects.ts'
import type { FieldPath } from './field-path.ts'
import { jsonPatch } from './json-patch.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { isJsonObject, isSameJson, memberOf } from './json-values.ts'
import { openly, secretPartOf } from './mask-secrets.ts'
import { mergePatch } from './merge-patch.ts'
import { strategicPatch } from './strategic-patch.ts'

export type UndoPatch =
  | {
      readonly kind: 'patch'
      /** The best for this object: strategic for a type of Kubernetes, merge for others, JSON where neither can say it. */
      readonly best: 'strategic' | 'merge' | 'json'
      /** RFC 6902, with a `test` before each step that would do harm in another state. */
      readonly json: readonly JsonPatchOperation[]
      /** RFC 7386; lists stand in it whole. null where a value has a null in it, which no merge patch can set, or a secret would be written. */
      readonly merge: unknown
      /** Lists by patchMergeKey. null where the type is not Kubernetes' own, or for the reasons above. */
      readonly strategic: unknown
      /** The changes that the patches make, in the order of `json`. */
      readonly changes: readonly Change[]
      /** The object as it will be, but for what admission does. */
      readonly object: unknown
      /** Where the object is not as the changes left it: somebody else was there since. No patch touches these. */
      readonly conflicts: readonly FieldPath[]
    }
  /**
   * `secret`: a value to be written is not known, only its digest. `whole`: the object was created or deleted, which no
   * patch takes back. `nothing`: all is noise, taken back already, or changed since (`conflicts`). `too-many`: more
   * than `undoneMax` changes.
   */
  | {
      readonly kind: 'refused'
      readonly why: 'secret' | 'whole' | 'nothing' | 'too-many'
      readonly conflicts: readonly FieldPath[]
    }

/** Changes that one patch takes back. */
export const undoneMax = 1_000

/**
 * What takes `changes` (of `diffObjects`) back in the object as it is `now`, which may be later than they. Noise is left
 * as it is: it is the API server's and the controllers' to write. What has changed since is told and not touched.
 */
export function undoPatch(now: unknown, changes: readonly Change[]): UndoPatch {
  const meant = changes.filter(({ noise }) => !noise)
  if (meant.some(({ path }) => path.length === 0)) return refusal('whole')
  if (meant.length > undoneMax) return refusal('too-many')
  const reader = readerOf(now)
  const untouched = meant.filter(({ path, to }) => isSameJson(reader.valueAt(path), to))
  const conflicts = meant
    .filter((change) => !untouched.includes(change) && !isSameJson(reader.valueAt(change.path), change.from))
    .map(({ path }) => path)
  if (untouched.some(({ op, secret }) => op !== 'add' && secret !== undefined)) return refusal('secret', conflicts)
  const wanted = invertChanges(untouched)
  const { object, missed } = applyChanges(now, wanted)
  const undone = wanted.filter((change) => !missed.includes(change))
  if (undone.length === 0) return refusal('nothing', conflicts)
  const patches = {
    json: jsonPatch(now, undone),
    merge: withoutSecret(mergePatch(object, undone)),
    strategic: withoutSecret(isBuiltIn(now) ? strategicPatch(now, object, undone) : null),
  }
  return { kind: 'patch', best: bestOf(patches), ...patches, changes: undone, object, conflicts }
}

const refusal = (
  why: Extract<UndoPatch, { readonly kind: 'refused' }>['why'],
  conflicts: readonly FieldPath[] = [],
): UndoPatch => ({ kind: 'refused', why, conflicts })

/** A list that stands whole in a patch may have a digest in an item that nobody changed. */
const withoutSecret = (patch: unknown): unknown => (secretPartOf(patch, openly) === 'none' ? patch : null)

const isBuiltIn = (now: unknown): boolean => isJsonObject(now) && isBuiltInType(memberOf(now, 'apiVersion'))

function bestOf({
  merge,
  strategic,
}: {
  readonly merge: unknown
  readonly strategic: unknown
}): 'strategic' | 'merge' | 'json' {
  if (strategic !== null) return 'strategic'
  return merge === null ? 'json' : 'merge'
}
