// scanEventList: finds the items of a posted EventList in its raw bytes, without parsing them and whatever they are.
import { isUtf8 } from 'node:buffer'
import {
  asBuffer,
  braceClose,
  braceOpen,
  bracketClose,
  bracketOpen,
  colon,
  comma,
  quote,
  skipSpace,
} from './json-bytes.ts'
import { endOfString, endOfValue, textOfLiteral, valueFacts } from './scan-value.ts'
import type { ValueFacts } from './scan-value.ts'

export const problemReasons = [
  'empty',
  'not_json',
  'not_event_list',
  'not_an_object',
  'too_deep',
  'invalid_utf8',
  'cut_short',
  'invalid_json',
  'too_large',
] as const
/** Why an item cannot be an event. The scanner gives all but `invalid_json` and `too_large`, which are the worker's. */
export type ProblemReason = (typeof problemReasons)[number]

export interface ItemProblem {
  readonly item: number
  readonly reason: ProblemReason
  /** For people. Holds positions and limits, never a byte of the body. */
  readonly detail: string
}

export interface Scan {
  /** Item i is body.subarray(bounds[2 * i], bounds[2 * i + 1]). */
  readonly bounds: Uint32Array
  /** At most one an item, in the order of the items, and at most 10,001. */
  readonly problems: readonly ItemProblem[]
  /** Items with a top-level field of audit.k8s.io that is there twice; JSON.parse takes the last one. */
  readonly duplicateKeys: readonly number[]
  /** Items without a problem that may hold a secret. Redaction need not look into others for what it always removes. */
  readonly suspects: readonly number[]
}

export interface ScanLimits {
  /** Levels of nesting that an item may have, its own braces included. */
  readonly depthMax: number
}

/**
 * Takes an EventList (`items` null or absent is no item, `items` twice is both), one Event, or an array of Events, with
 * or without a BOM. Never throws. A body that is none of them is one item, with a problem, that spans all of it. Where
 * the structure breaks, everything from there to the end is one item `cut_short`; it may be empty. Only strings,
 * brackets and the list's commas are looked at: JSON.parse judges the items.
 */
export function scanEventList(body: Uint8Array, limits: ScanLimits = { depthMax: 200 }): Scan {
  const list = new ItemList(asBuffer(body), limits.depthMax)
  scanRoot(list)
  return list.finish()
}

function scanRoot(list: ItemList): void {
  const { body } = list
  const hasBom = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf
  const start = skipSpace(body, hasBom ? 3 : 0)
  if (start === body.length) return list.addWhole('empty', 'the body is empty')
  const first = body[start]
  if (first !== braceOpen && first !== bracketOpen) {
    return list.addWhole('not_json', 'the body begins with neither { nor [')
  }
  const end = first === braceOpen ? scanRootObject(list, start) : scanItems(list, start + 1)
  const rest = end < 0 ? body.length : skipSpace(body, end)
  if (rest < body.length) list.addCutShort(rest)
}

/** What the members of a root object say it is; the first that is true counts. */
interface RootMarks {
  hasItems: boolean
  isEvent: boolean
  isList: boolean
}

/** Like all that scan a part of the body: the index behind it, or -1 where the rest of the body was made one item. */
function scanRootObject(list: ItemList, start: number): number {
  const { body } = list
  const marks: RootMarks = { hasItems: false, isEvent: false, isList: false }
  let at = skipSpace(body, start + 1)
  while (body[at] !== braceClose) {
    const end = scanRootMember(list, at, marks)
    if (end < 0) return list.isEnded ? -1 : breakRoot(list, at, marks)
    at = skipSpace(body, end)
    if (body[at] === comma) at = skipSpace(body, at + 1)
    else if (body[at] !== braceClose) return breakRoot(list, at, marks)
  }
  if (marks.hasItems) return at + 1
  if (marks.isEvent) return scanItem(list, start)
  if (marks.isList) return at + 1
  list.addWhole('not_event_list', 'the body is a JSON object, but neither an EventList nor an Event')
  return -1
}

/** The index behind the member, or -1 where it breaks. */
function scanRootMember(list: ItemList, start: number, marks: RootMarks): number {
  const { body } = list
  const keyEnd = body[start] === quote ? endOfString(body, start, list.facts) : -1
  const colonAt = keyEnd < 0 ? body.length : skipSpace(body, keyEnd)
  if (body[colonAt] !== colon) return -1
  const value = skipSpace(body, colonAt + 1)
  const key = textOfLiteral(body, start, keyEnd)
  if (key === 'items' && body[value] === bracketOpen) {
    marks.hasItems = true
    return scanItems(list, value + 1)
  }
  const end = endOfValue(body, value, list.facts)
  if (end < 0) return -1
  if (key === 'auditID' || key === 'stage' || key === 'verb') marks.isEvent = true
  if (key === 'items' && isLiteral(body, value, end, 'null')) marks.isList = true
  if (key === 'kind' && isLiteral(body, value, end, '"EventList"')) marks.isList = true
  return end
}

function isLiteral(body: Buffer, start: number, end: number, literal: string): boolean {
  return end - start === literal.length && body.toString('latin1', start, end) === literal
}

function breakRoot(list: ItemList, at: number, marks: RootMarks): number {
  if (marks.hasItems) list.addCutShort(at)
  else list.addWhole(marks.isEvent || marks.isList ? 'cut_short' : 'not_json', `the JSON breaks behind byte ${at}`)
  return -1
}

/** Scans the items from behind a `[`. A comma before the `]` is let pass. */
function scanItems(list: ItemList, start: number): number {
  const { body } = list
  let at = skipSpace(body, start)
  while (body[at] !== bracketClose) {
    const end = scanItem(list, at)
    if (end < 0) return -1
    at = skipSpace(body, end)
    if (body[at] === comma) {
      at = skipSpace(body, at + 1)
    } else if (body[at] !== bracketClose) {
      list.addCutShort(at)
      return -1
    }
  }
  return at + 1
}

function scanItem(list: ItemList, start: number): number {
  const end = endOfValue(list.body, start, list.facts)
  if (end < 0) list.addCutShort(start)
  else list.addItem(start, end)
  return list.isEnded ? -1 : end
}

const problemsMax = 10_000

/** The items found so far. */
class ItemList {
  readonly body: Buffer
  /** About the value that was scanned last. */
  readonly facts: ValueFacts
  /** The last item reaches to the end of the body. */
  isEnded = false
  #bounds = new Uint32Array(64)
  #count = 0
  readonly #isUtf8: boolean
  readonly #problems: ItemProblem[] = []
  readonly #duplicateKeys: number[] = []
  readonly #suspects: number[] = []

  constructor(body: Buffer, depthMax: number) {
    this.body = body
    this.facts = valueFacts(depthMax)
    this.#isUtf8 = isUtf8(body)
  }

  /** Adds the value that was scanned last; or, where too many before it were no events, all from there on. */
  addItem(start: number, end: number): void {
    const problem = this.#problemOf(start, end)
    if (problem !== null && this.#problems.length === problemsMax) {
      this.#addLast(start, 'not_event_list', `${problemsMax} items before byte ${start} are not events`)
      return
    }
    const item = this.#push(start, end)
    if (problem !== null) {
      this.#problems.push({ item, ...problem })
      return
    }
    if (this.facts.hasDuplicateKey) this.#duplicateKeys.push(item)
    if (this.facts.isSuspect) this.#suspects.push(item)
  }

  addCutShort(start: number): void {
    this.#addLast(start, 'cut_short', `the JSON breaks behind byte ${start}`)
  }

  addWhole(reason: ProblemReason, detail: string): void {
    this.#addLast(0, reason, detail)
  }

  finish(): Scan {
    return {
      bounds: this.#bounds.slice(0, 2 * this.#count),
      problems: this.#problems,
      duplicateKeys: this.#duplicateKeys,
      suspects: this.#suspects,
    }
  }

  #problemOf(start: number, end: number): Pick<ItemProblem, 'reason' | 'detail'> | null {
    if (this.body[start] !== braceOpen) return { reason: 'not_an_object', detail: 'the item is not a JSON object' }
    if (this.facts.isTooDeep) {
      return { reason: 'too_deep', detail: `the item has more than ${this.facts.depthMax} levels` }
    }
    if (this.#isUtf8 || isUtf8(this.body.subarray(start, end))) return null
    return { reason: 'invalid_utf8', detail: 'the item is not UTF-8' }
  }

  #addLast(start: number, reason: ProblemReason, detail: string): void {
    this.isEnded = true
    this.#problems.push({ item: this.#push(start, this.body.length), reason, detail })
  }

  #push(start: number, end: number): number {
    if (2 * this.#count === this.#bounds.length) {
      const grown = new Uint32Array(2 * this.#bounds.length)
      grown.set(this.#bounds)
      this.#bounds = grown
    }
    this.#bounds[2 * this.#count] = start
    this.#bounds[2 * this.#count + 1] = end
    return this.#count++
  }
}
