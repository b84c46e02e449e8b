import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { formatAnswer, indentedJson } from './formats.ts'

const printable = (value: unknown, text = JSON.stringify(value)) => ({
  answer: { text, value },
  items: [value],
  names: ['evt_1'],
})

describe('json', () => {
  test('keeps every number and every key as the API wrote it', () => {
    const text = '{"big":9007199254740993,"float":1.10,"same":1,"same":2,"empty":{},"none":[],"list":[1,{"a":"}"}]}'
    const indented = indentedJson(text)
    expect(indented.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
    expect(indented).toContain('"big": 9007199254740993,\n')
    expect(indented).toContain('"empty": {},\n')
  })

  test('is indented as JSON.stringify would', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(indentedJson(json)).toBe(JSON.stringify(JSON.parse(json), null, 2))
      }),
    )
  })
})

test('yaml says the same as json and can be printed', () => {
  const value = {
    sentence: `a ${String.fromCodePoint(0x202e)} b ${String.fromCodePoint(0x9b)}31m`,
    no: null,
    list: ['yes', '1'],
  }
  const text = formatAnswer('yaml', printable(value))
  expect(text).not.toMatch(/[\p{Cf}\u007f-\u009f]/u)
  expect(parse(text)).toEqual(value)
})

test('jsonl is one item a line, and name one name', () => {
  expect(formatAnswer('jsonl', printable({ a: 'x\ny' }))).toBe('{"a":"x\\ny"}\n')
  expect(formatAnswer('name', printable({}))).toBe('evt_1\n')
})
