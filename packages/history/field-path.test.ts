import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FieldPathError, formatFieldPath, parseFieldPath } from './field-path.ts'
import type { FieldPath, PathSegment } from './field-path.ts'
import { anyFieldPath } from './random-paths-for-tests.ts'

const field = (name: string): PathSegment => ({ kind: 'field', name })
const item = (keys: Readonly<Record<string, string | number>>): PathSegment => ({
  kind: 'item',
  keys: Object.entries(keys).map(([name, value]) => ({ name, value })),
})

const written: readonly (readonly [string, FieldPath])[] = [
  ['', []],
  ['spec.replicas', [field('spec'), field('replicas')]],
  ['spec.containers[api].image', [field('spec'), field('containers'), item({ name: 'api' }), field('image')]],
  ['metadata.annotations["kubernetes.io/x"]', [field('metadata'), field('annotations'), field('kubernetes.io/x')]],
  ['spec.ports[80/TCP]', [field('spec'), field('ports'), item({ port: 80, protocol: 'TCP' })]],
  [
    'containers[api].ports[80/TCP]',
    [field('containers'), item({ name: 'api' }), field('ports'), item({ containerPort: 80, protocol: 'TCP' })],
  ],
  ['a.volumeMounts[/var/run]', [field('a'), field('volumeMounts'), item({ mountPath: '/var/run' })]],
  ['a.volumeMounts[mountPath="/a b"]', [field('a'), field('volumeMounts'), item({ mountPath: '/a b' })]],
  ['env[name="80"]', [field('env'), item({ name: '80' })]],
  ['env[name=80]', [field('env'), item({ name: 80 })]],
  ['conditions[Ready].status', [field('conditions'), item({ type: 'Ready' }), field('status')]],
  ['spec.tolerations[0]', [field('spec'), field('tolerations'), { kind: 'index', index: 0 }]],
  [
    'metadata.finalizers[=foregroundDeletion]',
    [field('metadata'), field('finalizers'), { kind: 'member', value: 'foregroundDeletion' }],
  ],
  ['["odd name"][0]', [field('odd name'), { kind: 'index', index: 0 }]],
]

test.each(written)('a path is written as people write it: %s', (text, path) => {
  expect(formatFieldPath(path)).toBe(text)
  expect(parseFieldPath(text)).toEqual(path)
})

test('every path is read back as it was, whatever is in it', () => {
  fc.assert(
    fc.property(anyFieldPath, (path) => {
      expect(parseFieldPath(formatFieldPath(path))).toEqual(path)
    }),
    { numRuns: 2_000 },
  )
})

test('any text is a path or a FieldPathError, and a path that is read is written in one way', () => {
  const pieces = fc.constantFrom('a', '.', '[', ']', '"', '=', ',', '0', '80/TCP', 'ports', '\\', ' ', '__proto__', 'é')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (text) => {
        try {
          const path = parseFieldPath(text)
          expect(parseFieldPath(formatFieldPath(path))).toEqual(path)
        } catch (error) {
          expect(error).toBeInstanceOf(FieldPathError)
        }
      },
    ),
    { numRuns: 5_000 },
  )
})

test.each([
  '.a',
  'a.',
  'a..b',
  'a[',
  'a[]',
  'a["x]',
  'a[b=]',
  'a[=]',
  'a b',
  'spec.ports[80]x',
  'spec.ports[a]',
  'a[1]b',
])('what is no path is refused, and the place is told: %s', (text) => {
  expect(() => parseFieldPath(text)).toThrow(/could not read the field path .* at character \d+/)
})

test('a text of a million brackets is refused or read in time that grows with its length', () => {
  expect(parseFieldPath('a' + '[0]'.repeat(100_000))).toHaveLength(100_001)
  expect(() => parseFieldPath('["'.repeat(500_000))).toThrow(FieldPathError)
  expect(() => parseFieldPath('a[' + '='.repeat(1_000_000))).toThrow(FieldPathError)
})
