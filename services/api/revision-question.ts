// readRevisionQuestion: which revisions of a name are asked for: by the URL, or by the cursor that carries it.

import { hash } from 'node:crypto'
import { openCursor, sealCursor } from '@plaintrail/query/cursor'
import { QueryError } from '@plaintrail/query/query-error'
import { parseWindow } from '@plaintrail/query/window'
import type { NamedHistory } from '@plaintrail/store/named-history'
import type { ChainPosition, RevisionQuestion } from '@plaintrail/store/named-revisions'

export interface SentRevisionQuestion {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly all?: boolean | undefined
}

interface Reading {
  readonly nowUs: number
  /** The caller's own. */
  readonly cursorKey: Uint8Array
  readonly limitDefault: number
}

/** Over all of time, unless the window says otherwise. Throws QueryError. */
export function readRevisionQuestion(
  { cursor, limit, all, ...times }: SentRevisionQuestion,
  history: NamedHistory,
  { nowUs, cursorKey, limitDefault }: Reading,
): RevisionQuestion {
  if (cursor === undefined) {
    return { window: parseWindow(times, nowUs, 0), limit: limit ?? limitDefault, after: null, all: all ?? false }
  }
  const isAlone = [limit, all, times.since, times.until].every((sent) => sent === undefined)
  if (!isAlone)
    throw new QueryError({
      message: 'could not read the cursor: other parameters were sent too',
      parameter: 'cursor',
      hint: 'The cursor carries the whole question. Leave the rest out.',
    })
  const opened = openCursor(cursor, cursorKey)
  const [objectId = 0, place = 0] = opened.query.split(' ', 2).map(Number)
  if (opened.list !== listOf(history))
    throw new QueryError({
      message: 'could not read the cursor: it is of another path',
      parameter: 'cursor',
      hint: 'Send it to the path that gave it.',
    })
  const { timeUs, key } = opened.position
  return {
    window: opened.window,
    limit: opened.limit,
    after: { objectId, place, loose: { timeUs, key: uuidOf(key) } },
    all: opened.include.includes('all'),
  }
}

/** In place of a query the cursor has where in the chain the page ended; both are of the one who was given it. */
export function revisionCursor(
  { window, limit, all }: RevisionQuestion,
  history: NamedHistory,
  { objectId, place, loose }: ChainPosition,
  cursorKey: Uint8Array,
): string {
  return sealCursor(
    {
      version: 2,
      list: listOf(history),
      query: `${objectId} ${place}`,
      window,
      order: 'desc',
      limit,
      include: all ? ['all'] : [],
      fields: null,
      total: null,
      position: { timeUs: loose.timeUs, key: loose.key.replaceAll('-', '') },
      snapshot: null,
    },
    cursorKey,
  )
}

/** A cursor of one object is none of another. */
function listOf({ keys }: NamedHistory): string {
  return `revisions ${hash('sha256', keys.join(' ')).slice(0, 32)}`
}

const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
