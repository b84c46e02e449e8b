// GET /v1/queries/complete: what may stand where somebody is typing a query.

import type { Request, Response } from 'express'
import { complete, candidatesMax, type Candidate } from '@plaintrail/query/complete'
import { matches } from '@plaintrail/query/ast'
import { queryText } from '@plaintrail/query/normal-form'
import type { Scope } from '@plaintrail/query/scope'
import { completeValues } from '@plaintrail/store/complete-values'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'

/** Names from the store, beside what the language itself offers. */
const valuesMax = 20

interface Typed {
  readonly query: { readonly q?: string | undefined; readonly pos?: number | undefined }
}

interface Offered {
  readonly text: string
  readonly description: string
}

export function getQueriesComplete(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: Typed) => Promise<void> {
  return async (_request, response, { scope }, { query: { q = '', pos = q.length } }) => {
    const { span, candidates } = complete(q, pos)
    const offered = await Promise.all(candidates.map((candidate) => offersOf(parts, scope, candidate)))
    response.json({ span: { start: span.start, end: span.end }, candidates: offered.flat().slice(0, candidatesMax) })
  }
}

type ValueCandidate = Extract<Candidate, { kind: 'value' }>

async function offersOf(parts: RouteParts, scope: Scope, candidate: Candidate): Promise<readonly Offered[]> {
  if (candidate.kind === 'text') return [{ text: candidate.text, description: candidate.description }]
  const { key } = candidate
  const found = await completeValues(parts.store, scope, { key, prefix: prefixOf(candidate), limit: valuesMax })
  return found.map((name) => ({ text: asTyped(candidate, name), description: '' }))
}

const short = 'sa:'
const serviceAccount = 'system:serviceaccount:'

/** `sa:ci/dep` begins the same names as `system:serviceaccount:ci:dep`. */
function prefixOf({ key, prefix }: ValueCandidate): string {
  if (!isShort(key, prefix)) return prefix
  return serviceAccount + prefix.slice(short.length).replace('/', ':')
}

function isShort(key: string, prefix: string): boolean {
  return (key === 'actor' || key === 'as') && prefix.startsWith(short)
}

/** In quotes where it has to be, and as short as it was begun. */
function asTyped({ key, prefix }: ValueCandidate, name: string): string {
  if (isShort(key, prefix)) return short + name.slice(serviceAccount.length).replace(':', '/')
  return queryText(matches(key, [[name]])).slice(key.length + 1)
}
