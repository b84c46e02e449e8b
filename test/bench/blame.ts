// npm run bench blame: what an object was at a time and who set its fields, of an object that changed very often, beside a
// look-up by primary key in the same run.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@plaintrail/embedded-postgres/embedded-postgres'
import { keepBlame } from '@plaintrail/store/keep-blame'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { followAll } from '@plaintrail/store/history-for-tests'
import { migrate } from '@plaintrail/store/migrate'
import { everything } from '@plaintrail/query/scope'
import { objectAt } from '@plaintrail/store/object-at'
import { objectBlame } from '@plaintrail/store/object-blame'
import { openStore, type Store } from '@plaintrail/store/open-store'
import { createSegmentItems, type SegmentItems } from '@plaintrail/store/segment-items'
import { writeEvent, type WrittenObject } from '@plaintrail/store/written-objects-for-tests'
import { seededRandom, type Random } from '../random.ts'
import { heading, percentile, rate, row } from './report.ts'

export interface BlameBenchOptions {
  readonly revisions: number
  /** How often each question is asked. */
  readonly rounds: number
}

const deployment: WrittenObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  resource: 'deployments',
  name: 'api',
  uid: '5f8d3c1e-0000-4000-8000-000000000001',
}
/** An EventList: of each event of the object, so many others come between. */
const listEvents = 20
const othersEach = 9
/** Of one batch of the store. */
const listsMax = 50
const secondUs = 1_000_000
const aimMs = 100
/** Without checkpoints it takes seconds. */
const bareRounds = 5

export async function benchBlame({ revisions, rounds }: BlameBenchOptions): Promise<void> {
  heading(`blame and state of an object with ${rate(revisions)} revisions, each question at a time of its own`)
  await using stack = new AsyncDisposableStack()
  const dataFolder = await mkdtemp(join(tmpdir(), 'plaintrail-bench-'))
  stack.defer(() => rm(dataFolder, { recursive: true, force: true }))
  const { connection } = stack.use(await startEmbeddedPostgres({ dataFolder }))
  await migrate(connection)
  const store = stack.use(openStore(connection, { connectionsMax: 4, statementMs: 0, applicationName: 'bench' }))
  const startUs = Date.now() * 1_000 - revisions * secondUs
  await timed('stored', revisions, () => storeRevisions(store, revisions, startUs))
  await timed('followed', revisions, () => followAll(store))
  const object = await theObject(store)
  const bare = await ask(store, object, { revisions, rounds: bareRounds, startUs, question: blameAt })
  report('blame, without checkpoints', bare, null)
  await timed('checkpoints made', revisions, async () => {
    while (!(await keepBlame(store)).isDone);
  })
  const floor = await ask(store, object, { revisions, rounds, startUs, question: lookUp })
  report('floor: one row by primary key', floor, null)
  report('state at a time', await ask(store, object, { revisions, rounds, startUs, question: stateAt }), floor)
  report('blame at a time', await ask(store, object, { revisions, rounds, startUs, question: blameAt }), floor)
  const { rows } = await store.pool.query<{ count: number; bytes: number; revisionBytes: number }>(
    `select count(*) as count, pg_total_relation_size('blame_checkpoint') as bytes,
       pg_total_relation_size('revision') as "revisionBytes" from blame_checkpoint`,
  )
  const [{ count, bytes, revisionBytes } = { count: 0, bytes: 0, revisionBytes: 0 }] = rows
  row('checkpoints', rate(count), `${(bytes / revisions).toFixed(0)} B a revision`)
  row('revisions', rate(revisions), `${(revisionBytes / revisions).toFixed(0)} B each with indexes`)
  row('memory of this process', `${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`, 'at the end')
}

interface BenchObject {
  readonly id: number
  readonly uid: string
  readonly resource: string
}

async function storeRevisions(store: Store, revisions: number, startUs: number): Promise<void> {
  const { uid: cluster } = await addCluster(store, { name: 'bench' })
  const each = listEvents / (1 + othersEach)
  for (let from = 0; from < revisions; from += each * listsMax) {
    const lists = Array.from({ length: Math.min(listsMax, Math.ceil((revisions - from) / each)) }, (_, list) => {
      const first = from + list * each
      const own = Array.from({ length: Math.min(each, revisions - first) }, (_one, at) => first + at)
      const items = own.flatMap((at) => [event(at, startUs), ...others(at, startUs)])
      return { cluster, items, receivedAtUs: startUs + (first + each) * secondUs }
    })
    await storeDeliveries(store, lists)
  }
  await store.pool.query('analyze')
}

/** Reads of other objects, which tell nothing of this one. */
function others(at: number, startUs: number): readonly string[] {
  return Array.from({ length: othersEach }, (_, other) => {
    const name = `other-${other}`
    const read = JSON.parse(event(at, startUs)) as Readonly<Record<string, unknown>>
    const auditID = `10000000-0000-4000-8000-${String(at * othersEach + other).padStart(12, '0')}`
    const objectRef = { resource: 'deployments', namespace: 'shop', name, apiVersion: 'v1', apiGroup: 'apps' }
    return JSON.stringify({ ...read, auditID, verb: 'get', level: 'Metadata', objectRef, responseObject: undefined })
  })
}

/** 8 kB as a real Deployment is: three containers, with environments; one field of one of them changes. */
function event(at: number, startUs: number): string {
  const container = (name: string, number: number): object => ({
    name,
    image: `registry.acme.io/${name}:${at % 3 === number ? at : at - (at % 3) + number}`,
    resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    env: Array.from({ length: 20 }, (_, index) => ({ name: `SETTING_${index}`, value: `value ${index} of ${name}` })),
    ports: [{ containerPort: 8080 + number, protocol: 'TCP' }],
  })
  return writeEvent(deployment, {
    verb: at === 0 ? 'create' : 'update',
    resourceVersion: 1_000 + at,
    basedOn: at === 0 ? null : 999 + at,
    timeUs: startUs + at * secondUs,
    content: {
      spec: {
        replicas: 3 + (at % 5),
        selector: { matchLabels: { app: 'api' } },
        template: {
          metadata: { labels: { app: 'api', change: String(Math.floor(at / 10)) } },
          spec: { containers: [container('api', 0), container('proxy', 1), container('logs', 2)] },
        },
      },
    },
  })
}

async function theObject(store: Store): Promise<BenchObject> {
  const { rows } = await store.pool.query<BenchObject>('select id, uid, resource from history_object')
  const [object] = rows
  if (object === undefined) throw new Error('could not measure blame: no object was followed')
  return object
}

interface Asking {
  readonly store: Store
  readonly object: BenchObject
  readonly items: SegmentItems
  /** The place of the revision that is asked about. */
  readonly place: number
  readonly timeUs: number
}

interface AskOptions {
  readonly revisions: number
  readonly rounds: number
  readonly startUs: number
  readonly question: (asking: Asking) => Promise<boolean>
}

interface Taken {
  /** Milliseconds, sorted. */
  readonly wall: readonly number[]
  /** Milliseconds of this process for each, on average: what other work on the machine changes little. */
  readonly cpu: number
}

async function ask(store: Store, object: BenchObject, options: AskOptions): Promise<Taken> {
  const { revisions, rounds, startUs, question } = options
  const random: Random = seededRandom(7)
  const items = createSegmentItems(store)
  const taken: number[] = []
  const cpuBefore = process.cpuUsage()
  for (let round = 0; round < rounds; round++) {
    const at = random.below(revisions)
    const asking = { store, object, items, place: 1_000 + at, timeUs: startUs + at * secondUs + 2_000 }
    const began = performance.now()
    if (!(await question(asking))) throw new Error(`could not measure: nothing was answered at revision ${at}`)
    taken.push(performance.now() - began)
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  return { wall: taken.toSorted((a, b) => a - b), cpu: (user + system) / 1_000 / rounds }
}

async function lookUp({ store, object, place }: Asking): Promise<boolean> {
  const { rows } = await store.pool.query('select time from revision where object_id = $1 and place = $2', [
    object.id,
    place,
  ])
  return rows.length === 1
}

async function stateAt({ store, object, items, timeUs }: Asking): Promise<boolean> {
  return (await objectAt(store, everything, object, timeUs, items))?.object != null
}

async function blameAt({ store, object, items, place }: Asking): Promise<boolean> {
  const told = await objectBlame(store, object, { place, withNoise: false }, items)
  return told !== null && told.fields.length > 100
}

function report(what: string, { wall, cpu }: Taken, floor: Taken | null): void {
  const [middle, late] = [percentile(wall, 0.5), percentile(wall, 0.99)]
  const times =
    floor === null
      ? ''
      : `; ${(middle / percentile(floor.wall, 0.5)).toFixed(0)} times the floor; aim p99 ≤ ${aimMs} ms`
  row(what, `p50 ${middle.toFixed(1)} ms  p99 ${late.toFixed(1)} ms`, `${cpu.toFixed(1)} ms of CPU here${times}`)
}

async function timed(what: string, revisions: number, run: () => Promise<void>): Promise<void> {
  const began = performance.now()
  await run()
  const seconds = (performance.now() - began) / 1_000
  row(what, `${seconds.toFixed(1)} s`, `${rate(revisions / seconds)} revisions a second`)
}
