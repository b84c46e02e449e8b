// findMasks: what to hide of an item that cannot be read as JSON, going by its tokens alone.
import {
  backslash,
  braceClose,
  braceOpen,
  bracketClose,
  bracketOpen,
  colon,
  comma,
  isSpace,
  quote,
  skipSpace,
} from './json-bytes.ts'

/** A range of bytes to replace by one JSON string. */
export interface Mask {
  readonly start: number
  readonly end: number
}

/**
 * Every string in the place of a value, and every word that is no JSON, but for what tells the reader of a quarantine
 * which event it was. An unterminated string is hidden to the end, and all that follows the last mask of masksMax.
 */
export function findMasks(bytes: Buffer, masksMax = 100_000): readonly Mask[] {
  const keepsNames = !/oauth/i.test(bytes.toString('latin1'))
  const masks: Mask[] = []
  let depth = 0
  let section = ''
  let key = ''
  for (let at = skipSpace(bytes, 0); at < bytes.length; at = skipSpace(bytes, at)) {
    const token = readToken(bytes, at)
    if (token.type === 'open') {
      if (depth === 1) section = key
      depth++
    } else if (token.type === 'close') {
      depth = Math.max(0, depth - 1)
    }
    const isKept =
      token.type === 'string' ? isTelling(depth, section, key) && (keepsNames || key !== 'name') : token.type !== 'word'
    if (!isKept) masks.push({ start: at, end: token.end })
    if (masks.length === masksMax) return [...masks, { start: token.end, end: bytes.length }]
    if (token.type !== 'colon') key = token.type === 'key' ? bytes.toString('latin1', at + 1, token.end - 1) : ''
    at = token.end
  }
  return masks
}

interface Token {
  /** `string` is one in the place of a value; `harmless` is what cannot be a secret. */
  readonly type: 'open' | 'close' | 'colon' | 'key' | 'string' | 'word' | 'harmless'
  readonly end: number
}

function readToken(bytes: Buffer, start: number): Token {
  const byte = bytes[start]
  if (byte === braceOpen || byte === bracketOpen) return { type: 'open', end: start + 1 }
  if (byte === braceClose || byte === bracketClose) return { type: 'close', end: start + 1 }
  if (byte === colon) return { type: 'colon', end: start + 1 }
  if (byte === comma) return { type: 'harmless', end: start + 1 }
  if (byte === quote) return readString(bytes, start)
  let end = start
  while (end < bytes.length && !isDelimiter(bytes[end])) end++
  // A number of three digits is an HTTP status; a longer one could be a password that was not quoted.
  const isHarmless = end - start <= 5 && /^(?:true|false|null|[0-9]{1,3})$/.test(bytes.toString('latin1', start, end))
  return { type: isHarmless ? 'harmless' : 'word', end }
}

function readString(bytes: Buffer, start: number): Token {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  if (at >= bytes.length) return { type: 'word', end: bytes.length }
  return { type: bytes[skipSpace(bytes, at + 1)] === colon ? 'key' : 'string', end: at + 1 }
}

function isDelimiter(byte: number | undefined): boolean {
  switch (byte) {
    case braceOpen:
    case braceClose:
    case bracketOpen:
    case bracketClose:
    case colon:
    case comma:
    case quote:
      return true
    default:
      return isSpace(byte)
  }
}

const tellingFields = new Set([
  'auditID',
  'stage',
  'level',
  'verb',
  'kind',
  'apiVersion',
  'requestReceivedTimestamp',
  'stageTimestamp',
])
const tellingBelow: ReadonlyMap<string, readonly string[]> = new Map([
  ['user', ['username']],
  ['impersonatedUser', ['username']],
  ['objectRef', ['resource', 'namespace', 'name', 'apiGroup', 'apiVersion', 'subresource']],
  ['requestObject', ['kind', 'apiVersion']],
  ['responseObject', ['kind', 'apiVersion']],
])

/** Where the key stands counts as well: a Secret's data has keys such as `username`. */
function isTelling(depth: number, section: string, key: string): boolean {
  return depth === 1 ? tellingFields.has(key) : depth === 2 && (tellingBelow.get(section)?.includes(key) ?? false)
}
