// backtestResult: what the hits of a back-test come to: which of them count, how many findings they make and when, and what the
// rule that is in force makes of the same events.

import { formatEventId } from '@plaintrail/event/identity'
import { countingHits } from '@plaintrail/rules/counting-hits'
import { formatFindingId } from '@plaintrail/rules/finding-id'
import type { FieldValues } from '@plaintrail/rules/evaluation'
import type { Rule } from '@plaintrail/rules/rule'
import type { PoolClient } from 'pg'
import { hiddenUs } from './backtest-exceptions.ts'
import { dayOf } from './segment-id.ts'

export interface BacktestFinding {
  /** `fnd_…`: the id that it would have. */
  readonly id: string
  readonly cluster: string
  readonly group: FieldValues
  readonly summary: string
  readonly events: number
  /** Microseconds since 1970. */
  readonly firstUs: number
  readonly lastUs: number
  /** The last of its events. */
  readonly event: string
}

export interface BacktestDay {
  /** Days since 1970. */
  readonly day: number
  /** Findings whose first event is of this day, and events of all findings. */
  readonly opened: number
  readonly events: number
}

export interface BacktestDifference {
  readonly version: number
  /** Of the version in force. */
  readonly findings: number
  readonly events: number
  /** Findings of the one that are none of the other; the busiest of each, beside how many there are. */
  readonly starts: number
  readonly stops: number
  readonly starting: readonly BacktestFinding[]
  readonly stopping: readonly BacktestFinding[]
}

export interface BacktestResult {
  readonly findings: number
  readonly events: number
  /** Requests that exceptions hide, of the window and around it. */
  readonly hidden: number
  /** Days with something, oldest first. */
  readonly days: readonly BacktestDay[]
  /** The busiest. */
  readonly top: readonly BacktestFinding[]
  /** Null where the version in force says the same, or there is none. */
  readonly difference: BacktestDifference | null
  /** Where it stopped, as there were too many hits, in microseconds since 1970; null where it did not. */
  readonly reachedUs: number | null
}

export interface ResultQuestion {
  /** A UUID. */
  readonly backtestId: string
  readonly rule: Rule
  /** As it is told in the result. */
  readonly hidden: number
  readonly running: { readonly version: number; readonly rule: Rule } | null
  /** Of the window: hits around it only say which of those in it count. */
  readonly sinceUs: number
  readonly untilUs: number
  readonly reachedUs: number | null
  /** What had to be followed by something is decided up to here. */
  readonly decidedUs: number
}

/** Findings that are listed. */
export const toldFindingsMax = 20
/** Rows of one read. */
const pageRowsMax = 10_000

export async function backtestResult(client: PoolClient, asked: ResultQuestion): Promise<BacktestResult> {
  const own = await findingsOf(client, asked, 1, asked.rule)
  const other = asked.running === null ? null : await findingsOf(client, asked, 0, asked.running.rule)
  const ids = new Set(own.findings.map(({ id }) => id))
  const otherIds = new Set(other?.findings.map(({ id }) => id))
  const starting = own.findings.filter(({ id }) => !otherIds.has(id))
  const stopping = other?.findings.filter(({ id }) => !ids.has(id)) ?? []
  const tell = (findings: readonly SlimFinding[], version: 0 | 1) =>
    toldFindings(client, asked.backtestId, version, busiest(findings))
  return {
    findings: own.findings.length,
    events: own.events,
    hidden: asked.hidden,
    days: own.days,
    top: await tell(own.findings, 1),
    difference:
      other === null || asked.running === null
        ? null
        : {
            version: asked.running.version,
            findings: other.findings.length,
            events: other.events,
            starts: starting.length,
            stops: stopping.length,
            starting: await tell(starting, 1),
            stopping: await tell(stopping, 0),
          },
    reachedUs: asked.reachedUs,
  }
}

/** What is needed of all of them, and there may be many. `id` is a UUID, and the rest is of its last hit; `key` is in hex. */
interface SlimFinding extends Pick<BacktestFinding, 'id' | 'events' | 'firstUs' | 'lastUs'> {
  readonly key: string
  readonly request: string
  readonly step: number
}

function busiest(findings: readonly SlimFinding[]): readonly SlimFinding[] {
  return findings.toSorted((a, b) => b.events - a.events || (a.id < b.id ? -1 : 1)).slice(0, toldFindingsMax)
}

interface Found {
  readonly findings: readonly SlimFinding[]
  readonly events: number
  readonly days: readonly BacktestDay[]
}

async function findingsOf(client: PoolClient, asked: ResultQuestion, version: 0 | 1, rule: Rule): Promise<Found> {
  const findings: SlimFinding[] = []
  const days = new Map<number, { opened: number; events: number }>()
  const at = (us: number) => {
    const day = dayOf(us)
    const known = days.get(day) ?? { opened: 0, events: 0 }
    days.set(day, known)
    return known
  }
  for await (const hits of hitsByFinding(client, asked.backtestId, version)) {
    const counting = countingIn(rule, hits, asked)
    const found = findingOf(counting)
    if (found === null) continue
    findings.push(found)
    at(found.firstUs).opened += 1
    for (const { timeUs } of onceEach(counting)) at(timeUs).events += 1
  }
  return {
    findings,
    events: findings.reduce((sum, { events }) => sum + events, 0),
    days: [...days].map(([day, told]) => ({ day, ...told })).toSorted((a, b) => a.day - b.day),
  }
}

interface HitRow {
  readonly findingId: string
  readonly timeUs: number
  readonly request: string
  readonly step: number
  readonly key: string
  readonly dueUs: number | null
  readonly value: string | null
}

/** All hits of one finding after those of another. */
async function* hitsByFinding(client: PoolClient, id: string, version: number): AsyncGenerator<readonly HitRow[]> {
  let hits: HitRow[] = []
  let last: HitRow | undefined
  for (;;) {
    const { rows }: { readonly rows: readonly HitRow[] } = await client.query<HitRow>(
      `select h.finding_id::text as "findingId", h.time as "timeUs", h.request::text as request, h.step,
         replace(h.key::text, '-', '') as key, h.due_us as "dueUs", h.value
       from backtest_hit h
       where h.backtest_id = $1 and h.version = $2
         and ($3::uuid is null or (h.finding_id, h.time, h.request, h.step) > ($3::uuid, $4::int8, $5::uuid, $6::int2))
       order by h.finding_id, h.time, h.request, h.step limit ${pageRowsMax}`,
      [id, version, last?.findingId ?? null, last?.timeUs ?? 0, last?.request ?? null, last?.step ?? 0],
    )
    for (const row of rows) {
      if (hits.length > 0 && hits[0]?.findingId !== row.findingId) {
        yield hits
        hits = []
      }
      hits.push(row)
    }
    if (rows.length < pageRowsMax) break
    last = rows.at(-1)
  }
  if (hits.length > 0) yield hits
}

function countingIn(rule: Rule, hits: readonly HitRow[], asked: ResultQuestion): readonly HitRow[] {
  const untilUs = Math.min(asked.untilUs, asked.reachedUs ?? Infinity)
  // What is hidden never counts. Where one hit keeps another from counting it still does, as of what is found.
  const isKept = rule.condition.kind === 'absence' || rule.condition.kind === 'first-seen'
  const known = isKept ? hits : hits.filter(({ dueUs }) => dueUs !== hiddenUs)
  return countingHits(rule.condition, known).filter(
    ({ timeUs, dueUs }) => timeUs >= asked.sinceUs && timeUs < untilUs && (dueUs === null || dueUs <= asked.decidedUs),
  )
}

/** Null where none counts. */
function findingOf(counting: readonly HitRow[]): SlimFinding | null {
  const requests = onceEach(counting)
  const [first] = requests
  const last = counting.reduce<HitRow | undefined>(
    (latest, hit) => (latest === undefined || isAfter(hit, latest) ? hit : latest),
    undefined,
  )
  if (first === undefined || last === undefined) return null
  const { findingId, timeUs, key, request, step } = last
  return { id: findingId, events: requests.length, firstUs: first.timeUs, lastUs: timeUs, key, request, step }
}

/** As rule-hits.ts has it of the hit that a finding is told by: of a request that is several steps the stages may differ. */
function isAfter(one: HitRow, other: HitRow): boolean {
  if (one.timeUs !== other.timeUs) return one.timeUs > other.timeUs
  return one.key === other.key ? one.step > other.step : one.key > other.key
}

async function toldFindings(
  client: PoolClient,
  backtestId: string,
  version: 0 | 1,
  findings: readonly SlimFinding[],
): Promise<readonly BacktestFinding[]> {
  const { rows } = await client.query<Pick<BacktestFinding, 'cluster' | 'group' | 'summary'>>(
    `select c.name as cluster, h."group", h.summary
     from unnest($3::uuid[], $4::int8[], $5::uuid[], $6::int2[]) with ordinality as i (finding_id, time, request, step, at)
     join backtest_hit h on h.backtest_id = $1 and h.version = $2 and h.finding_id = i.finding_id and h.time = i.time
       and h.request = i.request and h.step = i.step
     join cluster c on c.id = h.cluster_id
     order by i.at`,
    [
      backtestId,
      version,
      findings.map(({ id }) => id),
      findings.map(({ lastUs }) => lastUs),
      findings.map(({ request }) => request),
      findings.map(({ step }) => step),
    ],
  )
  return findings.flatMap(({ id, events, firstUs, lastUs, key }, index) => {
    const row = rows[index]
    if (row === undefined) return []
    const event = formatEventId(lastUs, Buffer.from(key, 'hex'))
    return [{ ...row, id: formatFindingId(Buffer.from(id.replaceAll('-', ''), 'hex')), events, firstUs, lastUs, event }]
  })
}

/** A request that is several steps is one event. In the order of time. */
function onceEach(hits: readonly HitRow[]): readonly HitRow[] {
  return [...new Map(hits.map((hit) => [`${hit.timeUs} ${hit.request}`, hit])).values()]
}
