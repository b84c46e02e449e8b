// Who asks, and what they may see: a route gets a Caller, so that none can forget to ask.

import type { Request, Response } from 'express'
import { everything, nothing, type Scope } from '@plaintrail/query/scope'
import { findApiToken, hasExpired, tellTokenUse, type ApiToken } from '@plaintrail/store/api-tokens'
import { tokenDigest, tokenPrefixes } from '@plaintrail/store/tokens'
import type { RouteParts } from './api-parts.ts'
import { Problem } from './problems.ts'

export interface Caller {
  /** Null of who needs none. */
  readonly token: Pick<ApiToken, 'id' | 'name'> | null
  readonly scope: Scope
  /** Whether the token lets in by now: for what goes on long after it was asked for. Absent where none was needed. */
  readonly holds?: () => Promise<boolean>
}

export type Route = (request: Request, response: Response, caller: Caller) => Promise<void> | void

const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i
/** How long a revoked token may still ask. */
const rememberedMs = 10_000
/** A wrong token that is sent again and again is remembered too. Each other guess is one look-up by an index. */
const rememberedMax = 1_000

/** How requests ask that change nothing. */
const looks: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Who has no token, of a route that needs none. */
export const anyone: Caller = { token: null, scope: nothing }

/** Rejects with a Problem where there is no API token, or one that is not known. */
export type Authenticate = (request: Request) => Promise<Caller>

/** `clockMs` never jumps. */
export function createAuthenticate(
  { store, logger, nowUs }: Pick<RouteParts, 'store' | 'logger' | 'nowUs'>,
  clockMs: () => number = () => performance.now(),
): Authenticate {
  const remembered = new Map<string, { readonly token: ApiToken | null; readonly untilMs: number }>()
  const find = async (digest: Buffer, { isFresh = false } = {}): Promise<ApiToken | null> => {
    const key = digest.toString('hex')
    const known = remembered.get(key)
    if (!isFresh && known && known.untilMs > clockMs()) return known.token
    const token = await findApiToken(store, digest)
    if (remembered.size >= rememberedMax) remembered.clear()
    remembered.set(key, { token, untilMs: clockMs() + rememberedMs })
    // Nobody waits for it, and nobody is refused where only reading works.
    if (token && !hasExpired(token, nowUs()))
      tellTokenUse(store, token, nowUs()).catch((error: unknown) =>
        logger.debug({ error }, 'could not write when a token was used last'),
      )
    return token
  }
  return async (request) => {
    const text = bearerToken(request)
    if (text === null) throw new Problem('auth_required', 'no API token was sent', 'Send Authorization: Bearer ptr_….')
    if (text.startsWith(tokenPrefixes.ingest))
      throw new Problem('forbidden', 'an ingest token can only post events', 'Use an API token (ptr_…) to ask.')
    const digest = tokenDigest(text)
    // Of whoever is let in no more, the trail must have no step after that one.
    const token = await find(digest, { isFresh: !looks.has(request.method) })
    if (!token)
      throw new Problem(
        'auth_required',
        'the API token is not known',
        'It may have been revoked. The admin token stands in the data folder, in admin-token.',
      )
    if (hasExpired(token, nowUs()))
      throw new Problem('auth_required', 'the API token has expired', 'Ask for another: plaintrail token add NAME.')
    const holds = async (): Promise<boolean> => {
      const found = await find(digest)
      return found !== null && !hasExpired(found, nowUs())
    }
    // All are administrators so far; roles give other scopes here.
    return { token, scope: everything, holds }
  }
}

/** What stands behind Bearer, whoever's it is; null where nothing does. */
export function bearerToken(request: Request): string | null {
  return bearer.exec(request.headers.authorization ?? '')?.[1] ?? null
}
