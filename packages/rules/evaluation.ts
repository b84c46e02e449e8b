// Evaluation: what a rule says of one event. Three values, and a fault is none of them.

import type { FieldName } from './fields.ts'

export type Evaluation =
  | {
      readonly kind: 'match'
      /** Which step of a sequence or an absence it is; 0 for the rule's own match. An event may be several. */
      readonly steps: readonly number[]
      /** Of `groupBy`, in its order; null where the event has none. */
      readonly group: readonly (string | null)[]
      /** Of what a condition counts or compares by; null where it has none. */
      readonly value: string | null
    }
  | { readonly kind: 'no-match' }
  /** It depends on what was not recorded. */
  | { readonly kind: 'insufficient'; readonly missing: readonly Missing[] }
  /** The rule is at fault, or this event is none that it can judge. Never taken for `no-match`. */
  | {
      readonly kind: 'error'
      readonly says: string
      readonly line: number
      readonly column: number
      /** It was given up since it costs more than a rule may. */
      readonly isCostly?: true
    }

/** What would have to be known. */
export interface Missing {
  /** A JSON pointer into the variables of the expression (`/object/spec/hostPID`), or a qualifier (`changed`), or a field. */
  readonly what: string
  /** Why it is not known, as the end of a sentence. */
  readonly because: string
}

/** Values of the fields that a rule tells with, for its sentences. */
export type FieldValues = Readonly<Partial<Record<FieldName, string | null>>>
