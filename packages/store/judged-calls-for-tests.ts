// What tests of rules in the store have in common: rules from a few words, calls of a cluster as deliveries, and what came of
// them in the form in which slowFindings tells it.

import { formatEventId } from '@plaintrail/event/identity'
import { formatFindingId } from '@plaintrail/rules/finding-id'
import { parseRules, type ParsedRule } from '@plaintrail/rules/parse-rules'
import { addCluster } from './clusters.ts'
import type { Delivery } from './events-for-tests.ts'
import type { Store } from './open-store.ts'
import { createRulesFollower, judgeBounds } from './rules-follower.ts'
import type { SlowCluster, SlowEvent, SlowFound } from './slow-findings-for-tests.ts'

/** By names; each the rest of a spec as YAML in one line. */
export function rulesOf(specs: Readonly<Record<string, string>>): readonly ParsedRule[] {
  const documents = Object.entries(specs).map(
    ([name, spec]) => `apiVersion: plaintrail.dev/v1
kind: Rule
metadata: {name: ${name}}
spec: {title: ${name}, severity: high, ${spec.includes('groupBy') ? '' : 'groupBy: [actor], '}${spec}}
`,
  )
  const { rules, errors } = parseRules(documents.join('---\n'))
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return rules
}

export interface Call {
  readonly second: number
  readonly actor: number
  readonly verb: 'get' | 'create' | 'delete'
  readonly name: number
  readonly namespace: number
  /** Whether its first stage is an event too. */
  readonly isStarted: boolean
  readonly lane: number
  readonly delivery: number
}

export const call = (over: Partial<Call>): Call => ({
  second: 0,
  actor: 0,
  verb: 'get',
  name: 0,
  namespace: 0,
  isStarted: false,
  lane: 0,
  delivery: 0,
  ...over,
})

export const startUs = Date.UTC(2026, 10, 20, 12) * 1_000
export const second = 1_000_000
/** Long after everything that happens here. */
export const laterUs = startUs + 7 * 86_400 * second

const codes = { get: 200, create: 201, delete: 200 } as const

function stagesOf(call: Call, index: number): readonly string[] {
  const timeUs = startUs + call.second * second
  const time = (us: number): string => new Date(us / 1_000).toISOString().replace('Z', '000Z')
  const uri = `/api/v1/namespaces/ns${call.namespace}/configmaps/c${call.name}`
  const whole = {
    level: 'RequestResponse',
    auditID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    requestURI: uri,
    verb: call.verb,
    user: { username: `u${call.actor}` },
    sourceIPs: ['192.0.2.1'],
    objectRef: { resource: 'configmaps', apiVersion: 'v1', namespace: `ns${call.namespace}`, name: `c${call.name}` },
    requestObject: { kind: 'ConfigMap', apiVersion: 'v1', data: { x: String(call.name) } },
    requestReceivedTimestamp: time(timeUs),
  }
  const stage = (name: string, atUs: number): string =>
    JSON.stringify({ ...whole, stage: name, stageTimestamp: time(atUs), responseStatus: { code: codes[call.verb] } })
  const complete = stage('ResponseComplete', timeUs + 2_000)
  return call.isStarted ? [stage('ResponseStarted', timeUs + 1_000), complete] : [complete]
}

let clusters = 0

export async function freshCluster(store: Store): Promise<SlowCluster> {
  clusters += 1
  const name = `c${clusters}`
  const { uid } = await addCluster(store, { name })
  return { uid, name }
}

/** The first stage goes by another lane than the last. */
export function deliveriesOf(cluster: SlowCluster, calls: readonly Call[]): readonly Delivery[] {
  const placed = calls.flatMap((call, index) =>
    stagesOf(call, index).map((text, stage) => ({ text, lane: (call.lane + stage) % 3, delivery: call.delivery })),
  )
  return [...Map.groupBy(placed, ({ lane, delivery }) => `${delivery} ${lane}`)].map(([key, items]) => ({
    cluster: cluster.uid,
    lane: `lane${key.split(' ')[1]}`,
    items: items.map(({ text }) => text),
    receivedAtUs: startUs + 1_000 * second + Number(key.split(' ')[0]) * second,
  }))
}

export const textsOf = (cluster: SlowCluster, deliveries: readonly Delivery[]): readonly SlowEvent[] =>
  deliveries.flatMap(({ items }) => items.map((text) => ({ cluster, text })))

async function lanesOf(store: Store, { uid }: SlowCluster): Promise<readonly number[]> {
  const { rows } = await store.pool.query<{ id: number }>(
    'select l.id from lane l join cluster c on c.id = l.cluster_id where c.uid = $1 order by l.id',
    [uid],
  )
  return rows.map(({ id }) => id)
}

export async function foundIn(store: Store, { uid }: SlowCluster): Promise<readonly SlowFound[]> {
  const { rows } = await store.pool.query<{
    id: string
    rule: string
    group: Readonly<Record<string, string | null>>
    events: number
    firstUs: number
    lastUs: number
    summary: string
    hits: readonly { readonly time: number; readonly key: string }[]
  }>(
    `select replace(f.id::text, '-', '') as id, r.name as rule, f."group", f.events, f.first_time as "firstUs",
       f.last_time as "lastUs", f.summary,
       (select json_agg(json_build_object('time', h.time, 'key', replace(h.key::text, '-', '')))
        from (select distinct on (h.time, h.request) h.time, h.key from rule_hit h where h.finding_id = f.id and h.counts) h) as hits
     from finding f join rule r on r.id = f.rule_id join cluster c on c.id = f.cluster_id
     where f.events > 0 and c.uid = $1`,
    [uid],
  )
  return rows
    .map(({ hits, id, ...row }) => ({
      ...row,
      id: formatFindingId(Buffer.from(id, 'hex')),
      eventIds: hits.map(({ time, key }) => formatEventId(time, Buffer.from(key, 'hex'))).toSorted(),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** All that is stored of a cluster. */
export async function judgeAll(
  store: Store,
  cluster: SlowCluster,
  numbersMax: number = judgeBounds.numbersMax,
  isHistoryOn = false,
): Promise<void> {
  const follower = createRulesFollower(store, { isHistoryOn })
  for (const lane of await lanesOf(store, cluster)) {
    for (let kind = ''; kind !== 'idle';) {
      kind = (await follower.judge(lane, { ...judgeBounds, numbersMax })).kind
      if (kind === 'busy') await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

/** What no event brings, at a time. */
export async function tickAt(store: Store, nowUs: number): Promise<void> {
  await createRulesFollower(store, { isHistoryOn: false }).tick(nowUs)
}
