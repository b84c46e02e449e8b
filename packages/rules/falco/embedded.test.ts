// Files of Falco in a ConfigMap: found however their items are written, and looked for in no time.

import { expect, test } from 'vitest'
import { parseRules } from '../parse-rules.ts'

const configMap = (text: string): string => `kind: ConfigMap\ndata:\n  rules.yaml: ${JSON.stringify(text)}\n`
const rule = `rule: a pod
    desc: a pod
    condition: ka.target.resource = pods
    output: a pod
    priority: NOTICE
    source: k8s_audit
`

test.each([
  ['at the beginning', `-   ${rule}`],
  ['after blank lines, further in', `\n\n  - ${rule}`],
  ['with its dash in a line of its own', `  -\n    ${rule}`],
])('an item %s is found', (_, text) => {
  expect(parseRules(configMap(text)).rules.map((one) => one.rule.title)).toEqual(['a pod'])
})

test.each([
  ['blank lines', '\n'.repeat(200_000)],
  ['white space', ' '.repeat(200_000)],
  ['dashes', '-\n'.repeat(100_000)],
  ['a dash before blank lines', `-${'\n'.repeat(200_000)}`],
])(
  '%s take no time',
  (_, text) => {
    const startMs = performance.now()
    expect(parseRules(configMap(`${text}x`)).rules).toEqual([])
    // Of blank lines it was 7,700 ms for 80,000: each was looked at from each before it.
    expect(performance.now() - startMs).toBeLessThan(5_000)
  },
  120_000,
)
