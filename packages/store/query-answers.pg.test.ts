// Every word of the query language, asked of the recorded weeks: the answer of SQL is that of slowAnswer.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventClasses, levels, outcomes, stages, type Event } from '@plaintrail/event/event'
import { examples } from '@plaintrail/query/examples'
import { isWords } from '@plaintrail/query/is-words'
import { parseQuery } from '@plaintrail/query/parse-query'
import { qualifiers } from '@plaintrail/query/qualifiers'
import { everything } from '@plaintrail/query/scope'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { seededRandom } from '@plaintrail/test/random'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { budgetOf } from './budget.ts'
import { addCluster } from './clusters.ts'
import { corpusDeliveries, delivery, type CorpusDelivery } from './corpus-deliveries-for-tests.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { countEvents, findEvents, totalMax, type EventQuestion } from './find-events.ts'
import { ruleText, seedFinding, seedRule } from './findings-for-tests.ts'
import { attributeAll, followAll } from './history-for-tests.ts'
import { initiatorsOf } from './initiators-of.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { slowAnswer, type SlowFinding, type SlowItem } from './slow-answer-for-tests.ts'
import { slowFields } from './slow-fields-for-tests.ts'
import { takeSnapshot } from './take-snapshot.ts'

const nowUs = Date.UTC(2026, 10, 26, 17) * 1_000
const everyTime = { sinceUs: 0, untilUs: nowUs }
/** Of the second week: its first seconds, and the odd ones of the days before. */
const shortTime = { sinceUs: Date.UTC(2026, 9, 1) * 1_000, untilUs: Date.UTC(2026, 10, 26, 14, 47, 30) * 1_000 }

/** Parts of sentences, and their characters. */
const [slicesAsked, sliceMin, sliceMore] = [60, 4, 40]

const resources = new AsyncDisposableStack()
let store: Store
let items: readonly SlowItem[]
/** How many there are in all. */
let requests: number

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 4, statementMs: 30_000, applicationName: 'test' }),
  )
  const recorded = await Promise.all(
    corpusVersions().map(async (version, index) => ({
      cluster: await addCluster(store, { name: `week-${index}` }),
      lists: corpusOf(version).lists,
    })),
  )
  const deliveries = corpusDeliveries(recorded)
  await storeDeliveries(store, deliveries)
  await followAll(store)
  await attributeAll(store)
  // As autovacuum does within a minute, which is longer than these tests wait.
  await store.pool.query('analyze')
  const fields = recorded.map(({ cluster: { uid } }) =>
    slowFields(
      uid,
      deliveries.filter(({ cluster }) => cluster === uid).flatMap((one) => one.items),
    ),
  )
  const told = deliveries.flatMap(({ slow }) => slow)
  const initiators = await namesBehind(told)
  const findings = await findingsAmong(recorded[0]?.cluster.uid ?? '', deliveries)
  const followed = told.map((item) => ({
    ...item,
    fields: fields.flatMap((some) => some.get(item.key) ?? []),
    initiator: initiators.get(item.id) ?? null,
    findings: findings.get(item.id) ?? [],
  }))
  items = [...new Map(followed.map((item) => [item.id, item])).values()]
  requests = slowAnswer(items, parseQuery('', nowUs), everyTime, 'desc').length
}, 120_000)

afterAll(() => resources.disposeAsync())

/** As it is said beside each event; of what nobody is known to be behind there is none. */
async function namesBehind(told: readonly SlowItem[]): Promise<ReadonlyMap<string, string>> {
  const events = told.map(({ id, event }) => ({
    ...event,
    id,
    actor: { ...event.actor, as: event.impersonated?.name ?? null },
  }))
  const found = await initiatorsOf(store, everything, events)
  const named = [...found].flatMap(([id, attribution]): readonly (readonly [string, string])[] =>
    attribution === null || attribution.initiator.kind === 'unknown' ? [] : [[id, attribution.initiator.name]],
  )
  return new Map(named)
}

/** As rules might have made them: each in one cluster, of events of any stage. */
async function findingsAmong(
  cluster: string,
  deliveries: readonly CorpusDelivery[],
): Promise<ReadonlyMap<string, readonly SlowFinding[]>> {
  const own = deliveries.filter((one) => one.cluster === cluster).flatMap(({ slow }) => slow)
  const byEvent = new Map<string, SlowFinding[]>()
  for (const { rule, severity, controls, isFound } of rulesAsked) {
    await seedRule(store, ruleText(rule, { severity, controls }))
    const events = [...new Set(own.filter(({ event }) => isFound(event)).map(({ id }) => id))]
    const id = await seedFinding(store, { rule, cluster, group: {}, events })
    for (const event of events) byEvent.set(event, [...(byEvent.get(event) ?? []), { id, rule, severity, controls }])
  }
  return byEvent
}

const rulesAsked: readonly (Omit<SlowFinding, 'id'> & { readonly isFound: (event: Event) => boolean })[] = [
  {
    rule: 'exec-into-prod',
    severity: 'critical',
    controls: ['soc2:CC6.1', 'pci:10.2.1.2'],
    isFound: ({ class: kind }) => kind === 'connect',
  },
  {
    rule: 'exec-by-people',
    severity: 'low',
    controls: ['soc2:CC6.1'],
    isFound: ({ class: kind, actor }) => kind === 'connect' && actor.type === 'human',
  },
  {
    rule: 'denied',
    severity: 'medium',
    controls: ['hipaa:164.312(b)'],
    isFound: ({ outcome }) => outcome === 'denied',
  },
]

/** Asks for the first page, a long one, and gives how many there are in all. */
async function answered(text: string, order: 'asc' | 'desc' = 'desc', window = everyTime): Promise<number> {
  const query = parseQuery(text, nowUs)
  const ask = { query, window, order, limit: 500, after: null, snapshot: null }
  const { events, next, isPartial } = await findEvents(store, everything, { ...ask, budget: budgetOf(60_000) })
  const expected = slowAnswer(items, query, window, order)
  expect(isPartial).toBe(false)
  expect(
    events.map(({ id }) => id),
    text,
  ).toEqual(expected.slice(0, 500))
  expect(next === null).toBe(expected.length <= 500)
  return expected.length
}

/** One of each key at least, with what is in the corpus: each must find something, and not everything. */
const asked: Readonly<Record<string, readonly string[]>> = {
  cluster: ['cluster:week-0', 'cluster:week-0*,north', '-cluster:*-1'],
  actor: [
    'actor:alice',
    'actor:sa:kube-system/*',
    'actor:""',
    'actor:al%ce,Al*',
    String.raw`actor:CORP\alice`,
    '-actor:system:*',
  ],
  as: ['as:root', 'as:""', 'as:r*,system:admin', '-as:"",bob'],
  initiator: [
    'initiator:alice@acme.io',
    'initiator:alice',
    'initiator:sa:kube-system/*,sa:argocd/*',
    'initiator:*@acme.io,lab-admin',
    'initiator:""',
    'initiator:"",bob@acme.io',
    'initiator:*',
    '-initiator:*@acme.io,""',
    'initiator:alice@acme.io -actor:alice@acme.io',
    'initiator:alice@acme.io OR actor:bob@acme.io',
    'initiator:*replicaset-controller,root',
  ],
  group: ['group:sre', 'group:system:*', String.raw`group:"a\"b,\\c"`, '-group:system:masters'],
  verb: ['verb:patch', 'verb:PATCH', 'verb:p*,delete', '-verb:get,list,watch'],
  client: ['client:kubectl', 'client:KUBE*', '-client:*'],
  kind: ['kind:deploy', 'kind:Pod', 'kind:po,svc', 'kind:*.apps', 'kind:events.v1', '-kind:leases,events'],
  ns: ['ns:kube-system', 'ns:""', 'ns:*-system', '-ns:"",default'],
  name: [
    'name:api',
    'name:"100%"',
    'name:a_b',
    'name:a*',
    String.raw`name:back\slash`,
    'name:Straße',
    'name:""',
    'name:/*',
    '-name:*',
  ],
  obj: ['obj:deploy/api', 'obj:po/*', 'obj:deploy/api,sa/default', '-obj:sa/default'],
  sub: ['sub:status', 'sub:""', 'sub:s*', '-sub:""'],
  reason: ['reason:rbac', 'reason:"100% _allowed_"', 'reason:rbac*Ärger', 'reason:rbac*ÄRGER', '-reason:rbac'],
  'user-agent': [
    'user-agent:argocd',
    'user-agent:kube*kubernetes',
    'user-agent:"(100%)"',
    'user-agent:Ä_',
    '-user-agent:kube',
  ],
  ip: [
    'ip:127.0.0.1',
    'ip:10.0.0.0/8',
    'ip:10.1.2.3',
    'ip:2001:db8::/32',
    'ip:0.0.0.0/0',
    '-ip:0.0.0.0/0',
    'ip:::/0,10.200.0.0/16',
  ],
  claimed: [
    'claimed:203.0.113.9',
    'claimed:203.0.113.0/24,2001:db8::7',
    '-claimed:0.0.0.0/0',
    '-claimed:203.0.113.0/24',
  ],
  audit: [
    'audit:"chosen by the client"',
    'audit:8F0C3E1A-0000-4000-8000-000000000001',
    'audit:8f0c3e1a-0000-4000-8000-000000000002,odd-1',
  ],
  code: ['code:403', 'code:>=400', 'code:2xx,500..*', '-code:200', '-code:*..999'],
  took: ['took:>1s', 'took:1ms..2ms', 'took:<1ms', '-took:>=0s'],
  created: ['created:2026-11-26', 'created:2026-11-25,2026-10-17', '-created:2026-11-26', '-created:>2014-01-01'],
  after: ['after:2026-11-26T14:50:00Z', '-after:2026-11-01'],
  before: ['before:2026-11-26T14:50:00Z', '-before:2026-11-01'],
  on: ['on:2026-11-26', 'on:2026-11-26T14:50:00Z/PT10S,2026-11-25'],
  seen: ['seen:<2026-11-26T15:01:00Z', 'seen:2026-11-26T16:00:00Z/PT1M', '-seen:>-59m'],
  changed: [
    'changed:spec.replicas',
    'field:replicas',
    'changed:spec.template',
    'changed:image,labels',
    'changed:containers.image',
    'changed:containers[api].image',
    'changed:spec.template.spec.containers[].image',
    'changed:*image*',
    'changed:spec',
    '-changed:spec',
    '-changed:*',
    'changed:spec.replicas to:0',
    'changed:replicas -to:0,1',
    'changed:spec.replicas from_value:2 to:*',
    'changed:spec.replicas changed:image',
    'changed:resources changed:verbs to:secrets',
    '(changed:resources to:secrets) changed:verbs',
    '(changed:resources to:secrets) (changed:verbs to:list) -to:nothing',
    '(changed:replicas to:5) OR (changed:image to:*:1.9)',
    '(changed:replicas to:5) OR verb:delete',
    '(changed:replicas to:5) OR (changed:image to:*:1.9 verb:patch) OR (changed:rules changed:metadata)',
    '(image:* verb:create) OR (changed:spec -to:5)',
    'changed:data ns:prod OR changed:rules',
    '-(changed:replicas to:0) is:write',
  ],
  to: ['to:0', 'to:*registry*,true', 'to:""', '-to:*', 'to:5 from_value:3', '-to:0 from_value:*'],
  from_value: ['from_value:5', 'from_value:""', '-from_value:""', 'from_value:"" to:*'],
  rule: ['rule:exec-into-prod', 'rule:exec-*,denied', '-rule:*', 'rule:denied verb:get', 'rule:denied OR is:connect'],
  severity: ['severity:critical', 'severity:<critical', 'severity:low..medium -rule:denied', '-severity:>=low'],
  control: ['control:soc2:CC6.1', 'control:pci:*,hipaa:*', String.raw`control:"hipaa:164.312(b)"`, '-control:*'],
  image: ['image:*/api:1.9*', 'image:*', '-image:*', 'image:*api* changed:image', 'image:*api* verb:create'],
  class: eventClasses.map((word) => `class:${word}`),
  outcome: outcomes.map((word) => `outcome:${word}`),
  stage: [...stages.map((word) => `stage:${word}`), '-stage:ResponseComplete,Panic'],
  level: levels.filter((word) => word !== 'None' && word !== 'Unknown').map((word) => `level:${word}`),
  is: isWords.filter(({ availability }) => availability === 'now').map(({ word }) => `is:${word}`),
}
/** Nobody did such a thing in the recorded weeks. */
const neverDone = new Set([
  'level:Request',
  'is:redacted',
  'is:odd',
  'is:chosen-id',
  'reason:rbac*Ärger',
  'changed:resources changed:verbs to:secrets',
])

describe('every qualifier', () => {
  test('is asked', () => {
    const available = qualifiers.filter(({ availability }) => availability === 'now').map(({ key }) => key)
    expect(new Set([...Object.keys(asked), 'uid', 'vio'])).toEqual(new Set(available))
  })

  test.each(Object.values(asked).flat())('%s', async (text) => {
    const count = await answered(text)
    if (!neverDone.has(text)) expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(requests)
    await answered(`-(${text})`, 'asc', shortTime)
  })

  test('uid', async () => {
    const uids = [...new Set(items.map(({ event }) => event.object?.uid).filter((uid) => typeof uid === 'string'))]
    expect(await answered(`uid:${uids[0]},${uids[1]},nothing`)).toBeGreaterThan(0)
    expect(await answered(`-uid:${uids[0]}`)).toBeGreaterThan(0)
    expect(await answered('uid:nothing')).toBe(0)
  })

  test('vio', async () => {
    const ids = [...new Set(items.flatMap(({ findings = [] }) => findings.map(({ id }) => id)))]
    expect(await answered(`vio:${ids[0]}`)).toBeGreaterThan(0)
    expect(await answered(`vio:${ids[0]},${ids[1]},nothing -ns:kube-*`)).toBeGreaterThan(0)
    expect(await answered(`-finding:${ids[0]}`)).toBeGreaterThan(0)
    expect(await answered('vio:nothing')).toBe(0)
  })
})

test.each(examples.map(({ query }) => query))('the example %s', async (text) => {
  await answered(text)
})

/** Of docs/query.md: what stands in its blocks, on both sides of the equals sign. */
const written = [
  ...readFileSync(join(import.meta.dirname, '../../docs/query.md'), 'utf8').matchAll(/```query\n([\s\S]*?)```/g),
].flatMap(([, block = '']) =>
  block
    .trim()
    .split('\n')
    .flatMap((line) => line.split(/ {2,}= /)),
)

test.each(written)('the documented query %s', async (text) => {
  await answered(text.trim())
})

describe('free text', () => {
  test.each([
    'created',
    '"CREATED"',
    'alice',
    'kubectl deployment',
    '-kubectl is:write',
    'created*deployment',
    '100%',
    'straße',
    '"back*slash"',
    'alice OR is:denied',
    '(alice OR ns:kube-system) -patched',
    '-(alice ns:default)',
    '-(alice OR (ns:kube-system -created)) verb:create',
    'nobody-ever-said-this',
    '-nobody-ever-said-this stage:RequestReceived',
    'stage:RequestReceived (asked OR verb:watch)',
  ])('%s', async (text) => {
    await answered(text)
    await answered(text, 'asc', { sinceUs: nowUs - 86_400_000_000 * 2, untilUs: nowUs })
  })

  test('out of a sentence, whichever part of it', async () => {
    const random = seededRandom(51)
    for (let asked = 0; asked < slicesAsked; asked++) {
      const { sentence } = items[random.below(items.length)] ?? expect.fail()
      const from = random.below(sentence.length)
      const slice = sentence.slice(from, from + sliceMin + random.below(sliceMore)).replaceAll(/["\\*]/g, '')
      if (slice.trim() !== '') await answered(`"${slice}"`)
    }
  })
})

describe('a request', () => {
  test.each([
    'stage:RequestReceived',
    'stage:RequestReceived,ResponseStarted outcome:pending',
    'outcome:pending',
    '-stage:Panic',
    'stage:RequestReceived OR is:denied',
    '-(stage:ResponseComplete verb:get)',
    '(stage:RequestReceived verb:get) OR (stage:ResponseComplete verb:list)',
    '(stage:RequestReceived OR stage:ResponseStarted) -stage:ResponseStarted',
  ])('is shown once, by the last of the stages that %s leaves open', async (text) => {
    expect(await answered(text)).toBeGreaterThan(0)
  })
})

describe('a page', () => {
  const question = { query: parseQuery('verb:get', nowUs), window: everyTime, order: 'desc', limit: 10 } as const

  test('has nothing that was stored after its snapshot, nor a stage of it', async () => {
    const first = await findEvents(store, everything, { ...question, after: null, snapshot: null })
    const cluster = await addCluster(store, { name: 'later' })
    const base = JSON.parse(corpusOf(corpusVersions().at(-1) ?? '').lists[0] ?? '') as {
      items: Record<string, unknown>[]
    }
    const late = base.items.map((item, index) => JSON.stringify({ ...item, verb: 'get', auditID: `late-${index}` }))
    const slow = delivery(cluster, late, nowUs)
    await storeDeliveries(store, [slow])
    const all = { ...question, limit: 500, after: null }
    const ids = async (snapshot: EventQuestion['snapshot']) =>
      (await findEvents(store, everything, { ...all, snapshot, budget: budgetOf(60_000) })).events.map(({ id }) => id)
    expect(await ids(first.snapshot)).toEqual(slowAnswer(items, question.query, everyTime, 'desc').slice(0, 500))
    items = [...items, ...slow.slow]
    expect(await ids(null)).toEqual(slowAnswer(items, question.query, everyTime, 'desc').slice(0, 500))
  })

  test.each(['', 'verb:get', 'deployment', '-kubectl'])(
    'that got no time for more than one step goes on where it ended: %s',
    async (text) => {
      const query = parseQuery(text, nowUs)
      const ids: string[] = []
      let [partial, after, snapshot] = [0, null as EventQuestion['after'], null as EventQuestion['snapshot']]
      do {
        const ask = {
          query,
          window: everyTime,
          order: 'asc',
          limit: 200,
          after,
          snapshot,
          budget: budgetOf(0),
        } as const
        const found = await findEvents(store, everything, ask)
        ids.push(...found.events.map(({ id }) => id))
        if (found.isPartial) partial += 1
        ;({ next: after, snapshot } = found)
      } while (after)
      expect(ids).toEqual(slowAnswer(items, query, everyTime, 'asc'))
      expect(partial).toBeGreaterThan(0)
    },
  )

  test('is counted as a whole, up to a bound', async () => {
    const snapshot = await takeSnapshot(store, everything)
    for (const text of ['', 'verb:get', 'deployment', 'name:nothing']) {
      const query = parseQuery(text, nowUs)
      const value = slowAnswer(items, query, everyTime, 'desc').length
      const ask = { query, window: everyTime, snapshot }
      const total = await countEvents(store, everything, { ...ask, budget: budgetOf(60_000) })
      expect(total).toEqual({ value, relation: 'eq' })
      expect(value).toBeLessThan(totalMax)
      const cut = await countEvents(store, everything, { ...ask, budget: budgetOf(0) })
      expect(cut.value).toBeLessThanOrEqual(value)
    }
  })
})
