import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitLong } from './split-long.ts'

const header = { cluster: 'c', lane: 'main', receivedAtUs: 1, credential: 'k', redactions: [] }

test('every item is in one part, with its bytes and what is said of it', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (texts, max) => {
      const body = Buffer.from(texts.map((text) => `[${text}]`).join(', '))
      const bounds: number[] = []
      let at = 0
      for (const text of texts) {
        const length = Buffer.byteLength(text) + 2
        bounds.push(at, at + length)
        at += length + 2
      }
      const odd = texts.map((_, item) => item).filter((item) => item % 3 === 0)
      const problems = odd.map((item) => ({ item, reason: String(item), detail: '' }))
      const whole = { header: { ...header, problems, duplicateKeys: odd }, bounds: Uint32Array.from(bounds), body }
      const parts = splitLong(whole, max)
      const items = parts.flatMap((part) =>
        Array.from({ length: part.bounds.length / 2 }, (_, item) => ({
          text: Buffer.from(part.body.subarray(part.bounds[item * 2], part.bounds[item * 2 + 1])).toString(),
          problem: part.header.problems.find((problem) => problem.item === item)?.reason,
          isDuplicate: part.header.duplicateKeys.includes(item),
        })),
      )
      expect(items).toEqual(
        texts.map((text, item) => ({
          text: `[${Buffer.from(text).toString()}]`,
          problem: item % 3 === 0 ? String(item) : undefined,
          isDuplicate: item % 3 === 0,
        })),
      )
      for (const part of parts) expect(part.bounds.length / 2).toBeLessThanOrEqual(max)
    }),
  )
})

test('a list that is not long is left as it is', () => {
  const whole = {
    header: { ...header, problems: [], duplicateKeys: [] },
    bounds: Uint32Array.of(1, 3),
    body: Buffer.from('[{}]'),
  }
  expect(splitLong(whole)).toEqual([whole])
})
