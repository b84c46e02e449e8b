// withinFindingsMax: hits whose findings are no more than a rule may have in a cluster. What a rule groups by can be made up
// by whoever sends requests, and findings stay.

import { hash } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { NewFinding } from './finding-rows.ts'

/** Of one rule in one cluster, those of which nothing counts yet included. Two who judge at once may make a few more. */
const findingsMax = 20_000

/**
 * Hits of findings that are there stay theirs. Of new ones there are as many as there is room for; all others are one
 * finding, of which no group is told. Which ones these are depends on the order in which events came.
 */
export async function withinFindingsMax<Hit extends { readonly finding: NewFinding }>(
  client: PoolClient,
  clusterId: number,
  found: readonly Hit[],
  max = findingsMax,
): Promise<readonly Hit[]> {
  const ruleOf = new Map(found.map(({ finding }) => [finding.id, finding.ruleId]))
  const known = await knownIds(client, [...ruleOf.keys()])
  const fresh = Map.groupBy(
    [...ruleOf.keys()].filter((id) => !known.has(id)),
    (id) => ruleOf.get(id) ?? 0,
  )
  const past = new Set<string>()
  for (const [ruleId, ids] of fresh) {
    const room = Math.max(0, max - (await countOf(client, { clusterId, ruleId, max })))
    for (const id of ids.toSorted().slice(room)) past.add(id)
  }
  if (past.size === 0) return found
  return found.map((hit) => (past.has(hit.finding.id) ? { ...hit, finding: togetherOf(clusterId, hit.finding) } : hit))
}

/** Never the id of a finding with a group, which is a digest of the cluster's uid. */
function togetherOf(clusterId: number, finding: NewFinding): NewFinding {
  const digits = hash('sha256', `findings past the bound/${clusterId}/${finding.ruleId}`).slice(0, 32)
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { ...finding, id, group: Object.fromEntries(Object.keys(finding.group).map((name) => [name, null])) }
}

async function knownIds(client: PoolClient, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>({
    name: 'known-findings',
    text: 'select f.id::text as id from finding f where f.id = any($1::uuid[])',
    values: [ids],
  })
  return new Set(rows.map(({ id }) => id))
}

async function countOf(
  client: PoolClient,
  { clusterId, ruleId, max }: { readonly clusterId: number; readonly ruleId: number; readonly max: number },
): Promise<number> {
  const { rows } = await client.query<{ count: number }>({
    name: 'count-findings',
    text: `select count(*)::int8 as count from (
             select from finding f where f.cluster_id = $1 and f.rule_id = $2 limit $3) as found`,
    values: [clusterId, ruleId, max],
  })
  return rows[0]?.count ?? 0
}
