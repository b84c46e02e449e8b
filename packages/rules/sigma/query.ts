// sigmaQuery: what a query can say of a detection, so that the index finds the events that it may be about.

import { resourcesNamed } from '@plaintrail/event/resources'
import { levels, stages } from '@plaintrail/event/event'
import {
  and,
  isEverything,
  matches,
  not,
  or,
  within,
  type Pattern,
  type Query,
  type Range,
} from '@plaintrail/query/ast'
import { queryText } from '@plaintrail/query/normal-form'
import { parseQuery } from '@plaintrail/query/parse-query'
import { QueryError } from '@plaintrail/query/query-error'
import { sigmaFieldName } from './fields.ts'
import { joinedSigma, literalOf, type SigmaNode, type SigmaPiece, type SigmaTest, type SigmaValue } from './node.ts'

export interface SplitSigma {
  /** Holds of every event that the whole holds of; null where nothing can be said. */
  readonly query: Query | null
  /** What is left to ask; null where the query says all. */
  readonly rest: SigmaNode | null
}

export function splitSigma(node: SigmaNode): SplitSigma {
  const parts = node.kind === 'and' ? node.parts : [node]
  const found = withGroups(parts)
  const queries = [...found.queries]
  const rest: SigmaNode[] = []
  for (const part of found.others) {
    const exact = exactQuery(part)
    const query = exact ?? impliedQuery(part)
    if (query !== null) queries.push(query)
    if (exact === null) rest.push(part)
  }
  const query = queries.length === 0 ? null : and(queries)
  if (query !== null && (isEverything(query) || !isReadAgain(query))) return { query: null, rest: node }
  return { query, rest: rest.length === 0 ? null : joinedSigma('and', rest) }
}

/** `apiGroup: apps` beside `resource: deployments` is one word in a query. */
function withGroups(parts: readonly SigmaNode[]): {
  readonly queries: readonly Query[]
  readonly others: readonly SigmaNode[]
} {
  const resource = parts.find((part) => isOf(part, 'objectRef.resource'))
  const group = parts.find((part) => isOf(part, 'objectRef.apiGroup'))
  if (resource?.kind !== 'test' || group?.kind !== 'test') return { queries: [], others: parts }
  if (resource.values.length * group.values.length > wordsMax) return { queries: [], others: parts }
  const resources = resource.values.map(wordOf)
  const groups = group.values.map((value) => (value.kind === 'none' ? '' : wordOf(value)))
  const words = resources.flatMap((one) =>
    groups.map((other) => (one === null || other === null ? null : kindPattern(one, other))),
  )
  const known = words.filter((word) => word !== null)
  if (known.length < words.length) return { queries: [], others: parts }
  return { queries: [matches('kind', known)], others: parts.filter((part) => part !== resource && part !== group) }
}

/** More kinds than a person would write. */
const wordsMax = 20

const isOf = (node: SigmaNode, field: string): boolean =>
  node.kind === 'test' && node.field !== null && sigmaFieldName(node.field) === field

/** Small, without gaps. */
function wordOf(value: SigmaValue): string | null {
  const text = value.kind === 'text' ? literalOf(value.pieces) : null
  return text === null || text === '' || (value.kind === 'text' && value.isCased && /[A-Z]/.test(text))
    ? null
    : text.toLowerCase()
}

/** Null where the word would mean more than this resource of this group, or less. */
function kindPattern(resource: string, group: string): Pattern | null {
  if (kindWord(resource) === null) return null
  // For the core group has no name.
  const word = group === '' ? `${resource}.v1` : `${resource}.${group}`
  const [only, ...others] = resourcesNamed(word)
  return others.length === 0 && only?.group === group && only.resource === resource ? [word] : null
}

/** Null where it is not the plural, which alone means the resource in every group. */
function kindWord(resource: string): string | null {
  const [only, ...others] = resourcesNamed(resource)
  return others.length === 0 && only?.group === null && only.resource === resource ? resource : null
}

/** Null where no query means the same. */
function exactQuery(node: SigmaNode): Query | null {
  switch (node.kind) {
    case 'test': {
      const query = ofTest(node)
      return query !== null && isReadAgain(query) ? query : null
    }
    case 'not': {
      const part = exactQuery(node.part)
      return part === null ? null : not(part)
    }
    case 'and': {
      const { queries, others } = withGroups(node.parts)
      const found = others.map(exactQuery)
      const known = found.filter((query) => query !== null)
      return known.length < found.length ? null : and([...queries, ...known])
    }
    case 'or': {
      const found = node.parts.map(exactQuery)
      const known = found.filter((query) => query !== null)
      return known.length < found.length ? null : or(known)
    }
    default:
      return node satisfies never
  }
}

/** What must hold at least; null where nothing need. */
function impliedQuery(node: SigmaNode): Query | null {
  switch (node.kind) {
    case 'test':
      return exactQuery(node)
    case 'not':
      return exactQuery(node)
    case 'and': {
      const { queries, others } = withGroups(node.parts)
      const known = [...queries, ...others.map(impliedQuery).filter((query) => query !== null)]
      return known.length === 0 ? null : and(known)
    }
    case 'or': {
      const found = node.parts.map(impliedQuery)
      const known = found.filter((query) => query !== null)
      return known.length < found.length ? null : or(known)
    }
    default:
      return node satisfies never
  }
}

/** Whether its text is within the bounds of a query, and means it. */
function isReadAgain(query: Query): boolean {
  try {
    return JSON.stringify(parseQuery(queryText(query), 0)) === JSON.stringify(query)
  } catch (error) {
    if (error instanceof QueryError) return false
    throw error
  }
}

function ofTest(test: SigmaTest): Query | null {
  if (test.field === null) return null
  switch (sigmaFieldName(test.field)) {
    case 'verb':
      return globs('verb', test)
    case 'stage':
      return words('stage', test, stages)
    case 'level':
      return words('level', test, levels)
    case 'objectRef.resource': {
      const found = test.values.map(wordOf)
      const known = found.filter((word) => word !== null && kindWord(word) !== null)
      return known.length < found.length
        ? null
        : matches(
            'kind',
            known.map((word): Pattern => [word ?? '']),
          )
    }
    case 'objectRef.namespace':
      return globs('ns', test)
    case 'objectRef.subresource':
      return globs('sub', test)
    case 'user.username':
      return names('actor', test)
    case 'impersonatedUser.username':
      return names('as', test)
    case 'user.groups':
      return names('group', test)
    case 'userAgent':
      return agents(test)
    case 'responseStatus.code':
      return codes(test)
    default:
      return null
  }
}

/** What these hold is written in small letters. */
function globs(key: 'verb' | 'ns' | 'sub', { values }: SigmaTest): Query | null {
  const patterns = values.map((value): Pattern | null => {
    if (value.kind === 'none') return key === 'verb' ? null : ['']
    if (value.kind !== 'text' || (value.isCased && value.pieces.some(hasCapitals))) return null
    return globOf(value.pieces)
  })
  const known = patterns.filter((pattern) => pattern !== null)
  // An empty one asks for events that have none.
  const isSaid = known.every((pattern) => key !== 'verb' || pattern.some((piece) => piece !== ''))
  const isAll = known.some((pattern) => pattern.length > 1 && pattern.every((piece) => piece === ''))
  return known.length < patterns.length || known.length === 0 || !isSaid || isAll ? null : matches(key, known)
}

/** A query minds the case of these. */
function names(key: 'actor' | 'as' | 'group', { values }: SigmaTest): Query | null {
  const patterns = values.map((value) => (value.kind === 'text' && value.isCased ? globOf(value.pieces, false) : null))
  const known = patterns.filter((pattern) => pattern !== null && pattern.some((piece) => piece !== ''))
  const isSaid = key !== 'group' || known.every((pattern) => pattern?.length === 1)
  return known.length < patterns.length || !isSaid
    ? null
    : matches(
        key,
        known.filter((one) => one !== null),
      )
}

const hasCapitals = (piece: SigmaPiece): boolean => typeof piece === 'object' && /[A-Z]/.test(piece.text)

/** Null where it asks for one character. */
function globOf(pieces: readonly SigmaPiece[], isSmall = true): Pattern | null {
  if (pieces.includes('one')) return null
  const texts: [string, ...string[]] = ['']
  for (const piece of pieces) {
    if (typeof piece === 'string') texts.push('')
    else texts[texts.length - 1] = `${texts.at(-1) ?? ''}${isSmall ? piece.text.toLowerCase() : piece.text}`
  }
  return texts
}

function words(key: 'stage' | 'level', { values }: SigmaTest, known: readonly string[]): Query | null {
  const found = values.map((value) => known.find((word) => word !== 'Unknown' && word.toLowerCase() === wordOf(value)))
  const all = found.filter((word) => word !== undefined)
  return all.length < found.length
    ? null
    : matches(
        key,
        all.map((word): Pattern => [word]),
      )
}

/** A part of the user agent, letters A to Z being a to z. */
function agents({ values }: SigmaTest): Query | null {
  const parts = values.map((value): Pattern | null => {
    if (value.kind !== 'text' || value.isCased) return null
    const { pieces } = value
    const isOpen = pieces.length > 2 && pieces[0] === 'any' && pieces.at(-1) === 'any'
    return isOpen ? globOf(pieces.slice(1, -1)) : null
  })
  const known = parts.filter((part) => part !== null)
  return known.length < parts.length ? null : matches('user-agent', known)
}

/** HTTP has codes of three digits. */
function codes({ values }: SigmaTest): Query | null {
  const found = values.map(rangeOf)
  const known = found.filter((range) => range !== null)
  return known.length < found.length ? null : within('code', known)
}

function rangeOf(value: SigmaValue): Range | null {
  if (value.kind === 'compare') {
    const { operator, than } = value
    if (!Number.isInteger(than) || than < 101 || than > 998) return null
    const ranges = {
      '<': { min: null, max: than - 1 },
      '<=': { min: null, max: than },
      '>': { min: than + 1, max: null },
      '>=': { min: than, max: null },
    } as const
    return ranges[operator]
  }
  const text = value.kind === 'number' ? String(value.value) : wordOf(value)
  return text !== null && /^[1-9]\d\d$/.test(text) ? { min: Number(text), max: Number(text) } : null
}
