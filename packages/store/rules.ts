// Rules as they are kept: texts by name and source, every version of them, and which version holds now.

import type { ParsedRule } from '@plaintrail/rules/parse-rules'
import type { PoolClient } from 'pg'
import type { Store } from './open-store.ts'
import { storable } from './revision-row.ts'
import { toldBy, type RuleTold } from './rule-told.ts'
import { rulesInForce, tellFailing, tellRuleChanges, type RuleInForce } from './rule-steps.ts'
import { transaction } from './transaction.ts'
import { itself, type Who } from './triage-steps.ts'

/** Of one name a later one comes before an earlier one. */
export const ruleSources = ['pack', 'folder', 'api'] as const
export type RuleSource = (typeof ruleSources)[number]

export interface RuleVersion {
  readonly name: string
  /** Counts from 1 for each name, over all sources. */
  readonly version: number
  readonly source: RuleSource
  /** SHA-256 in hex of what it says, however it is written. */
  readonly hash: string
  /** One document of a rule file. */
  readonly text: string
  readonly author: string
  /** Microseconds since 1970. */
  readonly createdUs: number
  readonly told: RuleTold
  /** Why it judges nothing any more: it failed on too many events. */
  readonly failing: { readonly sinceUs: number; readonly says: string } | null
}

/** As parseRules gives it. */
export type RuleText = Pick<ParsedRule, 'hash' | 'rule' | 'text'>

export interface NewRules {
  readonly source: RuleSource
  readonly author: string
  /** The id of the author's token; null or left out where no token did it. */
  readonly authorId?: string | null
  readonly rules: readonly RuleText[]
}

/** `stale`: somebody changed it, to this version. `held`: its source said the same already, in these words or others. */
export type PutRule =
  | { readonly kind: 'put' | 'held' | 'stale'; readonly name: string; readonly version: number }
  | { readonly kind: 'too-many'; readonly name: string }

/** Names that some source holds. */
export const rulesMax = 2_000

/**
 * Each becomes a new version of its name, unless its source says the same and that is not failing. With `ifVersion`
 * only where that is the version in force (0: none is). Names that are not among `rules` stay as they are.
 */
export async function putRules(
  store: Store,
  given: NewRules,
  ifVersion: number | null = null,
): Promise<readonly PutRule[]> {
  return await transaction(store, async (client) => {
    await lockRules(client)
    const before = await inForceOf(client, namesOf(given))
    const put = await putEach(client, given, ifVersion)
    await tell(client, given, { before, put, gone: [] })
    return put
  })
}

/** The same, and what else the source holds is held by it no longer. Answers with the names of those too. */
export async function replaceRules(
  store: Store,
  given: NewRules,
): Promise<{ readonly put: readonly PutRule[]; readonly gone: readonly string[] }> {
  return await transaction(store, async (client) => {
    await lockRules(client)
    const { rows } = await client.query<{ name: string }>(
      `select r.name from rule_source s join rule r on r.id = s.rule_id
       where s.source = $1 and r.name <> all($2) order by r.name`,
      [given.source, namesOf(given)],
    )
    const gone = rows.map(({ name }) => name)
    const before = await inForceOf(client, [...namesOf(given), ...gone])
    await takeAway(client, given.source, gone)
    const put = await putEach(client, given, null)
    await tell(client, given, { before, put, gone })
    return { put, gone }
  })
}

/** Its source holds it no longer; another's of the name comes into force. False where the source did not hold it. */
export async function removeRule(
  store: Store,
  { name, source, who }: { readonly name: string; readonly source: RuleSource; readonly who: Who },
): Promise<boolean> {
  return await transaction(store, async (client) => {
    await lockRules(client)
    const before = await inForceOf(client, [name])
    if ((await takeAway(client, source, [name])) === 0) return false
    await tell(client, { source, author: who.name, authorId: who.id }, { before, put: [], gone: [name] })
    return true
  })
}

const namesOf = ({ rules }: NewRules): readonly string[] => rules.map(({ rule }) => rule.name)

const inForceOf = async (client: PoolClient, names: readonly string[]): Promise<ReadonlyMap<string, RuleInForce>> =>
  await rulesInForce(client, names, ruleSources)

async function putEach(
  client: PoolClient,
  { rules, source, author }: NewRules,
  ifVersion: number | null,
): Promise<readonly PutRule[]> {
  const put: PutRule[] = []
  for (const one of rules) put.push(await putOne(client, { ...one, source, author }, ifVersion))
  return put
}

/** How many of them the source held. */
async function takeAway(client: PoolClient, source: RuleSource, names: readonly string[]): Promise<number> {
  const { rowCount } = await client.query(
    'delete from rule_source s using rule r where r.id = s.rule_id and s.source = $1 and r.name = any($2)',
    [source, names],
  )
  return rowCount ?? 0
}

interface Changed {
  readonly before: ReadonlyMap<string, RuleInForce>
  readonly put: readonly PutRule[]
  readonly gone: readonly string[]
}

/** To those who judge, and in the trail. What was held already is no change. */
async function tell(
  client: PoolClient,
  { source, author, authorId = null }: Omit<NewRules, 'rules'>,
  { before, put, gone }: Changed,
): Promise<void> {
  const written = put.flatMap((one) => (one.kind === 'put' ? [one] : []))
  if (written.length + gone.length === 0) return
  await countChange(client)
  const after = await inForceOf(client, [...written.map(({ name }) => name), ...gone])
  await tellRuleChanges(client, { who: { name: author, id: authorId }, source, before, after, written, gone })
}

/** The version in force of each name that a source holds, by name. */
export async function currentRules(store: Store): Promise<readonly RuleVersion[]> {
  return (await readCurrent(store.pool, null)).map(versionOf)
}

/** The version in force; null where no source holds the name. */
export async function currentRule(store: Store, name: string): Promise<RuleVersion | null> {
  const [row] = await readCurrent(store.pool, name)
  return row === undefined ? null : versionOf(row)
}

/** Every version that a name ever had, the newest first; also of one that is gone. */
export async function ruleVersions(store: Store, name: string): Promise<readonly RuleVersion[]> {
  const { rows } = await store.pool.query<VersionRow>(
    `select ${versionColumns} from rule r join rule_version v on v.rule_id = r.id
     where r.name = $1 order by v.number desc`,
    [name],
  )
  return rows.map(versionOf)
}

/** How many rules in force judge nothing since they failed too often. */
export async function countFailing(store: Store): Promise<number> {
  // Every worker asks for it every few seconds, and texts of rules may be many megabytes.
  const { rows } = await store.pool.query<{ count: number }>({
    name: 'count-failing-rules',
    text: `select count(*) as count from (
             select distinct on (s.rule_id) v.failing_at
             from rule_source s join rule_version v on v.rule_id = s.rule_id and v.number = s.number
             order by s.rule_id, array_position($1::text[], s.source) desc) n
           where n.failing_at is not null`,
    values: [ruleSources],
  })
  return rows[0]?.count ?? 0
}

/** Goes up with every change of a rule. */
export async function ruleChanges(client: Pick<PoolClient, 'query'>): Promise<number> {
  const { rows } = await client.query<{ number: number }>({
    name: 'rule-changes',
    text: 'select number from rule_change',
  })
  return rows[0]?.number ?? 0
}

/** A rule in force with the number that stands for its name in other tables. */
export interface KeptRule extends RuleVersion {
  readonly ruleId: number
}

/** In the transaction of the client. */
export async function keptRules(client: Pick<PoolClient, 'query'>): Promise<readonly KeptRule[]> {
  return (await readCurrent(client, null)).map((row) => ({ ...versionOf(row), ruleId: row.ruleId }))
}

/** In the transaction of the client; null where there is none. */
export async function keptVersion(
  client: Pick<PoolClient, 'query'>,
  { ruleId, version }: { readonly ruleId: number; readonly version: number },
): Promise<KeptRule | null> {
  const { rows } = await client.query<VersionRow>(
    `select ${versionColumns} from rule r join rule_version v on v.rule_id = r.id where r.id = $1 and v.number = $2`,
    [ruleId, version],
  )
  const [row] = rows
  return row === undefined ? null : { ...versionOf(row), ruleId }
}

/** It judges nothing from now on. Its name; null where that was so already. In the transaction of the client. */
export async function markFailing(
  client: PoolClient,
  { ruleId, version }: { readonly ruleId: number; readonly version: number },
  says: string,
): Promise<string | null> {
  // First, as whoever puts rules: they change versions after it.
  await lockRules(client)
  const { rows } = await client.query<{ name: string }>(
    `update rule_version v set failing_at = now(), failing = $3 from rule r
     where v.rule_id = $1 and v.number = $2 and v.failing_at is null and r.id = v.rule_id returning r.name`,
    [ruleId, version, says],
  )
  const [marked] = rows
  if (marked === undefined) return null
  await countChange(client)
  const rule = (await inForceOf(client, [marked.name])).get(marked.name)
  if (rule?.version === version) await tellFailing(client, itself, rule, says)
  return marked.name
}

/** Of those who change rules one works at a time: two would give one number to two texts. */
async function lockRules(client: PoolClient): Promise<void> {
  await client.query('select number from rule_change for update')
}

async function countChange(client: PoolClient): Promise<void> {
  await client.query('update rule_change set number = number + 1')
}

interface OneRule extends RuleText {
  readonly source: RuleSource
  readonly author: string
}

async function putOne(client: PoolClient, one: OneRule, ifVersion: number | null): Promise<PutRule> {
  const { rule, source } = one
  const { name } = rule
  const [current] = await readCurrent(client, name)
  if (ifVersion !== null && (current?.version ?? 0) !== ifVersion)
    return { kind: 'stale', name, version: current?.version ?? 0 }
  const held = await heldBy(client, name, source)
  if (held !== null && held.hash === one.hash && !held.isFailing) {
    await writeText(client, one, held.version)
    return { kind: 'held', name, version: held.version }
  }
  if (current === undefined && (await countRules(client)) >= rulesMax) return { kind: 'too-many', name }
  return { kind: 'put', name, version: await write(client, one) }
}

async function heldBy(
  client: PoolClient,
  name: string,
  source: RuleSource,
): Promise<{ readonly version: number; readonly hash: string; readonly isFailing: boolean } | null> {
  const { rows } = await client.query<{ version: number; hash: string; isFailing: boolean }>(
    `select v.number as version, v.hash, v.failing_at is not null as "isFailing"
     from rule r join rule_source s on s.rule_id = r.id and s.source = $2
       join rule_version v on v.rule_id = r.id and v.number = s.number
     where r.name = $1`,
    [name, source],
  )
  return rows[0] ?? null
}

async function countRules(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ count: number }>('select count(distinct rule_id) as count from rule_source')
  return rows[0]?.count ?? 0
}

/** Its comments and tests are no part of what it says: they are those that came last. */
async function writeText(client: PoolClient, { rule, text }: OneRule, version: number): Promise<void> {
  await client.query(
    `update rule_version v set text = $3 from rule r
     where r.name = $1 and v.rule_id = r.id and v.number = $2 and v.text <> $3`,
    [rule.name, version, storable(text)],
  )
}

/** Its number. */
async function write(client: PoolClient, { rule, text, hash, source, author }: OneRule): Promise<number> {
  await client.query('insert into rule (name) values ($1) on conflict (name) do nothing', [rule.name])
  const { rows } = await client.query<{ number: number }>(
    `with made as (
       insert into rule_version (rule_id, number, source, hash, text, author, told)
       select r.id, coalesce((select max(v.number) from rule_version v where v.rule_id = r.id), 0) + 1,
         $2, $3, $4, $5, $6
       from rule r where r.name = $1
       returning rule_id, number
     ), held as (
       insert into rule_source (rule_id, source, number) select rule_id, $2, number from made
       on conflict (rule_id, source) do update set number = excluded.number
     )
     select number from made`,
    [rule.name, source, hash, storable(text), storable(author), toldBy(rule)],
  )
  const [made] = rows
  if (made === undefined) throw new Error(`could not write the rule ${rule.name}: its row vanished`)
  return made.number
}

interface VersionRow {
  readonly ruleId: number
  readonly name: string
  readonly version: number
  readonly source: RuleSource
  readonly hash: string
  readonly text: string
  readonly author: string
  readonly createdUs: number
  readonly told: RuleTold
  readonly failingUs: number | null
  readonly failing: string | null
}

const versionColumns = `
  r.id as "ruleId", r.name, v.number as version, v.source, v.hash, v.text, v.author,
  (extract(epoch from v.created_at) * 1000000)::int8 as "createdUs", v.told,
  (extract(epoch from v.failing_at) * 1000000)::int8 as "failingUs", v.failing`

async function readCurrent(client: Pick<PoolClient, 'query'>, name: string | null): Promise<readonly VersionRow[]> {
  const { rows } = await client.query<VersionRow>(
    `select distinct on (r.name collate "C") ${versionColumns}
     from rule_source s join rule r on r.id = s.rule_id
       join rule_version v on v.rule_id = s.rule_id and v.number = s.number
     where $1::text is null or r.name = $1
     order by r.name collate "C", array_position($2::text[], s.source) desc`,
    [name, ruleSources],
  )
  return rows
}

function versionOf({ name, version, source, hash, text, author, createdUs, told, ...row }: VersionRow): RuleVersion {
  const failing = row.failingUs === null ? null : { sinceUs: row.failingUs, says: row.failing ?? '' }
  return { name, version, source, hash, text, author, createdUs, told, failing }
}
