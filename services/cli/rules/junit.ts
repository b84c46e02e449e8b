// junitText: a report as JUnit's XML, as CI servers read it.
import type { Report, ReportedCase } from './report.ts'

/** A suite is a rule, a test case is one of its. */
export function junitText({ command, cases, seconds }: Report): string {
  const suites = [...Map.groupBy(cases, ({ rule }) => rule)].map(([rule, own]) => suite(rule, own))
  const counts = countsOf(cases)
  const open = `<testsuites name="plaintrail ${attribute(command)}" ${counts} time="${seconds.toFixed(3)}">`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${open}\n${suites.join('')}</testsuites>\n`
}

function suite(rule: string, cases: readonly ReportedCase[]): string {
  return `  <testsuite name="${attribute(rule)}" ${countsOf(cases)}>\n${cases.map(testCase).join('')}  </testsuite>\n`
}

function countsOf(cases: readonly ReportedCase[]): string {
  const count = (result: ReportedCase['result']): number => cases.filter((one) => one.result === result).length
  return `tests="${cases.length}" failures="${count('fail')}" errors="0" skipped="${count('skipped')}"`
}

function testCase({ rule, name, result, message, details, file, line }: ReportedCase): string {
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(rule)}" file="${attribute(file)}" line="${line}"`
  if (result === 'pass') return `${open}/>\n`
  const word = result === 'fail' ? 'failure' : 'skipped'
  const said = [message, ...details, `${file}:${line}`].join('\n')
  return `${open}>\n      <${word} message="${attribute(message)}">${escaped(said)}</${word}>\n    </testcase>\n`
}

/** Line breaks in an attribute would be read as spaces. */
const attribute = (text: string): string => escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')

/** XML 1.0 has no other control characters, however they are written, and no halves of characters. */
function escaped(text: string): string {
  const printable = [...text.toWellFormed()].map((character) => (isXml(character) ? character : '\u{fffd}')).join('')
  return printable.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')
}

function isXml(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  return code >= 0x20 ? code !== 0xfffe && code !== 0xffff : code === 0x09 || code === 0x0a || code === 0x0d
}
