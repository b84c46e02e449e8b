// A list's parameters as one question: those of the URL, or those that a cursor carries.

import type { Request } from 'express'
import { openCursor, sealCursor } from '@plaintrail/query/cursor'
import {
  filterKeys,
  filterParameters,
  listParameters,
  parseEventFilter,
  type EventFilter,
} from '@plaintrail/query/filter'
import { parseLimit, parseOrder, type Order } from '@plaintrail/query/page'
import { onlyValue, type ParameterValue, type UrlParameters } from '@plaintrail/query/parameters'
import { QueryError } from '@plaintrail/query/query-error'
import { parseWindow, type Window } from '@plaintrail/query/window'
import type { EventPosition } from '@plaintrail/store/find-records'

/** A cursor of one list is none of another. */
type ListName = 'events' | 'history' | 'jobs' | 'notices' | 'quarantine'

export interface ListQuestion {
  readonly list: ListName
  readonly filter: EventFilter
  readonly window: Window
  readonly order: Order
  readonly limit: number
  /** `include=raw` of events, `bytes=true` of what is in quarantine. */
  readonly withBytes: boolean
  readonly after: EventPosition | null
}

export interface ListDefaults {
  readonly list: ListName
  readonly nowUs: number
  /** Where the window begins when nothing was sent. */
  readonly sinceUs?: number
  /** What a path says already, and its defaults; a parameter of the URL wins over a default. */
  readonly fixed?: EventFilter
  readonly defaults?: EventFilter
}

/** Throws QueryError. */
export function listQuestion(parameters: UrlParameters, cursorKey: Uint8Array, defaults: ListDefaults): ListQuestion {
  const cursor = onlyValue('cursor', parameters['cursor'])
  if (cursor !== undefined) {
    refuseBesideCursor(parameters)
    return ofCursor(cursor, cursorKey, defaults)
  }
  const { list, nowUs, sinceUs, fixed = {} } = defaults
  const asked = parseEventFilter(parameters, [...listParameters, ...(list === 'quarantine' ? [bytesParameter] : [])])
  refuseFixed(asked, fixed)
  return {
    list,
    filter: normalForm({ ...defaults.defaults, ...asked, ...fixed }),
    window: parseWindow({ since: parameters['since'], until: parameters['until'] }, nowUs, sinceUs),
    order: parseOrder(parameters['order']),
    limit: parseLimit(parameters['limit']),
    withBytes:
      list === 'quarantine'
        ? readBoolean(bytesParameter, parameters[bytesParameter])
        : readInclude(parameters['include']),
    after: null,
  }
}

const bytesParameter = 'bytes'
/** Of a cursor only. */
const listParameter = 'list'

/** The cursor of the page after a position. */
export function cursorAfter(question: ListQuestion, position: EventPosition, cursorKey: Uint8Array): string {
  const { list, filter, window, order, limit, withBytes } = question
  const parameters = {
    ...filterParameters(filter),
    [listParameter]: [list],
    ...(withBytes ? { [bytesParameter]: ['true'] } : {}),
  }
  const { timeUs, key } = position
  return sealCursor(
    { version: 1, parameters, window, order, limit, position: { timeUs, key: key.replaceAll('-', '') } },
    cursorKey,
  )
}

function ofCursor(text: string, cursorKey: Uint8Array, { list, fixed = {} }: ListDefaults): ListQuestion {
  const { parameters, window, order, limit, position } = openCursor(text, cursorKey)
  const filter = parseEventFilter(parameters, [listParameter, bytesParameter])
  const path = normalForm(fixed)
  const isOfPath = filterKeys.every((key) => !path[key] || JSON.stringify(path[key]) === JSON.stringify(filter[key]))
  if (parameters[listParameter]?.[0] !== list || !isOfPath)
    throw new QueryError({
      message: 'could not read the cursor: it is of another path',
      parameter: 'cursor',
      hint: 'Send it to the path that gave it.',
    })
  const key = position.key.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return {
    list,
    filter,
    window,
    order,
    limit,
    withBytes: parameters[bytesParameter] !== undefined,
    after: { timeUs: position.timeUs, key },
  }
}

/** Read once more as parameters, so that what a path says keeps the bounds too and a cursor can hold all of it. */
function normalForm(filter: EventFilter): EventFilter {
  return parseEventFilter(filterParameters(filter))
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

function refuseFixed(asked: EventFilter, fixed: EventFilter): void {
  const key = filterKeys.find((known) => fixed[known] && asked[known])
  if (key === undefined) return
  throw new QueryError({
    message: `could not read ${key}: the path says it already`,
    parameter: key,
    hint: 'Leave it out.',
  })
}

function readInclude(value: ParameterValue): boolean {
  const words = (typeof value === 'string' ? [value] : (value ?? [])).flatMap((text) => text.split(','))
  const unknown = words.find((word) => word !== 'raw')
  if (unknown === undefined) return words.length > 0
  throw new QueryError({
    message: `could not read include: "${unknown.slice(0, 40)}" is none of its values`,
    parameter: 'include',
    hint: 'It can be raw.',
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
