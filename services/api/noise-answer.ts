// noiseAnswer: how noisy a rule is, as answers have it, with exceptions that can be sent as they are.

import { formatMicroTime } from '@plaintrail/event/time'
import { formatDuration } from '@plaintrail/query/duration'
import type { RuleNoise } from '@plaintrail/store/noisy-rules'

/** 30 days: what nobody looks at again comes back. */
const proposedUs = 30 * 86_400_000_000

/** Null for a rule that says nothing about it. */
export function noiseAnswer(rule: string, noise: RuleNoise | undefined, nowUs: number) {
  if (noise === undefined) return null
  const within = formatDuration(noise.withinUs)
  return {
    noisy: noise.isNoisy,
    findings: noise.made,
    findings_max: noise.findings,
    within,
    proposed_exceptions: noise.proposals.map(({ match, events }) => ({
      rule,
      match,
      reason: `one of the busiest of a noisy rule: ${events} requests`,
      expires_at: formatMicroTime(nowUs + proposedUs),
    })),
  }
}
