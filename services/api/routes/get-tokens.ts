// /v1/tokens: who may ask, by name. The text of a token is in the answer that adds it, and nowhere else.

import type { Request, Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import {
  addApiToken,
  apiTokensMax,
  findApiTokenById,
  listApiTokens,
  revokeApiToken,
  type ApiToken,
} from '@plaintrail/store/api-tokens'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import type { RouteParts } from '../api-parts.ts'
import type { Caller, Route } from '../authenticate.ts'
import { Problem } from '../problems.ts'
import type { NewTokenBody } from '../schemas/token-schemas.ts'
import { laterTime, whoIs } from './patch-finding.ts'

export function getTokens({ store, nowUs }: RouteParts): Route {
  return async (_request, response, caller) => {
    mayChangeTokens(caller)
    const tokens = await listApiTokens(store, nowUs())
    response.json({ data: tokens.map((one) => tokenAnswer(one, caller)), has_more: false, next_cursor: null })
  }
}

export function getToken({ store }: RouteParts): Route {
  return async (request, response, caller) => {
    const id = idIn(request, caller)
    // Who one is oneself, everybody may know.
    if (id !== caller.token?.id) mayChangeTokens(caller)
    response.json(tokenAnswer(await findOrRefuse(store, id), caller))
  }
}

type Takes<Input> = (request: Request, response: Response, caller: Caller, input: Input) => Promise<void>

export function postTokens({ store, nowUs }: RouteParts): Takes<{ readonly body: NewTokenBody }> {
  return async (_request, response, caller, { body: { name, expires_at: expires = null } }) => {
    mayChangeTokens(caller)
    const expiresUs = expires === null ? null : laterTime(expires, nowUs(), '/expires_at')
    const token = makeToken('api')
    const added = await addApiToken(store, whoIs(caller), { name, digest: tokenDigest(token), expiresUs }, nowUs())
    if (added.kind === 'revoked') throw new Problem('auth_required', 'your API token has been revoked')
    if (added.kind === 'taken')
      throw new Problem(
        'conflict',
        `there is a token of the name ${name}`,
        'Revoke it first, or choose another name: two of one name could not be told apart.',
      )
    if (added.kind === 'too-many')
      throw new Problem('conflict', `${apiTokensMax} tokens hold already`, 'Revoke one that nobody needs.')
    const made = await findOrRefuse(store, added.id)
    response
      .status(201)
      .location(`/v1/tokens/${made.id}`)
      .json({ ...tokenAnswer(made, caller), token })
  }
}

export function deleteToken({ store }: RouteParts): Route {
  return async (request, response, caller) => {
    mayChangeTokens(caller)
    const id = idIn(request, caller)
    await revokeApiToken(store, whoIs(caller), id)
    response.json(tokenAnswer(await findOrRefuse(store, id), caller))
  }
}

/** Throws a Problem where the caller may not: whoever adds a token gives what he has. */
function mayChangeTokens({ scope }: Caller): void {
  if (scope.kind === 'everything') return
  throw new Problem(
    'forbidden',
    'your token may not see or change others',
    'Ask whoever has a token for every cluster.',
  )
}

const idIn = (request: Request, { token }: Caller): string => {
  const id = String(request.params['id'])
  return id === 'current' ? (token?.id ?? '') : id
}

async function findOrRefuse(store: RouteParts['store'], id: string): Promise<ApiToken> {
  const found = await findApiTokenById(store, id)
  if (found !== null) return found
  throw new Problem('not_found', 'there is no such token', 'GET /v1/tokens lists those that hold, with their ids.')
}

const timeOf = (us: number | null): string | null => (us === null ? null : formatMicroTime(us))

function tokenAnswer(
  { id, name, createdUs, createdBy, expiresUs, usedUs, revokedUs }: ApiToken,
  caller: Caller,
): object {
  return {
    id,
    name,
    created_at: timeOf(createdUs),
    created_by: createdBy,
    expires_at: timeOf(expiresUs),
    last_used_at: timeOf(usedUs),
    revoked_at: timeOf(revokedUs),
    current: id === caller.token?.id,
  }
}
