// joinStages: which rows are the stages of one request, by the rule that a client who chooses his Audit-ID cannot bend.

import type { StageRecord } from './read-siblings.ts'

/** First to last; a panic ends a request that may have completed already. */
const stageOrder = ['u', 'r', 's', 'c', 'p'] as const

/**
 * `siblings` are the rows that agree with `record` in auditID, received time, cluster, caller, verb and URI. They and the
 * record are one request when all their stages differ; where one stage is there twice, every row stands alone.
 * Returns the request's stages, first to last.
 */
export function joinStages<Stage extends Pick<StageRecord, 'stage'>>(
  record: Stage,
  siblings: readonly Stage[],
): readonly Stage[] {
  const all = [record, ...siblings]
  const differ = new Set(all.map(({ stage }) => stage)).size === all.length
  return differ ? all.toSorted((a, b) => rank(a) - rank(b)) : [record]
}

function rank({ stage }: Pick<StageRecord, 'stage'>): number {
  return stageOrder.findIndex((known) => known === stage)
}
