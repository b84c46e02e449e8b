// changedFields: what a write changed, as texts: for the index of changed fields, and for rules.

import { diffObjects, type Change } from './diff-objects.ts'
import { formatFieldPath, type FieldPath } from './field-path.ts'
import { isJsonObject, isSameJson, type JsonObject } from './json-values.ts'
import { maskChanges } from './mask-secrets.ts'
import { isNoise } from './noise.ts'
import type { Revision } from './revision.ts'
import { baseOf } from './revision-link.ts'
import { imagesIn } from './images-in.ts'

export interface ChangedField {
  /** As formatFieldPath writes it, and the same with `[]` for every item of a list. */
  readonly path: string
  readonly plain: string
  /** `came`: an image that is in a new object or in a larger value that is new; for `image:` alone, and no change itself. */
  readonly op: Change['op'] | 'came'
  /** A text as it is, another value as JSON, a secret hidden; null where there is none. At most `valueCharsMax`. */
  readonly from: string | null
  readonly to: string | null
}

/** Of one write. */
const fieldsMax = 200
/** UTF-16 units of a value. */
const valueCharsMax = 200
/** UTF-16 units of a path; a longer one is cut. */
const pathCharsMax = 500

/**
 * Without the noise, and without what another event is known to have set (a binding). None for a create but the images that
 * came with it, none for an end, a read (it says not who made what it shows), where a state is not known, and where the two
 * are of different versions of the API: what was converted was not changed. `count` is of all changes, also of those past
 * `fieldsMax`.
 */
export function changedFields(
  before: Revision | null,
  { object, observation, significance, link }: Revision,
): { readonly fields: readonly ChangedField[]; readonly count: number } {
  if (object === null || observation.isRead || observation.observed === 'deleted') return { fields: [], count: 0 }
  if (significance === 'created')
    return {
      fields: imagesIn({ ...object, metadata: null }, []).map(({ path, image }) =>
        fieldOf(path, 'came', undefined, image),
      ),
      count: 0,
    }
  if (isNoiseAlone(significance, object)) return { fields: [], count: 0 }
  const base = baseOf(before, link)
  if (base === null || base['apiVersion'] !== object['apiVersion']) return { fields: [], count: 0 }
  const meant = diffObjects(...apart(base, object)).changes.filter(({ noise }) => !noise)
  const changes = maskChanges(meant.slice(0, fieldsMax))
  const fields = changes.map(({ path, op, from, to }) => fieldOf(path, op, from, to))
  return { fields: [...fields, ...changes.flatMap(imagesOf)].slice(0, 2 * fieldsMax), count: meant.length }
}

/** What differs then is noise whatever it is (significance.ts and noise.ts say the same of these): most writes of a cluster. */
function isNoiseAlone(significance: Revision['significance'], object: JsonObject): boolean {
  if (significance === 'status') return isNoise([{ kind: 'field', name: 'status' }], null, String(object['kind']))
  return significance === 'renewal' || significance === 'bookkeeping'
}

/**
 * Both without what is the same in them, and without the larger of what is noise whatever changes in it: to compare these is
 * most of what a comparison costs.
 */
function apart(before: JsonObject, after: JsonObject): readonly [JsonObject, JsonObject] {
  const kind = typeof after['kind'] === 'string' ? after['kind'] : ''
  const isKept = (name: string): boolean =>
    keptAlways.has(name) ||
    (!isNoise([{ kind: 'field', name }], after[name], kind) && !isSameJson(before[name], after[name]))
  const names = new Set([...Object.keys(before), ...Object.keys(after)].filter(isKept))
  const part = (object: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(object).flatMap(([name, value]) =>
        names.has(name) ? [[name, name === 'metadata' ? withoutManagers(value) : value]] : [],
      ),
    )
  return [part(before), part(after)]
}

/** The types of lists are known by the first two; what is noise in the third is told by its members. */
const keptAlways: ReadonlySet<string> = new Set(['kind', 'apiVersion', 'metadata'])

function withoutManagers(metadata: unknown): unknown {
  if (!isJsonObject(metadata)) return metadata
  const { managedFields: _managers, ...named } = metadata
  return named
}

/** An image that changed by itself is a change, and no part of a larger value. */
function imagesOf({ path, to }: Change): readonly ChangedField[] {
  return imagesIn(to, path).map((found) => fieldOf(found.path, 'came', undefined, found.image))
}

function fieldOf(path: FieldPath, op: ChangedField['op'], from: unknown, to: unknown): ChangedField {
  return {
    path: storable(formatFieldPath(path).slice(0, pathCharsMax)),
    plain: storable(plainPath(path).slice(0, pathCharsMax)),
    op,
    from: textOf(from),
    to: textOf(to),
  }
}

/** Postgres keeps no NUL and no half of a surrogate pair, and what is not stored is told the same. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}').toWellFormed()
}

function plainPath(path: FieldPath): string {
  let text = ''
  for (const segment of path) {
    const name = segment.kind === 'field' ? formatFieldPath([segment]) : '[]'
    text += text === '' || name.startsWith('[') ? name : `.${name}`
  }
  return text
}

function textOf(value: unknown): string | null {
  if (value === undefined) return null
  return storable((typeof value === 'string' ? value : JSON.stringify(value)).slice(0, valueCharsMax))
}
