import { randomBytes } from 'node:crypto'
import { decodeEnvelope } from '@plaintrail/event-log/envelope'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeParts, splitLong } from './split-long.ts'

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

/** Bytes that do not get smaller. */
const noise = (length: number): string =>
  randomBytes(length)
    .toString('latin1')
    .replaceAll(/[^!-~]/g, '#')
    .slice(0, length)

test('no envelope is larger than the log takes, and no byte of an item is lost', async () => {
  const bytesMax = 20_000
  const lengths = [10, 3_000, 45_000, 1, 9_000, 9_000, 9_000, 9_000, 70_000]
  const texts = lengths.map(noise)
  const body = Buffer.from(texts.join(','))
  const bounds: number[] = []
  let at = 0
  for (const text of texts) {
    bounds.push(at, at + text.length)
    at += text.length + 1
  }
  const whole = { header: { ...header, problems: [], duplicateKeys: [3] }, bounds: Uint32Array.from(bounds), body }
  const opened = (await encodeParts(whole, bytesMax)).map(({ envelope, bodyBytes }) => {
    expect(envelope.length).toBeLessThanOrEqual(bytesMax)
    const part = decodeEnvelope(envelope)
    expect(part.body.length).toBe(bodyBytes)
    return part
  })
  const items = opened.flatMap((part) =>
    Array.from({ length: part.bounds.length / 2 }, (_, item) => ({
      text: part.body.subarray(part.bounds[item * 2], part.bounds[item * 2 + 1]).toString(),
      problem: part.header.problems[0]?.reason ?? null,
      isDuplicate: part.header.duplicateKeys.includes(item),
    })),
  )
  // In the order of the list: whole items as they are, those of 45,000 and 70,000 bytes in pieces.
  expect(items.map(({ text }) => text).join('')).toBe(texts.join(''))
  expect(items.filter(({ problem }) => problem === null).map(({ text }) => text.length)).toEqual(
    lengths.filter((length) => length <= bytesMax),
  )
  expect(items.filter(({ problem }) => problem === 'event_too_large').length).toBeGreaterThan(6)
  expect(items.filter(({ isDuplicate }) => isDuplicate).map(({ text }) => text)).toEqual([texts[3]])
})
