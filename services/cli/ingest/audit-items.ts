// auditItems: the events of a log file, each as the bytes that stand there, however the file is laid out.
import { itemsStart, skipBlank, valueEnd } from './json-bounds.ts'

export type AuditItem =
  /** One JSON value. */
  | { readonly kind: 'event'; readonly bytes: Uint8Array }
  /** A line that was cut off, or one of another program. */
  | { readonly kind: 'not-json'; readonly bytes: Uint8Array }
  /** More than the receiver takes at once; its bytes were let go. */
  | { readonly kind: 'too-large' }

/** The receiver's limit for one body. */
const itemBytesMax = 64 * 1024 * 1024
/** Of a document whose layout was lost, so much goes into one piece. */
const brokenPieceBytes = 4 * 1024 * 1024
/** A value that is longer and not complete is looked at whether it is a list, whose items can be read one by one. */
const wholeValueBytes = 1024 * 1024

/**
 *   start ──► lines ⇄ long-line                          one value a line, the usual log
 *     └─────► document ⇄ items ──► tail ──► document     pretty-printed, or one list as a whole
 *                 ⇅  └─► elements                        a list without an object around it
 *              broken ◄── any of these, when brackets do not match
 */
type State = 'start' | 'lines' | 'long-line' | 'document' | 'items' | 'elements' | 'tail' | 'broken'

/** What a reader made of the bytes: items, how many bytes are done with, and who reads on from there. */
interface Step {
  readonly items: readonly AuditItem[]
  readonly used: number
  readonly next: State
}

type Reader = (bytes: Uint8Array, isLast: boolean) => Step

/** JSON lines, EventLists one a line, one EventList over many lines, or a list of events. Holds one item at a time. */
export async function* auditItems(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<AuditItem> {
  let state: State = 'start'
  let rest: Uint8Array = new Uint8Array()
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  for await (const chunk of withLast(chunks)) {
    if (chunk !== null) {
      waiting.push(chunk)
      waitingBytes += chunk.length
      // A long item is looked at each time it has doubled, so that its length costs no more than its bytes.
      if (waitingBytes < rest.length) continue
    }
    rest = Buffer.concat([rest, ...waiting])
    waiting = []
    waitingBytes = 0
    let isStuck = false
    while (!isStuck) {
      const step: Step = readers[state](rest, chunk === null)
      yield* step.items
      rest = rest.subarray(step.used)
      isStuck = rest.length === 0 || (step.used === 0 && step.next === state)
      state = step.next
    }
  }
}

async function* withLast(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | null> {
  yield* chunks
  yield null
}

const readers: Readonly<Record<State, Reader>> = {
  start: readStart,
  lines: readLines,
  'long-line': skipLongLine,
  document: readDocument,
  items: (bytes, isLast) => readItems(bytes, isLast, 'items'),
  elements: (bytes, isLast) => readItems(bytes, isLast, 'elements'),
  tail: skipTail,
  broken: readBroken,
}

const newline = 0x0a
const byteOrderMark = [0xef, 0xbb, 0xbf] as const

/** The first line decides: when it is a whole value, or no beginning of one, every line is on its own. */
function readStart(bytes: Uint8Array, isLast: boolean): Step {
  const isEnough = isLast || bytes.length >= itemBytesMax
  if (bytes.length < byteOrderMark.length && !isLast) return { items: [], used: 0, next: 'start' }
  const mark = byteOrderMark.every((expected, index) => bytes[index] === expected) ? byteOrderMark.length : 0
  const begin = skipWhite(bytes, mark)
  const first = lineAt(bytes, begin)
  const second = lineAt(bytes, begin + first.length)
  const hasTwo = second.at(-1) === newline
  if (begin === bytes.length || (!hasTwo && !isEnough)) return { items: [], used: begin, next: 'start' }
  return { items: [], used: begin, next: isDocument(first, second, isEnough) ? 'document' : 'lines' }
}

/**
 * Whether the first line is the beginning of a value that goes on. A line that was cut off looks the same when it ends
 * between two words: then the second line is a value, which it is in a document only as the first item of a list.
 */
function isDocument(first: Uint8Array, second: Uint8Array, isEnough: boolean): boolean {
  if (!isBracket(first[0]) || valueEnd(first, 0) !== 'more') return false
  if (first.at(-1) !== newline) return !isEnough || first.length >= itemBytesMax
  const last = first.findLast((next) => next > 0x20)
  return isList(last) || typeof parseJson(second) !== 'object'
}

/** With its newline, which no JSON string can hold: a line that was cut off within a string is known by it. */
function lineAt(bytes: Uint8Array, from: number): Uint8Array {
  const end = bytes.indexOf(newline, from)
  return bytes.subarray(from, end === -1 ? bytes.length : end + 1)
}

function readLines(bytes: Uint8Array, isLast: boolean): Step {
  const items: AuditItem[] = []
  let used = 0
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, used)) {
    items.push(...itemsOfLine(bytes.subarray(used, end)))
    used = end + 1
  }
  const left = bytes.length - used
  if (isLast) return { items: [...items, ...itemsOfLine(bytes.subarray(used))], used: bytes.length, next: 'lines' }
  if (left <= itemBytesMax) return { items, used, next: 'lines' }
  return { items: [...items, { kind: 'too-large' }], used: bytes.length, next: 'long-line' }
}

function skipLongLine(bytes: Uint8Array): Step {
  const end = bytes.indexOf(newline)
  return end === -1 ? { items: [], used: bytes.length, next: 'long-line' } : { items: [], used: end + 1, next: 'lines' }
}

/** Values one after another, each over as many lines as it likes. */
function readDocument(bytes: Uint8Array, isLast: boolean): Step {
  const begin = skipBlank(bytes, 0)
  if (begin === bytes.length) return { items: [], used: begin, next: 'document' }
  const end = valueEnd(bytes, begin)
  if (typeof end === 'number') return { items: itemsOfValue(bytes.subarray(begin, end)), used: end, next: 'document' }
  if (end === 'invalid') return { items: [], used: begin, next: 'broken' }
  const first = isLast || bytes.length > wholeValueBytes ? itemsStart(bytes, begin) : null
  if (first !== null) return { items: [], used: first, next: isList(bytes[begin]) ? 'elements' : 'items' }
  return { items: [], used: begin, next: isLast || bytes.length > itemBytesMax ? 'broken' : 'document' }
}

/** What stands between the brackets of a list. */
function readItems(bytes: Uint8Array, isLast: boolean, state: 'items' | 'elements'): Step {
  const items: AuditItem[] = []
  let used = skipBlank(bytes, 0)
  while (used < bytes.length && !isListEnd(bytes[used])) {
    const end = valueEnd(bytes, used)
    const isBroken = end === 'invalid' || (end === 'more' && (isLast || bytes.length - used > itemBytesMax))
    if (isBroken) return { items, used, next: 'broken' }
    if (end === 'more') break
    items.push(checkedItem(bytes.subarray(used, end)))
    used = skipBlank(bytes, end)
  }
  if (!isListEnd(bytes[used])) return { items, used, next: state }
  return { items, used: used + 1, next: state === 'items' ? 'tail' : 'document' }
}

/** What follows the items in their list: it says nothing about events. */
function skipTail(bytes: Uint8Array): Step {
  const end = valueEnd(bytes, 0, 1)
  if (typeof end === 'number') return { items: [], used: end, next: 'document' }
  return { items: [], used: 0, next: end === 'invalid' || bytes.length > itemBytesMax ? 'broken' : 'tail' }
}

/** Where one line cannot be told from the next, all that is left is kept as it is, in pieces. */
function readBroken(bytes: Uint8Array, isLast: boolean): Step {
  const isPiece = isLast || bytes.length >= brokenPieceBytes
  if (!isPiece || bytes.length === 0) return { items: [], used: 0, next: 'broken' }
  const piece = bytes.subarray(0, brokenPieceBytes)
  return { items: [{ kind: 'not-json', bytes: piece }], used: piece.length, next: 'broken' }
}

function itemsOfLine(line: Uint8Array): readonly AuditItem[] {
  const begin = skipWhite(line, 0)
  let end = line.length
  while (end > begin && (line[end - 1] ?? 0) <= 0x20) end -= 1
  if (begin === end) return []
  return end - begin > itemBytesMax ? [{ kind: 'too-large' }] : itemsOfValue(line.subarray(begin, end))
}

/** The items of a list, or the value itself. */
function itemsOfValue(bytes: Uint8Array): readonly AuditItem[] {
  const value = parseJson(bytes)
  if (value === undefined) return [{ kind: 'not-json', bytes }]
  const list = listOfEvents(value)
  if (list === null) return [{ kind: 'event', bytes }]
  const items: AuditItem[] = []
  let index = skipBlank(bytes, itemsStart(bytes, 0) ?? bytes.length)
  while (index < bytes.length && !isListEnd(bytes[index])) {
    const end = valueEnd(bytes, index)
    if (typeof end !== 'number') break
    items.push({ kind: 'event', bytes: bytes.subarray(index, end) })
    index = skipBlank(bytes, end)
  }
  // With `items` twice in one object the two readings differ: then the receiver gets it as it is.
  return items.length === list.length ? items : [{ kind: 'event', bytes }]
}

function checkedItem(bytes: Uint8Array): AuditItem {
  return { kind: parseJson(bytes) === undefined ? 'not-json' : 'event', bytes }
}

/** An audit event has no `items` of its own. */
function listOfEvents(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null || 'auditID' in value) return null
  return 'items' in value && Array.isArray(value.items) ? value.items : null
}

/** Undefined for what is no JSON. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
  } catch {
    return undefined
  }
}

function skipWhite(bytes: Uint8Array, from: number): number {
  let index = from
  while (index < bytes.length && (bytes[index] ?? 0) <= 0x20) index += 1
  return index
}

const isList = (next: number | undefined): boolean => next === 0x5b
const isListEnd = (next: number | undefined): boolean => next === 0x5d
const isBracket = (next: number | undefined): boolean => next === 0x7b || isList(next)
