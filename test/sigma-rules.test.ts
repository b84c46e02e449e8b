// Sigma's rules for Kubernetes' audit log load as they are, find what is true to form and nothing that is near it, and what is
// wrong about them is told. The events are our own (test/sigma/).

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseRules } from '@plaintrail/rules/parse-rules'
import { testRule } from '@plaintrail/rules/rule-tests'
import { exportSigma } from '@plaintrail/rules/sigma/export'
import { importSigma } from '@plaintrail/rules/sigma/import'
import events from './sigma/events.json' with { type: 'json' }

const folder = join(import.meta.dirname, '../../shared/data/rules/sigma')
const here = existsSync(folder)
if (!here) console.warn('SKIPPED: shared/data is not beside the repository, so none of Sigma’s rules were loaded')

interface Case {
  /** What the import tells of the rule. */
  readonly told: readonly string[]
  readonly matches: readonly object[]
  readonly misses: readonly object[]
  /** Events that lack what the rule reads. */
  readonly open?: readonly object[]
}
const cases: Readonly<Record<string, Case>> = events

const files = here ? readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') })) : []
const idOf = (text: string): string => /^id: (\S+)$/m.exec(text)?.[1] ?? ''

/** The text of a rule with these events as its tests. */
function tested(text: string, { matches, misses, open = [] }: Case): string {
  const testsOf = (all: readonly object[], expectation: object) =>
    all.map((event, at) => ({ name: `${JSON.stringify(expectation)} ${at}`, event, expect: expectation }))
  const tests = [
    ...testsOf(matches, { findings: 1 }),
    ...testsOf(misses, { findings: 0 }),
    ...testsOf(open, { findings: 0, insufficient: 1 }),
  ]
  return `${text}tests: ${JSON.stringify(tests)}\n`
}

describe.skipIf(!here)('Sigma’s own rules', () => {
  test('there is an event for each of them', () => {
    expect(files.map(({ text }) => idOf(text)).toSorted()).toEqual(Object.keys(cases).toSorted())
  })

  test.each(files)('$file is read as it is', ({ file, text }) => {
    const { rules, errors } = parseRules(text)
    expect(errors).toEqual([])
    expect(rules).toHaveLength(1)
    const imported = importSigma([{ file, text }])
    const told = imported.notes.map(({ what }) => what)
    expect(told).toEqual(cases[idOf(text)]?.told)
    for (const { line, column, what } of imported.notes) {
      const [field = ''] = what.split(' ')
      expect(text.split('\n')[line - 1]?.slice(column - 1)).toMatch(
        new RegExp(`^${field.replaceAll('.', String.raw`\.`)}\\b`),
      )
    }
  })

  test.each(files)('$file finds what is true to form and nothing near it', ({ text }) => {
    const known = cases[idOf(text)] ?? expect.fail()
    expect(known.matches.length).toBeGreaterThan(0)
    expect(known.misses.length).toBeGreaterThan(0)
    const [rule] = parseRules(tested(parseRules(text).rules[0]?.text ?? '', known)).rules
    if (rule === undefined) throw new Error('the rule is read')
    const results = testRule(rule, { readFixture: () => null })
    expect(results).toHaveLength(known.matches.length + known.misses.length + (known.open?.length ?? 0))
    expect(results.filter(({ result }) => result !== 'pass')).toEqual([])
  })

  test('exported and imported again they are the same rules', () => {
    const first = importSigma(files).rules.flatMap(({ text }) => parseRules(text).rules)
    const exported = exportSigma(first)
    expect(exported.notes).toEqual([])
    const second = importSigma([{ file: 'all.yml', text: exported.text }]).rules.flatMap(
      ({ text }) => parseRules(text).rules,
    )
    expect(second.map(({ hash }) => hash)).toEqual(first.map(({ hash }) => hash))
    expect(exportSigma(second).text).toBe(exported.text)
  })
})
