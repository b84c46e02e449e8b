import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { answerText, indentedJson, type TextFormat } from './answer-text.ts'
import { parseFields, parseFormat } from './format.ts'

const view = { nameOf: () => 'evt_1', sentenceOf: () => 'alice did it' }

/** What is printed of a list of one. */
const textOf = (format: string, item: unknown): Promise<string> => {
  const value = { data: [item] }
  const printable = { answer: { text: JSON.stringify(value), value }, items: [item] }
  return answerText(parseFormat(format) as TextFormat, printable, view)
}

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

test('yaml says the same as json and can be printed', async () => {
  const value = {
    sentence: `a ${String.fromCodePoint(0x202e)} b ${String.fromCodePoint(0x9b)}31m`,
    no: null,
    list: ['yes', '1'],
  }
  const text = await textOf('yaml', value)
  expect(text).not.toMatch(/[\p{Cf}\u007f-\u009f]/u)
  expect(parse(text)).toEqual({ data: [value] })
})

test('jsonl, name and sentence are one line an item', async () => {
  expect(await textOf('jsonl', { a: 'x\ny' })).toBe('{"a":"x\\ny"}\n')
  expect(await textOf('name', {})).toBe('evt_1\n')
  expect(await textOf('sentence', {})).toBe('alice did it\n')
})

test('what has no sentence is told', async () => {
  const printable = { answer: { text: '{}', value: {} }, items: [{}] }
  await expect(answerText({ kind: 'sentence' }, printable, { nameOf: () => '' })).rejects.toThrow(
    'only events have them',
  )
})

test('jsonpath sees the answer, and its items under the name that kubectl gives them', async () => {
  const item = { id: 'evt_1', actor: { name: 'alice' }, n: 7, flags: ['a', 'b'] }
  expect(await textOf('jsonpath={.data[*].id} {.items[0].actor.name}', item)).toBe('evt_1 alice\n')
  expect(await textOf('jsonpath={range .items[*]}{.n}{"\\t"}{.flags}{"\\n"}{end}', item)).toBe('7\t["a","b"]\n')
  expect(await textOf(`jsonpath={.data[0].actor.name}`, { actor: { name: '\u001b[2J' } })).toBe('\\x1b[2J\n')
})

test('--json has the same fields of each item, where they were', async () => {
  const items = [{ id: 1, actor: { name: 'alice', as: null }, more: 1 }, { id: 2 }]
  const format = parseFields('id,actor.name,actor.as') as TextFormat
  const text = await answerText(format, { answer: { text: '', value: null }, items }, view)
  expect(JSON.parse(text)).toEqual([
    { id: 1, actor: { name: 'alice', as: null } },
    { id: 2, actor: { name: null, as: null } },
  ])
})
