// Rule: what a rule file of plaintrail.dev/v1 says, read and checked for itself by parse-rules.ts.

import type { Query } from '@plaintrail/query/ast'
import { severities, type Severity } from '@plaintrail/query/severities'
import type { FieldName } from './fields.ts'
import type { TextInFile } from './text-in-file.ts'

/** The query language has them too. */
export { severities, type Severity }

/** `shadow` judges as `active` does, and what it finds is shown to whoever asks for it alone. */
export const ruleStates = ['active', 'shadow', 'off'] as const
export type RuleState = (typeof ruleStates)[number]

export interface Rule {
  /** A DNS label (RFC 1123) of at most 63 characters; unique among all rules of an installation. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly title: string
  /** Why it matters; may be empty. */
  readonly description: string
  readonly severity: Severity
  readonly state: RuleState
  readonly owner: string | null
  /** Judged on an event, or on a gap in what a cluster sent. */
  readonly on: 'event' | 'gap'
  readonly step: Step
  readonly exceptions: readonly Exception[]
  readonly condition: Condition
  /** How late an event may be stored and still count, in microseconds: absence is decided no sooner. */
  readonly latenessUs: number
  /** A finding is one of these values, within a cluster. Empty: one finding a cluster. */
  readonly groupBy: readonly FieldName[]
  /** A sentence with `{{field}}` in it. */
  readonly summary: string
  /** How to mend it; may be empty, and may have `{{field}}` in it. */
  readonly remediation: string
  /** Commands that mend or look into it, with `{{field}}` in them, quoted for a shell. */
  readonly commands: readonly string[]
  /** `pci:10.2.1.2`, `soc2:CC6.1` …: controls.ts knows them. */
  readonly controls: readonly string[]
  /** Technique ids of MITRE ATT&CK: `T1609`, `T1552.007`. */
  readonly attack: readonly string[]
  readonly needs: Needs
  /** How many findings it may make before it is told to be noisy; null where that is not said. */
  readonly noise: Noise | null
  readonly references: readonly string[]
  readonly falsePositives: readonly string[]
  /** What `where` reads as `params`. */
  readonly params: Readonly<Record<string, unknown>>
}

/** What an event must be. */
export interface Step {
  /** As written; empty where there is none. */
  readonly matchText: string
  /** Where it stands in the file; null where there is none. */
  readonly matchAt: TextInFile | null
  readonly match: Query
  /** A CEL expression that gives a bool; null where the match says all. */
  readonly where: Where | null
}

/** Places in the expression are told in the file's lines: text-in-file.ts. */
export type Where = TextInFile

/** Where it holds, the rule does not match. */
export interface Exception {
  readonly name: string
  readonly reason: string
  readonly step: Step
}

/** What makes a finding of events that match. All windows are of the time of requests, in microseconds. */
export type Condition =
  /** Each is one. */
  | { readonly kind: 'each' }
  /** So many requests of a group within a window; all in such a window count. */
  | { readonly kind: 'count'; readonly atLeast: number; readonly withinUs: number }
  /** So many different values of a field of a group within a window. */
  | { readonly kind: 'distinct'; readonly of: FieldName; readonly atLeast: number; readonly withinUs: number }
  /** Followed by one of each of these in this order, all of a group, from the first to the last within a window. */
  | { readonly kind: 'sequence'; readonly steps: readonly Step[]; readonly withinUs: number }
  /** Together with one of each of these in any order, all of a group, within a window. One request may be several of them. */
  | { readonly kind: 'together'; readonly steps: readonly Step[]; readonly withinUs: number }
  /** Followed by none of these of the group within a window. */
  | { readonly kind: 'absence'; readonly without: Step; readonly withinUs: number }
  /** Of values (with the group's) that no event that matches had in the time before. */
  | { readonly kind: 'first-seen'; readonly of: readonly FieldName[]; readonly withinUs: number }

/** More findings than these with an event within a time are too many. In microseconds. */
export interface Noise {
  readonly findings: number
  readonly withinUs: number
}

/** What has to be recorded, beyond what the match and the expression show they read. */
export interface Needs {
  readonly level: 'Metadata' | 'Request' | 'RequestResponse' | null
  readonly stage: 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | null
}
