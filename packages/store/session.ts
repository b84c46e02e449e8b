// sessionOf: a connection into a running thing, told from the stages of the request that opened it.

import type { StoredEvent } from '@plaintrail/event/event'
import { parseMicroTime } from '@plaintrail/event/time'

export const sessionStates = ['open', 'ended', 'unknown'] as const
/** `unknown`: no end was seen, and it could have been missed. */
export type SessionState = (typeof sessionStates)[number]

export const unseenReasons = ['too_old', 'gap', 'api_server_restarted', 'unreadable_event'] as const
/** Why the end of a session could have come unseen. */
export type UnseenReason = (typeof unseenReasons)[number]

export const connectionKinds = ['exec', 'attach', 'portforward', 'proxy'] as const
export type ConnectionKind = (typeof connectionKinds)[number]

export interface Session {
  /** Of the event that shows the request; it changes when the session ends, for that is a later event. */
  readonly id: string
  readonly cluster: string
  readonly kind: ConnectionKind
  readonly state: SessionState
  /** Of `unknown`; null otherwise. */
  readonly reason: UnseenReason | null
  readonly actor: StoredEvent['actor']
  readonly source: StoredEvent['source']
  readonly object: NonNullable<StoredEvent['object']>
  /** As a shell would need it, at most 220 characters; null where there is none. */
  readonly command: string | null
  readonly container: string | null
  /** Of a port-forward, where the client says them in the request. */
  readonly ports: string | null
  /** When it was answered, or asked for where no event says when it was answered. */
  readonly started: string | null
  readonly ended: string | null
  readonly durationUs: number | null
}

/** `unseen` is why an end could have been missed. Null for what is no connection. */
export function sessionOf(event: StoredEvent, unseen: UnseenReason | null): Session | null {
  const { object, stages } = event
  const kind = connectionKinds.find((known) => known === object?.subresource)
  if (object === null || kind === undefined) return null
  const end = endOf(event)
  const started = stages.find(({ stage }) => stage === 'ResponseStarted')?.time ?? event.time
  const ended = end?.time ?? null
  const state = end ? 'ended' : unseen === null ? 'open' : 'unknown'
  return {
    id: event.id,
    cluster: event.cluster,
    kind,
    state,
    reason: state === 'unknown' ? unseen : null,
    actor: event.actor,
    source: event.source,
    object,
    ...wordsOf(event.detail ?? ''),
    started,
    ended,
    durationUs: between(started, ended),
  }
}

export const hasEnd = (event: StoredEvent | undefined): boolean => event !== undefined && endOf(event) !== null

function endOf({ stages }: StoredEvent): StoredEvent['stages'][number] | null {
  return stages.find(({ stage }) => stage === 'ResponseComplete' || stage === 'Panic') ?? null
}

/** As packages/event/detail.ts joins them: a container has no `; ` in its name, and a command may. */
function wordsOf(detail: string): Pick<Session, 'command' | 'container' | 'ports'> {
  const at = detail.startsWith('container ') ? 0 : detail.lastIndexOf('; container ')
  const before = at === -1 ? detail : detail.slice(0, at)
  return {
    command: after('command ', before),
    container: at === -1 ? null : detail.slice(at).replace(/^(?:; )?container /, ''),
    ports: after('ports ', before),
  }
}

function after(word: string, text: string): string | null {
  return text.startsWith(word) ? text.slice(word.length) : null
}

function between(from: string | null, to: string | null): number | null {
  const [fromUs, toUs] = [parseMicroTime(from ?? ''), parseMicroTime(to ?? '')]
  return fromUs === null || toUs === null ? null : toUs - fromUs
}
