// What nobody should write, and who may write rules does: it ends soon, with a clear error, and stops no other rule.

import type { JsonObject } from '@plaintrail/history/json-values'
import { expect, test } from 'vitest'
import { compileRule } from './compile-rule.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import { explain } from './explain.ts'
import { parseRules } from './parse-rules.ts'
import { createRuleSet } from './rule-set.ts'
import { compiledRule, rawEvent, ruleFile, subjectOfRaw } from './rules-for-tests.ts'

/** Of one evaluation on a machine that does other things too. */
const evaluationMsMax = 5_000

function timed(spec: JsonObject, raw: JsonObject = rawEvent()): Evaluation {
  const compiled = compiledRule({ match: '-stage:Unknown', ...spec })
  const subject = subjectOfRaw(raw)
  const started = process.hrtime.bigint()
  const evaluation = evaluate(compiled, subject)
  expect(Number(process.hrtime.bigint() - started) / 1e6, JSON.stringify(spec).slice(0, 200)).toBeLessThan(
    evaluationMsMax,
  )
  expect(explain(compiled, subject).result).toBe(evaluation.kind)
  return evaluation
}

const many = Array.from({ length: 20_000 }, (_, at) => `item-${at}`)

test('an expression that would take hours is over its budget, and says so', () => {
  const nested = (depth: number): string => (depth === 0 ? 'true' : `params.list.all(x${depth}, ${nested(depth - 1)})`)
  for (const where of [
    nested(6),
    'params.list.map(x, params.list.map(y, params.list.map(z, x + y + z))).size() > 0',
    'request.object.list.all(x, request.object.list.exists(y, x == y + "!") || true)',
    'request.object.list.distinct().size() > 0 && request.object.list.sort().size() > 0 && request.object.list.all(a, request.object.list.all(b, a != b || a == b))',
  ]) {
    const params = { list: many.slice(0, 200) }
    const evaluation = timed({ where, params }, rawEvent({ requestObject: { metadata: {}, list: many } }))
    expect(evaluation).toMatchObject({ kind: 'error', line: 1 })
    expect(evaluation.kind === 'error' && evaluation.says).toMatch(/costs more than it may|100000 steps|longer|larger/)
  }
})

test('a regular expression takes linear time', () => {
  const text = `${'a'.repeat(40_000)}!`
  for (const pattern of ['^(a+)+$', '(a|aa)+$', '(.*a){20}$']) {
    const evaluation = timed(
      { where: `request.object.text.matches('${pattern}')` },
      rawEvent({ requestObject: { text } }),
    )
    expect(['no-match', 'error', 'match']).toContain(evaluation.kind)
  }
})

test('names of JavaScript are names like others, and no way out', () => {
  for (const where of [
    'has(object.constructor) || has(object.__proto__) || has(event.toString)',
    '"constructor" in object || "__proto__" in params',
    'has(actor.hasOwnProperty) || has(event.flags.constructor)',
  ]) {
    expect(timed({ where }).kind).toBe('no-match')
  }
  const proto = JSON.parse('{"metadata":{},"__proto__":{"polluted":true},"constructor":1}') as JsonObject
  expect(
    timed(
      { where: 'has(request.object.__proto__) && has(request.object.constructor)' },
      rawEvent({ requestObject: proto }),
    ).kind,
  ).toBe('match')
  expect(timed({ where: 'has(request.object.polluted)' }, rawEvent({ requestObject: proto })).kind).toBe('no-match')
  expect(
    timed({ where: 'has(event.params.__proto__)' }, rawEvent({ requestURI: '/api?__proto__=x&constructor=y' })).kind,
  ).toBe('match')
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

test('events that are as odd as can be are judged', () => {
  const deep = (depth: number): unknown => (depth === 0 ? 1 : { a: deep(depth - 1) })
  const odd: readonly JsonObject[] = [
    {},
    rawEvent({ user: null, objectRef: null, sourceIPs: null, responseStatus: 'no' }),
    rawEvent({ requestObject: 5, responseObject: [1] }),
    rawEvent({ requestObject: deep(150), responseObject: { metadata: [], spec: 'x', kind: {} } }),
    rawEvent({
      responseObject: {
        metadata: { ownerReferences: [null, 5, { controller: true }] },
        spec: { containers: [null, 7] },
      },
    }),
    rawEvent({ requestURI: `/x?${'a=1&'.repeat(5_000)}%zz=%&;=` }),
    rawEvent({ requestReceivedTimestamp: 'never', stageTimestamp: {} }),
  ]
  const specs: readonly JsonObject[] = [
    { where: 'containers.exists(c, c.?image.orValue("") == "x") || podSpec.?a.orValue(1) == 2' },
    { where: 'size(event.params) >= 0 && size(event.command) >= 0 && event.sentence != ""' },
    { where: 'object == null || response.status == {} || request.object == response.object' },
    { where: 'event.time == null || event.time > timestamp("2020-01-01T00:00:00Z")' },
    { match: '-ip:10.0.0.0/8 (name:* OR -"x" OR changed:spec)', groupBy: ['workload', 'object', 'initiator', 'code'] },
  ]
  for (const raw of odd) for (const spec of specs) expect(timed(spec, raw).kind).toMatch(/match|insufficient|error/)
})

test('a rule that cannot be compiled says where, and the others of its file are rules', () => {
  const files = [
    ruleFile({ match: 'kind:po', where: 'event.verbs == "get"' }, 'typo'),
    ruleFile({ match: 'kind:po', where: '"text"' }, 'no-bool'),
    ruleFile({ match: 'kind:po' }, 'good'),
  ]
  const { rules } = parseRules(files.join('\n---\n'))
  const compiled = rules.map(({ rule }) => compileRule(rule))
  const errors = compiled.flatMap((one) => (one.ok ? [] : one.errors))
  expect(compiled.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(1)
  for (const { message, line, column } of errors) {
    expect(message).toMatch(/event has no "verbs"|must give true or false/)
    expect(line).toBeGreaterThan(0)
    expect(column).toBeGreaterThan(1)
  }
})

test('a thousand bad rules stop neither each other nor a good one', () => {
  const bad = [
    'params.none == 1',
    'object.a.b.c == 1',
    '1 / 0 == 1',
    'params.list.all(a, params.list.all(b, params.list.all(c, true)))',
  ]
  const rules = Array.from({ length: 1_000 }, (_, at) =>
    compiledRule({ match: 'kind:po', where: bad[at % bad.length], params: { list: many.slice(0, 100) } }, `bad-${at}`),
  )
  const set = createRuleSet([...rules, compiledRule({ match: 'kind:po' }, 'good')])
  const subject = subjectOfRaw(rawEvent())
  const answers = set.evaluate(subject, set.candidates(subject))
  expect(answers).toHaveLength(1_001)
  expect(answers.filter(({ evaluation }) => evaluation.kind === 'error')).toHaveLength(1_000)
  expect(answers.filter(({ evaluation }) => evaluation.kind === 'match')).toHaveLength(1)
}, 120_000)
