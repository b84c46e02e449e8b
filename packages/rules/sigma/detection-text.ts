// detectionOfQuery: a query as a detection of Sigma.

import { resourcesNamed } from '@plaintrail/event/resources'
import type { Matches, Pattern, Query, Range, Within } from '@plaintrail/query/ast'

type Selection = Readonly<Record<string, unknown>>

/** Null where Sigma has no field for a part of it. */
export function detectionOfQuery(query: Query): object | null {
  const writer = new DetectionWriter()
  const condition = writer.condition(query)
  return condition === null ? null : { ...writer.selections, condition }
}

class DetectionWriter {
  readonly selections: Record<string, Selection> = {}

  condition(query: Query): string | null {
    switch (query.kind) {
      case 'and':
        return this.together(query.parts)
      case 'or':
        return this.joined(query.parts, ' or ')
      case 'not': {
        const part = this.condition(query.part)
        return part === null ? null : `not ${part.includes(' ') ? `(${part})` : part}`
      }
      case 'matches':
      case 'within': {
        const selection = selectionOf(query)
        return selection === null ? null : this.named(selection)
      }
      case 'says':
        return null
      default:
        return query satisfies never
    }
  }

  /** Terms that are wanted are one selection, where no two of them ask for the same field. */
  private together(parts: readonly Query[]): string | null {
    const terms = parts.filter((part) => part.kind === 'matches' || part.kind === 'within')
    const others = parts.filter((part) => part.kind !== 'matches' && part.kind !== 'within')
    const found = terms.map(selectionOf)
    const known = found.filter((selection) => selection !== null)
    if (known.length < found.length) return null
    const own = together(known).map((selection) => this.named(selection))
    const rest = others.length === 0 ? '' : this.joined(others, ' and ')
    if (rest === null) return null
    return [...own, ...(rest === '' ? [] : [rest])].join(' and ')
  }

  private joined(parts: readonly Query[], word: ' and ' | ' or '): string | null {
    const found = parts.map((part) => this.condition(part))
    const known = found.filter((text) => text !== null)
    if (known.length < found.length) return null
    return known.map((text) => (/ (?:and|or) /.test(text) && !text.startsWith('not (') ? `(${text})` : text)).join(word)
  }

  private named(selection: Selection): string {
    const count = Object.keys(this.selections).length
    const name = count === 0 ? 'selection' : `selection_${count + 1}`
    this.selections[name] = selection
    return name
  }
}

function together(selections: readonly Selection[]): readonly Selection[] {
  const joined: Selection[] = []
  for (const selection of selections) {
    const at = joined.findIndex((other) => !Object.keys(selection).some((field) => Object.hasOwn(other, field)))
    if (at === -1) joined.push(selection)
    else joined[at] = { ...joined[at], ...selection }
  }
  return joined
}

const fields = {
  actor: 'user.username|cased',
  as: 'impersonatedUser.username|cased',
  group: 'user.groups|cased',
  verb: 'verb',
  ns: 'objectRef.namespace',
  sub: 'objectRef.subresource',
  stage: 'stage',
  level: 'level',
} as const

function selectionOf(term: Matches | Within): Selection | null {
  if (term.kind === 'within') return term.key === 'code' ? ofCodes(term.values) : null
  const { key, values } = term
  switch (key) {
    case 'actor':
    case 'as':
    case 'group':
      return values.every((value) => value.some((piece) => piece !== ''))
        ? { [fields[key]]: oneOrMore(values.map(textOf)) }
        : null
    case 'verb':
    case 'ns':
    case 'sub':
    case 'stage':
    case 'level':
      return { [fields[key]]: oneOrMore(values.map(textOf)) }
    case 'user-agent':
      return { 'userAgent|contains': oneOrMore(values.map(textOf)) }
    case 'kind':
      return ofKinds(values)
    default:
      return null
  }
}

/** `*` stands for a gap, and before another sign a backslash takes it as it is. */
function textOf(pattern: Pattern): string | null {
  if (pattern.length === 1 && pattern[0] === '') return null
  return pattern.map((piece) => piece.replaceAll(/[\\*?]/g, (sign) => `\\${sign}`)).join('*')
}

const oneOrMore = <T>(values: readonly T[]): T | readonly T[] =>
  values.length === 1 && values[0] !== undefined ? values[0] : values

/** Several groups go together where each resource is asked for in each. */
function ofKinds(values: readonly Pattern[]): Selection | null {
  const named = values.map(([word, ...gaps]) => (gaps.length > 0 ? [] : resourcesNamed(word)))
  const found = named.map(([only, ...more]) => (more.length > 0 ? undefined : only))
  const known = found.filter((one) => one !== undefined)
  const groups = [...new Set(known.map(({ group }) => group))]
  const resources = [...new Set(known.map(({ resource }) => resource))]
  if (known.length < found.length || groups.length * resources.length !== values.length) return null
  if (groups.length > 1 && groups.includes(null)) return null
  const resource = { 'objectRef.resource': oneOrMore(resources) }
  if (groups[0] === null) return resource
  return { 'objectRef.apiGroup': oneOrMore(groups.map((group) => (group === '' ? null : group))), ...resource }
}

function ofCodes(values: readonly Range[]): Selection | null {
  if (values.every(({ min, max }) => min !== null && min === max))
    return { 'responseStatus.code': oneOrMore(values.map(({ min }) => min)) }
  const [range, ...more] = values
  if (range === undefined || more.length > 0) return null
  return {
    ...(range.min !== null && { 'responseStatus.code|gte': range.min }),
    ...(range.max !== null && { 'responseStatus.code|lte': range.max }),
  }
}
