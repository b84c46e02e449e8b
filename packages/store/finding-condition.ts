// isFoundBy: events that findings were made of, as a condition on `event e`: by the rows of rule_hit in the stretch that is
// read, and in no other partitions.

import type { Matches } from '@plaintrail/query/ast'
import { findingKeys, type FindingKey } from '@plaintrail/query/finding-terms'
import { parseFindingId } from '@plaintrail/rules/finding-id'
import { sql, type SQL } from 'drizzle-orm'
import type { Stretch } from './event-stretches.ts'
import { exactAndLike, isExact } from './pattern-matches.ts'
import { arrayOf } from './read-rows.ts'
import { isShown } from './shadow-findings.ts'
import { isOneOf, type Condition } from './term-condition.ts'
import type { Ids } from './term-ids.ts'

type FindingTerm = Matches & { readonly key: FindingKey }

export const isFindingTerm = (term: { readonly kind: string; readonly key: string }): term is FindingTerm =>
  term.kind === 'matches' && findingKeys.some((key) => key === term.key)

/** `ids` are of the rules that the term names. Only what counts in a finding is a part in it. */
export function isFoundBy(term: FindingTerm, ids: Ids, { fromUs, toUs }: Stretch): Condition {
  const isMeant = isSuchFinding(term, ids)
  return (
    isMeant !== false &&
    sql`exists (
      select from rule_hit h join finding f on f.id = h.finding_id
      where h.counts and h.time = e.time and h.key = e.key and h.time >= ${fromUs}::int8 and h.time < ${toUs}::int8
        and ${isMeant} and ${isNamed(term) ? sql`true` : isShown})`
  )
}

/** Whoever names a rule or a finding means it, whether it is tried out or not. */
const isNamed = ({ key }: FindingTerm): boolean => key === 'rule' || key === 'vio'

/** Of `finding f`: there are requests that count, or such that exceptions hide. Of neither, only the row is left. */
export const isLeft = sql`(f.events > 0 or exists (
  select from rule_hit h where h.finding_id = f.id and h.hidden_by is not null))`

/** A condition on `finding f`. */
export function isSuchFinding({ key, values }: FindingTerm, ids: Ids): Condition {
  const texts = values.map(([text]) => text)
  switch (key) {
    case 'rule':
      return isOneOf(sql`f.rule_id`, ids)
    case 'vio': {
      const found = texts.map(parseFindingId).filter((id) => id !== null)
      return found.length > 0 && sql`f.id = any(${arrayOf('uuid', found.map(uuidOf))})`
    }
    case 'severity':
      return sql`f.severity = any(${arrayOf('text', texts)})`
    case 'control':
      return hasControl(values)
    default:
      return key satisfies never
  }
}

/** An index has those that are asked for whole. */
function hasControl(values: Matches['values']): SQL {
  const { exact, like } = exactAndLike(values)
  if (values.every(isExact)) return sql`f.controls && ${exact}`
  return sql`(f.controls && ${exact} or exists (select from unnest(f.controls) o (name) where o.name like any(${like})))`
}

const uuidOf = (bytes: Buffer): string => bytes.toString('hex')
