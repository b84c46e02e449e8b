// Rule files with long runs of one sign: each takes a time that grows with its length, and not with the square of it.

import { expect, test } from 'vitest'
import { parseRules } from './parse-rules.ts'

const falco = (condition: string, output = 'a pod'): string => `- rule: a pod
  desc: a pod
  condition: ${JSON.stringify(condition)}
  output: ${JSON.stringify(output)}
  priority: NOTICE
  source: k8s_audit
`
const sigma = (condition: string): string => `title: a pod
logsource: {product: kubernetes, service: audit}
detection:
  sel: {verb: get}
  condition: ${JSON.stringify(condition)}
`
const long = 100_000
/** A longer condition of Falco is refused. */
const conditionLong = 60_000

// They took 43,900, 7,000, 3,200, 10,600 and 8,800 ms.
test.each([
  ['spaces in a condition of Sigma', sigma(`sel${' '.repeat(long)}x`)],
  ['a glob', falco(`ka.uri glob "${'['.repeat(conditionLong)}"`)],
  ['a path', falco(`ka.uri pmatch ("${'/'.repeat(conditionLong)}x")`)],
  ['a word in an output', falco('ka.verb = get', 'a'.repeat(long))],
  ['brackets in an output', falco('ka.verb = get', '%a.b['.repeat(long / 2.5))],
])(
  '%s',
  (_, text) => {
    const startMs = performance.now()
    parseRules(text)
    expect(performance.now() - startMs).toBeLessThan(2_500)
  },
  120_000,
)
