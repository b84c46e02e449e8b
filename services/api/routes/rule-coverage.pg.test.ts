// What rules could not judge is told with what would have them judge, and a control is covered only where they could.

import { randomUUID } from 'node:crypto'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { parseRules } from '@plaintrail/rules/parse-rules'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { recordGap } from '@plaintrail/store/gaps'
import { putRules } from '@plaintrail/store/rules'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { auditItem, nowUs, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const dayUs = 86_400_000_000
const today = Math.floor(nowUs / dayUs)
const resources = new AsyncDisposableStack()
let api: TestApi
let east: number
let gapped: string

const ruleText = (name: string, spec: string): string => `---
apiVersion: plaintrail.dev/v1
kind: Rule
metadata: {name: ${name}}
spec:
  title: The rule ${name}
  severity: high
  controls: [pci:10.2.1.2]
  ${spec}
`

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection))
  const cluster = await addCluster(api.store, { name: 'east' })
  gapped = (await addCluster(api.store, { name: 'gapped' })).uid
  const read = parseRules(
    [
      ruleText('works', 'match: verb:create'),
      ruleText('unseen', 'match: kind:nodes verb:delete'),
      ruleText('partly', 'match: kind:pods verb:create sub:""\n  where: has(object.spec.hostPID)'),
      ruleText('cannot', 'match: kind:deploy verb:patch,update ns:shop sub:""\n  where: has(object.spec.replicas)'),
      ruleText('secretive', 'match: kind:secrets verb:create sub:""\n  where: has(object.type)').replace(
        'pci:10.2.1.2',
        'soc2:CC6.1',
      ),
      ruleText('failing', 'match: kind:pods'),
      ruleText('off', 'state: off\n  match: kind:pods'),
      ruleText('elsewhere', 'match: kind:pods\n  on: event').replace('pci:10.2.1.2', 'soc2:CC6.1'),
    ].join(''),
  )
  if (read.errors.length > 0) throw new Error(`the rules of this test are wrong: ${JSON.stringify(read.errors)}`)
  await putRules(api.store, { source: 'api', author: 'tests', rules: read.rules })
  const items = [1, 2, 3].map((at) =>
    auditItem({
      auditID: randomUUID(),
      verb: 'patch',
      level: 'Metadata',
      objectRef: { apiGroup: 'apps', apiVersion: 'v1', resource: 'deployments', namespace: 'shop', name: `d${at}` },
      requestReceivedTimestamp: `2026-11-20T11:00:0${at}.000000Z`,
    }),
  )
  await storeDeliveries(api.store, [{ cluster: cluster.uid, items, receivedAtUs: nowUs - 1_000_000 }])
  await recordGap(api.store, {
    clusterUid: gapped,
    cause: 'cluster_silent',
    detail: 'nothing came',
    fromUs: nowUs - 3_600_000_000,
    toUs: nowUs - 60_000_000,
  })
  const { rows } = await api.store.pool.query<{ id: number }>(`select id from cluster where name = 'east'`)
  east = rows[0]?.id ?? 0
  await count('works', { evaluated: 10, matched: 4 })
  await count('partly', { evaluated: 10, insufficient: 4 })
  await count('cannot', { evaluated: 3, insufficient: 3 })
  await count('cannot', { evaluated: 90, day: today - 8 })
  await count('secretive', { evaluated: 2, insufficient: 2 })
  await lack('secretive', '/object/type', 'the level is Metadata')
  await count('failing', { evaluated: 5, errors: 5 })
  await api.store.pool.query(
    `update rule_version set failing_at = now(), failing = 'no such key' from rule where rule.id = rule_id and name = 'failing'`,
  )
  for (const name of ['partly', 'cannot']) await lack(name, '/object/spec', 'the answer was not recorded')
})

afterAll(() => resources.disposeAsync())

interface Counts {
  readonly evaluated: number
  readonly matched?: number
  readonly insufficient?: number
  readonly errors?: number
  readonly day?: number
}

async function count(name: string, { evaluated, matched = 0, insufficient = 0, errors = 0, day = today }: Counts) {
  await api.store.pool.query(
    `insert into rule_coverage (cluster_id, rule_id, version, day, evaluated, matched, insufficient, errors)
     select $1, id, 1, $2, $3, $4, $5, $6 from rule where name = $7`,
    [east, day, evaluated, matched, insufficient, errors, name],
  )
}

async function lack(name: string, what: string, because: string) {
  await api.store.pool.query(
    `insert into rule_missing (count, time, key, cluster_id, rule_id, version, day, digest, is_error, what, because)
     select 3, $1, $2, $3, id, 1, $4, $2, false, $5, $6 from rule where name = $7`,
    [nowUs, randomUUID(), east, today, what, because, name],
  )
}

interface ToldCoverage {
  readonly rules: readonly {
    readonly name: string
    readonly status: string
    readonly evaluated: number
    readonly because: readonly { readonly what: string; readonly count: number; readonly example: string }[]
    readonly mend: {
      readonly policy: string
      readonly caution: string | null
      readonly volume: Record<string, unknown> | null
    } | null
  }[]
  readonly counts: Record<string, number>
  readonly policy: string | null
}

const coverage = async (path = '/v1/clusters/east/coverage'): Promise<ToldCoverage> =>
  (await (await api.get(path)).json()) as ToldCoverage

test('each rule in force has a status, the worst first', async () => {
  const { rules, counts } = await coverage()
  expect(rules.map(({ name, status }) => [name, status])).toEqual([
    ['failing', 'failing'],
    ['cannot', 'cannot'],
    ['secretive', 'cannot'],
    ['partly', 'partly'],
    ['elsewhere', 'unseen'],
    ['unseen', 'unseen'],
    ['works', 'works'],
  ])
  expect(counts).toEqual({ works: 1, partly: 1, cannot: 2, failing: 1, unseen: 2 })
})

test('what a rule lacked is told with the policy that would record it, and what that would add', async () => {
  const { rules, policy } = await coverage()
  const cannot = rules.find(({ name }) => name === 'cannot')
  expect(cannot?.because).toMatchObject([{ what: '/object/spec', count: 3, example: expect.stringMatching(/^evt_/) }])
  const [item] = parse(cannot?.mend?.policy ?? '')
  expect(item).toEqual({
    level: 'RequestResponse',
    verbs: ['patch', 'update'],
    resources: [{ group: 'apps', resources: ['deployments'] }],
    namespaces: ['shop'],
    omitStages: ['RequestReceived'],
  })
  // Three in the nearly seven days of the window: less than one a day, and no such event has a size here.
  expect(cannot?.mend?.volume).toMatchObject({ events_a_day: 0, size: 'typical' })
  expect(parse(policy ?? '')).toEqual([
    item,
    {
      level: 'Request',
      verbs: ['create'],
      resources: [{ group: '', resources: ['pods'] }],
      omitStages: ['RequestReceived'],
    },
  ])
  expect(rules.find(({ name }) => name === 'works')?.mend).toBeNull()
})

test('a policy that would send secrets is told with a caution, and is not in the one for all', async () => {
  const { rules, policy } = await coverage()
  const { mend } = rules.find(({ name }) => name === 'secretive') ?? {}
  expect(mend?.caution).toMatch(/secrets/)
  expect(mend?.policy).toContain('secrets')
  expect(policy).not.toContain('secrets')
  expect(rules.find(({ name }) => name === 'cannot')?.mend?.caution).toBeNull()
})

test('the volume is of a day', async () => {
  const { rules } = await coverage('/v1/clusters/east/coverage?since=2026-11-20T00:00:00Z&until=2026-11-20T12:00:00Z')
  // Until now, which is noon in these tests: three in half a day.
  expect(rules.find(({ name }) => name === 'cannot')?.mend?.volume).toMatchObject({
    events_a_day: 6,
    bytes_a_day: 23_580,
  })
})

test('the window says which days count', async () => {
  const { rules } = await coverage('/v1/clusters/east/coverage?since=10d')
  expect(rules.find(({ name }) => name === 'cannot')).toMatchObject({ status: 'partly', evaluated: 93 })
})

test('a control is covered only where nothing is missing and every rule could judge', async () => {
  const answer = await (await api.get('/v1/controls/pci:10.2.1.2')).json()
  expect(answer).toMatchObject({ id: 'pci:10.2.1.2', framework: 'PCI DSS', version: '4.0.1', findings: 0 })
  const { clusters, rules } = answer as {
    readonly clusters: readonly {
      readonly cluster: string
      readonly is_covered: boolean
      readonly not_judged: readonly { readonly rule: string }[]
      readonly coverage: { readonly complete: boolean }
    }[]
    readonly rules: readonly { readonly name: string }[]
  }
  expect(rules.map(({ name }) => name)).toEqual(['cannot', 'failing', 'partly', 'unseen', 'works'])
  expect(clusters).toMatchObject([
    { cluster: 'east', is_covered: false, coverage: { complete: true } },
    { cluster: 'gapped', is_covered: false, coverage: { complete: false } },
  ])
  expect(clusters[0]?.not_judged.map(({ rule }) => rule)).toEqual(['failing', 'cannot', 'partly', 'unseen'])
})

test('a control is not covered while an exception hides what one of its rules finds', async () => {
  await api.store.pool.query(
    `update rule_version set told = jsonb_set(told, '{controls}', '["soc2:CC6.3"]') from rule
     where rule.id = rule_id and name = 'works'`,
  )
  interface Answer {
    readonly rules: readonly { readonly name: string; readonly exceptions: readonly string[] }[]
    readonly clusters: readonly { readonly cluster: string; readonly is_covered: boolean }[]
  }
  const ask = async (): Promise<Answer> => (await (await api.get('/v1/controls/soc2:CC6.3')).json()) as Answer
  const before = await ask()
  expect(before.rules).toMatchObject([{ name: 'works', exceptions: [] }])
  expect(before.clusters[0]).toMatchObject({ cluster: 'east', is_covered: true })
  const made = await api.post('/v1/exceptions', JSON.stringify({ rule: 'works', match: 'ns:a', reason: 'why' }))
  const { id } = (await made.json()) as { readonly id: string }
  const after = await ask()
  expect(after.rules).toMatchObject([{ name: 'works', exceptions: [id] }])
  expect(after.clusters[0]).toMatchObject({ cluster: 'east', is_covered: false })
  await api.store.pool.query(
    `update rule_version set told = jsonb_set(told, '{controls}', '["pci:10.2.1.2"]') from rule
     where rule.id = rule_id and name = 'works'`,
  )
})

test('controls are those that rules in force name', async () => {
  const { data } = (await (await api.get('/v1/controls')).json()) as { readonly data: readonly object[] }
  expect(data).toMatchObject([
    { id: 'pci:10.2.1.2', rules: 5 },
    { id: 'soc2:CC6.1', rules: 2 },
  ])
})

test('what is not there is 404', async () => {
  for (const path of ['/v1/clusters/west/coverage', '/v1/controls/pci:0.0.0', '/v1/controls/constructor'])
    expect(await problemOf(await api.get(path)), path).toMatchObject({ status: 404, code: 'not_found' })
})
