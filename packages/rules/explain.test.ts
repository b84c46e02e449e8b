import { expect, test } from 'vitest'
import { explain } from './explain.ts'
import { compiledRule, rawEvent, subjectOfRaw } from './rules-for-tests.ts'

test('what decided is told with its place in the file, where it was read, and what stood there', () => {
  const compiled = compiledRule({
    match: 'kind:po (verb:delete OR actor:ali*)',
    where: 'object.spec.hostNetwork && actor.name == "alice"',
  })
  const told = explain(compiled, subjectOfRaw(rawEvent()), 'abc')
  expect(told).toMatchObject({ rule: 'a-rule', version: 'abc', event: 'evt_1', result: 'match', missing: [] })
  expect(told.clauses.map(({ clause, result }) => [clause, result])).toEqual([
    ['match', 'true'],
    ['where', 'true'],
  ])
  expect(told.clauses[0]?.decisions.map(({ expression, pointer, value }) => [expression, pointer, value])).toEqual([
    ['kind:pods.v1', '/event/resource', 'pods'],
    ['actor:ali*', '/actor/name', 'alice'],
  ])
  expect(
    told.clauses[1]?.decisions.map(({ expression, pointer, value, result }) => [expression, pointer, value, result]),
  ).toEqual([
    ['object.spec.hostNetwork', '/object/spec/hostNetwork', true, 'true'],
    ['actor.name == "alice"', '/actor/name', 'alice', 'true'],
  ])
  expect(explain(compiled, subjectOfRaw(rawEvent()), 'abc')).toEqual(told)
})

test('what is negated is told with its minus, as it counts', () => {
  const decisions = (match: string) =>
    explain(compiledRule({ match }), subjectOfRaw(rawEvent())).clauses[0]?.decisions.map(({ expression, result }) => [
      expression,
      result,
    ])
  expect(decisions('kind:po -actor:bob')).toEqual([
    ['-actor:bob', 'true'],
    ['kind:pods.v1', 'true'],
  ])
  expect(decisions('kind:po -actor:alice')).toEqual([['-actor:alice', 'false']])
  expect(decisions('-(actor:bob OR verb:delete) -(actor:alice verb:delete)')).toEqual([
    ['-verb:delete', 'true'],
    ['-actor:bob', 'true'],
    ['-verb:delete', 'true'],
  ])
  expect(decisions('-(-actor:alice)')).toEqual([['actor:alice', 'true']])
})

test('what was not recorded is told as unknown, with what would have to be known', () => {
  const bare = rawEvent({ level: 'Metadata', requestObject: undefined, responseObject: undefined })
  const told = explain(
    compiledRule({ match: 'kind:po -changed:spec.x', where: 'object.spec.x == 1' }),
    subjectOfRaw(bare),
  )
  expect(told.result).toBe('insufficient')
  expect(told.clauses.map(({ result }) => result)).toEqual(['unknown', 'unknown'])
  expect(told.missing.map(({ what }) => what)).toEqual(['changed', '/object/spec/x'])
})

test('an exception that took a match back is told by its name', () => {
  const told = explain(
    compiledRule({
      match: 'kind:po',
      exceptions: [{ name: 'robots', reason: 'r', match: 'actor:alice', where: 'actor.type == "human"' }],
    }),
    subjectOfRaw(rawEvent()),
  )
  expect(told.result).toBe('no-match')
  expect(told.clauses.map(({ clause, name, result }) => [clause, name, result])).toEqual([
    ['match', null, 'true'],
    ['exception', 'robots', 'true'],
    ['exception', 'robots', 'true'],
  ])
})

test('an error, a time and a long value are JSON, and cut', () => {
  const told = explain(
    compiledRule({
      match: 'kind:po',
      where: 'event.time > timestamp("2020-01-01T00:00:00Z") && object.nope == request.object.x',
    }),
    subjectOfRaw(rawEvent({ requestObject: { metadata: {}, x: 'y'.repeat(10_000) } })),
  )
  const [, where] = told.clauses
  expect(where).toMatchObject({ result: 'error', says: 'there is no field "nope"' })
  expect(JSON.parse(JSON.stringify(told))).toEqual(told)
  expect(where?.decisions.map(({ value }) => value)).toContain('2026-11-20T00:00:00.000Z')
  expect(JSON.stringify(told).length).toBeLessThan(4_000)
})
