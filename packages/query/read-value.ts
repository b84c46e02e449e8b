// readValue: one written value as what it asks for, by what its qualifier takes; the same in a text and in a URL.
import { resourcesNamed } from '@plaintrail/event/resources'
import { and, matches, type Pattern, type Query, within } from './ast.ts'
import { readIdentity } from './identity.ts'
import { isWordOf, isWords } from './is-words.ts'
import type { Piece } from './lex.ts'
import { nearestWord } from './nearest-word.ts'
import { parseNetwork } from './network.ts'
import type { Qualifier } from './qualifiers.ts'
import { QueryError } from './query-error.ts'
import { readDuration, readMoment, readNumber, readRange, readTime } from './read-range.ts'

export interface Reading {
  /** The key as it was written, for what is said about a fault. */
  readonly word: string
  /** What relative times are relative to, in microseconds since 1970. */
  readonly nowUs: number
}

/** Throws QueryError whose suggestion, where it has one, is another value. `qualifier` must be available. */
export function readValue(qualifier: Qualifier, pieces: readonly Piece[], reading: Reading): Query {
  const { takes } = qualifier
  switch (takes.kind) {
    case 'name':
    case 'identity':
    case 'exact':
    case 'part':
    case 'resource':
    case 'choice':
    case 'network':
    case 'path':
      return matches(takes.key, [readPattern(takes, pieces, reading.word)])
    case 'rank':
      return matches(takes.key, readRanks(starred(pieces), takes.choices, reading.word))
    case 'number':
      return within(takes.key, [readRange(pieces, readNumber(takes, reading.word), reading.word)])
    case 'duration':
      return within(takes.key, [readRange(pieces, readDuration(reading.word), reading.word)])
    case 'time':
      return within(takes.key, [readRange(pieces, readTime(reading), reading.word)])
    case 'since':
    case 'until':
      return within(takes.key, [readMoment(takes.kind, pieces, reading)])
    case 'is':
      return readIs(pieces, reading.word)
    case 'object':
      return readObject(pieces, reading.word)
    case 'anything':
      throw new RangeError(`could not read ${reading.word}: only an available qualifier has values`)
    default:
      return takes satisfies never
  }
}

/** Free text. */
export function readText(pieces: readonly Piece[], word: string): Pattern {
  const text = smallLetters(starred(pieces)).replaceAll(/^\0+|\0+$/g, '')
  return patternOf(notEmpty(text, word))
}

/** What the API answers with 422: the words are right and their data is not here. */
export function unavailable(what: string, needs: string, word: string): QueryError {
  return new QueryError({
    code: 'unavailable',
    message: `could not ask for ${what}: it is not available yet`,
    parameter: word,
    hint: `It needs ${needs}. Leave it out until then.`,
  })
}

type PatternTakes = Extract<Qualifier['takes'], { readonly key: unknown }>

function readPattern(takes: PatternTakes, pieces: readonly Piece[], word: string): Pattern {
  const text = starred(pieces)
  switch (takes.kind) {
    case 'name':
      if (!takes.allowsEmpty) notEmpty(text, word)
      return patternOf(takes.ignoresCase ? smallLetters(text) : text)
    case 'identity':
      // In quotes it is a name like others.
      return patternOf(pieces[0]?.isQuoted === true ? text : readIdentity(text, word))
    case 'exact':
      return [withoutStars(notEmpty(text, word), word)]
    case 'part':
      return readText(pieces, word)
    case 'resource':
      return readResource(text, word)
    case 'choice':
      return [readChoice(withoutStars(text, word), takes.choices, word)]
    case 'network':
      return [readNetwork(text, word)]
    case 'path':
      return readPath(text, word)
    default:
      throw new RangeError(`could not read ${word}: a ${takes.kind} is no text`)
  }
}

/** The text of a value with NUL, which no value holds, for each wildcard. */
function starred(pieces: readonly Piece[]): string {
  return pieces
    .map(({ text, isQuoted }) => (isQuoted ? text : text.replaceAll('*', '\0')))
    .join('')
    .replaceAll(/\0+/g, '\0')
}

function patternOf(starredText: string): Pattern {
  const [first = '', ...more] = starredText.split('\0')
  return [first, ...more]
}

/** A to Z alone, so that every reader of a query can do the same. */
const smallLetters = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

const shown = (starredText: string): string => starredText.replaceAll('\0', '*')

function notEmpty(text: string, word: string): string {
  if (text !== '') return text
  throw new QueryError({
    message: `could not read ${word}: it has an empty value`,
    parameter: word,
    hint: `Give ${word} a value or leave it out.`,
  })
}

function withoutStars(text: string, word: string): string {
  if (!text.includes('\0')) return text
  throw new QueryError({
    message: `could not read ${word}: "${shown(text)}" is a glob`,
    parameter: word,
    hint: `${word} takes a whole value; in quotes a * is literal.`,
  })
}

function readChoice(text: string, choices: readonly string[], word: string): string {
  const choice = choices.find((known) => known.toLowerCase() === text.toLowerCase())
  if (choice !== undefined) return choice
  throw new QueryError({
    message: `could not read ${word}: "${text}" is none of its values`,
    parameter: word,
    hint: `The values of ${word} are ${choices.join(', ')}.`,
    suggestion: nearestWord(text, choices),
  })
}

/** `high`, `>=high`, `<medium`, `low..high`, `low..*`. */
function readRanks(starredText: string, choices: readonly string[], word: string): readonly Pattern[] {
  const text = shown(starredText)
  const rankOf = (name: string): number => {
    const rank = choices.findIndex((choice) => choice === name.toLowerCase())
    if (rank >= 0) return rank
    const near = nearestWord(name, choices)
    throw new QueryError({
      message: `could not read ${word}: "${name}" is none of its values`,
      parameter: word,
      hint: `The values of ${word} are ${choices.join(', ')}.`,
      suggestion: near === null ? null : text.replace(name, near),
    })
  }
  const [, sign = '', compared = ''] = /^([<>]=?)(.*)$/s.exec(text) ?? []
  const [, least = '', most = ''] = /^(.*)\.\.(.*)$/s.exec(text) ?? []
  const last = choices.length - 1
  const [from, to] =
    sign !== ''
      ? [
          sign.startsWith('>') ? rankOf(compared) + (sign === '>' ? 1 : 0) : 0,
          sign.startsWith('<') ? rankOf(compared) - (sign === '<' ? 1 : 0) : last,
        ]
      : least + most === ''
        ? [rankOf(text), rankOf(text)]
        : [least === '*' ? 0 : rankOf(least), most === '*' ? last : rankOf(most)]
  const meant = choices.slice(from, to + 1).map((name): Pattern => [name])
  if (meant.length > 0) return meant
  throw new QueryError({
    message: `could not read ${word}: "${text}" has nothing in it`,
    parameter: word,
    hint: `From least to most the values are ${choices.join(', ')}; write the lesser end first.`,
  })
}

function readIs(pieces: readonly Piece[], word: string): Query {
  const text = withoutStars(starred(pieces), word)
  const found = isWordOf(text) ?? isWordOf(readChoice(text, wordsOfIs, word))
  if (found === null) throw new RangeError(`could not read ${word}: "${text}" is in the table and then not`)
  if (found.availability === 'now') return matches(found.key, [[found.value]])
  throw unavailable(`is:${found.word}`, found.availability.needs, word)
}

const wordsOfIs = isWords.map(({ word }) => word)

/** The one resource that it names as `resource` or `resource.group`; what names several (`deploy`) as it is. */
function readResource(starredText: string, word: string): Pattern {
  const text = notEmpty(starredText.trim(), word).toLowerCase()
  if (text.includes('\0')) return patternOf(text)
  const [only, ...more] = resourcesNamed(text)
  if (text.startsWith('.') || only === undefined)
    throw new QueryError({
      message: `could not read ${word}: "${text}" names no kind`,
      parameter: word,
      hint: 'Write a kind as kubectl does: deploy, deployments, deployments.apps.',
    })
  if (more.length > 0) return [text]
  if (only.group === null) return [only.resource]
  // As in kubectl's `pods.v1`, for the core group has no name; nor may a group be taken for a version.
  const needsVersion = only.group === '' || /^v\d/.test(only.group)
  return [`${only.resource}.${needsVersion ? 'v1' : ''}${needsVersion && only.group !== '' ? '.' : ''}${only.group}`]
}

/**
 * `.spec.replicas` is `spec.replicas`, `containers[]` is `containers[*]`, and `labels["a/b"]` is `labels[a/b]`: quotes stand in
 * no path, since in a text of a query they are gone anyhow.
 */
function readPath(starredText: string, word: string): Pattern {
  const path = starredText
    .replaceAll('"', '')
    .replaceAll('[]', '[\0]')
    .replaceAll(/^\.+|\.+$/g, '')
  return patternOf(notEmpty(path, word))
}

function readNetwork(text: string, word: string): string {
  const network = text.includes('\0') ? null : parseNetwork(text)
  if (network !== null) return network
  throw new QueryError({
    message: `could not read ${word}: "${shown(text)}" is neither an address nor a network`,
    parameter: word,
    hint: 'Write 10.0.3.7, 10.0.0.0/8 or 2001:db8::/32.',
  })
}

function readObject(pieces: readonly Piece[], word: string): Query {
  const text = starred(pieces)
  const slash = text.indexOf('/')
  const [kind, name] = [text.slice(0, Math.max(0, slash)), text.slice(slash + 1)]
  if (kind === '' || name === '' || name.includes('/'))
    throw new QueryError({
      message: `could not read ${word}: "${shown(text)}" is no object`,
      parameter: word,
      hint: 'Write KIND/NAME as in deploy/api, and the namespace as ns:prod; a name alone is name:api.',
    })
  return and([matches('kind', [readResource(kind, word)]), matches('name', [patternOf(name)])])
}
