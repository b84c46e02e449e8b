// readSigmaItem: `field|modifier: values` of a selection, with its modifiers worked in.

import { kindWords, type Located } from '../located.ts'
import {
  joinedSigma,
  sigmaPieces,
  sigmaTimeParts,
  type SigmaNode,
  type SigmaPiece,
  type SigmaTimePart,
  type SigmaValue,
} from './node.ts'
import { SigmaProblem } from './note.ts'

const comparisons = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const
const places = ['contains', 'startswith', 'endswith'] as const
const encodings = ['base64', 'base64offset'] as const
const widths = ['utf16le', 'utf16be', 'utf16', 'wide'] as const
const flags = ['i', 'm', 's', 'ignorecase', 'multiline', 'dotall'] as const

const modifiersOfTexts = [...places, ...encodings, ...widths]

/** What is known and cannot be said here, and why. */
const unsaid: ReadonlyMap<string, string> = new Map([
  ['expand', 'the values of its placeholders are in no file of Sigma: write them out'],
  ['windash', 'it is about the command lines of Windows'],
  ['week', 'an expression here knows no weeks'],
])

const known: ReadonlySet<string> = new Set([
  ...Object.keys(comparisons),
  ...places,
  ...encodings,
  ...widths,
  ...flags,
  ...sigmaTimeParts,
  'all',
  'cased',
  'exists',
  'neq',
  're',
  'cidr',
  'fieldref',
])

/** Throws SigmaProblem. `key` is empty for a keyword. */
export function readSigmaItem(key: string, value: Located, at: number): SigmaNode {
  const [field = '', ...modifiers] = key.split('|')
  const has = new Set(modifiers.map((modifier) => modifier.toLowerCase()))
  for (const modifier of has) {
    const why = unsaid.get(modifier)
    if (why !== undefined) throw new SigmaProblem(`could not carry over the modifier "${modifier}": ${why}`, at)
    if (!known.has(modifier)) throw new SigmaProblem(`there is no modifier "${modifier.slice(0, 40)}"`, at)
  }
  checkTogether(has, at)
  const written = value.kind === 'list' ? value.items : [value]
  if (written.length === 0) throw new SigmaProblem(`${field === '' ? 'a keyword' : field} has no values`, at)
  const values = written.map((one) => readValues(one, has))
  const test = (some: readonly SigmaValue[]): SigmaNode => ({
    kind: 'test',
    field: field === '' ? null : field,
    values: some,
    at,
  })
  if (has.has('exists')) return existence(written, test([{ kind: 'exists' }]), at)
  const node = has.has('all') ? joinedSigma('and', values.map(test)) : test(values.flat())
  return has.has('neq') ? { kind: 'not', part: node } : node
}

function existence(written: readonly Located[], test: SigmaNode, at: number): SigmaNode {
  const [only] = written
  const isThere = only?.kind === 'scalar' && typeof only.value === 'boolean' ? only.value : null
  if (isThere === null || written.length > 1) throw new SigmaProblem('exists takes true or false', at)
  return isThere ? test : { kind: 'not', part: test }
}

/** Of each of these groups one at most, and what goes with nothing else. */
function checkTogether(has: ReadonlySet<string>, at: number): void {
  const ways = [...Object.keys(comparisons), ...sigmaTimeParts, 're', 'cidr', 'exists', 'fieldref']
  const used = ways.filter((way) => has.has(way))
  const placed = places.filter((place) => has.has(place))
  const encoded = encodings.filter((encoding) => has.has(encoding))
  const wide = widths.filter((width) => has.has(width))
  const flagged = flags.filter((flag) => has.has(flag))
  const isMixed =
    used.length > 1 ||
    placed.length > 1 ||
    encoded.length > 1 ||
    wide.length > 1 ||
    (used.length > 0 && (encoded.length > 0 || wide.length > 0 || has.has('cased'))) ||
    (placed.length > 0 && used.length > 0 && used[0] !== 'fieldref') ||
    (flagged.length > 0 && used[0] !== 're')
  if (isMixed) throw new SigmaProblem(`the modifiers ${[...has].join(', ')} do not go together`, at)
}

/** A value is one, or what an encoding makes of it. */
function readValues(value: Located, has: ReadonlySet<string>): readonly SigmaValue[] {
  if (has.has('exists')) return []
  if (has.has('re')) return [regexOf(textOf(value, 're'), has, value.from)]
  if (has.has('cidr')) return [networkOf(textOf(value, 'cidr'), value.from)]
  if (has.has('fieldref')) return [{ kind: 'field', other: textOf(value, 'fieldref'), how: howOf(has) }]
  for (const [name, operator] of Object.entries(comparisons))
    if (has.has(name)) return [{ kind: 'compare', operator, than: numberOf(value, name) }]
  const part = sigmaTimeParts.find((one) => has.has(one))
  if (part !== undefined) return [timeOf(value, part)]
  if (value.kind === 'scalar') return [scalarOf(value.value, value.from, has)]
  if (value.kind !== 'text')
    throw new SigmaProblem(`a value is a text or a number, not ${kindWords(value)}`, value.from)
  const isEncoded = modifiersOfTexts.slice(places.length).some((modifier) => has.has(modifier))
  const written = isEncoded ? encodedTexts(value.text, has).map((text) => [{ text }]) : [sigmaPieces(value.text)]
  const isCased = has.has('cased') || isEncoded
  // The API server writes no field that is empty.
  if (value.text === '') {
    if (modifiersOfTexts.some((modifier) => has.has(modifier))) throw new SigmaProblem('a value is empty', value.from)
    return [{ kind: 'none' }]
  }
  return written.map((pieces) => ({ kind: 'text', pieces: placedPieces(pieces, has), isCased }))
}

function scalarOf(value: number | boolean | null, at: number, has: ReadonlySet<string>): SigmaValue {
  const isPlaced = modifiersOfTexts.some((modifier) => has.has(modifier))
  if (isPlaced && value !== null)
    return { kind: 'text', pieces: placedPieces([{ text: String(value) }], has), isCased: has.has('cased') }
  if (isPlaced) throw new SigmaProblem('nothing is in no text', at)
  if (value === null) return { kind: 'none' }
  return typeof value === 'number' ? { kind: 'number', value } : { kind: 'bool', value }
}

function placedPieces(pieces: readonly SigmaPiece[], has: ReadonlySet<string>): readonly SigmaPiece[] {
  const isOpen = (side: 'startswith' | 'endswith'): boolean => has.has('contains') || has.has(side)
  const before: readonly SigmaPiece[] = isOpen('endswith') && pieces[0] !== 'any' ? ['any'] : []
  const after: readonly SigmaPiece[] = isOpen('startswith') && pieces.at(-1) !== 'any' ? ['any'] : []
  const all = [...before, ...pieces, ...after]
  return all.filter((piece, index) => piece !== 'any' || all[index - 1] !== 'any')
}

function howOf(has: ReadonlySet<string>): Extract<SigmaValue, { readonly kind: 'field' }>['how'] {
  if (has.has('contains')) return 'contains'
  if (has.has('startswith')) return 'startsWith'
  return has.has('endswith') ? 'endsWith' : 'is'
}

function textOf(value: Located, modifier: string): string {
  if (value.kind === 'text') return value.text
  if (value.kind === 'scalar' && value.value !== null) return String(value.value)
  throw new SigmaProblem(`${modifier} takes a text, not ${kindWords(value)}`, value.from)
}

function numberOf(value: Located, modifier: string): number {
  const text = textOf(value, modifier)
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number
  throw new SigmaProblem(`${modifier} takes a number, not "${text.slice(0, 40)}"`, value.from)
}

const timeBounds: Readonly<Record<SigmaTimePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  month: [1, 12],
  year: [1970, 9999],
}

function timeOf(value: Located, part: SigmaTimePart): SigmaValue {
  const number = numberOf(value, part)
  const [least, most] = timeBounds[part]
  if (Number.isInteger(number) && number >= least && number <= most) return { kind: 'time', part, value: number }
  throw new SigmaProblem(`${part} takes a whole number from ${least} to ${most}`, value.from)
}

/** Patterns of expressions know no look-around; whether one can be read is seen when the expression is checked. */
function regexOf(pattern: string, has: ReadonlySet<string>, at: number): SigmaValue {
  if (pattern === '') throw new SigmaProblem('a regular expression is empty', at)
  const set = [
    has.has('i') || has.has('ignorecase') ? 'i' : '',
    has.has('m') || has.has('multiline') ? 'm' : '',
    has.has('s') || has.has('dotall') ? 's' : '',
  ].join('')
  return { kind: 'regex', pattern: set === '' ? pattern : `(?${set})${pattern}` }
}

function networkOf(text: string, at: number): SigmaValue {
  const whole = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`
  if (/^[0-9a-f.:]+\/\d{1,3}$/i.test(whole)) return { kind: 'network', network: whole }
  throw new SigmaProblem(`"${text.slice(0, 60)}" is no network`, at)
}

/** Base64 of the text, or what of it is the same wherever it stands in what was encoded: one for each of three offsets. */
function encodedTexts(text: string, has: ReadonlySet<string>): readonly string[] {
  const bytes = bytesOf(text, has)
  if (has.has('base64')) return [Buffer.from(bytes).toString('base64')]
  if (!has.has('base64offset')) return [String.fromCharCode(...bytes)]
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from([...Array.from({ length: offset }, () => 0), ...bytes]).toString('base64')
    const from = [0, 2, 3][offset] ?? 0
    const over = (bytes.length + offset) % 3
    return encoded.slice(from, encoded.length - ([0, 3, 2][over] ?? 0))
  })
}

function bytesOf(text: string, has: ReadonlySet<string>): readonly number[] {
  const little = [...Buffer.from(text, 'utf16le')]
  if (has.has('wide') || has.has('utf16le')) return little
  if (has.has('utf16')) return [0xff, 0xfe, ...little]
  if (has.has('utf16be')) return little.map((_, index) => little[index ^ 1] ?? 0)
  return [...Buffer.from(text)]
}
