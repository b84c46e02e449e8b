// What managedFields show of writes: an entry has the time of its manager's last write that set something (apimachinery
// pkg/util/managedfields/internal/fieldmanager.go). Times have whole seconds. Without managedFields nothing is told.

import { isJsonObject, type JsonObject } from './json-values.ts'
import type { Observation } from './observation.ts'

export interface ManagerEntry {
  readonly manager: string
  readonly operation: string
  readonly subresource: string
  /** RFC 3339 in whole seconds; empty where there is none. */
  readonly time: string
  /** fieldsV1, as sent. */
  readonly fields: JsonObject
}

/** Entries that the API server writes of its own accord beside the one of the request. */
const ownManagers: ReadonlySet<string> = new Set(['before-first-apply', 'ancient-changes'])
/** Entries past this are not read; the API server folds those of updates beyond ten into one. */
const entriesMax = 200
const secondUs = 1_000_000

/** The entries of an object's managedFields; null where they are left out (omitManagedFields, or an old API server). */
export function managersOf(object: JsonObject): readonly ManagerEntry[] | null {
  const metadata = object['metadata']
  const entries = isJsonObject(metadata) ? metadata['managedFields'] : null
  if (!Array.isArray(entries)) return null
  return entries
    .slice(0, entriesMax)
    .filter(isJsonObject)
    .map((entry) => ({
      manager: textOf(entry['manager']),
      operation: textOf(entry['operation']),
      subresource: textOf(entry['subresource']),
      time: textOf(entry['time']),
      fields: isJsonObject(entry['fieldsV1']) ? entry['fieldsV1'] : {},
    }))
}

export interface ForeignWrite {
  readonly manager: string
  /** All such entries are of the subresource `status`. */
  readonly isOfStatus: boolean
}

/** A manager that wrote between the two states and did not make this request; null where none shows. */
export function foreignWrite(from: JsonObject, to: JsonObject, observation: Observation): ForeignWrite | null {
  const before = managersOf(from)
  const after = managersOf(to)
  if (before === null || after === null) return null
  const times = new Map(before.map((entry) => [keyOf(entry), entry.time]))
  const foreign = after.filter(
    (entry) => times.get(keyOf(entry)) !== entry.time && !isOwn(entry, observation) && !ownManagers.has(entry.manager),
  )
  const [first] = foreign
  return first
    ? { manager: first.manager, isOfStatus: foreign.every(({ subresource }) => subresource === 'status') }
    : null
}

/**
 * Whether something was set between the two states although the request's manager set nothing at its time: then another
 * request set it, and this one found it done. A write that only removes leaves no time, so it is never told of.
 */
export function isRepeated(from: JsonObject, to: JsonObject, observation: Observation): boolean {
  const { isStatusOnly } = observation
  const after = managersOf(to)
  if (after === null || observation.isCreate || observation.manager.name === '') return false
  const isNow = ({ time }: ManagerEntry): boolean => {
    const us = Date.parse(time) * 1000
    return us >= observation.earliest - secondUs && us <= observation.latest + secondUs
  }
  const own = after.filter((entry) => isOwn(entry, observation))
  return own.length > 0 && !own.some(isNow) && setsSomething(contentOf(from, isStatusOnly), contentOf(to, isStatusOnly))
}

function isOwn({ manager, operation, subresource }: ManagerEntry, observation: Observation): boolean {
  const { name, operation: asked } = observation.manager
  return manager === name && subresource === observation.subresource && (asked === null || asked === operation)
}

/** What managedFields speak of: everything but the metadata that the API server keeps. Only status writes set status. */
function contentOf(object: JsonObject, withStatus: boolean): JsonObject {
  const { metadata, status, ...content } = object
  const { labels, annotations } = isJsonObject(metadata) ? metadata : {}
  return { ...content, ...(withStatus ? { status } : {}), labels, annotations }
}

/** Whether a value of `to` is new or another one. */
function setsSomething(from: unknown, to: unknown): boolean {
  if (to === undefined || from === to) return false
  if (Array.isArray(to)) {
    return !Array.isArray(from) || to.length > from.length || to.some((item, at) => setsSomething(from[at], item))
  }
  if (!isJsonObject(to)) return true
  return Object.entries(to).some(([key, value]) => setsSomething(isJsonObject(from) ? from[key] : undefined, value))
}

function keyOf({ manager, operation, subresource }: ManagerEntry): string {
  return `${operation}/${subresource}/${manager}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
