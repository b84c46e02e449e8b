// Queries asked in memory, as rules ask them, of the recorded weeks: what is known is what the slow way says, and SQL with it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Event } from '@plaintrail/event/event'
import { sentence } from '@plaintrail/event/sentence'
import { and, type Query } from '@plaintrail/query/ast'
import { examples } from '@plaintrail/query/examples'
import { asksFindings } from '@plaintrail/query/finding-terms'
import { queryText } from '@plaintrail/query/normal-form'
import { parseQuery } from '@plaintrail/query/parse-query'
import { compileQuery, type Judged } from '@plaintrail/rules/judge-query'
import { queriesAbout } from '@plaintrail/rules/queries-for-tests'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { seededRandom } from '@plaintrail/test/random'
import { expect, test } from 'vitest'
import { corpusDeliveries } from './corpus-deliveries-for-tests.ts'
import { changedFields, type ChangedField } from '@plaintrail/history/changed-fields'
import { isMeant, type SlowItem } from './slow-answer-for-tests.ts'
import { slowFields } from './slow-fields-for-tests.ts'
import { slowChains } from './slow-history-for-tests.ts'

const [queriesAsked, itemsEach, seed] = [3_000, 150, 7]
const nowUs = Date.UTC(2026, 10, 26, 17) * 1_000

interface Item {
  readonly slow: SlowItem
  readonly judged: Judged
}

const items = corpusVersions().flatMap((version, index): readonly Item[] => {
  const cluster = { uid: `0195f3a0-0000-7000-8000-00000000000${index}`, name: `week-${index}` }
  const deliveries = corpusDeliveries([{ cluster, lists: corpusOf(version).lists }])
  const raws = deliveries.flatMap((one) => one.items)
  const [fields, changes] = [slowFields(cluster.uid, raws), changesByKey(cluster.uid, raws)]
  return deliveries
    .flatMap(({ slow }) => slow)
    .map((item) => {
      const initiator = item.event.actor.type === 'control-plane' ? null : item.event.actor.name
      return {
        slow: { ...item, fields: fields.get(item.key) ?? [], initiator },
        judged: {
          ...item,
          changes: { isKnown: true, value: changes.get(item.key) ?? [] },
          initiator: { isKnown: true, value: { kind: 'person', name: initiator ?? '', confidence: 'certain' } },
        },
      }
    })
})

function changesByKey(cluster: string, raws: readonly string[]): ReadonlyMap<string, readonly ChangedField[]> {
  const found = new Map<string, ChangedField[]>()
  for (const chain of slowChains(cluster, raws)) {
    for (const [at, revision] of chain.entries()) {
      const key = revision.event.slice(0, 36).replaceAll('-', '')
      const { fields } = changedFields(chain[at - 1] ?? null, revision)
      found.set(key, [...(found.get(key) ?? []), ...fields])
    }
  }
  return found
}

const written = [
  ...readFileSync(join(import.meta.dirname, '../../docs/query.md'), 'utf8').matchAll(/```query\n([\s\S]*?)```/g),
]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .flatMap((line) => line.split(/ {2,}= /))
const texts = [...examples.map(({ query }) => query), ...written]
const documented = texts.map((text) => parseQuery(text.trim(), nowUs)).filter((query) => !asksFindings(query))

/** How often both say yes, and how often it is not known. */
function compare(query: Query, among: readonly Item[]): { readonly held: number; readonly open: number } {
  const { judge, missing } = compileQuery(query)
  let [held, open] = [0, 0]
  for (const { slow, judged } of among) {
    const truth = judge(judged)
    if (truth === null) {
      open += 1
      expect(mayBeOpen(judged.event), `${queryText(query)} of ${slow.sentence}`).toBe(true)
      expect(missing(judged).length).toBeGreaterThan(0)
    } else if (truth !== isMeant(slow, query)) {
      expect.fail(`${queryText(query)} of ${JSON.stringify(slow.event)} is ${truth}`)
    }
    if (truth === true) held += 1
  }
  return { held, open }
}

/** The corpus is recorded at RequestResponse; the odd ones are of other levels too. */
const mayBeOpen = ({ level, flags }: Event): boolean => level !== 'RequestResponse' || flags.truncated === true

test('every documented query means in memory what it means', () => {
  let held = 0
  for (const query of documented) held += compare(query, items).held
  expect(held).toBeGreaterThan(1_000)
}, 120_000)

test('random queries about what is recorded mean in memory what they mean', () => {
  const random = seededRandom(seed)
  const [first, ...more] = items.map(({ slow }) => slow.event)
  if (first === undefined) throw new Error('there is a corpus')
  const queries = queriesAbout([first, ...more], random, { count: queriesAsked, sentenceOf: sentence })
  let [held, open, all] = [0, 0, 0]
  for (const query of queries) {
    const among = Array.from({ length: itemsEach }, () => items[random.below(items.length)]).filter(
      (item) => item !== undefined,
    )
    const counted = compare(and([query]), among)
    held += counted.held
    open += counted.open
    all += among.length
  }
  expect(held / all).toBeGreaterThan(0.1)
  expect(held / all).toBeLessThan(0.9)
  expect(open / all).toBeLessThan(0.02)
}, 180_000)
