// tailQuestion: what is asked to be followed, from the parameters of a URL.

import { hash } from 'node:crypto'
import { and, type Query } from '@plaintrail/query/ast'
import { bounded } from '@plaintrail/query/bounds'
import { asksHistory, asksInitiator } from '@plaintrail/query/field-terms'
import { asksFindings } from '@plaintrail/query/finding-terms'
import { queryText } from '@plaintrail/query/normal-form'
import { onlyValue, type UrlParameters } from '@plaintrail/query/parameters'
import { parseQuery } from '@plaintrail/query/parse-query'
import { QueryError } from '@plaintrail/query/query-error'
import { queryOfParameters } from '@plaintrail/query/query-of-parameters'
import type { Scope } from '@plaintrail/query/scope'
import { parseTime } from '@plaintrail/query/window'
import type { Question } from '@plaintrail/store/find-arrivals'

export interface TailQuestion extends Question {
  /**
   * What its positions are sealed for: the question as it was written, so that who asks it again goes on, though
   * `seen:>-5m` has become another time since.
   */
  readonly name: string
  /** Who is told the same: the question as it was understood. */
  readonly group: string
  /** Where to begin, in microseconds since 1970; null for now. */
  readonly sinceUs: number | null
  /** Null where none was sent. */
  readonly lastEventId: string | null
}

export interface TailSent {
  readonly parameters: UrlParameters
  /** Last-Event-ID, which a reader that comes back sends; there is a parameter for those who cannot. */
  readonly header: string | undefined
}

const ownParameters = ['q', 'since', 'last_event_id'] as const

/** Throws QueryError. */
export function tailQuestion({ parameters, header }: TailSent, scope: Scope, nowUs: number): TailQuestion {
  const text = onlyValue('q', parameters['q'])
  const plain = queryOfParameters(parameters, nowUs, ownParameters)
  const query = text === undefined ? plain : bounded(and([parseQuery(text, nowUs), plain]))
  refuseLater(query)
  const since = onlyValue('since', parameters['since'])
  const lastEventId = header ?? onlyValue('last_event_id', parameters['last_event_id']) ?? ''
  const name = nameOf(parameters, scope)
  return {
    scope,
    query,
    name,
    group: `${name} ${queryText(query)}`,
    sinceUs: since === undefined ? null : parseTime(since, nowUs, 'since'),
    lastEventId: lastEventId === '' ? null : lastEventId,
  }
}

/** An event is told when it comes, and what it changed, or who is behind it, is known later: it would be told to nobody. */
function refuseLater(query: Query): void {
  if (asksInitiator(query)) {
    throw new QueryError({
      code: 'unavailable',
      message: 'could not follow who is behind events: that is known some seconds after an event is told',
      parameter: 'q',
      hint: 'Leave out initiator here, or ask for the actor; ask for a list with it.',
    })
  }
  if (asksFindings(query)) {
    throw new QueryError({
      code: 'unavailable',
      message: 'could not follow what rules find: they judge an event some seconds after it is told',
      parameter: 'q',
      hint: 'Leave out rule, vio, severity and control here, and ask for a list with them.',
    })
  }
  if (!asksHistory(query)) return
  throw new QueryError({
    code: 'unavailable',
    message: 'could not follow what changes: history knows it a moment after the event is told',
    parameter: 'q',
    hint: 'Leave out changed, to, from_value and image here, and ask for a list with them.',
  })
}

function nameOf(parameters: UrlParameters, scope: Scope): string {
  const asked = Object.entries(parameters)
    .filter(([parameter]) => parameter !== 'since' && parameter !== 'last_event_id')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return hash('sha256', JSON.stringify([scope, asked]))
}
