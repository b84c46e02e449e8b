// The worker with rules: what it finds beside storing is what the slow way finds, whoever is killed and however many work.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeEnvelope } from '@plaintrail/event-log/envelope'
import { scanEventList } from '@plaintrail/event/scan'
import { parseRules, type ParsedRule } from '@plaintrail/rules/parse-rules'
import { createHealth, type Health } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics, type Metrics } from '@plaintrail/runtime/metrics'
import { addCluster } from '@plaintrail/store/clusters'
import { foundIn } from '@plaintrail/store/judged-calls-for-tests'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { currentRules, putRules } from '@plaintrail/store/rules'
import { ruleLanes } from '@plaintrail/store/rules-follower'
import { slowFindings, type SlowCluster } from '@plaintrail/store/slow-findings-for-tests'
import { tableLogReader, tableLogWriter } from '@plaintrail/store/table-log'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import type { RuleSourcesOptions } from './rule-sources.ts'
import type { WorkerChildInput } from './worker-child-for-tests.ts'
import { startWorker } from './worker.ts'

const [version = ''] = corpusVersions()
const { lists } = corpusOf(version)
const judgedMs = 120_000
/** Lists that the killed ones judge: each start takes a second. */
const killedLists = 24
const killsMax = 15
const restMs = 5_000

/** They read what the event alone tells: what history knows depends on how far it is. */
const rules = rulesOf({
  changes: `match: 'class:write is:human,bot', groupBy: [actor, object.namespace], summary: '{{actor}}: {{verb}} {{object}}'`,
  shells: `match: 'class:connect', groupBy: [actor]`,
  refused: `match: 'outcome:denied', condition: {count: 3, within: 10m}, groupBy: [actor]`,
  many: `match: 'class:write', condition: {distinct: object.resource, atLeast: 4, within: 5m}, groupBy: [actor]`,
  bodies: `match: 'verb:create kind:po', where: 'containers.exists(c, c.image.contains("api"))', groupBy: [object.namespace]`,
  clients: `match: 'is:human', condition: {firstSeen: [client], within: 1d}, groupBy: [actor]`,
})

function rulesOf(specs: Readonly<Record<string, string>>): readonly ParsedRule[] {
  const documents = Object.entries(specs).map(
    ([name, spec]) =>
      `{apiVersion: plaintrail.dev/v1, kind: Rule, metadata: {name: ${name}}, spec: {title: t, severity: low, ${spec}}}\n`,
  )
  const { rules: parsed, errors } = parseRules(documents.join('---\n'))
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return parsed
}

interface Fed {
  readonly connection: Connection
  readonly store: Store
  readonly cluster: SlowCluster
}

test('a worker that is killed again and again in the middle finds what one finds that is not', async () => {
  await using own = new AsyncDisposableStack()
  const fed = await feed(own, killedLists)
  await putRules(fed.store, { source: 'api', author: 'test', rules })
  let kills = 0
  for (let left = Infinity; left > 0; left = await unjudged(fed)) {
    const input: WorkerChildInput = { connection: fed.connection }
    const child = spawn(process.execPath, [
      join(import.meta.dirname, 'worker-child-for-tests.ts'),
      JSON.stringify(input),
    ])
    const hasGone = once(child, 'exit')
    const before = await progress(fed)
    // Long enough for a batch or two, wherever it is then.
    await expect.poll(() => progress(fed), { timeout: judgedMs, interval: 20 }).toBeGreaterThan(before)
    await sleep(kills < killsMax ? (kills * 37) % 150 : restMs)
    child.kill('SIGKILL')
    await hasGone
    kills += 1
  }
  expect(kills).toBeGreaterThan(2)
  expect(await foundIn(fed.store, fed.cluster)).toEqual(slowly(fed, killedLists))
}, 240_000)

test('two workers on the same lanes find what one finds, by rules of a folder, whatever else is in it', async () => {
  await using own = new AsyncDisposableStack()
  const fed = await feed(own, 12)
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-rules-'))
  own.defer(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'mine.yaml'), rules.map(({ text }) => text).join('---\n'))
  await writeFile(join(folder, 'broken.yaml'), 'apiVersion: plaintrail.dev/v1\nkind: Rool\n')
  const logged: string[] = []
  own.use(run(fed, { pack: 'off', folder }, logged))
  const second = own.use(run(fed, { pack: 'off', folder }, logged))
  await expect.poll(() => unjudged(fed), { timeout: judgedMs, interval: 100 }).toBe(0)
  expect(await foundIn(fed.store, fed.cluster)).toEqual(slowly(fed, 12))
  expect(logged.join('')).toContain('broken.yaml:2:7: ')
  expect(second.health.snapshot().checks['rules']).toEqual({ ok: true, detail: 'judging' })
  expect(await second.metrics.text()).toMatch(/^plaintrail_rules_evaluations_total\{result="match"\} \d+$/m)
}, 240_000)

test('the shipped rules judge what is stored from the first start, and are gone where they are off', async () => {
  await using own = new AsyncDisposableStack()
  const fed = await feed(own, 6)
  {
    await using _on = run(fed, { pack: 'on', folder: null }, [])
    await expect.poll(() => unjudged(fed), { timeout: judgedMs, interval: 100 }).toBe(0)
  }
  const shipped = await currentRules(fed.store)
  expect(shipped.length).toBeGreaterThanOrEqual(80)
  expect(shipped.filter(({ failing }) => failing !== null)).toEqual([])
  await using _off = run(fed, { pack: 'off', folder: null }, [])
  await expect.poll(async () => (await currentRules(fed.store)).length, { timeout: judgedMs }).toBe(0)
}, 240_000)

/** Lists of the recorded week in the log, in two lanes by turns. */
async function feed(own: AsyncDisposableStack, count: number): Promise<Fed> {
  const { connection } = own.use(await createTestDatabase())
  await migrate(connection)
  const store = own.use(openStore(connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
  const { uid } = await addCluster(store, { name: 'lab' })
  const receivedAtUs = Date.now() * 1_000
  await makePartitionsAhead(store, receivedAtUs)
  const log = tableLogWriter(store)
  for (const [index, list] of lists.slice(0, count).entries()) {
    const body = Buffer.from(list)
    const { bounds, problems, duplicateKeys } = scanEventList(body)
    const lane = { cluster: uid, lane: index % 2 === 0 ? 'main' : 'other', receivedAtUs }
    const header = { ...lane, credential: 'test', problems, duplicateKeys, redactions: [] }
    await log.append(await encodeEnvelope(header, bounds, body), { ...lane, bodyBytes: body.length })
  }
  return { connection, store, cluster: { uid, name: 'lab' } }
}

interface Running extends AsyncDisposable {
  readonly health: Health
  readonly metrics: Metrics
}

function run({ connection }: Fed, options: RuleSourcesOptions, logged: string[]): Running {
  const own = new AsyncDisposableStack()
  const store = own.use(openStore(connection, { connectionsMax: 3, statementMs: 0, applicationName: 'test worker' }))
  const health = createHealth()
  const metrics = createMetrics({ version: null, processMetrics: false })
  const logger = createLogger('test', { level: 'error', destination: { write: (line) => void logged.push(line) } })
  const rulesOfRun = { connection, ...options }
  own.use(startWorker({ store, reader: tableLogReader(store), logger, metrics, health, rules: rulesOfRun }))
  return { health, metrics, [Symbol.asyncDispose]: () => own.disposeAsync() }
}

/** Segments in the log, and stored events. */
async function unjudged({ store }: Fed): Promise<number> {
  const { rows } = await store.pool.query<{ count: number }>('select count(*) as count from segment_queue')
  const lanes = await ruleLanes(store)
  return (rows[0]?.count ?? 0) + lanes.reduce((sum, { behind }) => sum + behind, 0)
}

async function progress({ store }: Fed): Promise<number> {
  const { rows } = await store.pool.query<{ sum: number }>(
    `select (coalesce((select sum(next_seq) from rule_position), 0) + coalesce((select sum(next_seq) from lane), 0))::int8
       as sum`,
  )
  return rows[0]?.sum ?? 0
}

function slowly({ cluster }: Fed, count: number): ReturnType<typeof slowFindings> {
  const events = lists.slice(0, count).flatMap((list) => {
    const body = Buffer.from(list)
    const { bounds } = scanEventList(body)
    return Array.from({ length: bounds.length / 2 }, (_, item) => ({
      cluster,
      text: body.subarray(bounds[2 * item], bounds[2 * item + 1]).toString(),
    }))
  })
  return slowFindings(
    rules.map(({ rule }) => rule),
    events,
  )
}
