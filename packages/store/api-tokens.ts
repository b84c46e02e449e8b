// API tokens: who may ask, by name, as digests. The row of one that is revoked or has expired stays: steps are by it.

import { randomUUID } from 'node:crypto'
import { sql, type SQL } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import type { Store } from './open-store.ts'
import { readRows, statementOf } from './read-rows.ts'
import { timestampOf, timeUs } from './time-position.ts'
import { makeToken, tokenDigest } from './tokens.ts'
import { transaction } from './transaction.ts'
import { itself, writeSteps, type StepKind, type Who } from './triage-steps.ts'

/** That hold at one time. */
export const apiTokensMax = 1_000

/** What is known of one without its text. Times are microseconds since 1970. */
export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly createdUs: number
  /** The name of the token by which it was added; null of the one that an installation makes for itself. */
  readonly createdBy: string | null
  /** Null for never. */
  readonly expiresUs: number | null
  /** Right to a minute; null where it never was. */
  readonly usedUs: number | null
  readonly revokedUs: number | null
}

export interface NewApiToken {
  /** One that isTokenName takes. */
  readonly name: string
  readonly digest: Buffer
  readonly expiresUs: number | null
}

/** `revoked`: who adds it is let in no more, and was remembered: a token that is left behind would outlive it. */
export type AddedApiToken =
  | { readonly kind: 'added'; readonly id: string }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'too-many' }

const bootstrapName = 'admin'
/** By looksOf: who stands in the trail as admin or plaintrail is no token that somebody added, nor are admin2 and administrator. */
const reservedLooks = /^(admln(lstrator|s)?|plalntrall)[lo\d]*$/
const nameForm = /^[a-z0-9]([a-z0-9.@_+-]{0,61}[a-z0-9])?$/
const uuidForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** What looks like nothing else in a trail: no capitals, spaces or letters of other scripts; no id, and no reserved name. */
export function isTokenName(name: string): boolean {
  return nameForm.test(name) && !uuidForm.test(name) && !reservedLooks.test(looksOf(name))
}

/** The same for names that a reader may take for each other: `admln` of `admin`, `adm1n` and `ad-min`. */
function looksOf(name: string): string {
  return name
    .replaceAll(/[^a-z0-9]/g, '')
    .replaceAll('rn', 'm')
    .replaceAll('0', 'o')
    .replaceAll('4', 'a')
    .replaceAll(/[1i]/g, 'l')
}

/** Any number that no other transaction takes. */
const addLock = 7_717_028

/** One at a time, so that a name is of one token that holds, and the bound is kept. */
export async function addApiToken(
  store: Store,
  who: Who,
  { name, digest, expiresUs }: NewApiToken,
  nowUs: number,
): Promise<AddedApiToken> {
  return await transaction(store, async (client) => {
    await client.query(`select pg_advisory_xact_lock(${addLock})`)
    if (who.id !== null && !(await isLetIn(client, who.id))) return { kind: 'revoked' }
    const { rows } = await client.query<{ all: number; own: number }>(
      statementOf(sql`
        select count(*)::int4 as "all", count(*) filter (where k.name = ${name})::int4 as own
        from api_token k where ${holds(nowUs)}`),
    )
    const { all = 0, own = 0 } = rows[0] ?? {}
    if (own > 0) return { kind: 'taken' }
    if (all >= apiTokensMax) return { kind: 'too-many' }
    const id = randomUUID()
    await client.query(
      statementOf(sql`
        insert into api_token (id, name, digest, created_by, expires_at)
        values (${id}::uuid, ${name}, ${digest}, ${who.name}, ${expiresUs === null ? sql`null` : timestampOf(expiresUs)})`),
    )
    await tell(client, who, 'token-added', { id, expiresUs })
    return { kind: 'added', id }
  })
}

/** Until the end of the transaction: who revokes it waits. */
async function isLetIn(client: PoolClient, id: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from api_token k where k.id = $1::uuid and k.revoked_at is null for share',
    [id],
  )
  return rowCount === 1
}

/** False where there is none of that id, or it was revoked before: then nothing is done. */
export async function revokeApiToken(store: Store, who: Who, id: string): Promise<boolean> {
  return await transaction(store, async (client) => await revoke(client, who, id, null))
}

/** What openAdminToken of the runtime room asks of the store. */
export const adminTokens = (store: Store) => ({
  make: (): string => makeToken('api'),
  letIn: async (token: string): Promise<boolean> => await ensureAdminToken(store, tokenDigest(token)),
})

/**
 * Makes sure that the token of the data folder lets in, and no other of its name: whoever takes the file away and starts has
 * another. False where it was revoked, so that another is to be made. May be called at every start, by several at once.
 */
async function ensureAdminToken(store: Store, digest: Buffer): Promise<boolean> {
  return await transaction(store, async (client) => {
    await client.query(`select pg_advisory_xact_lock(${addLock})`)
    const { rows } = await client.query<{ id: string; isOwn: boolean; isRevoked: boolean }>(
      `select k.id::text as id, k.digest = $1 as "isOwn", k.revoked_at is not null as "isRevoked"
       from api_token k where k.digest = $1 or (k.name = $2 and k.revoked_at is null)`,
      [digest, bootstrapName],
    )
    const own = rows.find(({ isOwn }) => isOwn)
    if (own?.isRevoked === true) return false
    for (const { id, isOwn } of rows) if (!isOwn) await revoke(client, itself, id, 'the data folder has another')
    if (own !== undefined) return true
    const id = randomUUID()
    await client.query('insert into api_token (id, name, digest) values ($1::uuid, $2, $3)', [
      id,
      bootstrapName,
      digest,
    ])
    await tell(client, itself, 'token-added', { id, expiresUs: null })
    return true
  })
}

async function revoke(client: PoolClient, who: Who, id: string, comment: string | null): Promise<boolean> {
  if (!uuidForm.test(id)) return false
  const { rows } = await client.query<{ expiresUs: number | null }>(
    statementOf(sql`
      update api_token k set revoked_at = clock_timestamp() where k.id = ${id}::uuid and k.revoked_at is null
      returning ${timeUs(sql`k.expires_at`)} as "expiresUs"`),
  )
  const [revoked] = rows
  if (revoked === undefined) return false
  await tell(client, who, 'token-revoked', { id, expiresUs: revoked.expiresUs, comment })
  return true
}

interface Told {
  readonly id: string
  readonly expiresUs: number | null
  readonly comment?: string | null
}

async function tell(
  client: PoolClient,
  who: Who,
  did: StepKind,
  { id, expiresUs, comment = null }: Told,
): Promise<void> {
  const side = { expires_us: expiresUs }
  const isNew = did === 'token-added'
  const none = { findingId: null, clusterId: null, ruleId: null, exceptionId: null, reason: null }
  await writeSteps(client, [
    { ...none, who, did, tokenId: id, before: isNew ? null : side, after: isNew ? side : null, comment },
  ])
}

/** Null where no token has this digest, or it was revoked. One that has expired is found: hasExpired tells. */
export async function findApiToken(store: Store, digest: Buffer): Promise<ApiToken | null> {
  const [found] = await tokensWhere(store, sql`k.digest = ${digest} and k.revoked_at is null`)
  return found ?? null
}

export const hasExpired = ({ expiresUs }: Pick<ApiToken, 'expiresUs'>, nowUs: number): boolean =>
  expiresUs !== null && expiresUs <= nowUs

/** Also one that is revoked or has expired. Null where there is none of that id. */
export async function findApiTokenById(store: Store, id: string): Promise<ApiToken | null> {
  if (!uuidForm.test(id)) return null
  const [found] = await tokensWhere(store, sql`k.id = ${id}::uuid`)
  return found ?? null
}

/** Those that hold, by name; apiTokensMax at most, unless there were more before there was a bound. */
export async function listApiTokens(store: Store, nowUs: number): Promise<readonly ApiToken[]> {
  return await tokensWhere(store, holds(nowUs))
}

async function tokensWhere(store: Store, condition: SQL): Promise<readonly ApiToken[]> {
  return await readRows<ApiToken & Record<string, unknown>>(
    store,
    sql`select k.id::text as id, k.name, ${timeUs(sql`k.created_at`)} as "createdUs", k.created_by as "createdBy",
          ${timeUs(sql`k.expires_at`)} as "expiresUs", ${timeUs(sql`k.last_used_at`)} as "usedUs",
          ${timeUs(sql`k.revoked_at`)} as "revokedUs"
        from api_token k where ${condition} order by k.name, k.id limit ${apiTokensMax}`,
  )
}

const holds = (nowUs: number): SQL =>
  sql`k.revoked_at is null and (k.expires_at is null or k.expires_at > ${timestampOf(nowUs)})`

/** Of last_used_at, which is not written for each request. */
const useGrainUs = 60_000_000

/** Writes nothing where less than a minute has passed since it was told. */
export async function tellTokenUse(store: Store, { id, usedUs }: ApiToken, nowUs: number): Promise<void> {
  if (usedUs !== null && nowUs - usedUs < useGrainUs) return
  const at = timestampOf(nowUs)
  await readRows(
    store,
    sql`update api_token k set last_used_at = ${at}
        where k.id = ${id}::uuid and (k.last_used_at is null or k.last_used_at < ${at}) returning k.id`,
  )
}
