// findFindings: a page of what rules found, and one finding by its id.

import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import type { FieldValues } from '@plaintrail/rules/evaluation'
import { formatFindingId, parseFindingId } from '@plaintrail/rules/finding-id'
import type { Severity } from '@plaintrail/rules/rule'
import type { FindingState } from '@plaintrail/rules/triage'
import { sql, type SQL } from 'drizzle-orm'
import { asManyAsFit } from './as-many-as-fit.ts'
import { isChangedSince, listMoment, type ListMoment } from './changed-findings.ts'
import { isFindingTerm, isLeft, isSuchFinding } from './finding-condition.ts'
import type { EventPosition } from './find-records.ts'
import { knownFrom, type JudgedBy } from './known-from.ts'
import type { Store } from './open-store.ts'
import { patternMatches } from './pattern-matches.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { storable } from './revision-row.ts'
import type { RuleTold } from './rule-told.ts'
import { isShown } from './shadow-findings.ts'
import { allOf, anyOf, type Condition } from './term-condition.ts'
import { timestampOf, timeUs } from './time-position.ts'
import { inScope } from './visible-clusters.ts'

/** One cluster, rule and group; everything but `told` is of its last event. */
export interface Finding {
  /** `fnd_…` */
  readonly id: string
  readonly rule: string
  /** Of the rule, when it found the last event. */
  readonly version: number
  readonly severity: Severity
  readonly controls: readonly string[]
  readonly cluster: string
  /** In the order of the rule's groupBy. */
  readonly group: FieldValues
  readonly summary: string
  /** Values for the rule's sentences. */
  readonly fields: FieldValues
  /** What that version of the rule says beside. */
  readonly told: Pick<
    RuleTold,
    'attack' | 'commands' | 'description' | 'falsePositives' | 'owner' | 'references' | 'remediation' | 'title'
  >
  /** Of its first and its last event, in microseconds since 1970; 0 where nothing counts. */
  readonly firstUs: number
  readonly lastUs: number
  /** When it was found, in microseconds since 1970; null where nothing counts. */
  readonly openedUs: number | null
  /** Requests that count, and how many of them are past retention. None where exceptions hide all. */
  readonly events: number
  readonly expired: number
  /** The rule is tried out: it is left out of lists, counts and controls. */
  readonly isShadow: boolean
  /** Of what is new: since when the rule knows what there was, where it looks farther back; microseconds since 1970. */
  readonly knownFromUs: number | null
  readonly triage: FindingTriage
}

/** What people made of it, or a new event did. */
export interface FindingTriage {
  readonly state: FindingState
  /** It was resolved, and there was a new event. */
  readonly isRegressed: boolean
  readonly assignee: string | null
  readonly reason: string | null
  /** When an ignored one opens again: at a time, with so many events in all, or with one that a query means. */
  readonly untilUs: number | null
  readonly untilEvents: number | null
  readonly untilMatch: string | null
  /** Goes up with every change. */
  readonly version: number
  /** How many steps led here, and when the last was; microseconds since 1970, null for none. */
  readonly steps: number
  readonly changedUs: number | null
  /** That it is to be ignored for ever, which another person has to confirm; null where nobody proposed it. */
  readonly proposed: Proposal | null
}

interface Proposal {
  /** The name of a token. */
  readonly by: string
  /** Microseconds since 1970. */
  readonly atUs: number
  readonly reason: string
  readonly comment: string | null
}

/** `last`: those whose last event is the latest come first. `opened`: those that were found last. */
export const findingSorts = ['last', 'opened'] as const
export type FindingSort = (typeof findingSorts)[number]

export interface FindingQuestion {
  /** Of clusters and findings alone: `cluster`, `rule`, `vio`, `severity` and `control`. */
  readonly query: Query
  /** Those with an event in it. */
  readonly window: Window
  /** In one of these; any unless given. */
  readonly states?: readonly FindingState[] | undefined
  /** Whose they are, '' being nobody's; anybody's unless given. */
  readonly assignee?: string | undefined
  /** Those that somebody proposed to ignore for ever, or those that nobody did; both unless given. */
  readonly isProposed?: boolean | undefined
  /** Whether those of rules that are tried out are among them. */
  readonly hasShadow?: boolean
  readonly sort: FindingSort
  readonly limit: number
  readonly after: FindingPosition | null
  /** When the first page was read, in microseconds since 1970: what was found later is on no page. Null for the first. */
  readonly asOfUs: number | null
}

export interface FindingPosition extends EventPosition, Pick<ListMoment, 'seen'> {
  /** Among those that come again, since they changed after the first page was read. */
  readonly isAgain: boolean
}

export interface FoundFindings {
  readonly items: readonly Finding[]
  readonly next: FindingPosition | null
  readonly asOfUs: number
}

/** Its id is a UUID. */
type FindingRow = Omit<Finding, 'knownFromUs' | 'told' | 'triage'> &
  Omit<JudgedBy, 'told'> & { readonly told: RuleTold } & FlatTriage &
  Record<string, unknown>

interface FlatTriage extends Omit<FindingTriage, 'proposed' | 'version'> {
  readonly triageVersion: number
  readonly proposedBy: string | null
  readonly proposedUs: number | null
  readonly proposedReason: string | null
  readonly proposedComment: string | null
}

/**
 * By its last event, a finding that gets another one while somebody pages is before the place where he is. So the last pages
 * have those that changed since the first, by id: each finding is on a page as often as once or twice, and never on none.
 * By when they were found that can be so of those alone that were being written when the first page was read.
 */
export async function findFindings(store: Store, scope: Scope, question: FindingQuestion): Promise<FoundFindings> {
  const { limit, sort, after } = question
  const { asOfUs, seen } = await momentOf(store, question)
  const read = async (asked: FindingQuestion): Promise<readonly FindingRow[]> => {
    const statement = findingsQuery(scope, asked, asOfUs)
    return statement === null ? [] : await readRows<FindingRow>(store, statement)
  }
  const rows = await read(question)
  const page = asManyAsFit(await findingsOf(store, rows.slice(0, limit)))
  const last = page.at(-1)
  const isAgain = after?.isAgain === true
  if (rows.length > page.length && last) {
    return { items: page, next: { ...positionOf(last, sort), seen, isAgain }, asOfUs }
  }
  // The first page is of one moment, if it is the only one.
  const isEnd = isAgain || after === null
  const again = { ...beforeAll, seen }
  const others = isEnd ? [] : await read({ ...question, limit: 0, after: again })
  return { items: page, next: others.length === 0 ? null : again, asOfUs }
}

async function momentOf(store: Store, { asOfUs, after }: FindingQuestion): Promise<ListMoment> {
  return asOfUs === null || after === null ? await listMoment(store) : { asOfUs, seen: after.seen }
}

/** No finding has this id. */
const beforeAll = { timeUs: 0, key: '00000000-0000-0000-0000-000000000000', isAgain: true } as const

/** Longer than any transaction that finds something is under way. */
const foundLateUs = 600_000_000

function isLate(sort: FindingSort, asOfUs: number): SQL {
  return sort === 'last' ? sql`true` : sql`f.opened_at > ${timestampOf(asOfUs - foundLateUs)}`
}

/** One row more than the page has, where there is one. Null where the query asks for nothing that there can be. */
export function findingsQuery(scope: Scope, question: FindingQuestion, asOfUs: number): SQL | null {
  const { query, window, sort, limit, after } = question
  const isMeant = conditionOf(query)
  if (isMeant === false) return null
  const by = sort === 'last' ? sql`f.last_time` : sql`f.opened_at`
  const [isNext, order] =
    after?.isAgain === true
      ? [sql`f.id > ${after.key}::uuid and ${isLate(sort, asOfUs)} and ${isChangedSince(after)}`, sql`f.id`]
      : [isAfter(by, sort, after), sql`${by} desc, f.id desc`]
  return sql`select ${findingColumns} from ${findingTables}
    where f.events > 0 and ${inScope(scope)} and ${isMeant} and ${hasEventIn(window)}
      and ${isTriaged(question)} and ${question.hasShadow === true ? sql`true` : isShown}
      and f.opened_at <= ${timestampOf(asOfUs)} and ${isNext}
    order by ${order} limit ${limit + 1}`
}

/** Null where there is none of that id, or it is not to be seen, or nothing is left of it. */
export async function findFinding(store: Store, scope: Scope, id: string): Promise<Finding | null> {
  const bytes = parseFindingId(id)
  if (bytes === null) return null
  const rows = await readRows<FindingRow>(
    store,
    sql`select ${findingColumns} from ${findingTables}
        where f.id = ${bytes.toString('hex')}::uuid and ${isLeft} and ${inScope(scope)}`,
  )
  const [finding = null] = await findingsOf(store, rows)
  return finding
}

const findingTables = sql`finding f
  join cluster c on c.id = f.cluster_id
  join rule r on r.id = f.rule_id
  join rule_version v on v.rule_id = f.rule_id and v.number = f.version`

const findingColumns = sql`f.id::text as id, r.name as rule, f.version, f.severity, f.controls, c.name as cluster, f."group",
  f.summary, f.fields, v.told, v.told ->> 'state' = 'shadow' as "isShadow", coalesce(f.first_time, 0) as "firstUs",
  coalesce(f.last_time, 0) as "lastUs", f.cluster_id as "clusterId", f.rule_id as "ruleId", ${timeUs(sql`v.created_at`)} as "writtenUs",
  ${timeUs(sql`f.opened_at`)} as "openedUs", f.events, f.expired, f.state, f.regressed as "isRegressed", f.assignee, f.reason,
  ${timeUs(sql`f.ignored_until`)} as "untilUs", f.ignored_events as "untilEvents", f.ignored_match as "untilMatch",
  f.triage_version as "triageVersion", f.triage_steps as steps, ${timeUs(sql`f.triaged_at`)} as "changedUs",
  f.proposed_by as "proposedBy", ${timeUs(sql`f.proposed_at`)} as "proposedUs", f.proposed_reason as "proposedReason",
  f.proposed_comment as "proposedComment"`

function isTriaged({ states, assignee, isProposed }: Pick<FindingQuestion, 'assignee' | 'isProposed' | 'states'>): SQL {
  const parts = [
    ...(states === undefined ? [] : [sql`f.state = any(${arrayOf('text', states)})`]),
    ...(assignee === undefined
      ? []
      : [assignee === '' ? sql`f.assignee is null` : sql`f.assignee = ${storable(assignee)}`]),
    ...(isProposed === undefined ? [] : [isProposed ? sql`f.proposed_at is not null` : sql`f.proposed_at is null`]),
  ]
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `)
}

async function findingsOf(store: Store, rows: readonly FindingRow[]): Promise<readonly Finding[]> {
  const from = await knownFrom(store, rows)
  return rows.map((row, index) => findingOf(row, from[index] ?? null))
}

/** jsonb keeps no order: the rule says it. */
function findingOf(
  { id, group, clusterId: _cluster, ruleId: _rule, writtenUs: _written, ...all }: FindingRow,
  knownFromUs: number | null,
): Finding {
  const { state, isRegressed, assignee, reason, untilUs, untilEvents, untilMatch, steps, changedUs, ...row } = all
  const { triageVersion: version, proposedBy: by, proposedUs, proposedReason, proposedComment, ...told } = row
  const names = row.told.groupBy.filter((name) => name in group)
  const others = Object.entries(group).filter(([name]) => !names.some((known) => known === name))
  return {
    ...told,
    knownFromUs,
    triage: {
      state,
      isRegressed,
      assignee,
      reason,
      untilUs,
      untilEvents,
      untilMatch,
      version,
      steps,
      changedUs,
      proposed:
        by === null ? null : { by, atUs: proposedUs ?? 0, reason: proposedReason ?? '', comment: proposedComment },
    },
    id: formatFindingId(Buffer.from(id.replaceAll('-', ''), 'hex')),
    group: Object.fromEntries([...names.map((name) => [name, group[name] ?? null] as const), ...others]),
  }
}

function positionOf({ id, lastUs, openedUs }: Finding, sort: FindingSort): EventPosition {
  const key = parseFindingId(id)?.toString('hex') ?? ''
  return { timeUs: sort === 'last' ? lastUs : (openedUs ?? 0), key }
}

function isAfter(by: SQL, sort: FindingSort, after: EventPosition | null): SQL {
  if (after === null) return sql`true`
  const time = sort === 'last' ? sql`${after.timeUs}::int8` : timestampOf(after.timeUs)
  return sql`(${by}, f.id) < (${time}, ${after.key}::uuid)`
}

/** Between its first and its last event there may be a window without any: then the hits say it. */
function hasEventIn({ sinceUs, untilUs }: Window): SQL {
  const [since, until] = [sql`${sinceUs}::int8`, sql`${untilUs}::int8`]
  return sql`f.last_time >= ${since} and f.first_time < ${until} and (
    f.first_time >= ${since} or f.last_time < ${until} or exists (
      select from rule_hit h where h.finding_id = f.id and h.counts and h.time >= ${since} and h.time < ${until}))`
}

/** A condition on `finding f` and `cluster c`. None of their columns is null. */
function conditionOf(query: Query): Condition {
  switch (query.kind) {
    case 'and':
      return allOf(query.parts.map(conditionOf))
    case 'or':
      return anyOf(query.parts.map(conditionOf))
    case 'not': {
      const part = conditionOf(query.part)
      return part === false ? sql`true` : sql`not (${part})`
    }
    case 'matches':
      if (isFindingTerm(query)) {
        const ids = sql`select n.id from rule n where ${patternMatches(sql`n.name`, query.values)}`
        return isSuchFinding(query, ids)
      }
      if (query.key === 'cluster') return sql`(${patternMatches(sql`c.name`, query.values)})`
      throw new RangeError(`could not ask a finding for ${query.key}: it is of many events`)
    case 'within':
    case 'says':
      throw new RangeError(`could not ask a finding for ${query.kind === 'says' ? 'a text' : query.key}`)
    default:
      return query satisfies never
  }
}
