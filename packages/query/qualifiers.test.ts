import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { queryLengthMax, termsMax, valueLengthMax, valuesMax, depthMax } from './bounds.ts'
import { examples } from './examples.ts'
import { isWords } from './is-words.ts'
import { queryText } from './normal-form.ts'
import { parseQuery } from './parse-query.ts'
import { astKeys, qualifierOf, type Qualifier, qualifiers, wordsForKeys } from './qualifiers.ts'
import { QueryError } from './query-error.ts'

const now = Date.parse('2026-11-20T14:00:00Z') * 1000
const page = readFileSync(new URL('../../docs/query.md', import.meta.url), 'utf8')

const codeOf = (text: string): string => {
  try {
    parseQuery(text, now)
    return 'read'
  } catch (error) {
    if (error instanceof QueryError) return error.code
    throw error
  }
}

describe('the table of qualifiers', () => {
  test('has every word once, in small letters, and a place in a query for each key that has data', () => {
    const words = qualifiers.flatMap(({ key, aliases }) => [key, ...aliases])
    expect(new Set(words).size).toBe(words.length)
    for (const word of words) expect(word).toMatch(/^[a-z][a-z_-]*$/)
    for (const word of [...words, ...wordsForKeys.values()]) expect(qualifierOf(word)).not.toBeNull()
    for (const word of wordsForKeys.keys()) if (!words.includes(word)) expect(qualifierOf(word)).toBeNull()
    for (const key of astKeys) expect(qualifierOf(key)?.availability).toBe('now')
  })

  test('has examples that can be read, or that are not available yet', () => {
    for (const { examples, availability, key } of qualifiers) {
      expect(examples.length, key).toBeGreaterThan(0)
      for (const example of examples)
        expect(codeOf(example), example).toBe(availability === 'now' ? 'read' : 'unavailable')
    }
    for (const { word, availability } of isWords)
      expect(codeOf(`is:${word}`), word).toBe(availability === 'now' ? 'read' : 'unavailable')
  })
})

describe('docs/query.md', () => {
  const rowOf = ({ key, aliases, description, examples }: Qualifier): string =>
    `| ${[key, ...aliases].map((word) => `\`${word}\``).join(' ')} | ${description} | ${examples.map((one) => `\`${one}\``).join(' ')} |`
  const isNow = ({ availability }: Pick<Qualifier, 'availability'>): boolean => availability === 'now'

  test('has the qualifiers of the table and no others', () => {
    expect(rowsUnder('## The qualifiers')).toEqual(qualifiers.filter(isNow).map(rowOf))
  })

  test('has the words of is:', () => {
    expect(rowsUnder('## The words of `is:`')).toEqual(
      isWords.filter(isNow).map(({ word, description }) => `| \`is:${word}\` | ${description} |`),
    )
  })

  test('has what is not available yet', () => {
    const later = qualifiers.filter((one) => !isNow(one))
    const needs = ({ availability }: Pick<Qualifier, 'availability'>): string =>
      availability === 'now' ? '' : availability.needs
    expect(rowsUnder('## Not available yet')).toEqual([
      ...later.map((one) => `${rowOf(one)} ${needs(one)} |`),
      ...isWords
        .filter((one) => !isNow(one))
        .map((one) => `| \`is\` | the request ${one.description} | \`is:${one.word}\` | ${needs(one)} |`),
    ])
  })

  test('has the ten questions that are offered to who types nothing', () => {
    expect(examples).toHaveLength(10)
    expect(rowsUnder('## Ten questions')).toEqual(
      examples.map(({ question, query }) => `| ${question} | \`${query}\` |`),
    )
  })

  test('has no example that is not read as the page says', () => {
    const lines = [...page.matchAll(/```query\n([^]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'))
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) {
      const [written = '', normal] = line.split('   = ')
      expect(codeOf(written.trim()), written).toBe('read')
      if (normal !== undefined) expect(queryText(parseQuery(written, now))).toBe(queryText(parseQuery(normal, now)))
    }
    const later = page.slice(page.indexOf('## Not available yet'))
    const prose = page.replaceAll(/```[^]*?```/g, '').replace(later, '')
    const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
    const unread = inline.filter((code) => codeOf(code) !== 'read')
    expect([...new Set(unread)].toSorted()).toEqual([...notQueries].toSorted())
  })

  test('has the bounds as they are', () => {
    for (const bound of [queryLengthMax, termsMax, valuesMax, valueLengthMax, depthMax])
      expect(page).toMatch(new RegExp(String.raw`\b${bound}\b`))
  })

  function rowsUnder(heading: string): readonly string[] {
    const start = page.indexOf(`\n${heading}\n`)
    expect(start, heading).toBeGreaterThan(-1)
    const next = page.indexOf('\n## ', start + 1)
    const rows = page
      .slice(start, next === -1 ? undefined : next)
      .split('\n')
      .filter((line) => line.startsWith('|'))
    // A heading and a rule.
    return rows.slice(2)
  }
})

/** What stands in backquotes on the page and is no query. */
const notQueries = ['*', '-', 'OR', 'AND', 'NOT', 'is:']
