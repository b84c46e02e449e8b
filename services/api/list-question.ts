// A list's parameters as one question: those of the URL, or those that a cursor carries.

import type { Request } from 'express'
import { openCursor, sealCursor } from '@plaintrail/query/cursor'
import { filterKeys, filterParameters, parseEventFilter, type EventFilter } from '@plaintrail/query/filter'
import { parseLimit, parseOrder, type Order } from '@plaintrail/query/page'
import { onlyValue, type UrlParameters } from '@plaintrail/query/parameters'
import { QueryError } from '@plaintrail/query/query-error'
import { parseWindow, type Window } from '@plaintrail/query/window'
import type { EventPosition } from '@plaintrail/store/find-records'

export interface ListQuestion {
  readonly filter: EventFilter
  readonly window: Window
  readonly order: Order
  readonly limit: number
  readonly includeRaw: boolean
  readonly after: EventPosition | null
}

export interface ListDefaults {
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
  const { nowUs, sinceUs, fixed } = defaults
  if (cursor !== undefined) return ofCursor(cursor, parameters, { cursorKey, fixed: fixed ?? {} })
  const asked = parseEventFilter(parameters)
  for (const key of Object.keys(fixed ?? {})) {
    if (key in asked)
      throw new QueryError({
        message: `could not read ${key}: the path says it already`,
        parameter: key,
        hint: 'Leave it out.',
      })
  }
  return {
    filter: { ...defaults.defaults, ...asked, ...fixed },
    window: parseWindow({ since: parameters['since'], until: parameters['until'] }, nowUs, sinceUs),
    order: parseOrder(parameters['order']),
    limit: parseLimit(parameters['limit']),
    includeRaw: readInclude(parameters['include']),
    after: null,
  }
}

/** The cursor of the page after a position. */
export function cursorAfter(question: ListQuestion, position: EventPosition, cursorKey: Uint8Array): string {
  const { filter, window, order, limit, includeRaw } = question
  const parameters = { ...filterParameters(filter), ...(includeRaw ? { include: ['raw'] } : {}) }
  return sealCursor(
    {
      version: 1,
      parameters,
      window,
      order,
      limit,
      position: { timeUs: position.timeUs, key: position.key.replaceAll('-', '') },
    },
    cursorKey,
  )
}

function ofCursor(
  text: string,
  parameters: UrlParameters,
  { cursorKey, fixed }: { cursorKey: Uint8Array; fixed: EventFilter },
): ListQuestion {
  const others = Object.keys(parameters).filter((name) => name !== 'cursor')
  const [other] = others
  if (other !== undefined)
    throw new QueryError({
      message: `could not read ${other}: a cursor is sent alone`,
      parameter: other,
      hint: 'The cursor carries the whole question. Leave the rest out.',
    })
  const { parameters: carried, window, order, limit, position } = openCursor(text, cursorKey)
  const key = position.key.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const filter = parseEventFilter(carried)
  for (const key of filterKeys) {
    if (fixed[key] && JSON.stringify(fixed[key]) !== JSON.stringify(filter[key]))
      throw new QueryError({
        message: 'could not read the cursor: it is of another path',
        parameter: 'cursor',
        hint: 'Send it to the path that gave it.',
      })
  }
  return {
    filter,
    window,
    order,
    limit,
    includeRaw: readInclude(carried['include']),
    after: { timeUs: position.timeUs, key },
  }
}

function readInclude(value: UrlParameters[string]): boolean {
  const words = (typeof value === 'string' ? [value] : (value ?? [])).flatMap((text) => text.split(','))
  const unknown = words.find((word) => word !== 'raw')
  if (unknown === undefined) return words.length > 0
  throw new QueryError({
    message: `could not read include: "${unknown.slice(0, 40)}" is none of its values`,
    parameter: 'include',
    hint: 'It can be raw.',
  })
}

/** Express' simple parser gives texts and arrays of texts. */
export function urlParameters(request: Request): UrlParameters {
  const parameters: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(request.query)) {
    if (typeof value === 'string') parameters[name] = value
    else if (Array.isArray(value)) parameters[name] = value.map(String)
  }
  return parameters
}

/** For a route that takes fewer parameters than a list of events. */
export function refuseOthers(parameters: UrlParameters, known: readonly string[]): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new QueryError({
    message: `could not read ${unknown.slice(0, 40)}: it is no parameter here`,
    parameter: unknown,
    hint: `There are ${known.join(', ')}.`,
  })
}
