// windowOfQuery: the window of a list and what is left to ask in it, from `since` and `until` and the times in a query.
import { and, type Query, type Within } from './ast.ts'
import type { ParameterValue } from './parameters.ts'
import { QueryError } from './query-error.ts'
import { formatTime } from './stretch.ts'
import { parseWindow, type Window, windowDefaultUs } from './window.ts'

export interface WindowedQuery {
  readonly window: Window
  /** The query without the times that the window holds already. */
  readonly rest: Query
}

/**
 * A time that every event asked for must have (`after:`, `on:` … at the top of the query, not negated, not one of
 * several) is a window: it takes the place of a `since` or `until` that was not sent, and narrows one that was. Times
 * elsewhere stay conditions. Throws QueryError where nothing is left of the window.
 */
export function windowOfQuery(
  query: Query,
  parameters: { readonly since?: ParameterValue; readonly until?: ParameterValue },
  nowUs: number,
  sinceDefaultUs: number = nowUs - windowDefaultUs,
): WindowedQuery {
  const parts = query.kind === 'and' ? query.parts : [query]
  const stretches = parts.filter(isStretch).flatMap(({ values }) => values)
  const beginsUs = Math.max(...stretches.map(({ min }) => min ?? Number.NEGATIVE_INFINITY))
  const endsUs = Math.min(...stretches.map(({ max }) => (max === null ? Number.POSITIVE_INFINITY : max + 1)))
  const asked = parseWindow(withTimes(parameters, beginsUs, endsUs), nowUs, sinceDefaultUs)
  const window = { sinceUs: Math.max(asked.sinceUs, beginsUs), untilUs: Math.min(asked.untilUs, endsUs) }
  if (window.sinceUs < window.untilUs) return { window, rest: and(parts.filter((part) => !isStretch(part))) }
  throw new QueryError({
    message: 'could not read the window: the times in the query and since and until have nothing in common',
    parameter: 'q',
    hint: 'Leave out since and until, or the times in the query.',
  })
}

/** One stretch of time: of several one would do, and that is no window. */
function isStretch(query: Query): query is Within {
  return query.kind === 'within' && query.key === 'created' && query.values.length === 1
}

interface Times {
  readonly since: ParameterValue
  readonly until: ParameterValue
}

/** What was sent, and the query's times where nothing was; an interval sent as `since` is both. */
function withTimes(
  { since, until }: { readonly since?: ParameterValue; readonly until?: ParameterValue },
  beginsUs: number,
  endsUs: number,
): Times {
  const isInterval = String(since).includes('/')
  return {
    since: since ?? (Number.isFinite(beginsUs) ? formatTime(beginsUs) : undefined),
    until: until ?? (Number.isFinite(endsUs) && !isInterval ? formatTime(endsUs) : undefined),
  }
}
