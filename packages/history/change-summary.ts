// changeSummary: what a revision changed, as one short line for people: "replicas 3 → 5 · image api:1.8 → api:1.9".

import { formatFieldPath, parseFieldPath, type FieldPath, type PathSegment } from './field-path.ts'
import { isJsonObject, type JsonObject } from './json-values.ts'
import { hidden } from './mask-secrets.ts'
import type { Significance } from './revision.ts'

/** A change as the index of changes has it. */
export interface ShortChange {
  /** As formatFieldPath writes it; one that was cut is shown as it is. */
  readonly path: string
  readonly op: 'add' | 'remove' | 'replace'
  /** A text as it is, another value as JSON, a secret as `hidden`; null where there is none. */
  readonly from: string | null
  readonly to: string | null
}

export interface SummarizedChange {
  readonly significance: Significance
  /** Without the noise; the first of them are enough. */
  readonly changes: readonly ShortChange[]
  /** Of all, also of those that are not in `changes`. */
  readonly changesCount: number
}

/** UTF-16 units of a summary. */
export const summaryMax = 160
/** UTF-16 units of one value, and of one name. */
const valueMax = 40
const nameMax = 60
/** Labels, or annotations, that are told one by one. */
const ownMax = 3
const between = ' · '

/** One line without control characters, at most `summaryMax` long, empty where nothing is known of what changed. */
export function changeSummary({ significance, changes, changesCount }: SummarizedChange): string {
  if (changesCount === 0) return wordOf[significance]
  const told = changes.flatMap(eachOwn)
  const read = told.map(readChange)
  const containers = new Set(read.flatMap(({ container }) => container ?? []))
  const parts = read.map((change) => partOf(change, containers.size > 1))
  const others = changesCount - changes.length
  if (significance !== 'deleting') return fitted(parts, others)
  const beside = parts.filter((_, index) => told[index]?.path.startsWith(deletionFields) !== true)
  return fitted([wordOf.deleting, ...beside], others)
}

/** When it was asked for and the grace period: every delete sets them. */
const deletionFields = 'metadata.deletion'

/** Where no field is said to have changed. */
const wordOf: Readonly<Record<Significance, string>> = {
  created: 'created',
  deleted: 'deleted',
  deleting: 'deletion began',
  changed: '',
  status: 'status',
  renewal: 'renewed',
  bookkeeping: 'bookkeeping',
  unknown: '',
}

/** As many as fit, and how many there are beside them. */
function fitted(parts: readonly string[], others: number): string {
  const more = (count: number): string => (count === 0 ? '' : `${between}${count} more`)
  for (let shown = parts.length; shown > 0; shown--) {
    const text = parts.slice(0, shown).join(between) + more(parts.length - shown + others)
    if (text.length <= summaryMax) return text
  }
  return `${parts.length + others} changes`
}

interface ReadChange extends ShortChange {
  readonly name: string
  readonly isImage: boolean
  /** Whose field it is. */
  readonly container: string | null
}

const containerLists: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers'])

function readChange(change: ShortChange): ReadChange {
  const path = pathOf(change.path)
  if (path === null) return { ...change, name: cut(change.path, nameMax), isImage: false, container: null }
  const at = path.findLastIndex(
    ({ kind }, index) => kind === 'item' && containerLists.has(fieldName(path[index - 1]) ?? ''),
  )
  const isWhole = at === path.length - 1
  const container = at === -1 || isWhole ? null : keyOf(path[at])
  const rest = container === null ? path : path.slice(at + 1)
  return { ...change, name: cut(nameOf(rest), nameMax), isImage: fieldName(path.at(-1)) === 'image', container }
}

/** null where the text was cut within a name. */
function pathOf(text: string): FieldPath | null {
  try {
    return parseFieldPath(text)
  } catch {
    return null
  }
}

/** Of what people put on objects. */
const ownNames: ReadonlyMap<string, string> = new Map([
  ['labels', 'label'],
  ['annotations', 'annotation'],
])
/** Fields of an item that say no more than the item itself. */
const plainFields: ReadonlySet<string> = new Set(['value', 'name'])

/** The first labels or annotations of an object come as one change; each is told, where they are few and known whole. */
function eachOwn(change: ShortChange): readonly ShortChange[] {
  const path = pathOf(change.path)
  const values = change.op === 'add' ? change.to : change.op === 'remove' ? change.from : null
  if (path === null || values === null || !ownNames.has(fieldName(path.at(-1)) ?? '')) return [change]
  const own = Object.entries(objectOf(values)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  if (own.length === 0 || own.length > ownMax) return [change]
  return own.map(([name, value]) => {
    const text = { from: change.op === 'add' ? null : value, to: change.op === 'add' ? value : null }
    return { op: change.op, path: formatFieldPath([...path, { kind: 'field', name }]), ...text }
  })
}

/** Empty for what is none, or was cut. */
function objectOf(json: string): JsonObject {
  try {
    const value: unknown = JSON.parse(json)
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** `replicas`, `label app`, `env DB_HOST`, `limits.cpu`, `ports 80/TCP targetPort`, `rules[0].verbs`. */
function nameOf(path: FieldPath): string {
  const [first, second, third] = path.slice(-3)
  const owned = ownNames.get(fieldName(path.at(-2)) ?? '')
  const last = fieldName(path.at(-1))
  if (owned !== undefined && last !== null) return `${owned} ${last}`
  const at = path.findLastIndex(({ kind }) => kind !== 'field')
  if (at === -1) return fieldsOf([first, second, third].filter((segment) => segment !== undefined))
  const list = fieldName(path[at - 1]) ?? ''
  const key = keyOf(path[at])
  const within = fieldsOf(path.slice(at + 1))
  if (key === null) return `${list}${formatFieldPath(path.slice(at))}`
  return within === '' || plainFields.has(within) ? `${list} ${key}` : `${list} ${key} ${within}`
}

/** Around what is meant, and the same everywhere. */
const wrappers: ReadonlySet<string> = new Set(['spec', 'template', 'metadata', 'jobTemplate', 'resources'])

/** The last two names. */
function fieldsOf(path: FieldPath): string {
  const names = path.flatMap((segment) => fieldName(segment) ?? [])
  const meant = names.filter((name, index) => index === names.length - 1 || !wrappers.has(name))
  return meant.slice(-2).join('.')
}

const fieldName = (segment: PathSegment | undefined): string | null => (segment?.kind === 'field' ? segment.name : null)

function keyOf(segment: PathSegment | undefined): string | null {
  if (segment?.kind === 'item') return segment.keys.map(({ value }) => value).join('/')
  return segment?.kind === 'member' ? segment.value : null
}

function partOf({ op, from, to, name, isImage, container }: ReadChange, withContainer: boolean): string {
  const label = plain(withContainer && container !== null ? `${cut(container, nameMax)} ${name}` : name)
  const [before, after] = isImage ? shortImages(from, to) : [from, to]
  const [left, right] = [valueOf(before), valueOf(after)]
  switch (op) {
    case 'add':
      return right === null || label.endsWith(` ${right}`) ? `+ ${label}` : `+ ${label} ${right}`
    case 'remove':
      return `− ${label}`
    case 'replace':
      return left === null || right === null || left === right ? `${label} changed` : `${label} ${left} → ${right}`
    default:
      return op satisfies never
  }
}

/** Without the registry, where that is the same in both. */
function shortImages(from: string | null, to: string | null): readonly [string | null, string | null] {
  const [before, after] = [lastPart(from), lastPart(to)]
  const isSameRegistry = from === null || to === null || cutEnd(from, before) === cutEnd(to, after)
  return isSameRegistry ? [before, after] : [from, to]
}

const lastPart = (image: string | null): string | null => image && image.slice(image.lastIndexOf('/') + 1)
const cutEnd = (text: string, end: string | null): string => text.slice(0, text.length - (end?.length ?? 0))

/** null for what is not to be shown in a line: nothing, a secret, an object or a list, several lines. */
function valueOf(text: string | null): string | null {
  if (text === null || text === hidden || /^[{[]|\n/.test(text)) return null
  return text === '' ? '""' : cut(plain(text), valueMax)
}

const plain = (text: string): string => text.replaceAll(/[\p{C}\u2028\u2029]+/gu, ' ').trim()

function cut(text: string, max: number): string {
  return text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\u{fffd}$/u, '')}…`
}
