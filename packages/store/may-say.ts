// maySay: what a row must meet for its sentence to say a text, so that few sentences are made of rows that do not: each
// word of the text that sentences do not say by themselves stands in something that the event holds.

import { kindsHolding } from '@plaintrail/event/resources'
import { saidWhen, sentenceWords, type When } from '@plaintrail/event/sentence-words'
import { matches, within, type Matches, type Says, type Within } from '@plaintrail/query/ast'
import { sql, SQL } from 'drizzle-orm'
import { outcomeCode } from './event-codes.ts'
import type { Store } from './open-store.ts'
import { inSmallLetters } from './pattern-matches.ts'
import { arrayOf } from './read-rows.ts'
import { readWithin } from './read-within.ts'
import { allOf, always, anyOf, isOneOf, termCondition, type Condition } from './term-condition.ts'
import { idsIn, idsStatement, termIds, type IdRow, type Ids } from './term-ids.ts'
import type { Term } from './weakened-query.ts'

/** Texts of one query, the first ones of it: others are asked of sentences alone. */
const textsMax = 16
/** Words of one text: the longest ones, which the fewest events have. */
const wordsMax = 4

/**
 * Of looking up names, in milliseconds: 2 ms a word where 5,000 are known. Whoever makes up very many slows texts down to
 * what they cost without.
 */
const lookUpMsMax = 1_000

/** For each text among the terms a condition that every row meets whose sentence says it; none where all rows do. */
export async function maySay(store: Store, terms: readonly Term[]): Promise<ReadonlyMap<Term, SQL>> {
  const texts = [...new Set(terms)].filter((term) => term.kind === 'says').slice(0, textsMax)
  const asked = texts.map((text) => ({ text, words: wordsOf(text) })).filter(({ words }) => words.length > 0)
  const words = asked.flatMap((one) => one.words)
  if (words.length === 0) return new Map()
  const places = words.flatMap(placesOf)
  const whens = words.flatMap(({ when }) => when)
  const [rows, known] = await Promise.all([
    readWithin<IdRow>(store, idsStatement(places), lookUpMsMax),
    termIds(store, whens),
  ])
  if (rows === null) return new Map()
  const ids = idsIn(rows, places)
  const conditions = new Map(
    words.map((word, index) => {
      const own = ids.slice(index * placesOfWord, (index + 1) * placesOfWord)
      return [word, standsIn(word, own, known)] as const
    }),
  )
  return new Map(
    asked.map(({ text, words: own }) => [text, opaque(allOf(own.map((word) => conditions.get(word) ?? always)))]),
  )
}

/**
 * As one condition, which Postgres takes half of the rows to meet: of its parts it would multiply guesses that know nothing,
 * expect hardly a row, and no longer read in the order of time what many say.
 */
function opaque(condition: Condition): SQL {
  return sql`coalesce(${condition === false ? sql`false` : condition}, false)`
}

interface Word {
  readonly word: string
  /** Terms that events meet of which the sentence says it by itself. */
  readonly when: readonly (Matches | Within)[]
}

function wordsOf({ text }: Says): readonly Word[] {
  return [...new Set(text.flatMap(sentenceWords))]
    .toSorted((a, b) => b.length - a.length)
    .flatMap((word) => {
      const when = saidWhen(word)
      return when === null ? [] : [{ word, when: when.map(termOf) }]
    })
    .slice(0, wordsMax)
}

function termOf(when: When): Matches | Within {
  if ('verb' in when) return matches('verb', [[when.verb]])
  if ('class' in when) return matches('class', [[when.class]])
  if ('outcome' in when) return matches('outcome', [[when.outcome]])
  if ('code' in when) return within('code', [{ min: when.code, max: when.code }])
  if ('flag' in when) return matches('is', [[when.flag.toLowerCase()]])
  if ('impersonated' in when) return matches('is', [['impersonated']])
  const [name = '', ...rest] = when.actor.split('*')
  return matches('actor', [[name, ...rest]])
}

/** How many queries placesOf makes. */
const placesOfWord = 6

/** Where the word may stand that has an id: queries of them, in the order in which standsIn takes the ids. */
function placesOf({ word }: Word): readonly SQL[] {
  return [
    // A service account is told as ns/name, where its name has colons.
    sql`select a.id from actor a where ${holds(sql`translate(${inSmallLetters(sql`a.name`)}, ':', '/')`, word.replaceAll(':', '/'))}`,
    sql`select v.id from verb v where ${holds(inSmallLetters(sql`v.name`), word)}`,
    sql`select r.id from resource r where ${isNamedBy(word)}`,
    sql`select n.id from namespace n where ${holds(inSmallLetters(sql`n.name`), word)}`,
    sql`select c.id from client c where ${holds(inSmallLetters(sql`c.name`), word)}`,
    sql`select r.id from reason r where ${holds(inSmallLetters(sql`r.text`), word)}`,
  ]
}

/** Its kind is told, or itself, or its subresource. Small letters of others than ASCII are not those of Postgres. */
function isNamedBy(word: string): SQL {
  const { named, parts } = kindsHolding(word)
  const spelled = parts.map((part) => holds(inSmallLetters(sql`r.resource`), part))
  const others = sql`r.resource collate "C" ~ '[^ -~]'`
  const isNamed = sql`r.resource = any(${arrayOf('text', named)})`
  const inSubresource = holds(inSmallLetters(sql`r.subresource`), word)
  return sql`(${sql.join([isNamed, ...spelled, inSubresource, others], sql` or `)})`
}

/** What costs least comes first: of most rows everything is compared. A word of very many names tells no rows apart. */
function standsIn({ word, when }: Word, ids: readonly Ids[], known: ReadonlyMap<Term, Ids>): Condition {
  if ([...ids, ...when.map((term) => known.get(term))].some((own) => own instanceof SQL)) return always
  const [actors = [], verbs = [], resources = [], namespaces = [], clients = [], reasons = []] = ids
  const failure = anyOf([isOneOf(sql`e.reason_id`, reasons), /^-?\d+$/.test(word) && holds(sql`e.code::text`, word)])
  return anyOf([
    ...when.map((term) => termCondition(term, known.get(term) ?? [])),
    isOneOf(sql`e.namespace_id`, namespaces),
    isOneOf(sql`e.resource_id`, resources),
    isOneOf(sql`e.actor_id`, actors),
    isOneOf(sql`e.impersonated_id`, actors),
    isOneOf(sql`e.client_id`, clients),
    isOneOf(sql`e.verb_id`, verbs),
    failure && sql`(e.outcome = any(${arrayOf('"char"', failures)}) and ${failure})`,
    holds(inSmallLetters(sql`e.name`), word),
    holds(inSmallLetters(sql`e.detail`), word),
  ])
}

/** Of these, code and reason are told. */
const failures = [outcomeCode.letter.rejected, outcomeCode.letter.error]

const holds = (text: SQL, word: string): SQL => sql`strpos(${text}, ${word}) > 0`
