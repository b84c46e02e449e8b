import { expect, test } from 'vitest'
import { programOf } from './cel-for-tests.ts'
import { Unknown, type Value } from './value.ts'

const object = {
  spec: { replicas: 5, containers: [{ name: 'a' }, { name: 'b', securityContext: { privileged: true } }] },
}
const given = { object, verb: 'update', request: { user: { name: 'alice' } } }

function decisionsOf(text: string, bindings: Readonly<Record<string, Value>> = given): readonly unknown[] {
  return programOf(text, bindings)
    .trace(bindings)
    .decisions.map(({ text: own, value, reads }) => [
      own,
      value,
      Object.fromEntries(reads.map((read) => [read.path, read.value])),
    ])
}

test('of a conjunction that holds every part decides; of one that does not, the part that is false', () => {
  const text = 'verb == "update" && object.spec.replicas > 3'
  expect(decisionsOf(text)).toEqual([
    ['verb == "update"', true, { '/verb': 'update' }],
    ['object.spec.replicas > 3', true, { '/object/spec/replicas': 5 }],
  ])
  expect(decisionsOf(text, { ...given, object: { spec: { replicas: 1 } } })).toEqual([
    ['object.spec.replicas > 3', false, { '/object/spec/replicas': 1 }],
  ])
})

test('of a disjunction that holds, what is true', () => {
  expect(decisionsOf('verb == "get" || request.user.name == "alice"')).toEqual([
    ['request.user.name == "alice"', true, { '/request/user/name': 'alice' }],
  ])
})

test('of exists() that holds, the item', () => {
  expect(decisionsOf('object.spec.containers.exists(c, c.?securityContext.?privileged.orValue(false))')).toEqual([
    [
      'c.?securityContext.?privileged.orValue(false)',
      true,
      { '/object/spec/containers/1/securityContext/privileged': true },
    ],
  ])
  expect(decisionsOf('object.spec.containers.all(c, c.name == "a")')).toEqual([
    ['c.name == "a"', false, { '/object/spec/containers/1/name': 'b' }],
  ])
})

test('a negation and a condition are told by what they are made of, with their places', () => {
  const program = programOf('!(verb == "get")\n  ? object.spec.replicas == 5\n  : false', given)
  expect(program.trace(given).decisions.map(({ text, line, column }) => [text, line, column])).toEqual([
    ['(verb == "get")', 1, 2],
    ['object.spec.replicas == 5', 2, 5],
  ])
})

test('what was not known is told as what was missing', () => {
  const missing = { ...given, object: new Unknown('/requestObject') }
  const trace = programOf('verb == "update" && object.spec.replicas > 3', missing).trace(missing)
  expect(trace.result).toEqual({ kind: 'unknown', paths: ['/requestObject/spec/replicas'] })
  expect(trace.decisions.map(({ text }) => text)).toContain('object.spec.replicas > 3')
})

test('a trace gives what the evaluation gives, and is cut where it is long', () => {
  const list = Array.from({ length: 5_000 }, (_, at) => at)
  const program = programOf('list.all(x, x >= 0)', { list })
  expect(program.trace({ list })).toMatchObject({ result: { kind: 'value', value: true }, isCut: true })
  expect(program.trace({ list }, { costMax: 100 })).toMatchObject({ result: { kind: 'over-budget' } })
})
