// activityCalls: requests that were found as calls of somebody's work, with what only their bytes say.

import type { Event, StoredEvent } from '@plaintrail/event/event'
import { normalize } from '@plaintrail/event/normalize'
import { parseMicroTime } from '@plaintrail/event/time'
import { withoutBodies } from '@plaintrail/event/without-bodies'
import type { ActivityCall } from '@plaintrail/history/activity-call'
import { callOfEvent } from '@plaintrail/history/call-of-event'
import type { Store } from './open-store.ts'
import type { SegmentItems } from './segment-items.ts'
import { storedEvents, type FoundEvent } from './stored-events.ts'

/** An event with more bytes is read without its bodies: parsing stops everything else for as long as it takes. */
const parsedBytesMax = 1024 * 1024

/**
 * One for each, in their order. Where an event's bytes are gone nothing says its credential or its query, and no command
 * is sure.
 */
export async function activityCalls(
  store: Store,
  items: SegmentItems,
  found: readonly FoundEvent[],
): Promise<readonly ActivityCall[]> {
  const stored = await storedEvents(store, found)
  const calls: ActivityCall[] = []
  for (const [index, { record }] of found.entries()) {
    const event = stored[index]
    if (event === undefined) continue
    const raw = await items.read(record.segmentId, record.item)
    calls.push(callOf(event, record.time, raw))
  }
  return calls
}

function callOf(stored: StoredEvent, timeUs: number, raw: Buffer | null): ActivityCall {
  const item: unknown = raw && JSON.parse((raw.length > parsedBytesMax ? withoutBodies(raw) : raw).toString())
  const event = item === null ? null : normalize(item)
  const { id, cluster } = stored
  return event === null
    ? callOfEvent({ id, cluster, event: factsOf(stored, timeUs), item: undefined, isWhole: false })
    : callOfEvent({ id, cluster, event: { ...event, time: timeUs }, item, isWhole: true })
}

function factsOf(
  stored: StoredEvent,
  timeUs: number,
): Omit<Event, 'auditID' | 'stage' | 'level' | 'decision' | 'reason'> {
  const { actor, object, source, durationUs } = stored
  const ended = stored.stages.at(-1)?.time ?? null
  return {
    time: timeUs,
    stageTime: durationUs === null ? (ended === null ? null : parseMicroTime(ended)) : timeUs + durationUs,
    verb: stored.verb,
    class: stored.class,
    outcome: stored.outcome,
    code: stored.code,
    actor,
    impersonated: actor.as === null ? null : { name: actor.as, type: 'human', groups: [] },
    source: { peer: source.ip?.value ?? null, claimed: [] },
    client: source.client,
    requestURI: '',
    object: object && {
      apiGroup: object.group,
      apiVersion: object.version,
      resource: object.resource,
      subresource: object.subresource ?? '',
      namespace: object.namespace,
      name: object.name,
      uid: object.uid,
    },
    path: stored.path ?? '',
    detail: stored.detail,
    flags: Object.fromEntries(stored.flags.map((flag) => [flag, true])),
  }
}
