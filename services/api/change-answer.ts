// changeAnswers: changes as an answer shows them: paths as text, secrets hidden.

import type { Change } from '@plaintrail/history/diff-objects'
import { formatFieldPath } from '@plaintrail/history/field-path'
import { maskChanges } from '@plaintrail/history/mask-secrets'
import type { ChangeAnswer } from './schemas/revision-schemas.ts'

/** Changes of one answer. */
export const changesShownMax = 1_000

export function changeAnswers(changes: readonly Change[]): readonly ChangeAnswer[] {
  return maskChanges(changes.slice(0, changesShownMax)).map((change) => ({
    path: formatFieldPath(change.path),
    op: change.op,
    ...('from' in change && { from: change.from }),
    ...('to' in change && { to: change.to }),
    noise: change.noise,
    secret: change.secret !== undefined,
  }))
}
