import { formatEventId } from '@plaintrail/event/identity'
import { formatFindingId } from '@plaintrail/rules/finding-id'
import { parseRules } from '@plaintrail/rules/parse-rules'
import type { Rule } from '@plaintrail/rules/rule'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries, type Delivery } from './events-for-tests.ts'
import { openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { createRulesFollower, judgeBounds } from './rules-follower.ts'
import { putRules } from './rules.ts'
import { slowFindings, type SlowCluster, type SlowFound } from './slow-findings-for-tests.ts'

const own = new AsyncDisposableStack()
let store: Store
let rules: readonly Rule[]

const ruleFile = `
each: {match: 'verb:delete', summary: '{{actor}} deleted {{object}}'}
by-body: {match: 'verb:create', where: 'request.object.data.x == "1"'}
many: {match: 'verb:get', condition: {count: 3, within: 2m}}
different: {match: 'verb:get', condition: {distinct: object.name, atLeast: 3, within: 3m}}
in-order: {match: 'verb:get', condition: {then: [{match: 'verb:create'}, {match: 'verb:delete'}], within: 5m}}
not-followed: {match: 'verb:create', condition: {without: {match: 'verb:delete'}, within: 2m}, lateness: 1m}
first: {match: 'verb:get,create', condition: {firstSeen: [object.name], within: 4m}}
`

/** One a line: a name and the rest of a spec. */
function documentOf(line: string): string {
  const [name = '', rest = ''] = line.split(/: \{(.*)\}$/)
  return `apiVersion: plaintrail.dev/v1
kind: Rule
metadata: {name: ${name}}
spec: {title: ${name}, severity: high, groupBy: [actor], ${rest}}
`
}

beforeAll(async () => {
  store = await openTestStore(own, await createTestDatabase())
  const text = ruleFile.trim().split('\n').map(documentOf).join('---\n')
  const parsed = parseRules(text)
  if (parsed.errors.length > 0) throw new Error(JSON.stringify(parsed.errors))
  rules = parsed.rules.map(({ rule }) => rule)
  await putRules(store, { source: 'api', author: 'test', rules: parsed.rules })
})
afterAll(() => own.disposeAsync())

interface Call {
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

const anyCall: fc.Arbitrary<Call> = fc.record({
  // Few times, so that many are at the ends of windows.
  second: fc.nat(24).map((at) => at * 30),
  actor: fc.nat(1),
  verb: fc.constantFrom('get', 'create', 'delete'),
  name: fc.nat(3),
  namespace: fc.nat(1),
  isStarted: fc.boolean(),
  lane: fc.nat(2),
  delivery: fc.nat(4),
})

const startUs = Date.UTC(2026, 10, 20, 12) * 1_000
const second = 1_000_000
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

async function freshCluster(): Promise<SlowCluster> {
  clusters += 1
  const name = `c${clusters}`
  const { uid } = await addCluster(store, { name })
  return { uid, name }
}

/** The first stage goes by another lane than the last. */
function deliveriesOf(cluster: SlowCluster, calls: readonly Call[]): readonly Delivery[] {
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

const textsOf = (cluster: SlowCluster, deliveries: readonly Delivery[]) =>
  deliveries.flatMap(({ items }) => items.map((text) => ({ cluster, text })))

async function lanesOf({ uid }: SlowCluster): Promise<readonly number[]> {
  const { rows } = await store.pool.query<{ id: number }>(
    'select l.id from lane l join cluster c on c.id = l.cluster_id where c.uid = $1 order by l.id',
    [uid],
  )
  return rows.map(({ id }) => id)
}

async function foundIn({ uid }: SlowCluster): Promise<readonly SlowFound[]> {
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

/** Long after everything that happens here. */
const laterUs = startUs + 7 * 86_400 * second

async function judgeAll(cluster: SlowCluster, target: Store, numbersMax = judgeBounds.numbersMax): Promise<void> {
  const follower = createRulesFollower(target, { isHistoryOn: false })
  for (const lane of await lanesOf(cluster)) {
    for (let kind = ''; kind !== 'idle';) {
      kind = (await follower.judge(lane, { ...judgeBounds, numbersMax })).kind
      if (kind === 'busy') await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

test('findings are those of the slow way, however what is stored comes and is judged, by several at once and again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCall, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 3 }),
      async (calls, numbersMax, followers) => {
        const cluster = await freshCluster()
        const deliveries = deliveriesOf(cluster, calls)
        const half = Math.ceil(deliveries.length / 2)
        for (const some of [deliveries.slice(0, half), deliveries.slice(half), deliveries.slice(0, 2)]) {
          await storeDeliveries(store, some)
          await Promise.all(Array.from({ length: followers }, () => judgeAll(cluster, store, numbersMax)))
          // What is decided too soon is said anew when more comes.
          await createRulesFollower(store, { isHistoryOn: false }).tick(startUs + 1_300 * second)
        }
        await createRulesFollower(store, { isHistoryOn: false }).tick(laterUs)
        expect(await foundIn(cluster)).toEqual(slowFindings(rules, textsOf(cluster, deliveries)))
      },
    ),
    { numRuns: 40 },
  )
}, 240_000)
