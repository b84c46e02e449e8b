// The API's answers as types: each is looked at once here, and taken as it is after that.
import type { components } from '@plaintrail/api-client/api-types'
import type { StoredEvent } from '@plaintrail/event/event'
import type { Page } from './pages.ts'

type Schemas = components['schemas']
export type Cluster = Schemas['Cluster']
/** What is needed to connect a cluster, told once. */
export type AddedCluster = Schemas['AddedCluster']
/** By what somebody asks; an added one with its text, told once. */
export type Token = Schemas['Token']
export type AddedToken = Schemas['AddedToken']
export type Quarantined = Schemas['Quarantined']
export type DeadJob = Schemas['Job']
export type Notice = Schemas['Notice']
export type Actor = Schemas['FoundActor']
export type Export = Schemas['Export']
export type ExportPart = Schemas['ExportPart']
export type ExportManifest = Schemas['ExportManifest']
/** A session of somebody in something running; `Session` is a run of a command here. */
export type Connection = Schemas['Session']
export type Activity = Schemas['Activity']
export type Completion = Schemas['Completion']
export type Explanation = Schemas['Explanation']
export type Explained = Schemas['Explained']

/** A list that is not paged by cursors. */
export interface List<T> {
  readonly data: readonly T[]
}

/**
 * What these guards look at is the outline: enough to tell another program's answer from ours. The fields within are the
 * server's promise (its OpenAPI document), which newer servers only add to.
 */
export const isEventPage = isPageOf(isStoredEvent)

export const isSessionPage = isPageOf((value): value is Connection =>
  has(value, { id: 'string', cluster: 'string', kind: 'string', state: 'string', actor: 'object', object: 'object' }),
)

export const isActivityPage = isPageOf((value): value is Activity =>
  has(value, { id: 'string', started: 'string', duration_us: 'number', sentence: 'string', commands: 'object' }),
)

export function isStoredEvent(value: unknown): value is StoredEvent {
  if (!has(value, { id: 'string', sentence: 'string', cluster: 'string', verb: 'string', outcome: 'string' }))
    return false
  const { actor, source, audit, authz, stages, flags } = value
  if (!has(actor, { name: 'string', type: 'string' }) || !has(audit, { id: 'string' })) return false
  return has(source, { client: 'object' }) && has(authz, {}) && Array.isArray(stages) && Array.isArray(flags)
}

/** What a live tail could not tell, and the path of a list that has it. */
export interface Missed {
  readonly reason: string
  readonly since: string
  readonly list: string
  readonly count?: number
}

export const isMissed = (value: unknown): value is Missed =>
  has(value, { reason: 'string', since: 'string', list: 'string' })

function isActor(value: unknown): value is Actor {
  return (
    has(value, { id: 'string', name: 'string', type: 'string', first_seen: 'string', requests: 'number' }) &&
    has(value, { by_class: 'object', by_outcome: 'object', clients: 'object', ips: 'object' })
  )
}

export const isActorPage = isPageOf(isActor)

export const isActorAnswer = (value: unknown): value is Schemas['ActorAnswer'] =>
  has(value, { data: 'object', meta: 'object' }) && isActor(value['data'])

export function isFirstsAnswer(value: unknown): value is Schemas['FirstsAnswer'] {
  const isList = isListOf((one): one is Schemas['First'] =>
    has(one, { what: 'string', value: 'string', time: 'string', event: 'string' }),
  )
  return isList(value) && has(value, { meta: 'object' })
}

export function isExport(value: unknown): value is Export {
  return (
    has(value, { id: 'string', state: 'string', query: 'string', progress: 'object' }) &&
    has(value['progress'], { fraction: 'number', rows: 'number', bytes: 'number' }) &&
    /^exp_\w+$/.test(String(value['id']))
  )
}

export const isExportList = isListOf(isExport)

export function isExportParts(value: unknown): value is readonly ExportPart[] {
  return (
    Array.isArray(value) && value.every((part) => has(part, { number: 'number', name: 'string', sha256: 'string' }))
  )
}

export function isManifest(value: unknown): value is ExportManifest {
  return (
    has(value, { manifest: 'string', id: 'string', sha256: 'string', rows: 'number', bytes: 'number' }) &&
    has(value['coverage'], { complete: 'boolean', gaps: 'object' }) &&
    isExportParts(value['parts'])
  )
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

export function isExplanation(value: unknown): value is Explanation {
  return (
    has(value, { query: 'string', asked: 'object' }) &&
    has(value['window'], { since: 'string', until: 'string' }) &&
    has(value['cost'], { reads: 'string', days: 'number' }) &&
    Array.isArray(value['hints']) &&
    isExplained(value['asked'])
  )
}

/** The server bounds how deep groups are. */
function isExplained(value: unknown): value is Explained {
  return has(value, { sentence: 'string' }) && Array.isArray(value['parts']) && value['parts'].every(isExplained)
}

export function isCompletion(value: unknown): value is Completion {
  if (!has(value, { span: 'object' }) || !has(value['span'], { start: 'number', end: 'number' })) return false
  const { candidates } = value
  return Array.isArray(candidates) && candidates.every((candidate) => has(candidate, { text: 'string' }))
}

export const isToken = (value: unknown): value is Token =>
  has(value, { id: 'string', name: 'string', created_at: 'string', current: 'boolean' })

export const isTokenList = isListOf(isToken)

export const isAddedToken = (value: unknown): value is AddedToken => isToken(value) && has(value, { token: 'string' })

export function isAddedCluster(value: unknown): value is AddedCluster {
  if (!has(value, { name: 'string', kubeconfig: 'string', audit_policy: 'string', flags: 'object' })) return false
  const { flags, ingest } = value
  if (!has(ingest, { url: 'string', token: 'string' }) || !has(flags, {})) return false
  return Object.values(flags).every((text) => typeof text === 'string')
}

function isPageOf<T>(isItem: (value: unknown) => value is T): (value: unknown) => value is Page<T> {
  const isList = isListOf(isItem)
  return (value): value is Page<T> =>
    isList(value) &&
    has(value, { has_more: 'boolean', meta: 'object' }) &&
    has(value['meta'], { query: 'string', window: 'object', coverage: 'object', stats: 'object' })
}

function isListOf<T>(isItem: (value: unknown) => value is T): (value: unknown) => value is List<T> {
  return (value): value is List<T> => has(value, {}) && Array.isArray(value['data']) && value['data'].every(isItem)
}

function has(
  value: unknown,
  shape: Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object'>>,
): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const fields: Readonly<Record<string, unknown>> = { ...value }
  return Object.entries(shape).every(([name, type]) => typeof fields[name] === type && fields[name] !== null)
}
