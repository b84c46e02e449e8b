// findRules: a page of the rules in force, and of the versions of one, each with what of it may be seen.

import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import { asManyAsFit } from './as-many-as-fit.ts'
import type { EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { ruleSources, type RuleVersion } from './rules.ts'
import { timeUs } from './time-position.ts'
import { inScope } from './visible-clusters.ts'

/** Without its text, which may be a megabyte. */
export type ListedVersion = Omit<RuleVersion, 'text'>

export interface ListedRule extends ListedVersion {
  /** What any version of it found in clusters that may be seen: findings, and the latest of their events. */
  readonly findings: number
  readonly lastUs: number | null
}

export interface RulePage<T> {
  readonly items: readonly T[]
  readonly next: EventPosition | null
}

interface PageAsked {
  readonly limit: number
  readonly after: EventPosition | null
}

/** By name. Rules are no secret, and what they found is. */
export async function findRules(
  store: Store,
  scope: Scope,
  { limit, after }: PageAsked,
): Promise<RulePage<ListedRule>> {
  const rows = await readRows<VersionRow & Pick<ListedRule, 'findings' | 'lastUs'>>(
    store,
    sql`select p.*, coalesce(n.findings, 0)::int8 as findings, n.last as "lastUs"
        from (
          select distinct on (r.name collate "C") ${versionColumns}
          from rule_source s join rule r on r.id = s.rule_id
            join rule_version v on v.rule_id = s.rule_id and v.number = s.number
          where ${after === null ? sql`true` : sql`r.name collate "C" > (select a.name from rule a where a.id = ${idIn(after)}::int4)`}
          order by r.name collate "C", array_position(${arrayOf('text', ruleSources)}, s.source) desc
          limit ${limit + 1}
        ) p
        left join lateral (
          select count(*) as findings, max(f.last_time) as last from finding f join cluster c on c.id = f.cluster_id
          where f.rule_id = p."ruleId" and f.events > 0 and ${inScope(scope)}
        ) n on true
        order by p.name collate "C"`,
  )
  return pageOf(rows, limit, ({ findings, lastUs, ...row }) => ({ ...versionOf(row), findings, lastUs }))
}

/** Every version that a name ever had, the newest first; also of one that is gone. Empty where it never was. */
export async function findRuleVersions(
  store: Store,
  name: string,
  { limit, after }: PageAsked,
): Promise<RulePage<ListedVersion>> {
  const rows = await readRows<VersionRow>(
    store,
    sql`select ${versionColumns} from rule r join rule_version v on v.rule_id = r.id
        where r.name = ${name} and ${after === null ? sql`true` : sql`v.number < ${idIn(after)}::int4`}
        order by v.number desc limit ${limit + 1}`,
  )
  return pageOf(rows, limit, versionOf, ({ version }) => version)
}

/** One version of a name; null where there is none. */
export async function findRuleVersion(store: Store, name: string, version: number): Promise<RuleVersion | null> {
  const [row] = await readRows<VersionRow & { readonly text: string }>(
    store,
    sql`select ${versionColumns}, v.text from rule r join rule_version v on v.rule_id = r.id
        where r.name = ${name} and v.number = ${version}::int4`,
  )
  return row === undefined ? null : { ...versionOf(row), text: row.text }
}

interface VersionRow extends Omit<ListedVersion, 'failing'>, Record<string, unknown> {
  readonly ruleId: number
  readonly failingUs: number | null
  readonly failing: string | null
}

const versionColumns: SQL = sql`r.id as "ruleId", r.name, v.number as version, v.source, v.hash, v.author,
  ${timeUs(sql`v.created_at`)} as "createdUs", v.told, ${timeUs(sql`v.failing_at`)} as "failingUs", v.failing`

function versionOf({
  name,
  version,
  source,
  hash,
  author,
  createdUs,
  told,
  failingUs,
  failing,
}: VersionRow): ListedVersion {
  const fault = failingUs === null ? null : { sinceUs: failingUs, says: failing ?? '' }
  return { name, version, source, hash, author, createdUs, told, failing: fault }
}

function pageOf<Row extends VersionRow, T>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => T,
  placeOf: (row: Row) => number = ({ ruleId }) => ruleId,
): RulePage<T> {
  const page = asManyAsFit(rows.slice(0, limit))
  const last = page.at(-1)
  return { items: page.map(itemOf), next: rows.length > page.length && last ? positionOf(placeOf(last)) : null }
}

const hexDigits = 32

/** A number in the place of a key: cursors carry keys. */
function positionOf(id: number): EventPosition {
  return { timeUs: 0, key: id.toString(16).padStart(hexDigits, '0') }
}

const idIn = ({ key }: EventPosition): number => Number.parseInt(key.replaceAll('-', '').slice(-7), 16)
