// readEvents: the audit events of a text: JSON lines, EventLists, or YAML documents of either.

import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { jsonOf, type Located } from './located.ts'
import { readDocuments } from './read-documents.ts'
import { Problems, type RuleError } from './rule-error.ts'
import { sourcePlaces } from './source-places.ts'

/** Characters of one text that is YAML; lines of JSON are read one by one. */
export const yamlCharactersMax = 4 * 1024 * 1024

export interface FileEvent {
  readonly raw: JsonObject
  /** From 1: where it begins; of an item of a list on one line that of the list. */
  readonly line: number
}

export interface FileEvents {
  readonly events: readonly FileEvent[]
  readonly errors: readonly RuleError[]
}

export function readEvents(text: string): FileEvents {
  return isJsonLines(text) ? readLines(text) : readYaml(text)
}

/** Whether its first line that says something is a whole JSON value. */
function isJsonLines(text: string): boolean {
  const first = /^[^\S\n]*\S.*$/m.exec(text.replace(/^\u{feff}/u, ''))?.[0] ?? ''
  return first.trimStart().startsWith('{') && parsed(first) !== undefined
}

function readLines(text: string): FileEvents {
  const events: FileEvent[] = []
  const errors: RuleError[] = []
  for (const [index, line] of text
    .replace(/^\u{feff}/u, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue
    const value = parsed(line)
    const found = value === undefined ? null : eventsIn(value)
    if (found === null) errors.push({ line: index + 1, column: 1, message: 'this line is no event', hint: null })
    else events.push(...found.map((raw) => ({ raw, line: index + 1 })))
  }
  return { events, errors }
}

function readYaml(text: string): FileEvents {
  const placeAt = sourcePlaces(text)
  const problems = new Problems(placeAt)
  if (text.length > yamlCharactersMax) {
    problems.add(0, `could not read it as YAML: it has more than ${yamlCharactersMax} characters`, 'Write JSON lines.')
    return { events: [], errors: problems.inOrder() }
  }
  const events: FileEvent[] = []
  for (const { root } of readDocuments(text, problems)) {
    const items = itemsOf(root)
    for (const item of items) {
      const raw = jsonOf(item)
      if (isJsonObject(raw) && isEvent(raw)) events.push({ raw, line: placeAt(item.from).line })
      else problems.add(item.from, 'this is no event')
    }
  }
  return { events, errors: problems.inOrder() }
}

function itemsOf(root: Located): readonly Located[] {
  if (root.kind === 'list') return root.items
  const items = root.kind === 'map' && !root.entries.has('auditID') ? root.entries.get('items')?.value : undefined
  return items?.kind === 'list' ? items.items : [root]
}

/** The items of a list, or the event itself; null for what is neither. */
export function eventsIn(value: unknown): readonly JsonObject[] | null {
  if (Array.isArray(value)) return value.every(isJsonObject) ? value : null
  if (!isJsonObject(value)) return null
  if (!('auditID' in value) && Array.isArray(value['items'])) return eventsIn(value['items'])
  return isEvent(value) ? [value] : null
}

const isEvent = (value: JsonObject): boolean =>
  typeof value['verb'] === 'string' || typeof value['auditID'] === 'string'

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
