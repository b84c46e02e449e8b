// queryConditions: a scope and a query as conditions on `event e`, with every name turned into ids already.

import { stages, type Stage } from '@plaintrail/event/event'
import type { Matches, Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import { fieldNeeded, fieldsAsked, hasField, isOfOneField } from './changed-condition.ts'
import type { Stretch } from './event-stretches.ts'
import type { WhereIn } from './find-records.ts'
import { isFindingTerm, isFoundBy } from './finding-condition.ts'
import { isInitiatedBy } from './initiator-condition.ts'
import { maySay } from './may-say.ts'
import { namedObjects, type ObjectKeys } from './object-keys.ts'
import type { Store } from './open-store.ts'
import { arrayOf } from './read-rows.ts'
import { allOf, always, anyOf, isOneOf, termCondition, type Condition, type Rows } from './term-condition.ts'
import { namesIn, termIds, type Ids } from './term-ids.ts'
import { textCondition } from './text-condition.ts'
import { visibleClusters } from './visible-clusters.ts'
import { termsOf, weakenedQuery, type Term } from './weakened-query.ts'

export interface QueryConditions {
  /** Every row that matches meets it, and only those where `text` is null. */
  readonly where: WhereIn
  /** What is left to ask of the rows that meet `where`; null where nothing is. */
  readonly text: TextConditions | null
  /**
   * A request is shown once, as the last of its stages that are in here, which must then match. Where the query names
   * no stage it is all of them.
   */
  readonly stages: ReadonlySet<Stage>
}

interface TextConditions {
  /** An array of booleans, to be selected beside a row. */
  readonly answers: WhereIn
  /** Whether the row matches, by these answers and by the sentence that tells it. */
  readonly holds: (answers: readonly boolean[], sentence: string) => boolean
}

/**
 * Null where no event can match: then there is nothing to read. At most six statements, whatever the query. Of `few` rows
 * it costs less to make the sentences than to look up the names in which the words of a text could stand.
 */
export async function queryConditions(
  store: Store,
  scope: Scope,
  query: Query,
  rows: Rows = 'many',
): Promise<QueryConditions | null> {
  const text = textCondition(query)
  const answered = weakenedQuery(query, ({ kind }, isWanted) => kind !== 'says' || isWanted)
  if (answered === false) return null
  const queries = [answered, ...(text?.parts ?? [])]
  const terms = queries.flatMap(termsOf)
  const [ids, keys, texts, visible] = await Promise.all([
    termIds(store, terms),
    namedObjects(store, scope, queries),
    maySay(store, rows === 'many' ? terms : []),
    isVisible(store, scope),
  ])
  const known = { ids, keys, texts, rows }
  const where = (stretch: Stretch): Condition => allOf([visible, conditionOf(answered, { ...known, stretch })])
  if (where({ fromUs: 0, toUs: 0 }) === false) return null
  return {
    where: (stretch) => where(stretch) || sql`false`,
    text: text && { ...text, answers: (stretch) => answersTo(text.parts, { ...known, stretch }) },
    stages: stagesIn(query),
  }
}

/** What names stand for. */
interface Known {
  readonly ids: ReadonlyMap<Term, Ids>
  readonly keys: ReadonlyMap<Query, ObjectKeys>
  readonly rows: Rows
  /** What rows meet that say a text, and others: how a text is asked for where that is enough. */
  readonly texts: ReadonlyMap<Term, SQL>
  /** In which the rows are. */
  readonly stretch: Stretch
}

async function isVisible(store: Store, scope: Scope): Promise<Condition> {
  if (scope.kind === 'everything') return always
  const clusters = await visibleClusters(store, scope)
  return isOneOf(
    sql`e.cluster_id`,
    clusters.map(({ id }) => id),
  )
}

function conditionOf(query: Query, known: Known): Condition {
  switch (query.kind) {
    case 'and':
      return andCondition(query.parts, known.keys.get(query) ?? null, known)
    case 'or':
      return orCondition(query.parts, known)
    case 'not': {
      const part = conditionOf(query.part, known)
      // Comparing with null is neither true nor false, and an event without a namespace is not in the unwanted one.
      return part === false ? always : sql`(${part}) is not true`
    }
    case 'matches':
    case 'within': {
      if (isFindingTerm(query)) return isFoundBy(query, idsIn(known, query), known.stretch)
      if (query.key === 'initiator') return isInitiatedBy(query, idsIn(known, query), known.stretch)
      const { fields } = fieldsAsked([query], (term) => idsIn(known, term))
      const [field] = fields
      return field === undefined
        ? termCondition(query, idsIn(known, query), known.rows)
        : hasField(field, known.stretch)
    }
    case 'says':
      return known.texts.get(query) ?? always
    default:
      return query satisfies never
  }
}

const idsIn = ({ ids }: Known, term: Term): Ids => ids.get(term) ?? []

/** Where each alternative asks for a changed field, an index leads to those that one of them could mean. */
function orCondition(parts: readonly Query[], known: Known): Condition {
  const idsOf = (term: Term): Ids => idsIn(known, term)
  const needed = fieldNeeded({ kind: 'or', parts }, idsOf)
  const field = needed === null ? always : hasField(needed, known.stretch)
  // Where they ask for nothing else, one field is all there is to find.
  if (needed !== null && parts.every((part) => isOfOneField(part, idsOf))) return field
  return allOf([field, anyOf(parts.map((part) => conditionOf(part, known)))])
}

/** What is asked of one changed field is one condition. */
function conditionsOf(parts: readonly Query[], known: Known): readonly Condition[] {
  const { fields, others } = fieldsAsked(parts, (term) => idsIn(known, term))
  return [...fields.map((field) => hasField(field, known.stretch)), ...others.map((part) => conditionOf(part, known))]
}

const indexed: ReadonlySet<string> = new Set(['actor', 'ns', 'ip', 'audit'])
/** Of one name there are few ids, more of a glob. */
const idsFewMax = 4

/** An index on what it names leads to all rows that meet it. */
function findsFew(part: Query, ids: Known['ids']): boolean {
  if (part.kind !== 'matches' || !indexed.has(part.key) || namesIn(part).length < part.values.length) return false
  const own = ids.get(part)
  return part.key === 'audit' || (Array.isArray(own) && own.length <= idsFewMax)
}

/** Where few objects are meant, one index finds them; kind, namespace and name are compared all the same. */
function andCondition(parts: readonly Query[], keys: ObjectKeys | null, above: Known): Condition {
  const isFew = keys !== null || parts.some((part) => findsFew(part, above.ids))
  const known = isFew ? { ...above, rows: 'few' as const } : above
  if (keys === null) return allOf(conditionsOf(parts, known))
  const naming = new Set<Query>(keys.naming)
  const meant = allOf(keys.naming.map((part) => conditionOf(part, known)))
  const others = conditionsOf(
    parts.filter((part) => !naming.has(part)),
    known,
  )
  if (meant === false) return false
  if (keys.keys.length !== 1) return allOf([sql`e.object_key = any(${arrayOf('int8', keys.keys)})`, meant, ...others])
  // As one opaque comparison: Postgres would multiply the frequencies of the parts, expect one row, and so read and sort
  // all rows of a busy object. Of several keys most have none, and the multiplied guess is the better one.
  return allOf([sql`e.object_key = ${keys.keys[0]}::int8`, sql`coalesce(${meant}, false)`, ...others])
}

function answersTo(parts: readonly Query[], known: Known): SQL {
  const answers = parts.map((part) => {
    const condition = conditionOf(part, known)
    return condition === false ? sql`false` : sql`(${condition}) is true`
  })
  return sql`array[${sql.join(answers, sql`, `)}]::bool[]`
}

/** A query names stages only as far as nothing else in it could make up for another stage. */
function stagesIn(query: Query): ReadonlySet<Stage> {
  const asked = weakenedQuery(query, (term) => term.kind === 'matches' && term.key === 'stage')
  return new Set(stages.filter((stage) => asked !== false && holdsOf(stage, asked)))
}

function holdsOf(stage: Stage, query: Query): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => holdsOf(stage, part))
    case 'or':
      return query.parts.some((part) => holdsOf(stage, part))
    case 'not':
      return !holdsOf(stage, query.part)
    case 'matches':
      return hasValue(query, stage)
    case 'within':
    case 'says':
      return true
    default:
      return query satisfies never
  }
}

const hasValue = ({ values }: Matches, stage: Stage): boolean => values.some(([value]) => value === stage)
