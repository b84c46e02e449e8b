// Who asks, and what they may see: a route gets a Caller, so that none can forget to ask.

import type { Request, Response } from 'express'
import { everything, nothing, type Scope } from '@plaintrail/query/scope'
import { findApiToken, type ApiToken } from '@plaintrail/store/credentials'
import type { Store } from '@plaintrail/store/open-store'
import { tokenDigest, tokenPrefixes } from '@plaintrail/store/tokens'
import { Problem } from './problems.ts'

export interface Caller {
  /** Null of who needs none. */
  readonly token: ApiToken | null
  readonly scope: Scope
}

export type Route = (request: Request, response: Response, caller: Caller) => Promise<void> | void

const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i
/** How long a revoked token may still work. */
const rememberedMs = 10_000
/** A wrong token that is sent again and again is remembered too. Each other guess is one look-up by an index. */
const rememberedMax = 1_000

/** Who has no token, of a route that needs none. */
export const anyone: Caller = { token: null, scope: nothing }

/** Rejects with a Problem where there is no API token, or one that is not known. */
export type Authenticate = (request: Request) => Promise<Caller>

export function createAuthenticate(store: Store, nowMs: () => number = Date.now): Authenticate {
  const remembered = new Map<string, { readonly token: ApiToken | null; readonly untilMs: number }>()
  const find = async (digest: Buffer): Promise<ApiToken | null> => {
    const key = digest.toString('hex')
    const known = remembered.get(key)
    if (known && known.untilMs > nowMs()) return known.token
    const token = await findApiToken(store, digest)
    if (remembered.size >= rememberedMax) remembered.clear()
    remembered.set(key, { token, untilMs: nowMs() + rememberedMs })
    return token
  }
  return async (request) => {
    const text = bearerToken(request)
    if (text === null) throw new Problem('auth_required', 'no API token was sent', 'Send Authorization: Bearer ptr_….')
    if (text.startsWith(tokenPrefixes.ingest))
      throw new Problem('forbidden', 'an ingest token can only post events', 'Use an API token (ptr_…) to ask.')
    const token = await find(tokenDigest(text))
    if (!token)
      throw new Problem(
        'auth_required',
        'the API token is not known',
        'The admin token stands in the data folder, in admin-token.',
      )
    // There is only the administrator so far; roles give other scopes here.
    return { token, scope: everything }
  }
}

/** What stands behind Bearer, whoever's it is; null where nothing does. */
export function bearerToken(request: Request): string | null {
  return bearer.exec(request.headers.authorization ?? '')?.[1] ?? null
}
