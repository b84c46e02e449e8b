import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { JsonObject } from '@plaintrail/history/json-values'
import { compileRule } from '../compile-rule.ts'
import { evaluate } from '../evaluate.ts'
import { OfflineFindings } from '../offline-findings.ts'
import { parseRules } from '../parse-rules.ts'
import type { Condition } from '../rule.ts'
import { rawEvent, subjectOfRaw } from '../rules-for-tests.ts'
import { importSigma } from './import.ts'

const logsource = { product: 'kubernetes', service: 'audit' }
const reads = {
  title: 'Secret read',
  name: 'reads',
  logsource,
  detection: { a: { verb: 'get', 'objectRef.resource': 'secrets' }, condition: 'a' },
  level: 'low',
}
const writes = {
  title: 'Role written',
  id: '5638f7c0-ac70-491d-8465-2a65075e0d86',
  logsource,
  detection: { a: { verb: ['update', 'patch'], 'objectRef.resource': 'roles' }, condition: 'a' },
  level: 'low',
}
const opens = {
  title: 'Something in a URL',
  name: 'opens',
  logsource,
  detection: { a: { 'requestURI|contains': '/exec' }, condition: 'a' },
  level: 'low',
}
const correlated = (correlation: object, more: object = {}): string =>
  [reads, writes, opens, { title: 'Together', correlation, level: 'high', ...more }]
    .map((document) => stringify(document))
    .join('---\n')

const condition = (correlation: object): Condition => {
  const rule = parseRules(correlated(correlation)).rules.find((one) => one.rule.title === 'Together')
  if (rule === undefined) throw new Error(JSON.stringify(parseRules(correlated(correlation)).errors))
  return rule.rule.condition
}
const whyLost = (correlation: object): string =>
  importSigma([{ file: 'a.yml', text: correlated(correlation) }]).notes.find(({ kind }) => kind === 'lost')?.why ?? ''

const us = 1_000_000
const both = ['reads', writes.id]

describe('what a correlation is here', () => {
  test('a count of events and of values is one', () => {
    const shared = { rules: ['reads'], 'group-by': ['user.username'], timespan: '90m' }
    expect(condition({ type: 'event_count', ...shared, condition: { gt: 9 } })).toEqual({
      kind: 'count',
      atLeast: 10,
      withinUs: 5_400 * us,
    })
    expect(condition({ type: 'value_count', ...shared, condition: { field: 'objectRef.name', gte: 3 } })).toEqual({
      kind: 'distinct',
      of: 'object.name',
      atLeast: 3,
      withinUs: 5_400 * us,
    })
    expect(condition({ type: 'event_count', ...shared, condition: { gte: 1 } })).toEqual({ kind: 'each' })
  })

  test('rules near each other are so in any order, or in theirs', () => {
    const shared = { rules: [...both, 'opens'], 'group-by': ['user.username'], timespan: '5m' }
    expect(condition({ type: 'temporal', ...shared })).toMatchObject({ kind: 'together', withinUs: 300 * us })
    expect(condition({ type: 'temporal_ordered', ...shared })).toMatchObject({ kind: 'sequence', withinUs: 300 * us })
    expect(condition({ type: 'temporal', ...shared, condition: { gte: 3 } })).toMatchObject({ kind: 'together' })
  })

  test('fields that have other names in each rule are one', () => {
    const text = correlated({
      type: 'temporal',
      rules: both,
      aliases: { who: { reads: 'username', [writes.id]: 'user.username' } },
      'group-by': ['who'],
      timespan: '1h',
    })
    expect(parseRules(text).rules.find(({ rule }) => rule.title === 'Together')?.rule.groupBy).toEqual(['actor'])
  })

  test('its rules are no rules of their own unless it says so, and that is told', () => {
    const shared = { type: 'event_count', rules: ['reads'], 'group-by': [], timespan: '1h', condition: { gte: 2 } }
    const alone = importSigma([{ file: 'a.yml', text: correlated(shared) }])
    expect(alone.rules.map(({ title }) => title)).toEqual(['Role written', 'Something in a URL', 'Together'])
    expect(alone.notes).toMatchObject([{ rule: 'Together', what: 'the rule "Secret read"', kind: 'changed', line: 1 }])
    const all = importSigma([{ file: 'a.yml', text: correlated({ ...shared, generate: true }) }])
    expect(all.rules).toHaveLength(4)
    expect(all.notes).toEqual([])
  })

  test('it finds its rules in other files', () => {
    const [one, ...others] = [
      reads,
      {
        title: 'T',
        correlation: { type: 'event_count', rules: ['reads'], timespan: '1h', condition: { gte: 2 } },
        level: 'low',
      },
    ]
    const { rules } = importSigma([
      { file: 'b.yml', text: stringify(others[0]) },
      { file: 'a.yml', text: stringify(one) },
    ])
    expect(rules.map(({ title, file }) => [title, file])).toEqual([['T', 'b.yml']])
  })
})

test('what cannot be said is named, and nothing half of it is there', () => {
  const shared = { rules: ['reads'], 'group-by': ['user.username'], timespan: '1h', condition: { gte: 2 } }
  expect(whyLost({ ...shared, type: 'value_avg' })).toContain('value_avg')
  expect(whyLost({ ...shared, type: 'event_count', condition: { lt: 5 } })).toContain('"lt"')
  expect(whyLost({ ...shared, type: 'event_count', condition: { gte: 5, lte: 9 } })).toContain('least number')
  expect(whyLost({ ...shared, type: 'event_count', rules: ['nobody'] })).toContain('no rule "nobody"')
  expect(whyLost({ ...shared, type: 'event_count', timespan: '200d' })).toContain('200d')
  expect(whyLost({ ...shared, type: 'event_count', 'group-by': ['requestObject.x'] })).toContain('requestObject.x')
  expect(whyLost({ ...shared, type: 'value_count', condition: { gte: 2 } })).toContain('no field')
  expect(whyLost({ ...shared, type: 'temporal' })).toContain('two rules')
  expect(whyLost({ ...shared, type: 'temporal', rules: both, condition: 'reads and not opens' })).toContain('all rules')
  expect(whyLost({ ...shared, type: 'event_count', near: 1 })).toContain('"near"')
  const twice = `${correlated({ ...shared, type: 'event_count' })}---\n${stringify(reads)}`
  expect(importSigma([{ file: 'a.yml', text: twice }]).notes).toMatchObject([
    { why: 'several rules are called "reads"' },
  ])
  const aliases = { who: { reads: 'user.username', [writes.id]: 'objectRef.name' } }
  expect(whyLost({ ...shared, type: 'event_count', rules: both, aliases, 'group-by': ['who'] })).toContain(
    'another field',
  )
})

interface Happened {
  readonly second: number
  readonly user: string
  readonly name: string
  readonly what: 'reads' | 'writes' | 'opens' | 'reads and opens' | 'nothing'
}
const anyHappened: fc.Arbitrary<readonly Happened[]> = fc.array(
  fc.record({
    second: fc.nat(40),
    user: fc.constantFrom('alice', 'bob'),
    name: fc.constantFrom('a', 'b', 'c'),
    what: fc.constantFrom('reads', 'writes', 'opens', 'reads and opens', 'nothing'),
  }),
  { maxLength: 16 },
)

function rawOf({ second, user, name, what }: Happened, at: number): JsonObject {
  const time = `2026-11-20T00:00:${String(second).padStart(2, '0')}.000000Z`
  const isRead = what.startsWith('reads')
  return rawEvent({
    auditID: `audit-${at}`,
    verb: isRead ? 'get' : what === 'writes' ? 'patch' : 'list',
    user: { username: user },
    objectRef: { resource: isRead ? 'secrets' : 'roles', namespace: 'prod', name },
    requestURI: what.endsWith('opens') ? '/api/v1/exec' : '/api/v1/things',
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    responseStatus: { code: 200 },
  })
}

const isA = (rule: string, { what }: Happened): boolean => what.split(' and ').includes(rule)

interface Asked {
  readonly type: 'event_count' | 'value_count' | 'temporal' | 'temporal_ordered'
  readonly rules: readonly ('reads' | 'writes' | 'opens')[]
  readonly least: number
  readonly seconds: number
}
const anyAsked: fc.Arbitrary<Asked> = fc.record({
  type: fc.constantFrom('event_count', 'value_count', 'temporal', 'temporal_ordered'),
  rules: fc.shuffledSubarray(['reads', 'writes', 'opens'], { minLength: 2 }),
  least: fc.integer({ min: 2, max: 4 }),
  seconds: fc.integer({ min: 1, max: 30 }),
})

/** Of each user whether any stretch of the timespan that begins with an event holds what is asked for. */
function slowly({ type, rules, least, seconds }: Asked, all: readonly Happened[]): readonly string[] {
  const isFull = (stretch: readonly Happened[]): boolean => {
    const meant = stretch.filter((one) => rules.some((rule) => isA(rule, one)))
    switch (type) {
      case 'event_count':
        return meant.length >= least
      case 'value_count':
        return new Set(meant.map(({ name }) => name)).size >= least
      case 'temporal':
        return rules.every((rule) => meant.some((one) => isA(rule, one)))
      case 'temporal_ordered':
        return follow(rules, meant, -1)
      default:
        return type satisfies never
    }
  }
  return ['alice', 'bob'].filter((user) => {
    const own = all.filter((one) => one.user === user)
    return own.some(({ second }) => isFull(own.filter((one) => one.second >= second && one.second <= second + seconds)))
  })
}

function follow(rules: readonly string[], all: readonly Happened[], after: number): boolean {
  const [rule, ...rest] = rules
  if (rule === undefined) return true
  return all.some((one) => isA(rule, one) && one.second > after && follow(rest, all, one.second))
}

test('a correlation finds what the slow way finds', () => {
  let found = 0
  fc.assert(
    fc.property(anyAsked, anyHappened, (asked, all) => {
      const { type, rules, least, seconds } = asked
      const isCount = type === 'event_count' || type === 'value_count'
      const text = correlated({
        type,
        rules: rules.map((rule) => (rule === 'writes' ? writes.id : rule)),
        'group-by': ['user.username'],
        timespan: `${seconds}s`,
        ...(isCount && { condition: { gte: least, ...(type === 'value_count' && { field: 'objectRef.name' }) } }),
      })
      const parsed = parseRules(text).rules.find(({ rule }) => rule.title === 'Together')
      const compilation = parsed === undefined ? null : compileRule(parsed.rule)
      if (compilation?.ok !== true) throw new Error(text)
      const findings = new OfflineFindings()
      for (const [at, one] of all.entries()) {
        const subject = subjectOfRaw(rawOf(one, at), { id: `evt_${at}` })
        const evaluation = evaluate(compilation.compiled, subject)
        if (evaluation.kind === 'match') findings.add(compilation.compiled, subject, evaluation)
        else expect(evaluation.kind).toBe('no-match')
      }
      const groups = findings.findings({ isOver: true }).map(({ group }) => group[0])
      expect(new Set(groups)).toEqual(new Set(slowly(asked, all)))
      found += groups.length
    }),
    { numRuns: 400 },
  )
  expect(found).toBeGreaterThan(50)
}, 120_000)
