// Field paths at random: plain names, names that need quotes, and what tries to look like something else.

import fc from 'fast-check'
import type { FieldPath, PathSegment } from './field-path.ts'

const odd = fc.constantFrom(
  '',
  '0',
  '80',
  '-1',
  '1e5',
  'a.b',
  'a/b',
  '[x]',
  '"',
  '=',
  'a=b',
  ',',
  ']',
  '\\',
  '__proto__',
)
const listName = fc.constantFrom('ports', 'containers', 'volumeMounts', 'conditions', 'topologySpreadConstraints', 'x')
const text = fc.oneof(
  fc.stringMatching(/^[a-z][a-z-]{0,8}$/),
  odd,
  listName,
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const value = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
)
const keyName = fc.oneof(fc.constantFrom('name', 'type', 'port', 'containerPort', 'protocol', 'mountPath'), text)

const segment: fc.Arbitrary<PathSegment> = fc.oneof(
  fc.record({ kind: fc.constant('field' as const), name: text }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant('index' as const), index: fc.nat() }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant('member' as const), value: text }, { noNullPrototype: true }),
  fc.record(
    {
      kind: fc.constant('item' as const),
      keys: fc.array(fc.record({ name: keyName, value }, { noNullPrototype: true }), { minLength: 1, maxLength: 3 }),
    },
    { noNullPrototype: true },
  ),
)

/** Some with the lists and keys of Kubernetes, so that the short forms are met too. */
export const anyFieldPath: fc.Arbitrary<FieldPath> = fc
  .array(
    fc.oneof(
      segment.map((one) => [one]),
      fc.tuple(listName, value, value).map(([name, first, second]): readonly PathSegment[] => [
        { kind: 'field', name },
        { kind: 'item', keys: keysOf(name, first, second) },
      ]),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.flat())

function keysOf(
  list: string,
  first: string | number,
  second: string | number,
): readonly { name: string; value: string | number }[] {
  if (list === 'ports')
    return [
      { name: 'containerPort', value: first },
      { name: 'protocol', value: second },
    ]
  if (list === 'topologySpreadConstraints')
    return [
      { name: 'topologyKey', value: first },
      { name: 'whenUnsatisfiable', value: second },
    ]
  return [{ name: list === 'conditions' ? 'type' : list === 'volumeMounts' ? 'mountPath' : 'name', value: first }]
}
