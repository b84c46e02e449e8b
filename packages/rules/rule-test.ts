// RuleTest: an example beside a rule, of what it must find and what it must not.
import type { SubjectInitiator } from './subject.ts'
import type { JsonObject } from '@plaintrail/history/json-values'
import type { Place } from './rule-error.ts'

export interface RuleTest {
  readonly name: string
  readonly at: Place
  readonly given: Given
  /** The name of the cluster that the events are from. */
  readonly cluster: string
  /** What history says that the object was before the event: null where there was none, undefined where it says nothing. */
  readonly oldObject: JsonObject | null | undefined
  /** Who is behind the event, where attribution says it. */
  readonly initiator: SubjectInitiator | null
  readonly expect: Expectation
}

export type Given =
  /** Audit events; what they lack is made up. */
  | { readonly kind: 'events'; readonly events: readonly JsonObject[] }
  /** A file beside the rule's, as a path with slashes: a line is an event or an EventList. */
  | { readonly kind: 'fixture'; readonly path: string; readonly at: Place }
  /** Of a rule on gaps. */
  | { readonly kind: 'gap'; readonly gap: JsonObject }

/** Of the findings after all events. */
export interface Expectation {
  readonly at: Place
  readonly findings: number
  /** Events that cannot be judged by what was recorded. */
  readonly insufficient: number
  readonly errors: number
  /** What the summary of one of the findings says; null where it does not matter. */
  readonly summary: string | null
}
