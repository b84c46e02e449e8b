// What people make of findings: the states, the reasons, and how much of each may be said.

import type { Severity } from './rule.ts'

export const findingStates = ['open', 'acknowledged', 'resolved', 'ignored'] as const
export type FindingState = (typeof findingStates)[number]

export const triageReasons = [
  'false_positive',
  'testing_or_maintenance',
  'remediated',
  'expected',
  'true_positive_benign',
  'true_positive_malicious',
  'other',
] as const
export type TriageReason = (typeof triageReasons)[number]

/** UTF-16 units each. */
export const commentCharsMax = 4_000
export const assigneeCharsMax = 200
export const exceptionMatchCharsMax = 2_000
export const exceptionReasonCharsMax = 1_000
/** Findings that one request changes. */
export const bulkFindingsMax = 100
/** Requests that an ignored finding may wait for. */
export const ignoredEventsMax = 1_000_000_000

/** Whether a finding is done with in this state, for which a reason must be given. */
export const isDoneWith = (state: FindingState): boolean => state === 'resolved' || state === 'ignored'

/** What one person may have of an end where for ever takes two: a later one is none. */
export const aloneDaysMax = 366
export const aloneEventsMax = 10_000

/** Whether a second person has to confirm that such a finding is ignored for ever. */
export const needsSecond = (severity: Severity): boolean => severity === 'critical'

/** Whether who is done with such a finding must also say something in words. */
export const needsComment = (severity: Severity): boolean => severity === 'high' || severity === 'critical'
