// Initiator: who is behind an event, how sure that is, and the evidence. Made by attribute.ts.

export interface Initiator {
  readonly kind: 'person' | 'service-account' | 'commit' | 'unknown'
  /** A username, or a revision as the GitOps system writes it; empty for `unknown`. */
  readonly name: string
}

export const confidences = ['certain', 'likely', 'unknown'] as const
/**
 * `certain`: identities, uids, generations or contents tie every link. `likely`: a link is by name, by time, or a claim
 * that the system who should make it made. `unknown`: less than that; `considered` says what there was.
 */
export type Confidence = (typeof confidences)[number]

export interface ChainLink {
  /** A word for the kind: `owner`, `deleted-owner`, `credential` … */
  readonly what: string
  /** The id of the earlier event, or of the event itself for what it says by itself. */
  readonly event: string
  /** The evidence, as a sentence. */
  readonly why: string
}

export interface Attribution {
  readonly initiator: Initiator
  readonly confidence: Confidence
  /** From the event back to the initiator; at most 16. */
  readonly chain: readonly ChainLink[]
  /** What was looked at and was not enough, as sentences; at most 8. */
  readonly considered: readonly string[]
}

export const unknown: Initiator = { kind: 'unknown', name: '' }
