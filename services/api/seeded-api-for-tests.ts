// The real api on what a real API server posted, with something of everything else that it can answer.

import { createHash, randomUUID } from 'node:crypto'
import { exportManifest, type ManifestFacts } from '@plaintrail/formats/manifest'
import { everything as everyEvent } from '@plaintrail/query/ast'
import { everything } from '@plaintrail/query/scope'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { createBacktest } from '@plaintrail/store/backtests'
import { createExport } from '@plaintrail/store/exports'
import { ruleText, seedFinding, seedRule } from '@plaintrail/store/findings-for-tests'
import { recordGap } from '@plaintrail/store/gaps'
import { storePart } from '@plaintrail/store/make-export'
import { followAll } from '@plaintrail/store/history-for-tests'
import { addNotice } from '@plaintrail/store/notices'
import { addOutbox, markDead } from '@plaintrail/store/outbox'
import { auditItem, nowText, nowUs, pageOf, startTestApi, type TestApi } from './api-for-tests.ts'
import type { SampleIds } from './sample-requests-for-tests.ts'

export interface SeededApi extends AsyncDisposable {
  readonly api: TestApi
  readonly ids: SampleIds
}

/** The name of the rule that found something. */
const rule = 'writes'
const minuteUs = 60_000_000
/** Of the recorded week; more of the same kinds come after. */
const listsMax = 12

/** `recorded`: EventLists as they were posted; see the corpus of the room test. */
export async function startSeededApi(connection: string, recorded: readonly string[]): Promise<SeededApi> {
  await using stack = new AsyncDisposableStack()
  const api = stack.use(await startTestApi(connection))
  const east = await addCluster(api.store, { name: 'east' })
  await addCluster(api.store, { name: 'quiet' })
  await storeDeliveries(api.store, [
    ...recorded
      .slice(0, listsMax)
      .map(itemsOf)
      .map((items) => ({ cluster: east.uid, items, receivedAtUs: nowUs })),
    {
      cluster: east.uid,
      items: [auditItem({}), '42'],
      receivedAtUs: nowUs,
      problems: [{ item: 1, reason: 'not_an_object', detail: 'the item is not a JSON object' }],
    },
  ])
  await followAll(api.store)
  const gap = { clusterUid: east.uid, cause: 'body_too_large', detail: 'one post' }
  await recordGap(api.store, { ...gap, fromUs: nowUs - minuteUs, toUs: nowUs })
  const deadJob = await addDeadJob(api)
  const [done, unwantedExport] = [await addExport(api), await addExport(api)]
  await endExport(api)
  const ours = await pageOf(
    await api.get('/v1/events?since=1h&until=2100-01-01&audit=8f0c3e1a-0000-4000-8000-000000000001'),
  )
  const [event] = ours.data
  const { next_cursor: cursor } = await pageOf(await api.get('/v1/events?since=30d&until=2100-01-01&limit=2'))
  const writes = await pageOf(
    await api.get('/v1/events?since=2014-01-01&until=2100-01-01&is=write&include=changes&limit=1000'),
  )
  const changed = writes.data.find(({ change }) => (change?.changes_count ?? 0) > 0)
  const found = writes.data.slice(0, 3).map(({ id }) => id)
  const noise = { findings: 0, within: '90d' }
  await seedRule(
    api.store,
    ruleText(rule, { controls: ['soc2:CC6.1'], commands: ['kubectl get {{object.name}}'], noise }),
  )
  const fields = { actor: 'alice', 'object.name': 'api' }
  const finding = await seedFinding(api.store, { rule, cluster: east.uid, group: fields, events: found })
  const kept = stack.move()
  return {
    api,
    ids: {
      finding,
      rule,
      event: event?.id ?? '',
      history: event?.links.history ?? '',
      changed: changed?.id ?? '',
      changedObject: changed?.links.history?.replace(/\/history$/, '') ?? '',
      deadJob,
      export: done,
      unwantedExport,
      backtest: await addBacktest(api, true),
      unwantedBacktest: await addBacktest(api, false),
      unwantedToken: await addToken(api),
      cursor: cursor ?? '',
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Numbers beyond 2^53 lose digits here, which no schema sees. */
function itemsOf(list: string): readonly string[] {
  const { items } = JSON.parse(list) as { readonly items: readonly unknown[] }
  return items.map((item) => JSON.stringify(item))
}

async function addToken(api: TestApi): Promise<string> {
  const response = await api.post('/v1/tokens', JSON.stringify({ name: 'unwanted' }))
  return ((await response.json()) as { readonly id: string }).id
}

async function addExport({ store }: TestApi): Promise<string> {
  const maker = { id: randomUUID(), name: 'test' }
  const window = { sinceUs: 0, untilUs: nowUs }
  const id = await createExport(store, everything, { maker, query: everyEvent, window, format: 'csv', withRaw: false })
  return id ?? ''
}

const someFinding = {
  id: 'fnd_0000000000000000000000000A',
  cluster: 'east',
  group: { actor: 'alice', 'object.namespace': null },
  summary: 'alice did it',
  events: 2,
  firstUs: nowUs - 60_000_000,
  lastUs: nowUs,
  event: 'evt_0000000000000000000000000A',
}

/** As a jobrunner ends one. */
async function addBacktest({ store }: TestApi, isDone: boolean): Promise<string> {
  const window = { sinceUs: nowUs - 3_600_000_000, untilUs: nowUs }
  const asked = { rule: 'tried', text: ruleText('tried'), running: null, cluster: null, window }
  const id = await createBacktest(store, everything, { ...asked, maker: { id: randomUUID(), name: 'test' } })
  if (!isDone) return id ?? ''
  const told = { findings: 1, events: 2, hidden: 0, days: [{ day: 20_780, opened: 1, events: 2 }], top: [someFinding] }
  const difference = { version: 1, findings: 1, events: 1, starts: 1, stops: 1, starting: [someFinding], stopping: [] }
  const because = {
    cluster: 'east',
    isError: false,
    what: '/object',
    because: 'it was not recorded',
    count: 1,
    event: someFinding.event,
  }
  await store.pool.query(
    `update backtest set state = 'done', job = null, finished_at = now(), is_read = true, events = 3, result = $1, tally = $2`,
    [
      JSON.stringify({ ...told, difference, reachedUs: nowUs }),
      JSON.stringify({ evaluated: 3, matched: 2, insufficient: 1, errors: 0, missing: [because] }),
    ],
  )
  return id ?? ''
}

/** What a jobrunner does with the oldest one. */
async function endExport({ store }: TestApi): Promise<void> {
  const { rows } = await store.pool.query<{ job: string }>(`select job::text as job from export order by id limit 1`)
  const content = Buffer.from('a file')
  const part = { rows: 1, content, sha256: createHash('sha256').update(content).digest() }
  const manifestOf = (parts: ManifestFacts['parts']): string =>
    exportManifest({
      id: 'exp_00000000000000000000000000000000',
      created: nowText,
      finished: nowText,
      maker: 'test',
      query: '',
      window: { since: nowText, until: nowText },
      snapshot: { taken: nowText, isExact: true, watermark: '' },
      gaps: [{ cluster: 'east', from: nowText, to: nowText, cause: 'cluster_silent' }],
      format: 'csv',
      withRaw: false,
      parts,
      version: '9.9.9',
    })
  const limits = { bytesMax: 1_000_000, keepDays: 7 }
  await storePart(store, rows[0]?.job ?? '', { part, next: null, manifestOf }, limits)
}

async function addDeadJob({ store }: TestApi): Promise<string> {
  const id = randomUUID()
  const client = await store.pool.connect()
  try {
    await addOutbox(client, [{ id: Buffer.from(id.replaceAll('-', ''), 'hex'), kind: 'test', payload: {} }])
    await addNotice(client, { id: randomUUID(), kind: 'quarantine.noticed', clusterId: null, detail: 'one item' })
  } finally {
    client.release()
  }
  await markDead(store, id, { reason: 'it failed', attempts: 5, attemptsBefore: 0 })
  return id
}
