// findingsOfHits: what hits come to: which of them count, and so how many events each finding has. A function of all hits of a
// group, whatever order they come in: what is new is looked at with its neighbours, and nothing is added up twice.

import { countingHits } from '@plaintrail/rules/counting-hits'
import { filledText } from '@plaintrail/rules/filled-text'
import type { Condition } from '@plaintrail/rules/rule'
import { isDoneWith } from '@plaintrail/rules/triage'
import type { PoolClient } from 'pg'
import { withinFindingsMax } from './bounded-findings.ts'
import {
  lockFindings,
  lockKnown,
  writeFindings,
  type CountedFinding,
  type LockedFinding,
  type NewFinding,
  type ToldFinding,
} from './finding-rows.ts'
import {
  firstCounting,
  lastCounting,
  markCounting,
  placeText,
  readWindows,
  takeHits,
  wholeOf,
  type Hit,
  type HitPlace,
  type HitWindow,
  type LastHit,
  type WindowHit,
} from './rule-hits.ts'
import { hasExceptions, holdExceptions, settleHidden, type SettledHit } from './hidden-hits.ts'
import type { Store } from './open-store.ts'
import { reopenFindings } from './reopen-findings.ts'
import type { RuleBook } from './rule-book.ts'

export interface FoundHit extends Omit<Hit, 'findingId'> {
  readonly finding: NewFinding
}

export interface FindingTools {
  readonly store: Store
  /** In whose transaction all of it happens. */
  readonly client: PoolClient
  readonly clusterId: number
  readonly book: Pick<RuleBook<unknown>, 'version'>
}

/** Hits at these times are new, are gone, or it is decided that nothing followed them. */
export interface TouchedFinding {
  readonly findingId: string
  readonly version: number
  readonly fromUs: number
  readonly toUs: number
}

/** Writes hits of a cluster and what they come to. */
export async function takeFoundHits(tools: FindingTools, all: readonly FoundHit[]): Promise<void> {
  if (all.length === 0) return
  const { client, clusterId } = tools
  await holdExceptions(client)
  const found = await withinFindingsMax(client, clusterId, all)
  const findings = await lockFindings(
    client,
    clusterId,
    found.map(({ finding }) => finding),
  )
  const conditions = await conditionsOf(
    tools,
    found.map(({ finding, version }) => ({ ruleId: finding.ruleId, version })),
  )
  const conditionOf = (ruleId: number, version: number): Condition => conditions.get(`${ruleId}/${version}`) ?? each
  const hits = found.map(({ finding, ...hit }) => ({ ...hit, findingId: finding.id }))
  const ruleOf = new Map(found.map(({ finding }) => [finding.id, finding.ruleId]))
  const isAlone = ({ findingId, version }: Hit): boolean =>
    conditionOf(ruleOf.get(findingId) ?? 0, version).kind === 'each'
  const { made, changed } = await takeHits(client, clusterId, hits, isAlone)
  const settled = await settleTaken(tools, [...new Set(ruleOf.values())], [...made, ...changed])
  const isSettled = new Map(settled.map((hit) => [placeText(hit), hit]))
  const fresh = made.filter((hit) => isAlone(hit) && !isSettled.has(placeText(hit)))
  const madePlaces = new Set(made.map(placeText))
  const alone = [...made, ...changed].filter(isAlone).flatMap((hit) => isSettled.get(placeText(hit)) ?? [])
  await markCounting(client, alone.map(countedBy))
  const counted = [
    ...fresh.map((hit) => ({ ...hit, counts: true })),
    // One that is new and hidden never counted.
    ...alone.filter((hit) => !madePlaces.has(placeText(hit))).map(countedBy),
  ]
  const touched = [...made, ...changed].filter((hit) => !isAlone(hit)).map(touchedBy)
  await recount(tools, { findings, touched, counted, changed })
}

const countedBy = ({ isHidden, ...hit }: SettledHit): MarkedHit => ({ ...hit, counts: !isHidden })

/** What no exception holds for, and none held for, costs one statement. */
async function settleTaken(
  tools: FindingTools,
  ruleIds: readonly number[],
  hits: readonly Hit[],
): Promise<readonly SettledHit[]> {
  return (await hasExceptions(tools.client, ruleIds)) ? await settleHidden(tools, ruleIds, hits) : []
}

/** What has become of findings of hits that an exception has come to hide, or has ceased to. Whoever calls holds them. */
export async function recountHidden(tools: FindingTools, settled: readonly SettledHit[]): Promise<void> {
  if (settled.length === 0) return
  const conditions = await conditionsOf(tools, settled)
  const isAlone = ({ ruleId, version }: SettledHit): boolean =>
    (conditions.get(`${ruleId}/${version}`) ?? each).kind === 'each'
  const counted = settled.filter(isAlone).map(countedBy)
  await markCounting(tools.client, counted)
  const findings = await lockKnown(tools.client, [...new Set(settled.map(({ findingId }) => findingId))])
  const touched = settled.filter((hit) => !isAlone(hit)).map(touchedBy)
  await recount(tools, { findings, touched, counted, changed: [], isGivenBack: true })
}

const each: Condition = { kind: 'each' }

const touchedBy = ({ findingId, version, timeUs }: Pick<Hit, 'findingId' | 'timeUs' | 'version'>): TouchedFinding => ({
  findingId,
  version,
  fromUs: timeUs,
  toUs: timeUs,
})

/** What has become of findings whose hits were taken away or decided. Locks them. */
export async function recountFindings(
  tools: FindingTools,
  touched: readonly TouchedFinding[],
  gone: readonly HitPlace[] = [],
): Promise<void> {
  const ids = new Set([...touched, ...gone].map(({ findingId }) => findingId))
  const findings = await lockKnown(tools.client, [...ids])
  const counted = gone.map((hit) => ({ ...hit, counts: false }))
  await recount(tools, { findings, touched, counted, changed: [] })
}

type MarkedHit = HitPlace & { readonly counts: boolean }

interface Recount {
  readonly findings: ReadonlyMap<string, LockedFinding>
  readonly touched: readonly TouchedFinding[]
  /** Requests that have come to count or have ceased to, beside those that the windows show. */
  readonly counted: readonly MarkedHit[]
  /** Hits of which something else is said now. */
  readonly changed: readonly HitPlace[]
  /** What comes to count was found before, and hidden by an exception that is over. */
  readonly isGivenBack?: boolean
}

async function recount(tools: FindingTools, parts: Recount): Promise<void> {
  const { findings, touched, counted, changed } = parts
  const windowed = await recountWindows(tools, findings, touched)
  await markCounting(tools.client, windowed.marked)
  const changes = new Map<string, MarkedHit[]>()
  for (const hit of [...counted, ...windowed.requests]) {
    const own = changes.get(hit.findingId)
    if (own === undefined) changes.set(hit.findingId, [hit])
    else own.push(hit)
  }
  const retold = [...changed, ...windowed.marked]
  const sums = [...findings.values()].flatMap((finding) => {
    const own = changes.get(finding.id) ?? []
    const isRetold = retold.some(({ findingId, timeUs }) => findingId === finding.id && timeUs >= (finding.lastUs ?? 0))
    return own.length === 0 && !isRetold ? [] : [sumOf(finding, own)]
  })
  await writeFindings(tools.client, await toldSums(tools, sums))
  await reopenGained(tools, parts, changes)
}

/** What somebody was done with may not be over with requests that have come to count. */
async function reopenGained(
  tools: FindingTools,
  { findings, isGivenBack = false }: Recount,
  changes: ReadonlyMap<string, readonly MarkedHit[]>,
): Promise<void> {
  const gained = [...changes].flatMap(([id, hits]) => {
    const own = hits.filter(({ counts }) => counts)
    const { state = 'open' } = findings.get(id) ?? {}
    return own.length > 0 && isDoneWith(state) ? [[id, own] as const] : []
  })
  if (gained.length > 0) await reopenFindings(tools, new Map(gained), isGivenBack)
}

/** What the changes of a finding come to, as far as they say it. */
interface Sum {
  readonly finding: LockedFinding
  readonly events: number
  /** Some ceased to count: the first and the last may be others, earlier or later. */
  readonly hasLost: boolean
  readonly firstUs: number | null
  /** The last one is no earlier. */
  readonly lastFromUs: number
}

function sumOf(finding: LockedFinding, changes: readonly MarkedHit[]): Sum {
  const times = changes.filter(({ counts }) => counts).map(({ timeUs }) => timeUs)
  const lost = changes.length - times.length
  const least = times.reduce((a, b) => Math.min(a, b), finding.firstUs ?? Infinity)
  const most = times.reduce((a, b) => Math.max(a, b), finding.lastUs ?? 0)
  return {
    finding,
    events: finding.events + times.length - lost,
    hasLost: lost > 0,
    firstUs: least === Infinity ? null : least,
    lastFromUs: lost > 0 ? 0 : most,
  }
}

async function toldSums(tools: FindingTools, sums: readonly Sum[]): Promise<readonly CountedFinding[]> {
  const { client } = tools
  const last = await lastCounting(
    client,
    sums.map(({ finding, lastFromUs }) => ({ findingId: finding.id, fromUs: lastFromUs })),
  )
  // Of what retention took the hits of, the first is the one that was.
  const lost = sums.filter(({ hasLost, finding }) => hasLost && finding.expired === 0)
  const first = await firstCounting(
    client,
    lost.map(({ finding }) => finding.id),
  )
  const counted: CountedFinding[] = []
  for (const { finding, events, hasLost, firstUs } of sums) {
    const { id, expired } = finding
    const hit = last.get(id)
    if (events === 0) counted.push({ id, events, firstUs: null, lastUs: null, told: null })
    else {
      const from = hasLost && expired === 0 ? (first.get(id) ?? null) : firstUs
      const told = hit === undefined ? null : await toldBy(tools, finding.ruleId, hit)
      counted.push({ id, events, firstUs: from, lastUs: hit?.timeUs ?? finding.lastUs, told })
    }
  }
  return counted
}

/** Null where what the version said cannot be read any more. */
async function toldBy(tools: FindingTools, ruleId: number, hit: LastHit): Promise<ToldFinding | null> {
  const { version, fields } = hit
  const rule = await tools.book.version(tools.client, { ruleId, version })
  if (rule === null) return null
  return {
    version,
    severity: rule.severity,
    controls: rule.controls,
    summary: filledText(rule.summary, fields),
    fields,
  }
}

interface WindowRecount {
  readonly marked: readonly MarkedHit[]
  /** One for each request, whatever steps of it count. */
  readonly requests: readonly MarkedHit[]
}

/** Windows that are in memory at once: of busy groups each has 20,000 hits. */
const windowsMax = 20

/** A hit says something of those as far from it as the window is long, and these are to be judged by those around them. */
async function recountWindows(
  tools: FindingTools,
  findings: ReadonlyMap<string, LockedFinding>,
  touched: readonly TouchedFinding[],
): Promise<WindowRecount> {
  const known = touched.flatMap((one) => {
    const ruleId = findings.get(one.findingId)?.ruleId
    return ruleId === undefined ? [] : [{ ...one, ruleId }]
  })
  const conditions = await conditionsOf(tools, known)
  const asked = joinedWindows(
    known.flatMap(({ ruleId, ...one }) => {
      const condition = conditions.get(`${ruleId}/${one.version}`)
      return condition === undefined || condition.kind === 'each' ? [] : [{ ...one, condition }]
    }),
  )
  const marked: MarkedHit[] = []
  const requests: MarkedHit[] = []
  for (let at = 0; at < asked.length; at += windowsMax) {
    const some = asked.slice(at, at + windowsMax)
    const windows = await readWindows(tools.client, some)
    for (const [index, window] of some.entries()) {
      const hits = windows[index] ?? []
      const { judgedFromUs, judgedToUs } = window
      const countsNow = countsIn(window, hits)
      const judged = hits.filter(({ timeUs }) => timeUs >= judgedFromUs && timeUs <= judgedToUs)
      for (const hit of judged) {
        const counts = countsNow(hit)
        if (counts !== hit.counts) marked.push({ ...hit, counts })
      }
      requests.push(...changedRequests(judged, countsNow))
    }
  }
  return { marked, requests }
}

/**
 * Whether a hit of a window counts. Where there are more than were read, what was not read can only add to what counts, or,
 * where one hit keeps another from counting, only take from it: the rest stays as it is, but for the touched.
 */
function countsIn(window: AskedWindow, hits: readonly WindowHit[]): (hit: WindowHit) => boolean {
  const { condition, touchedUs } = window
  const counting = countingIn(condition, hits)
  const [afterUs, beforeUs] = wholeOf(window, hits)
  const isKnown = ({ timeUs }: WindowHit): boolean =>
    touchedUs.has(timeUs) || (timeUs - condition.withinUs > afterUs && timeUs + condition.withinUs < beforeUs)
  return (hit) => {
    const counts = counting.has(placeText(hit))
    if (isKnown(hit)) return counts
    return isKeepingOthers(condition) ? counts && hit.counts : counts || (hit.counts && !hit.isHidden)
  }
}

/** Whether one hit keeps another from counting. */
const isKeepingOthers = ({ kind }: Condition): boolean => kind === 'absence' || kind === 'first-seen'

function countingIn(condition: Condition, hits: readonly WindowHit[]): ReadonlySet<string> {
  // What is hidden never counts. Where one hit keeps another from counting it still does: to hide it finds nothing more.
  const counting = countingHits(condition, isKeepingOthers(condition) ? hits : hits.filter(({ isHidden }) => !isHidden))
  // Whether something followed is not decided yet.
  return new Set(counting.filter(({ isDue, isHidden }) => !isDue && !isHidden).map(placeText))
}

function changedRequests(hits: readonly WindowHit[], countsNow: (hit: WindowHit) => boolean): readonly MarkedHit[] {
  const byRequest = Map.groupBy(hits, ({ timeUs, request }) => `${timeUs}/${request}`)
  return [...byRequest.values()].flatMap((own) => {
    const [hit] = own
    const counts = own.some(countsNow)
    return hit === undefined || counts === own.some((one) => one.counts) ? [] : [{ ...hit, counts }]
  })
}

interface AskedWindow extends HitWindow {
  readonly condition: Exclude<Condition, { kind: 'each' }>
  readonly judgedFromUs: number
  readonly judgedToUs: number
  readonly touchedUs: Set<number>
}

/** One for those of a finding and version whose windows touch. */
function joinedWindows(touched: readonly WindowedFinding[]): readonly AskedWindow[] {
  const joined: AskedWindow[] = []
  const byFinding = Map.groupBy(touched, ({ findingId, version }) => `${findingId}/${version}`)
  for (const own of byFinding.values()) {
    const windows: AskedWindow[] = []
    for (const one of own.toSorted((a, b) => a.fromUs - b.fromUs)) {
      const next = windowOf(one)
      const last = windows.at(-1)
      if (last === undefined || next.judgedFromUs > last.judgedToUs) windows.push(next)
      else {
        for (const timeUs of next.touchedUs) last.touchedUs.add(timeUs)
        windows[windows.length - 1] = { ...last, ...endOf(last, next) }
      }
    }
    joined.push(...windows)
  }
  return joined
}

type WindowedFinding = TouchedFinding & Pick<AskedWindow, 'condition'>

function windowOf({ condition, fromUs, toUs, findingId, version }: WindowedFinding): AskedWindow {
  const { withinUs } = condition
  return {
    findingId,
    version,
    condition,
    fromUs: fromUs - 2 * withinUs,
    toUs: toUs + 2 * withinUs,
    judgedFromUs: fromUs - withinUs,
    judgedToUs: toUs + withinUs,
    touchedUs: new Set([fromUs, toUs]),
  }
}

function endOf(one: AskedWindow, other: AskedWindow): Pick<AskedWindow, 'judgedToUs' | 'toUs'> {
  return { toUs: Math.max(one.toUs, other.toUs), judgedToUs: Math.max(one.judgedToUs, other.judgedToUs) }
}

async function conditionsOf(
  { client, book }: FindingTools,
  versions: readonly { readonly ruleId: number; readonly version: number }[],
): Promise<ReadonlyMap<string, Condition>> {
  const conditions = new Map<string, Condition>()
  for (const { ruleId, version } of versions) {
    const key = `${ruleId}/${version}`
    if (conditions.has(key)) continue
    const rule = await book.version(client, { ruleId, version })
    if (rule !== null) conditions.set(key, rule.condition)
  }
  return conditions
}
