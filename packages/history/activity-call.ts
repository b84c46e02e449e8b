// ActivityCall: one request of somebody, with what is needed to tell stretches of work and the commands in them.

import type { EventClass, ObjectRef, Outcome } from '@plaintrail/event/event'
import type { LikelyCommand } from './kubectl-line.ts'

export interface ActivityCall {
  /** `evt_…` */
  readonly id: string
  /** Microseconds since 1970: when it was received, and when its last stage was. */
  readonly timeUs: number
  readonly endUs: number
  readonly cluster: string
  /** As Kubernetes names it (`X509SHA256=…`, `JTI=…`); null where the API server or the authenticator tells none. */
  readonly credential: string | null
  /** The address that the API server saw. */
  readonly ip: string | null
  /** `kubectl 1.33`, as claimed; null where none was sent. */
  readonly client: string | null
  readonly userAgent: string
  readonly verb: string
  readonly class: EventClass
  readonly outcome: Outcome
  readonly code: number | null
  readonly isDryRun: boolean
  readonly isCreated: boolean
  /** It goes on with a list that came in pieces. */
  readonly goesOn: boolean
  /** The identity that was acted as. */
  readonly as: string | null
  readonly object: Pick<ObjectRef, 'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name'> | null
  readonly isDiscovery: boolean
  /** The command of kubectl, as likelyCommand has it for this call alone. */
  readonly command: LikelyCommand | null
  /** The call itself: plainCall. */
  readonly plain: string
}
