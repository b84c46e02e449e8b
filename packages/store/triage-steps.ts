// Steps: who did what about a finding, an exception, a rule or a token, written once and for ever, and read again newest first.

import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { formatFindingId, parseFindingId } from '@plaintrail/rules/finding-id'
import { sql, type SQL } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import type { EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { patternMatches } from './pattern-matches.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { allOf, anyOf, type Condition } from './term-condition.ts'
import { timestampOf, timeUs } from './time-position.ts'
import { inScope } from './visible-clusters.ts'

/** Who did it: the name and the id of an API token. */
export interface Who {
  readonly name: string
  readonly id: string | null
}

/** What it does without anybody. */
export const itself: Who = { name: 'plaintrail', id: null }

export const stepKinds = [
  'state',
  'assignee',
  'comment',
  'ignore-proposed',
  'ignore-confirmed',
  'proposal-withdrawn',
  'regressed',
  'ignore-over',
  'exception-added',
  'exception-deleted',
  'exception-expired',
  'rule-put',
  'rule-deleted',
  'rule-failing',
  'token-added',
  'token-revoked',
] as const
export type StepKind = (typeof stepKinds)[number]

/** What a finding was or became: what of it changed. Of an exception: all that it says. Of a rule: the version in force. Of
 * a token: when it ends. */
export type StepSide = Readonly<Record<string, string | number | null>>

export interface NewStep {
  readonly who: Who
  readonly did: StepKind
  /** A UUID; null of an exception, a rule and a token. */
  readonly findingId: string | null
  readonly clusterId: number | null
  /** Null of a token. */
  readonly ruleId: number | null
  readonly exceptionId: number | null
  /** A UUID; null of all but a token. */
  readonly tokenId: string | null
  readonly before: StepSide | null
  readonly after: StepSide | null
  readonly reason: string | null
  readonly comment: string | null
}

/** In the transaction of what they tell, so that there is none without the other. */
export async function writeSteps(client: PoolClient, steps: readonly NewStep[]): Promise<void> {
  if (steps.length === 0) return
  const sides = (of: (step: NewStep) => StepSide | null): (string | null)[] =>
    steps.map((step) => {
      const side = of(step)
      return side === null ? null : JSON.stringify(side)
    })
  await client.query(
    `insert into triage_step (who, who_id, did, finding_id, cluster_id, rule_id, exception_id, before, after, reason, comment,
       token_id)
     select i.who, i.who_id, i.did, i.finding_id, i.cluster_id, i.rule_id, i.exception_id, i.before, i.after, i.reason,
       i.comment, i.token_id
     from unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[], $5::int4[], $6::int4[], $7::int4[], $8::jsonb[],
         $9::jsonb[], $10::text[], $11::text[], $12::uuid[])
       as i (who, who_id, did, finding_id, cluster_id, rule_id, exception_id, before, after, reason, comment, token_id)`,
    [
      steps.map(({ who }) => who.name),
      steps.map(({ who }) => who.id),
      steps.map(({ did }) => did),
      steps.map(({ findingId }) => findingId),
      steps.map(({ clusterId }) => clusterId),
      steps.map(({ ruleId }) => ruleId),
      steps.map(({ exceptionId }) => exceptionId),
      sides(({ before }) => before),
      sides(({ after }) => after),
      steps.map(({ reason }) => reason),
      steps.map(({ comment }) => comment),
      steps.map(({ tokenId }) => tokenId),
    ],
  )
}

export interface Step {
  readonly id: number
  /** Microseconds since 1970. */
  readonly atUs: number
  readonly who: Who
  readonly did: StepKind
  /** `fnd_…` */
  readonly finding: string | null
  readonly cluster: string | null
  /** Null of a token. */
  readonly rule: string | null
  readonly exceptionId: number | null
  readonly token: TokenOfStep | null
  readonly before: StepSide | null
  readonly after: StepSide | null
  readonly reason: string | null
  readonly comment: string | null
}

/** A name may be another's later; the id never is. */
export interface TokenOfStep {
  readonly id: string
  readonly name: string
}

export interface StepQuestion {
  /** Of `rule`, `vio`, `cluster` and `actor` alone. */
  readonly query: Query
  readonly window: Window
  readonly limit: number
  readonly after: EventPosition | null
}

export interface FoundSteps {
  readonly items: readonly Step[]
  readonly next: EventPosition | null
}

type StepRow = Omit<Step, 'finding' | 'who' | 'token'> & {
  finding: string | null
  who: string
  whoId: string | null
  tokenId: string | null
  tokenName: string | null
} & Record<string, unknown>

/** Newest first. Those of exceptions, rules and tokens, which are about every cluster, are for who sees all of them. */
export async function findSteps(store: Store, scope: Scope, question: StepQuestion): Promise<FoundSteps> {
  const { query, window, limit, after } = question
  const isAsked = conditionOf(query)
  if (isAsked === false) return { items: [], next: null }
  const isSeen = scope.kind === 'everything' ? sql`true` : sql`c.id is not null and ${inScope(scope)}`
  const rows = await readRows<StepRow>(
    store,
    sql`select t.id, ${timeUs(sql`t.at`)} as "atUs", t.who, t.who_id::text as "whoId", t.did, t.finding_id::text as finding,
          c.name as cluster, r.name as rule, t.exception_id as "exceptionId", t.before, t.after, t.reason, t.comment,
          k.id::text as "tokenId", k.name as "tokenName"
        from triage_step t left join rule r on r.id = t.rule_id left join cluster c on c.id = t.cluster_id
          left join api_token k on k.id = t.token_id
        where ${isSeen} and ${isAsked}
          and t.at >= ${timestampOf(window.sinceUs)} and t.at < ${timestampOf(window.untilUs)}
          and ${after === null ? sql`true` : sql`t.id < ${idIn(after)}::int8`}
        order by t.id desc limit ${limit + 1}`,
  )
  const items = rows.slice(0, limit).map(stepOf)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { timeUs: last.atUs, key: keyOf(last.id) } : null }
}

function stepOf({ finding, who, whoId, tokenId, tokenName, ...row }: StepRow): Step {
  return {
    ...row,
    who: { name: who, id: whoId },
    token: tokenId === null || tokenName === null ? null : { id: tokenId, name: tokenName },
    finding: finding && formatFindingId(Buffer.from(finding.replaceAll('-', ''), 'hex')),
  }
}

/** A position's key is a UUID: one that has the number. */
const keyOf = (id: number): string => id.toString(16).padStart(32, '0')
const idIn = ({ key }: EventPosition): number => Number.parseInt(key.replaceAll('-', ''), 16)

/** A condition on `triage_step t`, and `rule r` and `cluster c`, whose names may be null. */
function conditionOf(query: Query): Condition {
  switch (query.kind) {
    case 'and':
      return allOf(query.parts.map(conditionOf))
    case 'or':
      return anyOf(query.parts.map(conditionOf))
    case 'not': {
      const part = conditionOf(query.part)
      return part === false ? sql`true` : sql`(${part}) is not true`
    }
    case 'matches':
      return termOf(query.key, query.values)
    default:
      throw new RangeError(`could not ask a step for ${query.kind}`)
  }
}

function termOf(key: string, values: Parameters<typeof patternMatches>[1]): SQL | false {
  switch (key) {
    case 'actor':
      return sql`(${patternMatches(sql`t.who`, values)})`
    case 'cluster':
      return sql`(${patternMatches(sql`c.name`, values)})`
    case 'rule':
      return sql`(${patternMatches(sql`r.name`, values)})`
    case 'vio': {
      const ids = values.flatMap(([text]) => parseFindingId(text)?.toString('hex') ?? [])
      return ids.length > 0 && sql`t.finding_id = any(${arrayOf('uuid', ids)})`
    }
    default:
      throw new RangeError(`could not ask a step for ${key}`)
  }
}
