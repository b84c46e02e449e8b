// Finding: what one look at the facts found: a cause with its evidence, or what was considered in vain.

import type { Cause } from './initiator-facts.ts'
import { confidences, type ChainLink, type Confidence, type Initiator } from './initiator.ts'

export type Finding =
  | {
      readonly isFound: true
      readonly cause: Cause
      readonly confidence: Confidence
      readonly link: Omit<ChainLink, 'event'>
      /** Whom the evidence names, where it is not who is behind the cause. */
      readonly initiator?: Initiator
    }
  | { readonly isFound: false; readonly considered: readonly string[] }

export function found(cause: Cause, confidence: Confidence, what: string, why: string): Finding {
  return { isFound: true, cause, confidence, link: { what, why } }
}

export function notFound(...considered: readonly string[]): Finding {
  return { isFound: false, considered }
}

/** The weaker of the two. */
export function lesser(one: Confidence, other: Confidence): Confidence {
  return confidences.indexOf(one) > confidences.indexOf(other) ? one : other
}

/** Whether the same is behind both, and is known. */
export function isSameInitiator(one: Cause, other: Cause): boolean {
  const [left, right] = [one.attribution.initiator, other.attribution.initiator]
  return left.kind !== 'unknown' && left.kind === right.kind && left.name === right.name
}
