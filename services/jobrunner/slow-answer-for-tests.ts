// slowAnswer: what an export of posted lists must hold, found by reading every item, without a store and without SQL.

import { scanEventList } from '@plaintrail/event/scan'
import { rowOf, type MadeRow, type Place } from '@plaintrail/formats/rows-for-tests'
import { stages, type Stage, type StoredEvent } from '@plaintrail/event/event'

/** The items of a posted list, byte for byte. */
export function itemsOf(list: string): readonly Buffer[] {
  const body = Buffer.from(list)
  const { bounds } = scanEventList(body)
  return Array.from({ length: bounds.length / 2 }, (_, item) => body.subarray(bounds[item * 2], bounds[item * 2 + 1]))
}

/** One row a request, as its last stage, oldest first. */
export function slowAnswer(items: readonly (string | Buffer)[], place: Place): readonly MadeRow[] {
  const rows = items.map((item) => rowOf(item, place))
  const distinct = [...new Map(rows.map((row) => [row.event.id, row])).values()]
  const requests = Map.groupBy(distinct, ({ event, raw }) => requestOf(event, raw))
  const clashes = Map.groupBy(distinct, ({ event }) => `${event.audit.id} ${event.audit.stage}`)
  return [...requests.values()]
    .flatMap(joined)
    .map(({ event, raw }) => ({
      event: { ...event, audit: { ...event.audit, conflict: clashesOf(event, clashes) } },
      raw,
    }))
    .toSorted((a, b) => (a.event.id < b.event.id ? -1 : 1))
}

function requestOf(event: StoredEvent, raw: Buffer): string {
  const { requestURI } = JSON.parse(raw.toString()) as { requestURI: string }
  const { name, type } = event.actor
  return JSON.stringify([event.audit.id, event.time, name, type, event.verb, requestURI])
}

/** Where one stage is there twice, they are no stages of one request. */
function joined(rows: readonly MadeRow[]): readonly MadeRow[] {
  if (new Set(rows.map(({ event }) => event.audit.stage)).size < rows.length) return rows
  const inOrder = rows.toSorted((a, b) => rank(a.event.audit.stage) - rank(b.event.audit.stage))
  const last = inOrder.at(-1)
  const all = inOrder.flatMap(({ event }) => event.stages)
  return last ? [{ ...last, event: { ...last.event, stages: all } }] : []
}

const rank = (stage: Stage): number => (stage === 'Unknown' ? -1 : stages.indexOf(stage))

function clashesOf(event: StoredEvent, clashes: ReadonlyMap<string, readonly MadeRow[]>): boolean {
  return (clashes.get(`${event.audit.id} ${event.audit.stage}`) ?? []).length > 1
}
