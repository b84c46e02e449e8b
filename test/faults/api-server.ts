// A generator that behaves as an API server does (kubernetes/apiserver plugin/pkg/audit/webhook, client-go rest/with_retry.go):
// batches on time whether or not the earlier ones were answered, 30 s for an attempt in which an integer Retry-After is
// honoured ten times, five attempts, then the batch is dropped. It keeps a journal of what was answered.

import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEventMaker } from '../make-events.ts'
import type { Random } from '../random.ts'
import { eventList, type AddedCluster } from '../system.ts'

export interface SentBatch {
  readonly auditIDs: readonly string[]
  /** Items that are no events, as JSON; each different from every other. */
  readonly garbage: readonly string[]
  attempts: number
  outcome: 'waiting' | 'acknowledged' | 'dropped'
  /** Of the attempt that was answered 200. */
  acknowledgedMs: number
}

export interface Journal {
  readonly batches: readonly SentBatch[]
  /** Attempts that had no answer within 30 s though the connection stood. */
  readonly hung: number
  readonly refused: number
  readonly busy: number
}

export interface ApiServerOptions {
  readonly cluster: Pick<AddedCluster, 'name' | 'ingest'>
  /** Where posts go, one attempt after the other; asked before each, for receivers come and go. */
  readonly targets: () => readonly string[]
  readonly ca: string
  readonly random: Random
  readonly batchesPerSecond: number
  readonly eventsABatch: number
  /** Between the attempts; an API server waits 10, 15, 22.5 and 33.75 s. */
  readonly waitsMs: readonly number[]
}

export interface ApiServer {
  readonly journal: Journal
  /** Makes no more batches and waits until each is answered or dropped. */
  stop(): Promise<void>
}

export const waitsOfApiServerMs = [10_000, 15_000, 22_500, 33_750] as const
const attemptMsMax = 30_000
const retriesInAttemptMax = 10
/** Of the batches, posted again at the same moment: an API server whose answer was lost does so. */
const repeatedShare = 0.1
const garbageShare = 0.3

export function startApiServer(options: ApiServerOptions): ApiServer {
  const { random, batchesPerSecond, eventsABatch } = options
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const maker = createEventMaker(random.below(2 ** 31), Date.now() * 1_000 - 60_000_000, 100)
  const batches: SentBatch[] = []
  const counts = { hung: 0, refused: 0, busy: 0 }
  const posting = new Set<Promise<void>>()
  const stop = new AbortController()
  const make = async (): Promise<void> => {
    const from = performance.now()
    for (let made = 0; !stop.signal.aborted; made++) {
      await sleep(Math.max(0, from + (made * 1_000) / batchesPerSecond - performance.now()))
      const { sent, body } = makeBatch(random, maker, eventsABatch)
      batches.push(sent)
      const copies = random.next() < repeatedShare ? 2 : 1
      const posted = Promise.all(Array.from({ length: copies }, () => deliver(options, agent, counts, { sent, body })))
      const done = posted.then(() => void posting.delete(done))
      posting.add(done)
    }
  }
  const making = make()
  return {
    journal: {
      batches,
      get hung() {
        return counts.hung
      },
      get refused() {
        return counts.refused
      },
      get busy() {
        return counts.busy
      },
    },
    async stop() {
      stop.abort()
      await making
      await Promise.all(posting)
      agent.destroy()
    },
  }
}

function makeBatch(random: Random, maker: ReturnType<typeof createEventMaker>, size: number) {
  const items = Array.from({ length: size }, () => maker.event())
  const auditIDs = items.map((item) => (JSON.parse(item) as { auditID: string }).auditID)
  const garbage = random.next() < garbageShare ? [JSON.stringify(`no event ${randomUUID()}`)] : []
  const all = [...items]
  for (const one of garbage) all.splice(random.below(all.length + 1), 0, one)
  const sent: SentBatch = { auditIDs, garbage, attempts: 0, outcome: 'waiting', acknowledgedMs: 0 }
  return { sent, body: Buffer.from(eventList(all)) }
}

interface Counts {
  hung: number
  refused: number
  busy: number
}

async function deliver(
  options: ApiServerOptions,
  agent: Agent,
  counts: Counts,
  { sent, body }: { readonly sent: SentBatch; readonly body: Buffer },
): Promise<void> {
  for (let attempt = 0; attempt <= options.waitsMs.length; attempt++) {
    if (attempt > 0) await sleep((options.waitsMs[attempt - 1] ?? 0) * (1 + options.random.next() * 0.2))
    sent.attempts += 1
    const from = performance.now()
    if ((await attemptOnce(options, agent, counts, body)) === 200) {
      if (sent.outcome !== 'acknowledged') sent.acknowledgedMs = performance.now() - from
      sent.outcome = 'acknowledged'
      return
    }
  }
  if (sent.outcome === 'waiting') sent.outcome = 'dropped'
}

async function attemptOnce(options: ApiServerOptions, agent: Agent, counts: Counts, body: Buffer): Promise<number> {
  const deadline = performance.now() + attemptMsMax
  for (let retry = 0; retry <= retriesInAttemptMax; retry++) {
    const targets = options.targets()
    const target = targets[options.random.below(Math.max(1, targets.length))]
    if (target === undefined) return 0
    const { status, retryAfter } = await post(options, agent, target, body, deadline - performance.now())
    if (status === 'hung') {
      counts.hung += 1
      return 0
    }
    if (status === 'refused') {
      counts.refused += 1
      return 0
    }
    if (status === 200) return 200
    if (status === 503) counts.busy += 1
    if (retryAfter === null || performance.now() + retryAfter * 1_000 > deadline) return status
    await sleep(retryAfter * 1_000)
  }
  return 0
}

interface Answer {
  readonly status: number | 'hung' | 'refused'
  readonly retryAfter: number | null
}

function post(
  { cluster, ca }: ApiServerOptions,
  agent: Agent,
  target: string,
  body: Buffer,
  msMax: number,
): Promise<Answer> {
  const headers = { authorization: `Bearer ${cluster.ingest.token}`, 'content-length': String(body.length) }
  const path = `${target}/v1/ingest/k8s/${cluster.name}?timeout=30s`
  return new Promise((resolve) => {
    const sent = request(path, { method: 'POST', agent, ca, headers }, (response) => {
      response.resume()
      const { statusCode = 0, headers: answered } = response
      const seconds = answered['retry-after']
      response.on('end', () => resolve({ status: statusCode, retryAfter: seconds ? Number(seconds) : null }))
      response.on('error', () => resolve({ status: 'refused', retryAfter: null }))
    })
    const timer = setTimeout(
      () => {
        resolve({ status: 'hung', retryAfter: null })
        sent.destroy()
      },
      Math.max(1, msMax),
    )
    sent.on('close', () => clearTimeout(timer))
    sent.on('error', () => resolve({ status: 'refused', retryAfter: null }))
    sent.end(body)
  })
}
