// GET /v1/queries/explain: what a query will ask, in sentences, and what makes it slow or empty. It asks nothing.

import type { Request, Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import { explain, namesSomething, type Explained } from '@plaintrail/query/explain'
import { queryText } from '@plaintrail/query/normal-form'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'

const usPerDay = 86_400_000_000

export function getQueriesExplain(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: unknown) => void {
  return (request, response, caller) => {
    const { query, window } = listQuestion(urlParameters(request), cursorKeyFor(parts, caller), {
      list: 'events',
      nowUs: parts.nowUs(),
    })
    const { asked, hints } = explain(query)
    response.json({
      query: queryText(query),
      window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
      asked: answerOf(asked),
      hints,
      cost: {
        reads: namesSomething(query) ? 'what it names' : 'the whole window',
        days: Math.ceil((window.untilUs - window.sinceUs) / usPerDay),
      },
    })
  }
}

function answerOf({ sentence, parts }: Explained): object {
  return { sentence, parts: parts.map(answerOf) }
}
