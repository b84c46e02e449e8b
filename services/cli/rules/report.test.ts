import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' }
import { githubCommands } from './github-commands.ts'
import { junitText } from './junit.ts'
import { readReporters, type Report, type ReportedCase } from './report.ts'
import { sarifText } from './sarif.ts'

const failed: ReportedCase = {
  rule: 'exec-into-prod',
  name: 'GET exec, 100 %: "kubectl" <1.31>',
  result: 'fail',
  level: 'error',
  message: 'expected 1 finding, got 0\u0007',
  details: ['event: a & b', ']]> ::error::injected'],
  file: 'rules/a b,c:d?#ü.yaml',
  line: 12,
  column: 5,
}
const passed: ReportedCase = { ...failed, name: 'passes', result: 'pass', level: 'note', message: '', details: [] }
const inFile: ReportedCase = { ...failed, rule: 'rule-file', name: 'spec has no title', details: [] }

const report = (cases: readonly ReportedCase[]): Report => ({
  command: 'rules test',
  rules: [
    { name: 'exec-into-prod', title: 'Shell', description: 'Why.', remediation: 'Ask.', severity: 'critical' },
    { name: 'quiet', title: 'Quiet', description: '', remediation: '', severity: 'info' },
  ],
  cases,
  seconds: 1.5,
})

// The schema is of draft 4 and uses nothing that draft 7 reads otherwise, but for the word for its own id.
const { $schema: _draft, id: _id, ...schema } = sarifSchema
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema)

test('SARIF is what its published schema says, with results or without', () => {
  for (const cases of [[], [passed], [failed, inFile, { ...failed, level: 'warning' as const }]]) {
    const valid = isSarif(JSON.parse(sarifText(report(cases))))
    expect(isSarif.errors ?? []).toEqual([])
    expect(valid).toBe(true)
  }
  const broken = sarifText(report([failed])).replace('"level": "error"', '"level": "fatal"')
  expect(isSarif(JSON.parse(broken))).toBe(false)
})

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly partialFingerprints: Readonly<Record<string, string>>
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } }
      }[]
    }[]
  }[]
}

const sarifOf = (cases: readonly ReportedCase[]): Sarif => JSON.parse(sarifText(report(cases))) as Sarif

test('a result in SARIF is known again after its line moved, and its path is relative', () => {
  const [before, moved, other] = [failed, { ...failed, line: 99 }, { ...failed, name: 'another' }].map(
    (one) => sarifOf([one]).runs[0]?.results[0],
  )
  expect(moved?.partialFingerprints).toEqual(before?.partialFingerprints)
  expect(other?.partialFingerprints).not.toEqual(before?.partialFingerprints)
  const uri = before?.locations[0]?.physicalLocation.artifactLocation.uri ?? ''
  expect(uri).toBe('rules/a%20b,c:d%3F%23%C3%BC.yaml')
  expect(new URL(uri, 'file:///root/').href.startsWith('file:///root/rules/')).toBe(true)
})

test('each result in SARIF points at its rule', () => {
  const [run] = sarifOf([inFile, failed, passed]).runs
  expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(['exec-into-prod', 'rule-file'])
  for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
  expect(run?.results).toHaveLength(2)
})

test('JUnit counts, and whatever stands in a text is text', () => {
  const xml = junitText(report([failed, passed, { ...passed, result: 'skipped', message: 'left out' }]))
  expect(xml).toContain(
    '<testsuites name="plaintrail rules test" tests="3" failures="1" errors="0" skipped="1" time="1.500">',
  )
  expect(xml).toContain('name="GET exec, 100 %: &quot;kubectl&quot; &lt;1.31&gt;"')
  expect(xml).toContain('event: a &amp; b')
  expect(xml).toContain(']]&gt; ::error::injected')
  expect(xml).toContain('\u{fffd}')
  // Every tag that is opened is closed, in order.
  const open: string[] = []
  for (const [, end, name = '', isEmpty] of xml.matchAll(/<(\/?)(\w+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (end === '/') expect(open.pop()).toBe(name)
    else if (isEmpty !== '/') open.push(name)
  }
  expect(open).toEqual([])
})

test('GitHub reads one command a failure, and no text makes another', () => {
  const text = githubCommands(report([failed, passed, { ...failed, level: 'note', message: 'a\r\n::error::b' }]))
  const lines = text.trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toBe(
    '::error file=rules/a b%2Cc%3Ad?#ü.yaml,line=12,col=5,title=exec-into-prod%3A GET exec%2C 100 %25%3A "kubectl" <1.31>::expected 1 finding, got 0\u0007%0Aevent: a & b%0A]]> ::error::injected',
  )
  expect(lines[1]).toMatch(/^::notice .*::a%0D%0A::error::b/)
})

test('reporters are read, and what is none is told', () => {
  expect(readReporters(['junit=a=b.xml', 'sarif=b', 'github'])).toEqual([
    { kind: 'junit', file: 'a=b.xml' },
    { kind: 'sarif', file: 'b' },
    { kind: 'github' },
  ])
  for (const text of ['junit', 'sarif=', 'html=a', ''])
    expect(() => readReporters([text])).toThrow('could not read --reporter')
})
