// Exceptions: what is not to be counted in what a rule finds, until it expires or is deleted. Each stays, as does who made it.

import { parseFindingId } from '@plaintrail/rules/finding-id'
import type { Severity } from '@plaintrail/rules/rule'
import { aloneDaysMax, needsSecond } from '@plaintrail/rules/triage'
import { sql, type SQL } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { readExceptionMatch } from './exception-query.ts'
import type { EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows, statementOf } from './read-rows.ts'
import { storable } from './revision-row.ts'
import { ruleSources } from './rules.ts'
import { timestampOf, timeUs } from './time-position.ts'
import { transaction } from './transaction.ts'
import { itself, writeSteps, type StepKind, type Who } from './triage-steps.ts'

/** That hold at one time: of one rule, and of all. */
export const exceptionsOfRuleMax = 100
export const exceptionsMax = 1_000

const dayUs = 86_400_000_000

export interface NewException {
  /** Its name. */
  readonly rule: string
  /** In the query language: readExceptionMatch. */
  readonly match: string
  readonly reason: string
  readonly owner: string | null
  /** Microseconds since 1970; null for never. */
  readonly expiresUs: number | null
}

export interface Exception extends NewException {
  readonly id: number
  readonly createdUs: number
  readonly createdBy: string
  readonly holds: boolean
  readonly endedUs: number | null
  /** Who deleted it; null where it expired, or holds. */
  readonly endedBy: string | null
  /** Whether what was found before its last change is still to be looked at. */
  readonly isPending: boolean
  /** What does not count by it now. */
  readonly requests: number
  readonly findings: number
}

export type AddedException =
  | { readonly kind: 'added'; readonly id: number }
  | { readonly kind: 'no-rule' }
  | { readonly kind: 'no-events' }
  /** One person alone may not hide for ever what is critical: rules' own texts are for that, which others review. */
  | { readonly kind: 'no-end'; readonly daysMax: number }
  | { readonly kind: 'too-many'; readonly max: number; readonly of: 'rule' | 'all' }

/** Holds from now on; what was found already is looked at soon. Throws QueryError. */
export async function addException(
  store: Store,
  who: Who,
  asked: NewException,
  nowUs = Date.now() * 1_000,
): Promise<AddedException> {
  const match = storable(asked.match)
  readExceptionMatch(match)
  return await transaction(store, async (client) => {
    // One at a time, so that the bounds hold.
    await client.query('select number from rule_change for update')
    const { rows } = await client.query<{ id: number; on: string; severity: Severity; own: number; all: number }>(
      `select r.id, coalesce(n.told->>'on', 'event') as "on", coalesce(n.told->>'severity', 'info') as severity,
         (select count(*) from exception x where x.holds and x.rule_id = r.id) as own,
         (select count(*) from exception x where x.holds) as "all"
       from rule r left join lateral (
         select v.told from rule_version v left join rule_source s on s.rule_id = v.rule_id and s.number = v.number
         where v.rule_id = r.id order by array_position($2::text[], s.source) desc nulls last, v.number desc limit 1
       ) n on true
       where r.name = $1`,
      [storable(asked.rule), ruleSources],
    )
    const [rule] = rows
    if (rule === undefined) return { kind: 'no-rule' }
    if (rule.on === 'gap') return { kind: 'no-events' }
    const isForEver = asked.expiresUs === null || asked.expiresUs > nowUs + aloneDaysMax * dayUs
    if (isForEver && needsSecond(rule.severity)) return { kind: 'no-end', daysMax: aloneDaysMax }
    if (rule.own >= exceptionsOfRuleMax) return { kind: 'too-many', max: exceptionsOfRuleMax, of: 'rule' }
    if (rule.all >= exceptionsMax) return { kind: 'too-many', max: exceptionsMax, of: 'all' }
    const { rows: made } = await client.query<{ id: number }>(
      statementOf(sql`
        insert into exception (rule_id, match, reason, owner, created_by, expires_at)
        values (${rule.id}, ${match}, ${storable(asked.reason)}, ${asked.owner && storable(asked.owner)}, ${who.name},
          ${asked.expiresUs === null ? sql`null` : timestampOf(asked.expiresUs)})
        returning id`),
    )
    const id = made[0]?.id ?? 0
    await tell(client, 'exception-added', who, [id])
    return { kind: 'added', id }
  })
}

/** Whether it held. What it hid is counted again soon. */
export async function deleteException(store: Store, who: Who, id: number): Promise<boolean> {
  return await transaction(store, async (client) => {
    const { rowCount } = await client.query(
      `update exception x set holds = false, ended_at = clock_timestamp(), ended_by = $2, is_pending = true,
         walked_finding = null, walked_time = null, walked_request = null
       where x.id = $1 and x.holds`,
      [id, who.name],
    )
    if (rowCount !== 1) return false
    await tell(client, 'exception-deleted', who, [id])
    return true
  })
}

/** Exceptions that one call lets expire. */
const expiredMax = 100

/** How many have expired by then; microseconds since 1970. */
export async function expireExceptions(store: Store, nowUs: number): Promise<number> {
  return await transaction(store, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      statementOf(sql`
        update exception x set holds = false, ended_at = clock_timestamp(), is_pending = true, walked_finding = null,
          walked_time = null, walked_request = null
        where x.id in (select o.id from exception o where o.holds and o.expires_at <= ${timestampOf(nowUs)}
          order by o.id limit ${expiredMax} for update skip locked) and x.holds
        returning x.id`),
    )
    await tell(
      client,
      'exception-expired',
      itself,
      rows.map(({ id }) => id),
    )
    return rows.length
  })
}

async function tell(client: PoolClient, did: StepKind, who: Who, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  const { rows } = await client.query<{
    id: number
    ruleId: number
    match: string
    reason: string
    owner: string | null
    expiresUs: number | null
  }>(
    statementOf(sql`
      select x.id, x.rule_id as "ruleId", x.match, x.reason, x.owner, ${timeUs(sql`x.expires_at`)} as "expiresUs"
      from exception x where x.id = any(${sql.param([...ids])}::int4[]) order by x.id`),
  )
  await writeSteps(
    client,
    rows.map(({ id, ruleId, match, reason, owner, expiresUs }) => {
      const side = { match, owner, expires_us: expiresUs }
      const isNew = did === 'exception-added'
      return {
        who,
        did,
        findingId: null,
        clusterId: null,
        ruleId,
        exceptionId: id,
        tokenId: null,
        before: isNew ? null : side,
        after: isNew ? side : null,
        reason,
        comment: null,
      }
    }),
  )
}

export interface ExceptionQuestion {
  /** Null for every rule. */
  readonly rule: string | null
  /** Null for those that hold and those that have ended. */
  readonly holds: boolean | null
  readonly limit: number
  readonly after: EventPosition | null
}

export interface FoundExceptions {
  readonly items: readonly Exception[]
  readonly next: EventPosition | null
}

/** Newest first. */
export async function findExceptions(store: Store, question: ExceptionQuestion): Promise<FoundExceptions> {
  const { rule, holds, limit, after } = question
  const rows = await readExceptions(
    store,
    sql`${rule === null ? sql`true` : sql`r.name = ${storable(rule)}`} and ${holds === null ? sql`true` : sql`x.holds = ${holds}`}
      and ${after === null ? sql`true` : sql`x.id < ${idIn(after)}::int4`}`,
    limit + 1,
  )
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { timeUs: 0, key: keyOf(last.id) } : null }
}

export async function findException(store: Store, id: number): Promise<Exception | null> {
  const [found] = await readExceptions(store, sql`x.id = ${id}`, 1)
  return found ?? null
}

async function readExceptions(store: Store, which: SQL, limit: number): Promise<readonly Exception[]> {
  return await readRows<Exception & Record<string, unknown>>(
    store,
    sql`select p.*, n.requests, n.findings
        from (
          select x.id, r.name as rule, x.match, x.reason, x.owner, ${timeUs(sql`x.expires_at`)} as "expiresUs",
            ${timeUs(sql`x.created_at`)} as "createdUs", x.created_by as "createdBy", x.holds,
            ${timeUs(sql`x.ended_at`)} as "endedUs", x.ended_by as "endedBy", x.is_pending as "isPending"
          from exception x join rule r on r.id = x.rule_id where ${which} order by x.id desc limit ${limit}
        ) p
        cross join lateral (
          select count(distinct (h.time, h.request)) as requests, count(distinct h.finding_id) as findings
          from rule_hit h where h.hidden_by = p.id
        ) n
        order by p.id desc`,
  )
}

const keyOf = (id: number): string => id.toString(16).padStart(32, '0')
const idIn = ({ key }: EventPosition): number => Number.parseInt(key.replaceAll('-', '').slice(-8), 16)

/** Of one finding (`fnd_…`): by which exceptions requests of it do not count, and how many by each. */
export async function hidingExceptions(
  store: Store,
  finding: string,
): Promise<readonly { readonly id: number; readonly requests: number }[]> {
  return await readRows<{ id: number; requests: number }>(
    store,
    sql`select h.hidden_by as id, count(distinct (h.time, h.request)) as requests from rule_hit h
        where h.finding_id = ${parseFindingId(finding)?.toString('hex') ?? null}::uuid and h.hidden_by is not null
        group by h.hidden_by order by h.hidden_by limit ${exceptionsOfRuleMax}`,
  )
}

/** Of rules with these names: which exceptions hold, or have ended and are yet to give back what they hid. */
export async function exceptionsOfRules(
  store: Store,
  rules: readonly string[],
): Promise<readonly { readonly id: number; readonly rule: string }[]> {
  return await readRows<{ id: number; rule: string }>(
    store,
    sql`select x.id, r.name as rule from exception x join rule r on r.id = x.rule_id
        where r.name = any(${arrayOf('text', rules)}) and (x.holds or x.is_pending) order by x.id`,
  )
}
