// A list's parameters as one question: those of the URL, or those that a cursor carries.

import { hash } from 'node:crypto'
import type { Request } from 'express'
import { and, type Query } from '@plaintrail/query/ast'
import { bounded } from '@plaintrail/query/bounds'
import { cursorKeyOf, openCursor, sealCursor } from '@plaintrail/query/cursor'
import { nearestWord } from '@plaintrail/query/nearest-word'
import { queryText } from '@plaintrail/query/normal-form'
import { parseLimit, parseOrder, type Order, type Total } from '@plaintrail/query/page'
import { listParameters, onlyValue, type ParameterValue, type UrlParameters } from '@plaintrail/query/parameters'
import { parseQuery } from '@plaintrail/query/parse-query'
import { QueryError } from '@plaintrail/query/query-error'
import { queryOfParameters } from '@plaintrail/query/query-of-parameters'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { windowOfQuery } from '@plaintrail/query/window-of-query'
import type { EventPosition } from '@plaintrail/store/find-records'
import type { SessionState } from '@plaintrail/store/session'
import type { RouteParts } from './api-parts.ts'
import type { Caller } from './authenticate.ts'
import { readFields } from './event-fields.ts'

/** A cursor of one list is none of another. */
type ListName =
  | `activity ${string}`
  | 'actors'
  | 'events'
  | `finding ${string}`
  | `findings ${string}`
  | 'audit'
  | `exceptions ${string}`
  | 'exports'
  | 'history'
  | 'jobs'
  | 'notices'
  | 'objects'
  | 'quarantine'
  | 'rules'
  | `rule ${string}`
  | `sessions${'' | ` ${SessionState}`}`

/** What an answer has beside its items: their bytes, how many there are in all, what each changed, and so on. */
const includes = ['raw', 'total', 'changes', 'initiator', 'findings'] as const
type Include = (typeof includes)[number]

export interface ListQuestion {
  /** The list, and the object that a history is of. */
  readonly list: string
  /** Without the times that the window holds. */
  readonly query: Query
  readonly window: Window
  readonly order: Order
  readonly limit: number
  readonly include: readonly Include[]
  /** Null for all of them. */
  readonly fields: readonly string[] | null
  readonly after: EventPosition | null
  /** What the first page saw; null for the first page itself. */
  readonly snapshot: Snapshot | null
  /** What the first page counted; null for the first page itself. */
  readonly total: Total | null
}

export interface ListDefaults {
  readonly list: ListName
  readonly nowUs: number
  /** Where the window begins when nothing was sent. */
  readonly sinceUs?: number
  /** What a path says already, and the parameters that would say it again. */
  readonly fixed?: { readonly query: Query; readonly parameters: readonly string[] }
  /** What is asked for beside what was sent. */
  readonly defaults?: (asked: Query) => Query
}

/** What seals a caller's cursors, and opens no one else's. */
export function cursorKeyFor({ cursorKey }: Pick<RouteParts, 'cursorKey'>, { token }: Caller): Uint8Array {
  return cursorKeyOf(cursorKey, token?.id ?? '')
}

/** `cursorKey` is the caller's own: cursorKeyFor. Throws QueryError. */
export function listQuestion(parameters: UrlParameters, cursorKey: Uint8Array, defaults: ListDefaults): ListQuestion {
  const cursor = onlyValue('cursor', parameters['cursor'])
  if (cursor !== undefined) {
    refuseBesideCursor(parameters)
    return ofCursor(cursor, cursorKey, defaults)
  }
  const { list, nowUs, sinceUs, fixed } = defaults
  refuseFixed(parameters, fixed?.parameters ?? [])
  const { since, until } = parameters
  const asked = askedQuery(
    parameters,
    nowUs,
    list === 'quarantine' ? [...listParameters, bytesParameter] : listParameters,
  )
  const all = and([asked, ...(fixed ? [fixed.query] : []), ...(defaults.defaults ? [defaults.defaults(asked)] : [])])
  const { window, rest } = windowOfQuery(bounded(all, ''), { since, until }, nowUs, sinceUs)
  return {
    list: nameOf(defaults),
    query: rest,
    window,
    order: parseOrder(parameters['order']),
    limit: parseLimit(parameters['limit']),
    include:
      list === 'quarantine'
        ? readBoolean(bytesParameter, parameters[bytesParameter])
          ? ['raw']
          : []
        : readInclude(parameters['include']),
    fields: readFields(parameters['fields']),
    after: null,
    snapshot: null,
    total: null,
  }
}

const bytesParameter = 'bytes'

/** `q` and the plain parameters together. */
function askedQuery(parameters: UrlParameters, nowUs: number, others: readonly string[]): Query {
  const text = onlyValue('q', parameters['q'])
  const plain = queryOfParameters(parameters, nowUs, others)
  return text === undefined ? plain : bounded(and([parseQuery(text, nowUs), plain]))
}

/** The history of an object goes by what the path says, whatever its length. */
function nameOf({ list, fixed }: ListDefaults): string {
  return fixed ? `${list} ${hash('sha256', queryText(fixed.query)).slice(0, 32)}` : list
}

export interface PageEnd {
  readonly position: EventPosition
  readonly snapshot?: Snapshot | null
  readonly total?: Total | null
}

/** The cursor of the page after a position. */
export function cursorAfter(question: ListQuestion, end: PageEnd, cursorKey: Uint8Array): string {
  const { list, query, window, order, limit, include, fields } = question
  const { timeUs, key } = end.position
  return sealCursor(
    {
      version: 2,
      list,
      query: queryText(query),
      window,
      order,
      limit,
      include,
      fields,
      total: end.total ?? null,
      position: { timeUs, key: key.replaceAll('-', '') },
      snapshot: end.snapshot ?? null,
    },
    cursorKey,
  )
}

function ofCursor(text: string, cursorKey: Uint8Array, defaults: ListDefaults): ListQuestion {
  const { version: _version, query, position, include, ...carried } = openCursor(text, cursorKey)
  if (carried.list !== nameOf(defaults))
    throw new QueryError({
      message: 'could not read the cursor: it is of another path',
      parameter: 'cursor',
      hint: 'Send it to the path that gave it.',
    })
  return {
    ...carried,
    // A normal form has no relative times.
    query: parseQuery(query, 0),
    include: includes.filter((one) => include.includes(one)),
    after: { ...position, key: position.key.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') },
  }
}

function refuseBesideCursor(parameters: UrlParameters): void {
  const other = Object.keys(parameters).find((name) => name !== 'cursor')
  if (other === undefined) return
  throw new QueryError({
    message: `could not read ${other.slice(0, 40)}: a cursor is sent alone`,
    parameter: other,
    hint: 'The cursor carries the whole question. Leave the rest out.',
  })
}

function refuseFixed(parameters: UrlParameters, fixed: readonly string[]): void {
  const sent = Object.keys(parameters).find((name) => fixed.includes(name.replace(/^not\./, '')))
  if (sent === undefined) return
  throw new QueryError({
    message: `could not read ${sent}: the path says it already`,
    parameter: sent,
    hint: 'Leave it out.',
  })
}

function readInclude(value: ParameterValue): readonly Include[] {
  const words = (typeof value === 'string' ? [value] : (value ?? [])).flatMap((text) => text.split(','))
  const known = words.map((word) => includes.find((one) => one === word))
  const unknown = words.find((_, at) => known[at] === undefined)
  if (unknown === undefined) return includes.filter((one) => known.includes(one))
  throw new QueryError({
    message: `could not read include: "${unknown.slice(0, 40)}" is none of its values`,
    parameter: 'include',
    hint: `It can be ${includes.join(', ')}, or several of them.`,
    suggestion: nearestWord(unknown, includes),
  })
}

function readBoolean(parameter: string, value: ParameterValue): boolean {
  const text = onlyValue(parameter, value)
  if (text === undefined || text === 'false') return false
  if (text === 'true' || text === '') return true
  throw new QueryError({
    message: `could not read ${parameter}: it is neither true nor false`,
    parameter,
    hint: `Send ${parameter}=true.`,
  })
}

/** Express' simple parser gives texts and arrays of texts. */
export function urlParameters(request: Request): UrlParameters {
  return Object.fromEntries(
    Object.entries(request.query).flatMap(([name, value]): readonly [string, ParameterValue][] => {
      if (typeof value === 'string') return [[name, value]]
      return Array.isArray(value) ? [[name, value.map(String)]] : []
    }),
  )
}

/** For a route that takes fewer parameters than a list of events. */
export function refuseOthers(parameters: UrlParameters, known: readonly string[]): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new QueryError({
    message: `could not read ${unknown.slice(0, 40)}: it is no parameter here`,
    parameter: unknown,
    hint: known.length === 0 ? 'There are none here.' : `There are ${known.join(', ')}.`,
  })
}
