// Kept answers: what a request with an Idempotency-Key was answered, so that asking again does nothing twice.

import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'

/** Whose request it is, and which. */
export interface KeptKey {
  /** UUID of the API token. */
  readonly tokenId: string
  /** SHA-256 of the Idempotency-Key: who reads the table learns no key. */
  readonly keyDigest: Buffer
}

export type Claim =
  /** Nobody asked before: do it, then keepAnswer or forgetAnswer. */
  | { readonly kind: 'first' }
  /** Somebody asked the same and is being answered. */
  | { readonly kind: 'in progress' }
  | { readonly kind: 'answered'; readonly sealed: Buffer }
  /** The key was used for something else. */
  | { readonly kind: 'other request' }

const keptHours = 24
/** Longer than a request takes: who claimed it then has crashed, and what it did is not known. */
const claimSecondsMax = 60

/** `requestDigest` is the SHA-256 of what was asked. Of two at the same moment one is first. */
export async function claimAnswer(store: Store, key: KeptKey, requestDigest: Buffer): Promise<Claim> {
  await readRows(
    store,
    sql`delete from kept_answer
        where created_at < now() - make_interval(hours => ${keptHours})
           or (sealed is null and created_at < now() - make_interval(secs => ${claimSecondsMax}))`,
  )
  const [claimed] = await readRows<{ tokenId: string }>(
    store,
    sql`insert into kept_answer (token_id, key_digest, request_digest)
        values (${key.tokenId}::uuid, ${key.keyDigest}, ${requestDigest})
        on conflict (token_id, key_digest) do nothing returning token_id::text as "tokenId"`,
  )
  if (claimed) return { kind: 'first' }
  const [known] = await readRows<{ requestDigest: Buffer; sealed: Buffer | null }>(
    store,
    sql`select request_digest as "requestDigest", sealed from kept_answer where ${isOf(key)}`,
  )
  // Forgotten between the two statements: whoever asked before failed, and asking again is right.
  if (!known) return { kind: 'in progress' }
  if (!known.requestDigest.equals(requestDigest)) return { kind: 'other request' }
  return known.sealed === null ? { kind: 'in progress' } : { kind: 'answered', sealed: known.sealed }
}

/** `sealed`: the answer, unreadable to who has only the database. */
export async function keepAnswer(store: Store, key: KeptKey, sealed: Buffer): Promise<void> {
  await readRows(store, sql`update kept_answer set sealed = ${sealed} where ${isOf(key)}`)
}

/** Nothing was done, so that it may be asked again. */
export async function forgetAnswer(store: Store, key: KeptKey): Promise<void> {
  await readRows(store, sql`delete from kept_answer where ${isOf(key)} and sealed is null`)
}

function isOf({ tokenId, keyDigest }: KeptKey) {
  return sql`token_id = ${tokenId}::uuid and key_digest = ${keyDigest}`
}
