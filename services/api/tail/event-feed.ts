// createEventFeed: new rows, read once for all readers of this process and told to each of them whose question they meet.

import { setImmediate } from 'node:timers/promises'
import type { StoredEvent } from '@plaintrail/event/event'
import { lanesInSnapshotMax } from '@plaintrail/query/snapshot'
import { sealTailPosition } from '@plaintrail/query/tail-position'
import type { Logger } from '@plaintrail/runtime/logger'
import { findArrivals, type Arrival, type LaneStretch, type Question } from '@plaintrail/store/find-arrivals'
import { laneHeads } from '@plaintrail/store/lane-heads'
import type { Store } from '@plaintrail/store/open-store'
import { takeSnapshot } from '@plaintrail/store/take-snapshot'
import { watchArrivals } from '@plaintrail/store/watch-arrivals'
import { Problem } from '../problems.ts'
import { eventText } from '../send-events.ts'
import { findOfEach, soon, throwIfAway, type ReadBounds } from './find-of-each.ts'
import { laneSteps, onLanes, type LanePosition } from './lane-steps.ts'
import { message } from './tail-messages.ts'

interface FeedQuestion extends Question {
  /** What its positions are sealed for. */
  readonly name: string
  /** Readers of one group are told the same. */
  readonly group: string
}

export interface FeedReader {
  readonly question: FeedQuestion
  /** Must not wait. */
  tell(text: string, event: StoredEvent): void
  /** The question cannot be gone on with; he is told nothing more. */
  fail(error: unknown): void
  /** Then there is no need to tell it anything. */
  isGone(): boolean
}

export interface EventFeed extends AsyncDisposable {
  /** Reads what is new and tells it; when it returns, the position is no older than the call. */
  refresh(): Promise<void>
  position(): LanePosition
  /** Tells the reader what is between `from` and the position, and then all that comes; returns how he leaves. */
  join(reader: FeedReader, from: LanePosition): Promise<() => void>
  /** Of readers of the question that have joined; null where there are none. */
  told(question: FeedQuestion): Told | null
}

/** How far readers were told. */
export interface Told {
  readonly id: string
  /** What was stored by then, they were told. */
  readonly takenUs: number
}

export interface FeedParts extends ReadBounds {
  readonly store: Store
  readonly logger: Logger
  /** Seals positions. */
  readonly key: Uint8Array
}

/** All readers of one question: they are told the same texts. */
interface Group {
  readonly question: FeedQuestion
  /** In which it can find something. */
  lanes: ReadonlySet<number>
  readonly readers: Set<FeedReader>
}

interface Feed extends FeedParts {
  readonly groups: Map<string, Group>
  /** What every reader was told: it changes in the same step as they are told, and nothing waits between. */
  position: Map<number, number>
  takenUs: number
}

/** Between two looks, in milliseconds, so that many commits are one look. */
const gapMs = 100
/** Where nothing says that there is something new. */
const lookMs = 1_000
const lookMsWithoutNotice = 250
/** Characters told before what was told gets time to be sent. */
const lengthWithoutPauseMax = 64 * 1024
/** Conditions in one statement. */
const questionsAReadMax = 32

/** Reads while it is there: made for the first reader, and disposed of with the last. */
export function createEventFeed(parts: FeedParts): EventFeed {
  const feed: Feed = { ...parts, groups: new Map(), position: new Map(), takenUs: 0 }
  const inTurn = createTurns()
  let waiting: Promise<void> | null = null
  const refresh = (): Promise<void> =>
    (waiting ??= inTurn(() => {
      // Who asks from now on asks for what comes after it began.
      waiting = null
      return advance(feed)
    }))
  const looks = lookOften(parts, refresh)
  return {
    refresh,
    position: () => feed.position,
    join: (reader, from) =>
      inTurn(async () => {
        if (reader.isGone()) return () => undefined
        await advance(feed)
        return await admit(feed, reader, from)
      }),
    told(question) {
      const group = feed.groups.get(question.group)
      return group ? { id: idAt(feed, group, feed.position), takenUs: feed.takenUs } : null
    },
    [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose](),
  }
}

/** One after the other, in the order of the calls. */
function createTurns(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const next = last.then(run)
    last = next.catch(() => undefined)
    return next
  }
}

/** When Postgres notifies, and every now and then whether it does or not. */
function lookOften({ store, logger }: FeedParts, look: () => Promise<void>): AsyncDisposable {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null
  let isNoticed = false
  let isFailing = false
  let isStopped = false
  const plan = (ms: number): void => {
    clearTimeout(timer)
    if (!isStopped) timer = setTimeout(next, ms)
  }
  const watch = watchArrivals(
    store,
    () => {
      isNoticed = true
      if (looking === null) plan(gapMs)
    },
    (error) => logger.warn({ error }, 'could not listen for new events; looking for them four times a second'),
  )
  const next = (): void => {
    isNoticed = false
    looking = look()
      .then(() => void (isFailing = false))
      .catch((error: unknown) => {
        if (!isFailing && !isStopped) logger.warn({ error }, 'could not read new events for those who follow them')
        isFailing = true
      })
      .finally(() => {
        looking = null
        plan(isNoticed ? gapMs : watch.isListening() ? lookMs : lookMsWithoutNotice)
      })
  }
  plan(lookMsWithoutNotice)
  return {
    async [Symbol.asyncDispose]() {
      isStopped = true
      clearTimeout(timer)
      await Promise.all([watch[Symbol.asyncDispose](), looking])
    },
  }
}

async function advance(feed: Feed): Promise<void> {
  const heads = await laneHeads(feed.store)
  if (feed.groups.size > 0) {
    const isNew = [...heads.last.keys()].some((laneId) => !feed.position.has(laneId))
    if (isNew) await Promise.all([...feed.groups.values()].map((group) => meetNewLanes(feed, group)))
    for (const step of laneSteps(feed.position, heads.last)) await tellStep(feed, step)
  }
  feed.position = new Map(heads.last)
  feed.takenUs = heads.takenUs
}

async function meetNewLanes(feed: Feed, group: Group): Promise<void> {
  const { scope, query } = group.question
  try {
    const { lanes } = await soon(takeSnapshot(feed.store, scope, query), feed)
    if (lanes === null) fail(feed, group, tooManyLanes())
    else group.lanes = new Set(lanes.keys())
  } catch (error) {
    await throwIfAway(feed.store, error, feed)
    fail(feed, group, error)
  }
}

/** Before anything more is told: what its readers were told last is where they go on. */
function fail(feed: Feed, group: Group, error: unknown): void {
  feed.groups.delete(group.question.group)
  group.readers.forEach((reader) => reader.fail(error))
}

async function tellStep(feed: Feed, step: readonly LaneStretch[]): Promise<void> {
  const groups = [...feed.groups.values()]
  const found: Asked[] = []
  for (let first = 0; first < groups.length; first += questionsAReadMax) {
    const some = groups.slice(first, first + questionsAReadMax)
    const questions = some.map(({ question }) => question)
    const { arrivals, failed } = await findOfEach(feed.store, step, questions, feed)
    found.push(...arrivals.map((arrival) => askedBy(arrival, some)))
    for (const [index, error] of failed) {
      const group = some[index]
      if (group !== undefined) fail(feed, group, error)
    }
  }
  await tellArrivals(feed, { reached: feed.position, step, asked: inOrder(step, found) })
}

type Listening = Pick<Group, 'question' | 'lanes' | 'readers'>

interface Asked extends Omit<Arrival, 'asked'> {
  readonly groups: readonly Listening[]
}

function askedBy({ asked, ...arrival }: Arrival, some: readonly Listening[]): Asked {
  return { ...arrival, groups: asked.flatMap((index) => some[index] ?? []) }
}

/** Each number once, with all who asked for it, though they were asked for in several reads. */
function inOrder(step: readonly LaneStretch[], found: readonly Asked[]): readonly Asked[] {
  const place = new Map(step.map(({ laneId }, index) => [laneId, index]))
  return [...Map.groupBy(found, ({ laneId, seq }) => `${laneId}/${seq}`).values()]
    .flatMap(([first, ...more]) =>
      first === undefined ? [] : [{ ...first, groups: [first, ...more].flatMap(({ groups }) => groups) }],
    )
    .toSorted((a, b) => (place.get(a.laneId) ?? 0) - (place.get(b.laneId) ?? 0) || a.seq - b.seq)
}

interface Telling {
  /** Moves on with what is told. */
  readonly reached: Map<number, number>
  readonly step: readonly LaneStretch[]
  readonly asked: readonly Asked[]
}

/** One number is told to all who asked for it, and remembered as told, with no wait between. */
async function tellArrivals(feed: Feed, { reached, step, asked }: Telling): Promise<void> {
  const open = [...step]
  let length = 0
  for (const { laneId, seq, event, groups } of asked) {
    // They are in the order of the stretches, so those before this one's are over.
    while (open[0] !== undefined && open[0].laneId !== laneId) reached.set(open[0].laneId, open.shift()?.last ?? 0)
    reached.set(laneId, seq)
    const text = eventText(event)
    for (const group of groups) {
      const told = message('event', idAt(feed, group, reached), text)
      group.readers.forEach((reader) => reader.tell(told, event))
    }
    length += text.length
    if (length < lengthWithoutPauseMax) continue
    length = 0
    // Nothing is on its way to anybody before this: a reader would seem slow who only had no time.
    await setImmediate()
  }
  for (const { laneId, last } of step) reached.set(laneId, last)
}

/** More than a position holds. */
export function tooManyLanes(): Problem {
  return new Problem(
    'unavailable',
    `the events of more than ${lanesInSnapshotMax} lanes cannot be followed at once`,
    'Name some clusters, as in cluster:prod-*.',
  )
}

function idAt(
  { key, takenUs }: Feed,
  { question, lanes }: Pick<Group, 'question' | 'lanes'>,
  at: LanePosition,
): string {
  return sealTailPosition({ snapshot: { takenUs, lanes: onLanes(at, lanes) }, stored: null }, key, question.name)
}

async function admit(feed: Feed, reader: FeedReader, from: LanePosition): Promise<() => void> {
  const { question } = reader
  const { scope, query, group: name } = question
  const { lanes } = await takeSnapshot(feed.store, scope, query)
  if (lanes === null) {
    reader.fail(tooManyLanes())
    return () => undefined
  }
  const group = feed.groups.get(name) ?? { question, lanes: new Set(lanes.keys()), readers: new Set() }
  const alone = { question, lanes: group.lanes, readers: new Set([reader]) }
  const reached = new Map(from)
  for (const step of laneSteps(reached, onLanes(feed.position, group.lanes))) {
    const arrivals = await soon(findArrivals(feed.store, step, [question]), feed)
    await tellArrivals(feed, { reached, step, asked: arrivals.map((arrival) => askedBy(arrival, [alone])) })
  }
  feed.groups.set(name, group)
  group.readers.add(reader)
  return () => {
    group.readers.delete(reader)
    if (group.readers.size === 0 && feed.groups.get(name) === group) feed.groups.delete(name)
  }
}
