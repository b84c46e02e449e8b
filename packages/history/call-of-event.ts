// callOfEvent: an event, with what stands in its bytes alone, as a call of a stretch of work.

import type { Event } from '@plaintrail/event/event'
import { queryValues } from '@plaintrail/event/request-uri'
import type { ActivityCall } from './activity-call.ts'
import { bodyAt } from './kubectl-line.ts'
import { isDiscovery, likelyCommand, plainCall } from './likely-command.ts'

/** The facts of an event that a stored one has without its bytes too. */
type Facts = Omit<Event, 'auditID' | 'stage' | 'level' | 'decision' | 'reason' | 'actor'>

export interface CallSources {
  readonly id: string
  readonly cluster: string
  readonly event: Facts
  /** The event as it was posted, parsed; undefined where its bytes are gone. */
  readonly item: unknown
  /** False where the groups that were acted as are not known. */
  readonly isWhole: boolean
}

/** Where the API server keeps which credential it was (kubernetes/apiserver pkg/authentication/user). */
const credentialKey = 'authentication.kubernetes.io/credential-id'

export function callOfEvent({ id, cluster, event, item, isWhole }: CallSources): ActivityCall {
  const { time, stageTime, client, source, object, requestURI } = event
  const call = { ...event, requestObject: bodyAt(item, 'requestObject') ?? undefined, knowsGroups: isWhole }
  const credential = bodyAt(item, 'user', 'extra', credentialKey, '0')
  return {
    id,
    timeUs: time,
    endUs: stageTime ?? time,
    cluster,
    credential: typeof credential === 'string' && credential !== '' ? credential : null,
    ip: source.peer,
    client: client.name === null ? null : [client.name, client.version].filter(Boolean).join(' '),
    userAgent: client.userAgent,
    verb: event.verb,
    class: event.class,
    outcome: event.outcome,
    code: event.code,
    isDryRun: event.flags.dryRun === true,
    isCreated: event.flags.created === true,
    goesOn: queryValues(requestURI, 'continue').length > 0,
    as: event.impersonated?.name ?? null,
    object,
    isDiscovery: isDiscovery(event),
    command: likelyCommand(call),
    plain: plainCall(event),
  }
}
