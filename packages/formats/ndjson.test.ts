import { expect, test } from 'vitest'
import { ndjsonLine } from './ndjson.ts'
import { itemWith, rowOf } from './rows-for-tests.ts'

test('a line is the event as the API answers it', () => {
  const { event } = rowOf(itemWith())
  expect(ndjsonLine({ event })).toBe(`${JSON.stringify(event)}\n`)
})

test('raw bytes stand in it byte for byte: an int64 keeps its digits', () => {
  const item = itemWith().replace('"code":200', '"code":200,"details":{"n":9007199254740993}')
  const line = ndjsonLine(rowOf(item))
  expect(line).toContain(`,"raw":${item}}\n`)
  expect(JSON.parse(line)).toMatchObject({ raw: { responseStatus: { code: 200 } } })
})

test('bytes of several lines or of no UTF-8 are base64, so that a line stays one line', () => {
  for (const raw of [Buffer.from(JSON.stringify(JSON.parse(itemWith()), null, 2)), Buffer.from([0x22, 0xc3, 0x22])]) {
    const line = ndjsonLine({ ...rowOf(itemWith()), raw })
    expect(line.match(/\n/g)).toHaveLength(1)
    const { raw_base64: base64 } = JSON.parse(line) as { raw_base64: string }
    expect(Buffer.from(base64, 'base64')).toEqual(raw)
  }
})

test('bytes past retention are null', () => {
  expect(ndjsonLine({ event: rowOf(itemWith()).event, raw: null })).toMatch(/,"raw":null\}\n$/)
})
