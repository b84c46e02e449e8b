// complete: what may stand where somebody is typing a query.
import { knownResources } from '@plaintrail/event/known-resources'
import { queryLengthMax } from './bounds.ts'
import { examples } from './examples.ts'
import { isWords } from './is-words.ts'
import { isSpace, keyEnd, operators } from './lex.ts'
import { type Qualifier, qualifierOf, qualifiers, type TextKey } from './qualifiers.ts'
import type { Span } from './query-error.ts'

export type Candidate =
  /** Replaces the span. */
  | { readonly kind: 'text'; readonly text: string; readonly description: string }
  /** Values of this key that begin with this prefix belong here; only who holds the events knows them. */
  | { readonly kind: 'value'; readonly key: TextKey; readonly prefix: string }

export interface Completion {
  readonly span: Span
  /** The likeliest first, at most candidatesMax. */
  readonly candidates: readonly Candidate[]
}

export const candidatesMax = 50

/** Total: no text and no position is wrong. `position` counts UTF-16 code units. */
export function complete(text: string, position: number): Completion {
  const at = Math.max(0, Math.min(text.length, Math.trunc(position) || 0))
  if (text.length > queryLengthMax) return { span: { start: at, end: at }, candidates: [] }
  const typing = typingAt(text, at)
  const candidates = typing.qualifier === null ? keyCandidates(text, typing) : valueCandidates(typing)
  return { span: typing.span, candidates: candidates.slice(0, candidatesMax) }
}

interface Typing {
  /** What stands between the beginning of the span and the position, in small letters. */
  readonly prefix: string
  /** The same as it was typed, without quotes. */
  readonly typed: string
  /** Whose value it is; null where it is a key or free text. */
  readonly qualifier: Qualifier | null
  readonly span: Span
}

function typingAt(text: string, at: number): Typing {
  const { wordStart, pieceStart } = startsAt(text, at)
  const colon = keyEnd(text, wordStart)
  const isValue = text[colon] === ':' && colon < at && colon > wordStart
  const qualifier = isValue ? qualifierOf(text.slice(wordStart, colon)) : null
  const start = isValue ? Math.max(pieceStart, colon + 1) : wordStart
  const typed = text.slice(start, at).replaceAll('"', '')
  return { prefix: typed.toLowerCase(), typed, qualifier, span: { start, end: endAt(text, at, isValue) } }
}

/** Where the word and, past its last comma, the value begin in which the position is. */
function startsAt(text: string, at: number): { readonly wordStart: number; readonly pieceStart: number } {
  let [wordStart, pieceStart, isQuoted] = [0, 0, false]
  for (let index = 0; index < at; index++) {
    const character = text.charAt(index)
    if (character === '\\' && /[",\\]/.test(text.charAt(index + 1))) index++
    else if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (isSpace(character) || character === '(' || character === ')') wordStart = pieceStart = index + 1
    else if (character === '-' && wordStart === index) wordStart = pieceStart = index + 1
    else if (character === ',') pieceStart = index + 1
  }
  return { wordStart: Math.min(wordStart, at), pieceStart: Math.min(pieceStart, at) }
}

/** A key ends at its colon and is replaced with it, for the candidate has one; in a value a colon is like others. */
function endAt(text: string, at: number, isValue: boolean): number {
  const ends = isValue ? '(),"' : '(),":'
  let end = at
  while (end < text.length && !isSpace(text.charAt(end)) && !ends.includes(text.charAt(end))) end++
  return !isValue && text[end] === ':' ? end + 1 : end
}

function keyCandidates(text: string, { prefix, typed, span }: Typing): readonly Candidate[] {
  const known = qualifiers.filter(({ availability }) => availability === 'now')
  const byKey = known.filter(({ key }) => key.startsWith(prefix))
  const byAlias = known.filter(({ key, aliases }) => !key.startsWith(prefix) && begins(aliases, prefix))
  const keys = [...byKey, ...byAlias].map(({ key, description }) => offer(`${key}:`, description))
  if (text.trim() === '') return [...examples.map(({ question, query }) => offer(query, question)), ...keys]
  // Before a colon that is there already only a key can stand.
  if (prefix === '' || text[span.end - 1] === ':') return keys
  const words = isWords.filter(({ word, availability }) => availability === 'now' && word.startsWith(prefix))
  const joins = [...operators.keys()].filter((word) => word.startsWith(typed))
  return [
    ...keys,
    ...words.map(({ word, description }) => offer(`is:${word}`, description)),
    ...joins.map((word) => offer(word, operatorDescriptions[word] ?? '')),
  ]
}

const operatorDescriptions: Readonly<Record<string, string>> = {
  AND: 'both hold; a space says the same',
  OR: 'one holds or both',
  NOT: 'what follows does not hold; a - before it says the same',
}

function valueCandidates({ qualifier, prefix, typed }: Typing): readonly Candidate[] {
  const { takes, availability } = qualifier ?? { takes: { kind: 'anything' } as const, availability: 'now' }
  if (availability !== 'now') return []
  switch (takes.kind) {
    case 'choice':
    case 'rank':
      return takes.choices.filter((one) => one.toLowerCase().startsWith(prefix)).map((one) => offer(one, ''))
    case 'is':
      return isWords
        .filter(({ word, availability }) => availability === 'now' && word.startsWith(prefix))
        .map(({ word, description }) => offer(word, description))
    case 'resource':
      return kindCandidates(prefix, '')
    case 'object':
      return typed.includes('/')
        ? [{ kind: 'value', key: 'name', prefix: typed.slice(typed.indexOf('/') + 1) }]
        : kindCandidates(prefix, '/')
    case 'name':
    case 'identity':
    case 'exact':
    case 'part':
    case 'network':
    case 'path':
      return [
        ...(takes.key === 'verb' ? offered(verbs, prefix) : []),
        { kind: 'value', key: takes.key, prefix: takes.kind === 'name' && takes.ignoresCase ? prefix : typed },
      ]
    case 'number':
      return offered(codes, prefix)
    case 'duration':
      return offered(durations, prefix)
    case 'time':
      return offered(stretches, prefix)
    case 'since':
    case 'until':
      return offered(times, prefix)
    case 'anything':
      return []
    default:
      return takes satisfies never
  }
}

const verbs = {
  get: 'read one object',
  list: 'read many objects',
  watch: 'follow objects as they change',
  create: 'make an object',
  update: 'replace an object',
  patch: 'change a part of an object, or apply it',
  delete: 'delete an object',
  deletecollection: 'delete many objects',
}
const codes = {
  '>=400': 'everything that did not go well',
  '4xx': 'refused or rejected',
  '5xx': 'failed',
  '400..403': 'bad, not authenticated, or forbidden',
}
const durations = { '>1s': 'more than a second', '>1m': 'more than a minute', '>10m': 'more than ten minutes' }
const times = { '-15m': '15 minutes ago', '-1h': 'an hour ago', '-1d': '24 hours ago', '-7d': 'seven days ago' }
const stretches = {
  '>=-15m': 'the last 15 minutes',
  '>=-1h': 'the last hour',
  '>=-1d': 'the last 24 hours',
  '>=-7d': 'the last seven days',
}

function offered(words: Readonly<Record<string, string>>, prefix: string): readonly Candidate[] {
  return Object.entries(words)
    .filter(([word]) => word.startsWith(prefix))
    .map(([word, description]) => offer(word, description))
}

/** By any of kubectl's names; a plural means the resource in any group, so it is offered once. */
function kindCandidates(prefix: string, suffix: string): readonly Candidate[] {
  const found = knownResources.filter(({ resource, kind, short }) =>
    begins([resource, kind.toLowerCase(), ...short], prefix),
  )
  const byResource = new Map(found.map(({ resource, kind }) => [resource, kind]))
  return [...byResource].map(([resource, kind]) => offer(resource + suffix, kind))
}

const begins = (words: readonly string[], prefix: string): boolean => words.some((word) => word.startsWith(prefix))

function offer(text: string, description: string): Candidate {
  return { kind: 'text', text, description }
}
