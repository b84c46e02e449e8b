import { expect, test } from 'vitest'
import { compileCel } from './compile-cel.ts'

const variables = { object: 'dyn', event: 'map', math: 'dyn' } as const
function reads(text: string): readonly string[] {
  const compiled = compileCel(text, { variables })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors))
  return compiled.program.reads.map(({ path, isSafe }) => `${path.join('/')}${isSafe ? '?' : ''}`)
}

test('an expression says what it names of its variables, as far as the names are constant', () => {
  expect(reads('object.spec.a == 1 && event.verb == "get"')).toEqual(['object/spec/a', 'event/verb'])
  expect(reads('object["a.b"].c[event.verb].d == 1')).toEqual(['object/a.b/c', 'event/verb'])
  expect(reads('has(object.spec) && object.?spec.?a.orValue(1) == 1')).toEqual(['object/spec?', 'object/spec/a?'])
  expect(reads('{"a": [event], object.k: 1}.size() == 2 ? event.a : event.b')).toEqual([
    'event',
    'object/k',
    'event/a',
    'event/b',
  ])
})

test('a variable of a macro hides one of the scope, in its body alone', () => {
  expect(reads('object.list.all(event, event.name == object.name) && event.x')).toEqual([
    'object/list',
    'object/name',
    'event/x',
  ])
  expect(reads('cel.bind(object, event.a, object.b)')).toEqual(['event/a'])
})

test('a read says where it stands', () => {
  const compiled = compileCel('true &&\n  event.verb == "a"', { variables })
  expect(compiled.ok && compiled.program.reads).toEqual([
    { path: ['event', 'verb'], isSafe: false, line: 2, column: 3 },
  ])
})
