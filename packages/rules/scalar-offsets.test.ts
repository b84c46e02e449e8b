import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMap, isScalar, parseDocument, Scalar, stringify } from 'yaml'
import { scalarOffsets, type WrittenScalar } from './scalar-offsets.ts'

const styles: readonly (readonly [Scalar.Type, WrittenScalar['style']])[] = [
  [Scalar.PLAIN, 'plain'],
  [Scalar.QUOTE_SINGLE, 'single'],
  [Scalar.QUOTE_DOUBLE, 'double'],
  [Scalar.BLOCK_LITERAL, 'block'],
  [Scalar.BLOCK_FOLDED, 'block'],
]

/** As the library reads it again, which may have chosen another style. */
function written(text: string, type: Scalar.Type): (WrittenScalar & { readonly type: unknown }) | null {
  const scalar = new Scalar(text)
  scalar.type = type
  const source = stringify({ before: 1, inner: { text: scalar }, after: 2 }, { lineWidth: 30 })
  const inner = parseDocument(source).get('inner')
  const node = isMap(inner) ? inner.get('text', true) : undefined
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return null
  const style = styles.find(([known]) => known === node.type)?.[1] ?? 'plain'
  return { source, from: node.range[0], style, value: node.value, type: node.type }
}

const text = fc
  .array(
    fc.constantFrom(
      'a',
      'bc',
      ' ',
      '  ',
      '\n',
      '\n\n',
      "'",
      '"',
      '\\',
      '&&',
      'é',
      '😀',
      '\t',
      'word word',
      '#',
      ': ',
      '\u0007',
    ),
    {
      maxLength: 25,
    },
  )
  .map((parts) => parts.join(''))

test.each(styles.map(([type]) => type))('each character of a text is found where it stands: %s', (type) => {
  const seen = new Set<unknown>()
  fc.assert(
    fc.property(text, (value) => {
      const scalar = written(value, type)
      if (scalar === null) return
      seen.add(scalar.type)
      const offsets = scalarOffsets(scalar)
      expect(offsets).toHaveLength(scalar.value.length + 1)
      for (const [at, unit] of scalar.value.split('').entries()) {
        const there = scalar.source[offsets[at] ?? -1]
        // What is escaped begins with its backslash; spaces at line ends are told as the line's end.
        if (there !== '\\' && !/\s/.test(unit)) expect(there).toBe(unit)
      }
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    }),
    { seed: 3, numRuns: 2_000 },
  )
  expect(seen).toContain(type)
})
