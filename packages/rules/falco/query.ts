// falcoQuery: a condition of Falco as a query, where it means the same of every event; so that the index finds it.

import { resourcesNamed } from '@plaintrail/event/resources'
import { and, matches, not, or, within, type Pattern, type Query, type Range } from '@plaintrail/query/ast'
import { queryText } from '@plaintrail/query/normal-form'
import { parseQuery } from '@plaintrail/query/parse-query'
import { valuesMax } from '@plaintrail/query/bounds'
import { QueryError } from '@plaintrail/query/query-error'
import type { FalcoAtom, FalcoCondition } from './condition.ts'
import type { Reading } from './field-code.ts'

export interface QueryContext {
  readonly reading: Reading
  /** A part that must hold names a resource: there is an object. */
  readonly isOfObject: boolean
}

/** Null where no query says it. */
export function falcoQuery(condition: FalcoCondition, context: QueryContext): Query | null {
  switch (condition.kind) {
    case 'atom': {
      const query = ofAtom(condition, context)
      return query !== null && isReadAgain(query) ? query : null
    }
    case 'not': {
      const part = falcoQuery(condition.part, context)
      return part === null ? null : not(part)
    }
    case 'and':
    case 'or': {
      const isOfObject = context.isOfObject || (condition.kind === 'and' && condition.parts.some(isOfResource))
      const parts = condition.parts.map((part) => falcoQuery(part, { ...context, isOfObject }))
      const found = parts.filter((part) => part !== null)
      return found.length === parts.length ? (condition.kind === 'and' ? and(found) : or(found)) : null
    }
    case 'named':
    case 'always':
      return null
    default:
      return condition satisfies never
  }
}

/** Where it holds there is an object. */
export const isOfResource = (part: FalcoCondition): part is FalcoAtom =>
  part.kind === 'atom' &&
  falcoName(part.field) === 'ka.target.resource' &&
  part.field.change === null &&
  part.operator !== 'exists' &&
  part.operator !== '!='

/** Whether its text is within the bounds of a query, and means it. */
export function isReadAgain(query: Query): boolean {
  try {
    return JSON.stringify(parseQuery(queryText(query), 0)) === JSON.stringify(query)
  } catch (error) {
    if (error instanceof QueryError) return false
    throw error
  }
}

/** The fields of Falco that a JSON pointer is another name of. */
const pointerNames: ReadonlyMap<string, string> = new Map([
  ['/auditID', 'ka.auditid'],
  ['/stage', 'ka.stage'],
  ['/verb', 'ka.verb'],
  ['/userAgent', 'ka.useragent'],
  ['/user/username', 'ka.user.name'],
  ['/impersonatedUser/username', 'ka.impuser.name'],
  ['/objectRef/resource', 'ka.target.resource'],
  ['/objectRef/namespace', 'ka.target.namespace'],
  ['/objectRef/name', 'ka.target.name'],
  ['/objectRef/subresource', 'ka.target.subresource'],
  ['/responseStatus/code', 'ka.response.code'],
  ['/requestURI', 'ka.uri'],
])

/** `ka.verb` for `jevt.value[/verb]`. */
export function falcoName({ name, argument }: FalcoAtom['field']): string {
  const isPointed = name === 'jevt.value' || name === 'json.value'
  return (isPointed && argument !== null ? pointerNames.get(argument) : undefined) ?? name
}

function ofAtom(atom: FalcoAtom, { reading, isOfObject }: QueryContext): Query | null {
  const { operator, field } = atom
  if (field.change !== null || atom.values.length > valuesMax) return null
  const name = falcoName(field)
  const isThere = operator === 'exists'
  switch (name) {
    case 'ka.stage':
      return oneOf('stage', atom)
    case 'ka.verb':
      return atom.values.every((value) => !/[A-Z]/.test(value)) ? oneOf('verb', atom) : null
    case 'ka.target.resource':
      return atom.values.every(isPlural) ? oneOf('kind', atom) : null
    case 'ka.target.subresource':
      return isThere
        ? isOfObject
          ? not(matches('sub', [['']]))
          : null
        : like('sub', atom, isOfObject && reading === 'mended')
    case 'ka.target.namespace':
      return like('ns', atom, isOfObject && reading === 'mended')
    case 'ka.target.name':
    case 'ka.req.configmap.name':
      return isOfObject ? like('name', atom) : null
    case 'ka.user.name':
      return like('actor', atom)
    case 'ka.impuser.name':
      return isThere ? not(matches('as', [['']])) : like('as', atom)
    case 'ka.user.groups':
      return field.argument === null && (operator === 'intersects' || operator === '=') ? oneOf('group', atom) : null
    case 'ka.auditid':
      return oneOf('audit', atom)
    case 'ka.cluster.name':
      return reading === 'mended' ? like('cluster', atom) : null
    case 'ka.useragent':
      return operator === 'icontains' ? matches('user-agent', [[atom.values[0]?.toLowerCase() ?? '']]) : null
    case 'ka.response.code':
      return ofCode(atom, reading)
    default:
      return null
  }
}

/** What a query takes for this resource in every group, and nothing else. */
function isPlural(resource: string): boolean {
  const [only, ...others] = resourcesNamed(resource)
  return others.length === 0 && only?.group === null && only.resource === resource
}

const isSame = ({ operator }: FalcoAtom): boolean => operator === '=' || operator === 'in' || operator === 'intersects'

function oneOf(key: 'stage' | 'verb' | 'kind' | 'group' | 'audit', atom: FalcoAtom): Query | null {
  return isSame(atom) ? ofPatterns(key, atom.values.map(exactly)) : null
}

type LikeKey = 'sub' | 'ns' | 'name' | 'actor' | 'as' | 'cluster'

/** `mayBeNothing`: what is not there is what is empty. */
function like(key: LikeKey, atom: FalcoAtom, mayBeNothing = false): Query | null {
  const [value = ''] = atom.values
  if (isSame(atom) && mayBeNothing && atom.values.length > 0) return matches(key, atom.values.map(exactly))
  if (isSame(atom)) return ofPatterns(key, atom.values.map(exactly))
  switch (atom.operator) {
    case 'startswith':
      return ofPatterns(key, [[value, '']])
    case 'endswith':
      return ofPatterns(key, [['', value]])
    case 'contains':
      return ofPatterns(key, [['', value, '']])
    default:
      return null
  }
}

const exactly = (value: string): Pattern => [value]

function ofPatterns(key: Parameters<typeof matches>[0], values: readonly Pattern[]): Query | null {
  const isSaid = values.length > 0 && values.every((pieces) => pieces.some((piece) => piece !== ''))
  return isSaid ? matches(key, values) : null
}

/** HTTP has no codes but those of three digits. */
function ofCode(atom: FalcoAtom, reading: Reading): Query | null {
  const { operator, values } = atom
  const [value = ''] = values
  if (operator === 'startswith') {
    const size = 10 ** (3 - value.length)
    return /^[1-5]\d{0,2}$/.test(value)
      ? within('code', [{ min: Number(value) * size, max: (Number(value) + 1) * size - 1 }])
      : null
  }
  if (!values.every((one) => /^[1-5]\d\d$/.test(one))) return null
  const number = Number(value)
  if (isSame(atom))
    return within(
      'code',
      values.map((one): Range => ({ min: Number(one), max: Number(one) })),
    )
  if (reading === 'kept') return null
  switch (operator) {
    case '<':
      return within('code', [{ min: null, max: number - 1 }])
    case '<=':
      return within('code', [{ min: null, max: number }])
    case '>':
      return within('code', [{ min: number + 1, max: null }])
    case '>=':
      return within('code', [{ min: number, max: null }])
    default:
      return null
  }
}
