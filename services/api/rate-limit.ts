// createRateLimit: how often one caller may ask, so that a program that asks too much takes nothing from the others.

import type { Response } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Caller } from './authenticate.ts'
import { Problem } from './problems.ts'

export interface RateLimit {
  /**
   * Counts one request of a token, or of the address where there is no token, and says in headers what is left. Rejects
   * with a Problem where nothing is. Guessing tokens is bounded by the address.
   */
  take(response: Response, caller: Caller, address: string): Promise<void>
}

const windowSeconds = 60
/** Addresses share this many counters: whoever has many addresses must not fill the memory. */
const strangersMax = 1_024

/** In memory: each process counts for itself. 0 is no limit. */
export function createRateLimit(requestsPerMinute: number): RateLimit {
  if (requestsPerMinute === 0) return { take: () => Promise.resolve() }
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: windowSeconds })
  return {
    async take(response, { token }, address) {
      const key = token === null ? `address ${bucketOf(address)}` : `token ${token.id}`
      const result = await limiter.consume(key).catch((refusal: unknown) => refusal)
      if (!(result instanceof RateLimiterRes)) throw result
      const seconds = Math.max(1, Math.ceil(result.msBeforeNext / 1_000))
      tell(response, requestsPerMinute, result.remainingPoints, seconds)
      if (result.consumedPoints <= requestsPerMinute) return
      response.setHeader('Retry-After', String(seconds))
      throw new Problem(
        'rate_limited',
        `you asked more than ${requestsPerMinute} times in ${windowSeconds} seconds`,
        `Go on in ${seconds} s. The operator sets the bound with PLAINTRAIL_REQUESTS_PER_MINUTE.`,
      )
    },
  }
}

/** As draft-ietf-httpapi-ratelimit-headers has it, and the headers of before, whose reset is a time in seconds since 1970. */
function tell(response: Response, limit: number, left: number, seconds: number): void {
  response.setHeader('RateLimit-Policy', `"caller";q=${limit};w=${windowSeconds}`)
  response.setHeader('RateLimit', `"caller";r=${left};t=${seconds}`)
  response.setHeader('X-RateLimit-Limit', String(limit))
  response.setHeader('X-RateLimit-Remaining', String(left))
  response.setHeader('X-RateLimit-Reset', String(Math.floor(Date.now() / 1_000) + seconds))
}

/** Of IPv6 the network counts, for one machine has as many addresses as it likes. */
function bucketOf(address: string): number {
  const network = address.includes(':') ? address.split(':').slice(0, 4).join(':') : address
  let sum = 0
  for (const character of network) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % strangersMax
  return sum
}
