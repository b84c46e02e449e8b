import { normalize } from '@plaintrail/event/normalize'
import { sentence } from '@plaintrail/event/sentence'
import type { JsonObject } from '@plaintrail/history/json-values'
import { queryText } from '@plaintrail/query/normal-form'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { seededRandom } from '@plaintrail/test/random'
import { expect, test } from 'vitest'
import { evaluate } from './evaluate.ts'
import { queriesAbout } from './queries-for-tests.ts'
import { createRuleSet } from './rule-set.ts'
import { compiledRule, rawEvent, subjectOfRaw } from './rules-for-tests.ts'

const specs: readonly JsonObject[] = [
  { match: 'kind:secrets is:read -is:node,controller' },
  { match: 'class:connect is:human' },
  { match: 'ns:kube-system is:write -is:controller' },
  { match: 'ns:prod,shop kind:cm' },
  { match: '(ns:shop verb:delete) OR (ns:prod verb:create)' },
  { match: 'is:dryrun OR changed:spec.replicas' },
  { match: 'changed:spec.replicas to:0' },
  { match: 'image:*nginx*' },
  { match: '-ns:kube-system is:denied' },
  { match: 'stage:RequestReceived kind:po' },
  { match: '"created" -is:controller' },
  { match: 'initiator:alice' },
  { match: 'kind:po', condition: { without: { match: 'verb:delete kind:cm' }, within: '5m' } },
  JSON.parse('{"match":"verb:get","condition":{"then":[{"match":"kind:secrets"}],"within":"5m"}}') as JsonObject,
  { match: 'is:impersonated' },
]

test('an event has every candidate that could match, and not many others', () => {
  const rules = specs.map((spec, at) => compiledRule(spec, `rule-${String(at).padStart(2, '0')}`))
  const set = createRuleSet(rules)
  const [version = ''] = corpusVersions()
  let [candidates, answers] = [0, 0]
  for (const raw of corpusOf(version).lists.flatMap((list) => (JSON.parse(list) as { items: JsonObject[] }).items)) {
    const subject = subjectOfRaw(raw)
    const found = set.candidates(subject)
    const expected = rules.filter((compiled) => evaluate(compiled, subject).kind !== 'no-match')
    expect(found).toEqual(expect.arrayContaining(expected))
    candidates += found.length
    answers += expected.length
  }
  expect(answers).toBeGreaterThan(1_000)
  expect(candidates).toBeLessThan(2 * answers)
}, 60_000)

test('whatever a query asks, what is left out would not match', () => {
  const random = seededRandom(3)
  const [version = ''] = corpusVersions()
  const subjects = corpusOf(version)
    .lists.flatMap((list) => (JSON.parse(list) as { items: JsonObject[] }).items)
    .filter(() => random.below(10) === 0)
    .map((raw) => subjectOfRaw(raw))
  const [first, ...more] = subjects.map(({ event }) => event)
  if (first === undefined) throw new Error('there is a corpus')
  const texts = queriesAbout([first, ...more], random, { count: 900, sentenceOf: sentence }).map(queryText)
  const rules = texts.flatMap((match, at) => {
    const excepted = texts[(at * 7 + 1) % texts.length] ?? ''
    const exceptions = at % 3 === 0 && excepted !== '' ? [{ name: 'x', reason: 'r', match: excepted }] : []
    return match === '' ? [] : [compiledRule({ match, exceptions }, `rule-${at}`)]
  })
  const set = createRuleSet(rules)
  let [left, asked] = [0, 0]
  for (const subject of subjects) {
    const found = new Set(set.candidates(subject))
    for (const compiled of rules) {
      asked += 1
      if (found.has(compiled)) continue
      left += 1
      if (evaluate(compiled, subject).kind !== 'no-match')
        expect.fail(`${compiled.rule.step.matchText} of ${subject.sentence}`)
    }
  }
  expect(left / asked).toBeGreaterThan(0.4)
  expect(left / asked).toBeLessThan(0.9)
}, 120_000)

test('a rule that is off, or on gaps, is none of them', () => {
  const set = createRuleSet([
    compiledRule({ match: 'kind:po', state: 'off' }, 'a'),
    compiledRule({ on: 'gap' }, 'b'),
    compiledRule({ match: 'kind:po' }, 'c'),
  ])
  expect(set.rules.map(({ rule }) => rule.name)).toEqual(['c'])
  expect(set.candidates(subjectOfRaw(rawEvent())).map(({ rule }) => rule.name)).toEqual(['c'])
})

test('a rule that throws is an error, and the others are asked', () => {
  const good = compiledRule({ match: 'kind:po' }, 'good')
  const bad = { ...good, rule: { ...good.rule, name: 'bad', groupBy: null as unknown as [] } }
  const answers = createRuleSet([bad, good]).evaluate(subjectOfRaw(rawEvent()), [bad, good])
  expect(answers.map(({ evaluation }) => evaluation.kind)).toEqual(['error', 'match'])
})

test('whoever makes up resources at will is answered right, and fills no memory', () => {
  const set = createRuleSet([compiledRule({ match: 'kind:widgets', where: 'true' })])
  for (let at = 0; at < 12_000; at++) {
    const event = normalize(
      rawEvent({ objectRef: { resource: at % 2 === 0 ? 'widgets' : `w${at}`, namespace: `n${at}` } }),
    )
    if (event === null) throw new Error('it is an event')
    expect(set.candidates({ cluster: 'c', event, receivedUs: 0 })).toHaveLength(at % 2 === 0 ? 1 : 0)
  }
})
