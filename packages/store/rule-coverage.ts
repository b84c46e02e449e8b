// createCoverageTally: how rules fare on what arrives, counted by day, and what was not known where they could not tell.

import { hash } from 'node:crypto'
import type { Evaluation } from '@plaintrail/rules/evaluation'
import type { PoolClient } from 'pg'
import { storable } from './revision-row.ts'
import { dayOf } from './segment-id.ts'

/** What an evaluation is of. */
interface CoveredEvent {
  readonly ruleId: number
  readonly version: number
  /** Microseconds since 1970. */
  readonly timeUs: number
  /** A UUID. */
  readonly key: string
}

/** A version that fails on too much of what it is asked. */
interface FailingRule {
  readonly ruleId: number
  readonly version: number
  readonly says: string
}

export interface CoverageTally {
  add(event: CoveredEvent, evaluation: Evaluation): void
  /** What was counted. */
  days(): readonly CoveredDay[]
  /** Adds what was counted to that of the cluster; in the transaction of the client, after its findings. */
  write(client: PoolClient, clusterId: number): Promise<readonly FailingRule[]>
}

/** Texts of what was not known, of one rule and day; what is past them is counted together. */
export const missingTextsMax = 20
/** UTF-16 units of each. */
const textCharsMax = 300
/**
 * A version that has so many errors on a day of a cluster judges no more, if it never judged anything without one, or if
 * these are so large a share of what it judged and were given up for their cost. Other errors only show: who can make a
 * rule fail on events of his must not have it turned off for all.
 */
export const errorBudget = { errorsMin: 100, share: 0.1 } as const

/** How one version fared on the events of one day (days since 1970). */
export interface CoveredDay extends Omit<CoveredEvent, 'timeUs' | 'key'> {
  readonly day: number
  readonly evaluated: number
  readonly matched: number
  readonly insufficient: number
  readonly errors: number
  /** By a digest of its texts. */
  readonly missing: ReadonlyMap<string, Readonly<MissingTally>>
}

interface DayTally extends CoveredDay {
  evaluated: number
  matched: number
  insufficient: number
  errors: number
  /** Of the errors, those of cost. */
  costly: number
  says: string
  readonly missing: Map<string, MissingTally>
}

/** What was not known, or what an error said: time and key are those of the first event where it was so. */
interface MissingTally {
  readonly isError: boolean
  readonly what: string
  readonly because: string
  readonly timeUs: number
  readonly key: string
  count: number
}

export function createCoverageTally(): CoverageTally {
  const days = new Map<string, DayTally>()
  return {
    add(event, evaluation) {
      const day = dayOf(event.timeUs)
      const id = `${event.ruleId}/${event.version}/${day}`
      let tally = days.get(id)
      if (tally === undefined) days.set(id, (tally = emptyDay(event, day)))
      count(tally, event, evaluation)
    },
    days: () => [...days.values()],
    async write(client, clusterId) {
      // In one order, so that two who write wait for each other and never both.
      const tallies = [...days.values()].toSorted(
        (a, b) => a.ruleId - b.ruleId || a.version - b.version || a.day - b.day,
      )
      if (tallies.length === 0) return []
      const failing = await writeDays(client, clusterId, tallies)
      await writeMissing(
        client,
        clusterId,
        tallies.filter(({ missing }) => missing.size > 0),
      )
      return failing
    },
  }
}

function emptyDay({ ruleId, version }: CoveredEvent, day: number): DayTally {
  return {
    ruleId,
    version,
    day,
    evaluated: 0,
    matched: 0,
    insufficient: 0,
    errors: 0,
    costly: 0,
    says: '',
    missing: new Map(),
  }
}

function count(tally: DayTally, event: CoveredEvent, evaluation: Evaluation): void {
  tally.evaluated += 1
  switch (evaluation.kind) {
    case 'match':
      tally.matched += 1
      return
    case 'no-match':
      return
    case 'insufficient':
      tally.insufficient += 1
      for (const { what, because } of evaluation.missing) countMissing(tally, event, { isError: false, what, because })
      return
    case 'error': {
      const { says, line, column } = evaluation
      tally.errors += 1
      if (evaluation.isCostly === true) tally.costly += 1
      tally.says = `${line}:${column}: ${says}`
      countMissing(tally, event, { isError: true, what: '', because: tally.says })
      return
    }
    default:
      evaluation satisfies never
  }
}

function countMissing(
  { missing }: DayTally,
  { timeUs, key }: CoveredEvent,
  { isError, what, because }: Pick<MissingTally, 'isError' | 'what' | 'because'>,
): void {
  const texts = { isError, what: bounded(what), because: bounded(because) }
  const digest = digestOf(texts)
  const known = missing.get(digest)
  if (known === undefined) missing.set(digest, { ...texts, timeUs, key, count: 1 })
  else known.count += 1
}

const bounded = (text: string): string => storable(text.slice(0, textCharsMax))

const digestOf = ({ isError, what, because }: Pick<MissingTally, 'isError' | 'what' | 'because'>): string =>
  hash('sha256', JSON.stringify([isError, what, because])).slice(0, 32)

/** Of all texts past the bound. */
const otherTexts = { isError: false, what: '', because: '' }

async function writeDays(
  client: PoolClient,
  clusterId: number,
  tallies: readonly DayTally[],
): Promise<readonly FailingRule[]> {
  const { rows } = await client.query<{
    ruleId: number
    version: number
    day: number
    evaluated: number
    errors: number
  }>({
    name: 'write-rule-coverage',
    text: `
      insert into rule_coverage as c (cluster_id, rule_id, version, day, evaluated, matched, insufficient, errors)
      select $1, i.rule_id, i.version, i.day, i.evaluated, i.matched, i.insufficient, i.errors
      from unnest($2::int4[], $3::int4[], $4::int4[], $5::int8[], $6::int8[], $7::int8[], $8::int8[])
        as i (rule_id, version, day, evaluated, matched, insufficient, errors)
      order by i.rule_id, i.version, i.day
      on conflict (cluster_id, rule_id, version, day) do update set evaluated = c.evaluated + excluded.evaluated,
        matched = c.matched + excluded.matched, insufficient = c.insufficient + excluded.insufficient,
        errors = c.errors + excluded.errors
      returning c.rule_id as "ruleId", c.version, c.day, c.evaluated, c.errors`,
    values: [
      clusterId,
      ...keyArrays(tallies),
      tallies.map(({ evaluated }) => evaluated),
      tallies.map(({ matched }) => matched),
      tallies.map(({ insufficient }) => insufficient),
      tallies.map(({ errors }) => errors),
    ],
  })
  const failing: FailingRule[] = []
  for (const { ruleId, version, day, errors, costly, says } of tallies) {
    const sum = rows.find((row) => row.ruleId === ruleId && row.version === version && row.day === day)
    if (errors === 0 || sum === undefined || sum.errors < errorBudget.errorsMin) continue
    const isCostly = costly * 2 > errors && sum.errors >= sum.evaluated * errorBudget.share
    if (!isCostly && (await hasJudged(client, ruleId, version))) continue
    const told = `it failed on ${sum.errors} of ${sum.evaluated} events of a day, the last time: ${says}`
    failing.push({ ruleId, version, says: storable(told) })
  }
  return failing
}

/** Whether it ever judged an event, of any cluster and kept day, without an error. */
async function hasJudged(client: PoolClient, ruleId: number, version: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from rule_coverage where rule_id = $1 and version = $2 and errors < evaluated limit 1`,
    [ruleId, version],
  )
  return rowCount !== 0
}

/** The rows of the days are locked by now, so that nobody else writes texts of them. */
async function writeMissing(client: PoolClient, clusterId: number, tallies: readonly DayTally[]): Promise<void> {
  if (tallies.length === 0) return
  const known = await knownDigests(client, clusterId, tallies)
  const rows = tallies.flatMap((tally) => boundedTexts(tally, known.get(keyOf(tally)) ?? new Set()))
  await client.query({
    name: 'write-rule-missing',
    text: `
      insert into rule_missing as m (cluster_id, rule_id, version, day, digest, is_error, what, because, count, time, key)
      select $1, i.rule_id, i.version, i.day, i.digest, i.is_error, i.what, i.because, i.count, i.time, i.key
      from unnest($2::int4[], $3::int4[], $4::int4[], $5::uuid[], $6::bool[], $7::text[], $8::text[], $9::int8[],
          $10::int8[], $11::uuid[])
        as i (rule_id, version, day, digest, is_error, what, because, count, time, key)
      on conflict (cluster_id, rule_id, version, day, digest) do update set count = m.count + excluded.count`,
    values: [
      clusterId,
      ...keyArrays(rows),
      rows.map(({ digest }) => digest),
      rows.map(({ isError }) => isError),
      rows.map(({ what }) => what),
      rows.map(({ because }) => because),
      rows.map(({ count: times }) => times),
      rows.map(({ timeUs }) => timeUs),
      rows.map(({ key }) => key),
    ],
  })
}

type DayKey = Pick<DayTally, 'ruleId' | 'version' | 'day'>

const keyOf = ({ ruleId, version, day }: DayKey): string => `${ruleId}/${version}/${day}`

function keyArrays(keys: readonly DayKey[]): readonly [number[], number[], number[]] {
  return [keys.map(({ ruleId }) => ruleId), keys.map(({ version }) => version), keys.map(({ day }) => day)]
}

async function knownDigests(
  client: PoolClient,
  clusterId: number,
  tallies: readonly DayTally[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { rows } = await client.query<DayKey & { readonly digest: string }>(
    `select m.rule_id as "ruleId", m.version, m.day, replace(m.digest::text, '-', '') as digest
     from unnest($2::int4[], $3::int4[], $4::int4[]) as i (rule_id, version, day)
     join rule_missing m on m.cluster_id = $1 and m.rule_id = i.rule_id and m.version = i.version and m.day = i.day`,
    [clusterId, ...keyArrays(tallies)],
  )
  return new Map(
    [...Map.groupBy(rows, keyOf)].map(([key, own]) => [key, new Set(own.map(({ digest }) => digest))] as const),
  )
}

function boundedTexts(
  { ruleId, version, day, missing }: DayTally,
  known: ReadonlySet<string>,
): readonly (MissingTally & DayKey & { readonly digest: string })[] {
  const other = digestOf(otherTexts)
  let room = missingTextsMax - [...known].filter((digest) => digest !== other).length
  const kept = new Map<string, MissingTally>()
  for (const [digest, tally] of missing) {
    const isPast = !known.has(digest) && room <= 0
    if (!known.has(digest)) room -= 1
    const place = isPast ? other : digest
    const texts = place === other ? otherTexts : {}
    const before = kept.get(place)
    if (before === undefined) kept.set(place, { ...tally, ...texts })
    else before.count += tally.count
  }
  return [...kept].map(([digest, tally]) => ({ ...tally, ruleId, version, day, digest }))
}
