// The API's answers as types: each is looked at once here, and taken as it is after that.
import type { StoredEvent } from '@plaintrail/event/event'
import type { Page } from '@plaintrail/query/page'

export interface Cluster {
  readonly name: string
  readonly created_at?: string | null
  readonly last_event_at?: string | null
  readonly events?: number | null
}

/** What is needed to connect a cluster, told once. */
export interface NewCluster {
  readonly name: string
  readonly ingest: { readonly url: string; readonly token: string }
  readonly kubeconfig: string
  readonly audit_policy: string
  /** The API server's flags, one text for each way of running it (`kubeadm`, `k3s`). */
  readonly flags: Readonly<Record<string, string>>
}

export interface Quarantined {
  readonly id: string
  readonly cluster: string | null
  readonly time: string | null
  readonly reason: string
  readonly detail?: string | null
  readonly size: number
}

export interface DeadJob {
  readonly id: string
  readonly kind: string
  readonly created_at?: string | null
  readonly dead_at: string
  readonly attempts: number
  readonly error: string
}

export interface Notice {
  readonly id: string
  readonly time: string
  readonly kind: string
  readonly cluster: string | null
  readonly detail: string
}

/** A list that is not paged by cursors. */
export interface List<T> {
  readonly data: readonly T[]
}

/**
 * What these guards look at is the outline: enough to tell another program's answer from ours. The fields within are the
 * server's promise (packages/event/event.ts and packages/query/page.ts), which newer servers only add to.
 */
export function isEventPage(value: unknown): value is Page<StoredEvent> {
  return (
    isListOf(isStoredEvent)(value) && 'has_more' in value && 'meta' in value && has(value.meta, { query: 'string' })
  )
}

export function isStoredEvent(value: unknown): value is StoredEvent {
  if (!has(value, { id: 'string', sentence: 'string', cluster: 'string', verb: 'string', outcome: 'string' }))
    return false
  const { actor, source, audit, authz, stages, flags } = value
  if (!has(actor, { name: 'string', type: 'string' }) || !has(audit, { id: 'string' })) return false
  return has(source, { client: 'object' }) && has(authz, {}) && Array.isArray(stages) && Array.isArray(flags)
}

export const isClusterList = isListOf((value): value is Cluster => has(value, { name: 'string' }))

export const isQuarantine = isListOf((value): value is Quarantined =>
  has(value, { id: 'string', reason: 'string', size: 'number' }),
)

export const isJobList = isListOf((value): value is DeadJob =>
  has(value, { id: 'string', kind: 'string', dead_at: 'string', attempts: 'number', error: 'string' }),
)

export const isNoticeList = isListOf((value): value is Notice =>
  has(value, { id: 'string', time: 'string', kind: 'string', detail: 'string' }),
)

export function isNewCluster(value: unknown): value is NewCluster {
  if (!has(value, { name: 'string', kubeconfig: 'string', audit_policy: 'string', flags: 'object' })) return false
  const { flags, ingest } = value
  if (!has(ingest, { url: 'string', token: 'string' }) || !has(flags, {})) return false
  return Object.values(flags).every((text) => typeof text === 'string')
}

function isListOf<T>(isItem: (value: unknown) => value is T): (value: unknown) => value is List<T> {
  return (value): value is List<T> => has(value, {}) && Array.isArray(value['data']) && value['data'].every(isItem)
}

function has(
  value: unknown,
  shape: Readonly<Record<string, 'string' | 'number' | 'object'>>,
): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const fields: Readonly<Record<string, unknown>> = { ...value }
  return Object.entries(shape).every(([name, type]) => typeof fields[name] === type && fields[name] !== null)
}
