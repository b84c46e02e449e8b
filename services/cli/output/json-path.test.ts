import { describe, expect, test } from 'vitest'
import { fillTemplate, parsePath, parseTemplate, valuesAt } from './json-path.ts'

const page = {
  data: [
    { id: 'evt_1', 'a.b': 1, actor: { name: 'alice' } },
    { id: 'evt_2', actor: { name: 'bob' } },
  ],
  meta: { query: '' },
}

describe('a path', () => {
  test.each([
    ['.data[*].id', ['evt_1', 'evt_2']],
    ['data[0].id', ['evt_1']],
    ['$.data[-1].id', ['evt_2']],
    ["@['data'][1]['actor'].name", ['bob']],
    [String.raw`.data[0].a\.b`, [1]],
    ['.data.*.actor.name', ['alice', 'bob']],
    ['.meta.*', ['']],
    ['.nothing[0].there', []],
    ['.data[7]', []],
    ['.data.constructor', []],
    ['.', [page]],
  ])('leads to what is there: %s', (path, values) => {
    expect(valuesAt(page, parsePath(path))).toEqual(values)
  })

  test.each(['.a..b', '.a[?(@.b==1)]', '.a[0:2]', 'a b', '.a[', '{.a}'])(
    'that is not understood is told: %s',
    (path) => {
      expect(() => parsePath(path)).toThrow(/could not read the JSONPath/)
    },
  )
})

describe('a template', () => {
  test.each([
    ['{.data[*].id}', 'evt_1 evt_2'],
    ['ids: {.data[0].id}, {.meta}', 'ids: evt_1, {"query":""}'],
    ['{range .data[*]}{.actor.name}{"\\t{}\\n"}{end}!', 'alice\t{}\nbob\t{}\n!'],
    ['{range .data[*]}{range .actor}{.name};{end}{end}', 'alice;bob;'],
    ["{'it''s'}", "it''s"],
  ])('is filled: %s', (template, text) => {
    expect(fillTemplate(parseTemplate(template), page)).toBe(text)
  })

  test.each(['{.a', '{range .a}', '{end}', '{range .a}{end}{end}', '{if .a}', '{range .a}'.repeat(50)])(
    'that is not understood is told: %s',
    (template) => {
      expect(() => parseTemplate(template)).toThrow(/could not read the JSONPath/)
    },
  )

  test('of a hundred thousand characters is read at once', () => {
    const from = performance.now()
    for (const text of ['{', '"', '{"', '.a', '{.a}', '{range .a}']) {
      try {
        parseTemplate(text.repeat(100_000 / text.length))
      } catch {
        // It may be refused; it must not take long.
      }
    }
    expect(performance.now() - from).toBeLessThan(3_000)
  })
})
