// queryText: a query as one line of text, always the same for the same query, that reads back as it.
import type { Pattern, Query, Range } from './ast.ts'
import { formatDuration } from './duration.ts'
import type { NumberKey, TextKey } from './qualifiers.ts'
import { formatTime } from './stretch.ts'

/** Empty for every event. Times are absolute, names are not short, and nothing in it is invisible. */
export function queryText(query: Query): string {
  switch (query.kind) {
    case 'and':
      return query.parts.map(partText).join(' ')
    case 'or':
      return query.parts.map(partText).join(' OR ')
    case 'not':
      return `-${partText(query.part)}`
    case 'matches':
      return `${query.key}:${query.values.map((value) => valueText(query.key, value)).join(',')}`
    case 'within':
      return withinText(query.key, query.values)
    case 'says':
      return freeText(query.text)
    default:
      return query satisfies never
  }
}

/** A group in parentheses: whoever reads `a b OR c` should not have to know which binds tighter. */
function partText(query: Query): string {
  return query.kind === 'and' || query.kind === 'or' ? `(${queryText(query)})` : queryText(query)
}

/** What is read as nothing but itself: letters, numbers and a few signs. */
const bare = /^[\p{L}\p{N}_.:@/=+-]+$/u
/** Everything that cannot be seen, takes no room or turns the direction of writing; a space is none of it. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

function valueText(key: TextKey, pattern: Pattern): string {
  // `/…/` would be a regular expression, and `sa:` a service account.
  const isTaken = pattern[0].startsWith('/') || (identityKeys.has(key) && pattern[0].startsWith('sa:'))
  return patternText(pattern, isTaken)
}

const identityKeys: ReadonlySet<TextKey> = new Set<TextKey>(['actor', 'as', 'initiator'])

function freeText(pattern: Pattern): string {
  const [first] = pattern
  const isTaken = /^[-/]|:/.test(first) || ['AND', 'OR', 'NOT'].includes(first)
  return patternText(pattern, isTaken)
}

function patternText(pattern: Pattern, isFirstQuoted: boolean): string {
  const [first, ...more] = pattern
  if (more.length === 0) return isFirstQuoted || !bare.test(first) ? quoted(first) : first
  const texts = pattern.map((piece, at) => {
    if (piece === '') return ''
    return (at === 0 && isFirstQuoted) || !bare.test(piece) ? quoted(piece) : piece
  })
  return texts.join('*')
}

function quoted(text: string): string {
  const escaped = text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll(unseen, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
  return `"${escaped}"`
}

function withinText(key: NumberKey, ranges: readonly Range[]): string {
  const [only] = ranges
  if (key === 'created' && only !== undefined && ranges.length === 1) {
    if (only.max === null) return `after:${formatTime(only.min ?? 0)}`
    if (only.min === null) return `before:${formatTime(only.max + 1)}`
  }
  return `${key}:${ranges.map((range) => rangeText(key, range)).join(',')}`
}

function rangeText(key: NumberKey, range: Range): string {
  switch (key) {
    case 'code':
      return numbersText(range)
    case 'took':
      return durationsText(range)
    case 'created':
    case 'seen':
      return timesText(range)
    default:
      return key satisfies never
  }
}

function numbersText({ min, max }: Range): string {
  if (min === null) return `<=${max}`
  if (max === null) return `>=${min}`
  return min === max ? String(min) : `${min}..${max}`
}

/** `>10m` in the place of `>=10m1us`. */
function durationsText({ min, max }: Range): string {
  if (min !== null && max !== null) {
    return min === max ? formatDuration(min) : `${formatDuration(min)}..${formatDuration(max)}`
  }
  if (max !== null) return shorter(`<=${formatDuration(max)}`, `<${formatDuration(max + 1)}`)
  return min === null || min === 0 ? '>=0s' : shorter(`>=${formatDuration(min)}`, `>${formatDuration(min - 1)}`)
}

function shorter(one: string, other: string): string {
  return other.length < one.length ? other : one
}

/** Ends are written as the first moment that is not in it any more. */
function timesText({ min, max }: Range): string {
  if (min === null) return `<${formatTime((max ?? 0) + 1)}`
  return max === null ? `>=${formatTime(min)}` : `${formatTime(min)}/${formatTime(max + 1)}`
}
