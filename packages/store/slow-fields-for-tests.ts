// slowFields: what each event changed, and which images came with it, the slow way: from whole chains of states in memory.

import { diffObjects, type Change } from '@plaintrail/history/diff-objects'
import { formatFieldPath, type FieldPath } from '@plaintrail/history/field-path'
import { maskChanges } from '@plaintrail/history/mask-secrets'
import type { Revision } from '@plaintrail/history/revision'
import { baseOf } from '@plaintrail/history/revision-link'
import { placeNumber } from './revision-row.ts'
import { slowChains } from './slow-history-for-tests.ts'

export interface SlowField {
  /** As a query may name it: each segment with a dot before it, and one at the end; with the items of lists, and without. */
  readonly named: string
  readonly plain: string
  readonly from: string | null
  readonly to: string | null
  /** An image that came with what is new: no change. */
  readonly isOnlyImage: boolean
}

/** By the key of the event, in hex; `items` are the bytes of all events of the cluster. */
export function slowFields(cluster: string, items: readonly string[]): ReadonlyMap<string, readonly SlowField[]> {
  const found = new Map<string, SlowField[]>()
  for (const chain of slowChains(cluster, items)) {
    for (const [index, revision] of chain.entries()) {
      if (placeNumber(revision.observation) === null) continue
      const key = revision.event.slice(0, 36).replaceAll('-', '')
      found.set(key, [...(found.get(key) ?? []), ...fieldsOf(chain[index - 1] ?? null, revision)])
    }
  }
  return found
}

function fieldsOf(before: Revision | null, revision: Revision): readonly SlowField[] {
  const { object, observation, significance } = revision
  if (object === null || observation.isRead || observation.observed === 'deleted') return []
  if (significance === 'created') return imagesBelow(object, [])
  const base = baseOf(before, revision.link)
  if (base === null || base['apiVersion'] !== object['apiVersion']) return []
  const changes = maskChanges(diffObjects(base, object).changes.filter(({ noise }) => !noise))
  return changes.flatMap((change) => [changeOf(change), ...imagesBelow(change.to, change.path)])
}

function changeOf({ path, from, to }: Change): SlowField {
  return { ...told(path), from: textOf(from), to: textOf(to), isOnlyImage: false }
}

function imagesBelow(value: unknown, path: FieldPath): readonly SlowField[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => {
      const { name } = Object(item) as { readonly name?: unknown }
      return imagesBelow(item, [
        ...path,
        typeof name === 'string' ? { kind: 'item', keys: [{ name: 'name', value: name }] } : { kind: 'index', index },
      ])
    })
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const below: FieldPath = [...path, { kind: 'field', name }]
    const field = { ...told(below), from: null, to: String(member), isOnlyImage: true }
    return typeof member === 'string' ? (isImage(field) ? [field] : []) : imagesBelow(member, below)
  })
}

/** Of a container, in a list of them. */
export function isImage({ named }: Pick<SlowField, 'named'>): boolean {
  return /\.(containers|initContainers|ephemeralContainers)\.\[[^\]]*\]\.image\.$/.test(named)
}

function told(path: FieldPath): Pick<SlowField, 'named' | 'plain'> {
  const segments = path.map((segment, index) => {
    const text = formatFieldPath(path.slice(0, index + 1)).slice(formatFieldPath(path.slice(0, index)).length)
    return { isItem: segment.kind !== 'field', text: text.replace(/^\./, '').replaceAll('"', '') }
  })
  const dotted = (texts: readonly string[]): string => ['', ...texts, ''].join('.')
  return {
    named: dotted(segments.map(({ text }) => text)),
    plain: dotted(segments.filter(({ isItem }) => !isItem).map(({ text }) => text)),
  }
}

const textOf = (value: unknown): string | null =>
  value === undefined ? null : (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200)
