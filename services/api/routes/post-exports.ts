// POST /v1/exports: have the whole answer to a question written to files.

import type { Request, Response } from 'express'
import { bounded } from '@plaintrail/query/bounds'
import { parseQuery } from '@plaintrail/query/parse-query'
import { windowOfQuery } from '@plaintrail/query/window-of-query'
import { createExport, findExport, unendedMax } from '@plaintrail/store/exports'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { exportAnswer } from '../export-answer.ts'
import { Problem } from '../problems.ts'
import type { NewExportBody } from '../schemas/export-schemas.ts'

type Answers = (
  request: Request,
  response: Response,
  caller: Caller,
  input: { readonly body: NewExportBody },
) => Promise<void>

export function postExports({ store, nowUs }: RouteParts): Answers {
  return async (_request, response, { token, scope }, { body }) => {
    const { q = '', since, until, format, include_raw: withRaw } = body
    const asked = bounded(parseQuery(q, nowUs()))
    const { window, rest: query } = windowOfQuery(asked, { since, until }, nowUs())
    const maker = { id: token?.id ?? noToken, name: token?.name ?? '' }
    const id = await createExport(store, scope, { maker, query, window, format, withRaw })
    const made = id === null ? null : await findExport(store, scope, id)
    if (!made)
      throw new Problem(
        'conflict',
        `${unendedMax} exports are not ended yet`,
        'Wait for one of them, or cancel one: GET /v1/exports lists them.',
      )
    const answer = exportAnswer(made)
    response.status(202).location(answer.links.self).json(answer)
  }
}

/** A route that needs a token has one. */
const noToken = '00000000-0000-0000-0000-000000000000'
