// ruleStatus: whether a rule can judge what a cluster sends.

import type { RuleCoverage } from '@plaintrail/store/coverage-of-rules'
import type { CoverageStatus } from './schemas/rule-coverage-schemas.ts'

/** Worst first. */
const order: readonly CoverageStatus[] = ['failing', 'cannot', 'partly', 'unseen', 'works']

export function ruleStatus({ rule, evaluated, insufficient, errors }: RuleCoverage): CoverageStatus {
  if (rule.failing !== null) return 'failing'
  if (evaluated === 0) return 'unseen'
  const lacking = insufficient + errors
  if (lacking === 0) return 'works'
  return lacking < evaluated ? 'partly' : 'cannot'
}

/** Below 0 where `one` is worse. */
export function compareStatus(one: CoverageStatus, other: CoverageStatus): number {
  return order.indexOf(one) - order.indexOf(other)
}
