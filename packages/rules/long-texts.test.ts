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

// For a fifth of each it was 950, 560, 530, 600 and (of the last, for a tenth) 85 ms.
test.each([
  ['spaces in a condition of Sigma', sigma(`sel${' '.repeat(long)}x`)],
  ['a glob', falco(`ka.uri glob "${'['.repeat(long)}"`)],
  ['a path', falco(`ka.uri pmatch ("${'/'.repeat(long)}x")`)],
  ['a word in an output', falco('ka.verb = get', 'a'.repeat(long))],
  ['brackets in an output', falco('ka.verb = get', '%a.b['.repeat(long / 2.5))],
])(
  '%s',
  (_, text) => {
    const startMs = performance.now()
    parseRules(text)
    expect(performance.now() - startMs).toBeLessThan(3_000)
  },
  120_000,
)
