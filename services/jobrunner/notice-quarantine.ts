// Notice quarantine: that something could not be read is written down for whoever looks, and told in the log.

import type { Logger } from '@plaintrail/runtime/logger'
import { addNotice, quarantineNoticed, type QuarantineNoticed } from '@plaintrail/store/notices'
import type { Store } from '@plaintrail/store/open-store'
import { completeJob } from '@plaintrail/store/outbox'
import type { OutboxJob } from './relay-outbox.ts'

export async function noticeQuarantine(
  { store, logger }: { readonly store: Store; readonly logger: Logger },
  { id, payload }: OutboxJob,
): Promise<void> {
  const { clusterId, count, reasons } = readPayload(payload)
  const which = Object.entries(reasons)
    .toSorted(([a, many], [b, other]) => other - many || a.localeCompare(b))
    .map(([reason, number]) => `${reason} ${number}`)
    .join(', ')
  const detail = `${count} ${count === 1 ? 'item' : 'items'} could not be read and went to quarantine: ${which}`
  let cluster: string | null = null
  const isDone = await completeJob(store, id, async (client) => {
    cluster = await addNotice(client, { id, kind: quarantineNoticed, clusterId, detail })
  })
  if (isDone) logger.warn({ cluster, count, reasons }, 'something could not be read: see `plaintrail quarantine list`')
}

/** Written by quarantineOutbox, perhaps of another version. */
function readPayload(payload: unknown): QuarantineNoticed {
  const fields: Readonly<Partial<Record<string, unknown>>> =
    typeof payload === 'object' && payload !== null ? { ...payload } : {}
  const { clusterId, count, reasons } = fields
  const isCluster = clusterId === null || typeof clusterId === 'number'
  if (!isCluster || typeof count !== 'number' || typeof reasons !== 'object' || reasons === null)
    throw new Error('could not read the payload of the job: it is of another version')
  const numbers = Object.entries({ ...reasons }).flatMap(([reason, number]): readonly [string, number][] =>
    typeof number === 'number' ? [[reason, number]] : [],
  )
  return { clusterId, count, reasons: Object.fromEntries(numbers) }
}
