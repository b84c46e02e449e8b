// activityGroups: one person's calls as stretches of work, read from the newest to the oldest.

import { activityCommands, type ActivityCommand } from './activity-commands.ts'
import type { ActivityCall } from './activity-call.ts'
import { activitySentence, countsOf, type ActivityCounts } from './activity-sentence.ts'

/** In microseconds: a call that begins so long after the one before it, or less, belongs to the same stretch. */
export const activityGapUs = 1_800_000_000
/** Commands of a stretch that are told, the first ones. */
export const commandsMax = 200
/** Clients, clusters and namespaces that are told. */
export const namesMax = 50

/** Calls of one credential from one address, none of which began more than `activityGapUs` after the one before. */
export interface Stretch {
  readonly key: string
  /** The newest first. */
  readonly calls: ActivityCall[]
  /** The beginning of the oldest call so far: microseconds since 1970. */
  startUs: number
  /** A call after the window belongs to it too. */
  readonly wentOn: boolean
}

/** A call that is newer than those that are read, and whose stretch these may go on. */
export interface Above {
  readonly key: string
  readonly timeUs: number
  /** Its stretch was told before; else it is after the window. */
  readonly isTold: boolean
}

export interface ActivityGroups {
  /** Takes the next call, older than all before. */
  take(call: ActivityCall): void
  /** Whether a call before the window, or before what is read, begins near enough to belong to a stretch. */
  touches(stretch: Stretch, call: ActivityCall): boolean
  /** By their last calls, the newest first. */
  readonly stretches: readonly Stretch[]
}

/** By what calls are one person's work in one place; another credential or address is another. */
export const activityKey = ({ credential, ip }: Pick<ActivityCall, 'credential' | 'ip'>): string =>
  JSON.stringify([credential, ip])

export function activityGroups(above: readonly Above[], gapUs: number = activityGapUs): ActivityGroups {
  const open = new Map<string, { startUs: number; stretch: Stretch | null; isTold: boolean }>()
  for (const { key, timeUs, isTold } of above) {
    const known = open.get(key)
    if (known === undefined || timeUs < known.startUs) open.set(key, { startUs: timeUs, stretch: null, isTold })
  }
  const stretches: Stretch[] = []
  return {
    stretches,
    take(call) {
      const key = activityKey(call)
      const last = open.get(key)
      const isNear = last !== undefined && last.startUs - call.timeUs <= gapUs
      if (isNear && last.isTold) {
        last.startUs = call.timeUs
        return
      }
      let stretch = isNear ? last.stretch : null
      if (stretch === null) {
        stretch = { key, calls: [], startUs: call.timeUs, wentOn: isNear }
        stretches.push(stretch)
      }
      stretch.calls.push(call)
      stretch.startUs = call.timeUs
      open.set(key, { startUs: call.timeUs, stretch, isTold: false })
    },
    touches: (stretch, call) => activityKey(call) === stretch.key && stretch.startUs - call.timeUs <= gapUs,
  }
}

/** A stretch as it is told. Times are microseconds since 1970. */
export interface Activity {
  /** Of the event of its first call. */
  readonly id: string
  readonly clusters: readonly string[]
  readonly startedUs: number
  /** The end of the call that ended last, and when the last one came. */
  readonly endedUs: number
  readonly lastUs: number
  readonly credential: string | null
  readonly ip: string | null
  readonly clients: readonly string[]
  readonly actedAs: readonly string[]
  readonly requests: number
  readonly sentence: string
  readonly counts: ActivityCounts
  readonly namespaces: readonly string[]
  readonly commands: readonly ActivityCommand[]
  readonly commandsCount: number
}

/** `isCut` where older calls of it were not read: then all of it is told as `at least`. Null for a stretch without calls. */
export function activityOf({ calls }: Pick<Stretch, 'calls'>, isCut = false): Activity | null {
  const inOrder = calls.toReversed()
  const [first] = inOrder
  if (first === undefined) return null
  const commands = activityCommands(inOrder)
  const startedUs = first.timeUs
  const endedUs = inOrder.reduce((last, { timeUs, endUs }) => Math.max(last, timeUs, endUs), startedUs)
  const sentence = activitySentence(inOrder, endedUs - startedUs)
  return {
    id: first.id,
    clusters: unique(inOrder.map(({ cluster }) => cluster)),
    startedUs,
    endedUs,
    lastUs: inOrder.at(-1)?.timeUs ?? startedUs,
    credential: first.credential,
    ip: first.ip,
    clients: unique(inOrder.map(({ client }) => client)),
    actedAs: unique(inOrder.map((call) => call.as)),
    requests: inOrder.length,
    sentence: isCut ? `at least ${sentence}` : sentence,
    counts: countsOf(inOrder),
    namespaces: unique(inOrder.map(({ object }) => object?.namespace ?? null)),
    commands: commands.slice(0, commandsMax),
    commandsCount: commands.length,
  }
}

function unique(texts: readonly (string | null)[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => (text === null || text === '' ? [] : [text])))].slice(0, namesMax)
}
