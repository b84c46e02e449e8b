// Gaps: stretches of time in which events of a cluster are known to be missing, so that no answer seems complete and is not.

import type { Query } from '@plaintrail/query/ast'
import type { Gap } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { formatMicroTime } from '@plaintrail/event/time'
import { sql } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { inScope, isMeant } from './visible-clusters.ts'

export interface NewGap {
  readonly clusterUid: string
  /** One word or two, such as `body_too_large`; the same for every gap of its kind. */
  readonly cause: string
  /** One sentence. */
  readonly detail: string
  /** Microseconds since 1970. */
  readonly fromUs: number
  readonly toUs: number
}

/** A cause that goes on is one gap that grows: an API server whose posts all fail would else make one a second. */
const joinedWithinUs = 60_000_000
/** An answer names no more than these; there being any already says that it is incomplete. */
const gapsMax = 100

/** Two calls at the same moment may make two gaps of one; that says the same. */
export async function recordGap(store: Store, gap: NewGap): Promise<void> {
  const { clusterUid, cause, detail, fromUs, toUs } = gap
  await readRows(
    store,
    sql`with c as (
          select id from cluster where uid = ${clusterUid}::uuid
        ), grown as (
          update gap set detail = ${detail}, occurrences = occurrences + 1,
            from_us = least(from_us, ${fromUs}::int8), to_us = greatest(to_us, ${toUs}::int8)
          where id = (
            select g.id from gap g join c on c.id = g.cluster_id
            where g.cause = ${cause} and g.to_us >= ${fromUs - joinedWithinUs}::int8
              and g.from_us <= ${toUs + joinedWithinUs}::int8
            order by g.to_us desc limit 1
          )
          returning id
        )
        insert into gap (cluster_id, cause, detail, from_us, to_us)
        select c.id, ${cause}, ${detail}, ${fromUs}::int8, ${toUs}::int8 from c where not exists (select from grown)`,
  )
}

/**
 * The log deleted messages that nobody had read. Whose they were is not known: each cluster that ever sent something may
 * miss events since the newest that is stored of it.
 */
export async function recordLogLoss(
  store: Store,
  loss: { readonly topic: string; readonly partition: number; readonly fromOffset: number; readonly toOffset: number },
  nowUs: number,
): Promise<void> {
  const { topic, partition, fromOffset, toOffset } = loss
  const detail = `Kafka deleted ${toOffset - fromOffset} posts of ${topic}/${partition} before they were read`
  await readRows(
    store,
    sql`insert into gap (cluster_id, cause, detail, from_us, to_us)
        select s.cluster_id, 'log_expired', ${detail}, least(max(s.received_us), ${nowUs}::int8), ${nowUs}::int8
        from seal s group by s.cluster_id`,
  )
}

/** The newest gaps that touch the window, newest first. */
export async function findGaps(store: Store, scope: Scope, window: Window, query?: Query): Promise<readonly Gap[]> {
  const rows = await readRows<{ cluster: string; cause: string; fromUs: number; toUs: number }>(
    store,
    sql`select c.name as cluster, g.cause, g.from_us as "fromUs", g.to_us as "toUs"
        from gap g join cluster c on c.id = g.cluster_id
        where ${inScope(scope)} and ${isMeant(query)}
          and g.to_us >= ${window.sinceUs}::int8 and g.from_us < ${window.untilUs}::int8
        order by g.to_us desc, g.id desc limit ${gapsMax}`,
  )
  return rows.map(({ cluster, cause, fromUs, toUs }) => ({
    cluster,
    from: formatMicroTime(fromUs),
    to: formatMicroTime(toUs),
    cause,
  }))
}
