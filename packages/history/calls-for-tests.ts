// activityCallOf: a posted audit event as the store hands it to the grouping, for tests that have no store.

import type { Event } from '@plaintrail/event/event'
import { formatEventId } from '@plaintrail/event/identity'
import type { ActivityCall } from './activity-call.ts'
import { callOfEvent } from './call-of-event.ts'

export function activityCallOf(item: unknown, event: Event, cluster = 'lab'): ActivityCall {
  const key = Buffer.from(event.auditID.replaceAll('-', '').padStart(32, '0').slice(-32), 'hex')
  return callOfEvent({ id: formatEventId(event.time, key), cluster, event, item, isWhole: true })
}
