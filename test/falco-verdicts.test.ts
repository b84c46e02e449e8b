// What Falco said of its own recorded events, its imported rules say too: all 66 verdicts, in both readings. What is not at
// hand, and what is otherwise, is a table with reasons (test/falco/).

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileRule, type CompiledRule } from '@plaintrail/rules/compile-rule'
import { evaluate } from '@plaintrail/rules/evaluate'
import { readEvents } from '@plaintrail/rules/event-file'
import { exportFalco } from '@plaintrail/rules/falco/export'
import { importFalco } from '@plaintrail/rules/falco/import'
import type { FalcoSource } from '@plaintrail/rules/falco/ruleset'
import { OfflineSubjects } from '@plaintrail/rules/offline-subjects'
import { parseRules, type ParsedRule } from '@plaintrail/rules/parse-rules'
import differences from './falco/differences.json' with { type: 'json' }
import overrides from './falco/overrides.json' with { type: 'json' }

const data = join(import.meta.dirname, '../../shared/data')
const rulesFile = join(data, 'rules/falco/k8s_audit_rules.yaml')
const traces = join(data, 'falco-trace-files')
const here = existsSync(rulesFile) && existsSync(join(traces, 'EXPECTED.jsonl'))
if (!here) console.warn('SKIPPED: shared/data is not beside the repository, so none of Falco’s verdicts were asked for')

interface Expected {
  readonly test: string
  readonly trace_file: string
  readonly detect: boolean
  readonly detect_level: string | null
  readonly detect_counts: readonly Readonly<Record<string, number>>[] | null
  readonly rules_file: readonly string[]
}

const expected: readonly Expected[] = here
  ? readFileSync(join(traces, 'EXPECTED.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Expected)
  : []

const written: Readonly<Record<string, { readonly text: string | null }>> = overrides
const severityOf: Readonly<Record<string, string>> = { WARNING: 'medium', NOTICE: 'low', INFO: 'info' }
const readings = ['mended', 'kept'] as const

/** The file of rules that is at hand, and in place of the others what is written here. */
function sourcesOf({ rules_file: files }: Expected): readonly FalcoSource[] {
  const names = files.map((path) => path.split('/').at(-1) ?? '').filter((name) => name !== 'falco_rules.yaml')
  const needed = names.includes('single_rule_with_json_pointer.yaml') ? [] : [ofData()]
  return [
    ...needed,
    ...names
      .filter((name) => name !== 'k8s_audit_rules.yaml')
      .flatMap((name) => {
        const text = written[name]?.text
        if (text === undefined) throw new Error(`there is nothing in place of ${name}`)
        return text === null ? [] : [{ name, text }]
      }),
  ]
}

const ofData = (): FalcoSource => ({ name: 'k8s_audit_rules.yaml', text: readFileSync(rulesFile, 'utf8') })

interface Imported {
  readonly title: string
  readonly parsed: ParsedRule
  readonly compiled: CompiledRule
}

const known = new Map<string, readonly Imported[]>()

/** The same files are read once. */
function imported(sources: readonly FalcoSource[], reading: (typeof readings)[number]): readonly Imported[] {
  const key = [reading, ...sources.map(({ name }) => name)].join('\n')
  const made = known.get(key) ?? compiledOf(sources, reading)
  known.set(key, made)
  return made
}

function compiledOf(sources: readonly FalcoSource[], reading: (typeof readings)[number]): readonly Imported[] {
  const { rules, notes } = importFalco(sources, { reading })
  expect(notes.filter(({ kind }) => kind === 'lost')).toEqual([])
  return rules.map(({ title, text }) => {
    const { rules: read, errors } = parseRules(text)
    expect(errors).toEqual([])
    const [parsed] = read
    const compilation = parsed === undefined ? null : compileRule(parsed.rule)
    if (parsed === undefined || compilation?.ok !== true) throw new Error(`${title} does not compile`)
    return { title, parsed, compiled: compilation.compiled }
  })
}

function found(rules: readonly Imported[], trace: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  const subjects = new OfflineSubjects({ cluster: 'minikube', parts: new Set() })
  for (const [index, { raw }] of readEvents(readFileSync(join(traces, trace), 'utf8')).events.entries()) {
    const subject = subjects.take(String(index), raw)
    for (const { title, compiled } of subject === null ? [] : rules) {
      if (compiled.rule.state === 'off' || subject === null) continue
      const evaluation = evaluate(compiled, subject)
      if (evaluation.kind === 'match') counts[title] = (counts[title] ?? 0) + 1
      else expect(evaluation, `${title} of ${trace}`).toEqual({ kind: 'no-match' })
    }
  }
  return counts
}

describe.skipIf(!here).each(readings)('reading: %s', (reading) => {
  test.each(expected.map((one) => [one.test, one] as const))('%s', (_, one) => {
    const rules = imported(sourcesOf(one), reading)
    const counts = found(rules, one.trace_file)
    if (!one.detect) return expect(counts).toEqual({})
    const names = differences.filter((difference) => difference.test === one.test)
    for (const [falco, count] of Object.entries(Object.assign({}, ...(one.detect_counts ?? [])))) {
      const title = names.find((difference) => difference.falco === falco)?.found ?? falco
      expect(counts[title], title).toBe(count)
      const rule = rules.find((other) => other.title === title)
      expect(rule?.compiled.rule.severity).toBe(severityOf[one.detect_level ?? ''])
    }
  })

  test('all 48 rules load, and import, export, import gives the same ones', { timeout: 60_000 }, () => {
    const rules = imported([ofData()], reading)
    expect(rules).toHaveLength(48)
    const { text, notes } = exportFalco(
      rules.map(({ parsed }) => ({ rule: parsed.rule, file: 'a', at: { line: 1, column: 1 } })),
    )
    expect(notes).toEqual([])
    const again = imported([{ name: 'exported.yaml', text }], reading)
    expect(again.map(({ parsed }) => [parsed.rule.name, parsed.hash])).toEqual(
      rules.map(({ parsed }) => [parsed.rule.name, parsed.hash]),
    )
  })
})

test.skipIf(!here)('there are 66 verdicts, and each difference is about one of them', () => {
  expect(expected).toHaveLength(66)
  const tests = new Set(expected.map((one) => one.test))
  expect(differences.filter((difference) => !tests.has(difference.test))).toEqual([])
  const files = new Set(expected.flatMap((one) => one.rules_file.map((path) => path.split('/').at(-1))))
  expect(Object.keys(written).filter((name) => !files.has(name))).toEqual([])
})

test.skipIf(!here)('the file loads as it is', () => {
  const { rules, errors } = parseRules(ofData().text)
  expect(errors).toEqual([])
  expect(rules).toHaveLength(48)
})

test.skipIf(!here).each(readings)('an ingress of which no body was recorded is not evaluable: %s', (reading) => {
  const rule = imported([ofData()], reading).find(({ title }) => title.startsWith('Ingress Object without TLS'))
  const take = (more: object): string => {
    const raw = { ...ingress, ...more }
    const subject = new OfflineSubjects({ cluster: 'a', parts: new Set() }).take('1', raw)
    return subject === null || rule === undefined ? 'none' : evaluate(rule.compiled, subject).kind
  }
  expect(take({ level: 'Metadata' })).toBe('insufficient')
  expect(take({ level: 'Request', requestObject: { ...object, spec: { rules: [] } } })).toBe('match')
  expect(take({ level: 'Request', requestObject: { ...object, spec: { tls: [{}] } } })).toBe('no-match')
})

/** What the API server takes: etcd keeps 1.5 MiB of an object. */
const largeBodies: Readonly<Record<string, object>> = {
  pods: {
    spec: {
      hostNetwork: true,
      containers: Array.from({ length: 250 }, (_, index) => ({
        name: `c${index}`,
        image: `registry.acme.io:5000/${'team/'.repeat(20)}image-${index}:1.2.3`,
        securityContext: { privileged: index === 249 },
      })),
      volumes: Array.from({ length: 500 }, (_, index) => ({ name: `v${index}`, hostPath: { path: `/data/${index}` } })),
    },
  },
  clusterroles: {
    rules: Array.from({ length: 1_500 }, () => ({
      verbs: ['get', 'list', 'watch'],
      resources: ['pods', 'services', 'configmaps', 'endpoints'],
    })),
  },
  configmaps: { data: Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, 'x'.repeat(1_000)])) },
}

test.skipIf(!here).each(readings)('no rule costs more than it may on the largest objects: %s', (reading) => {
  const rules = imported([ofData()], reading)
  for (const [resource, body] of Object.entries(largeBodies)) {
    const raw = {
      ...ingress,
      level: 'Request',
      objectRef: { resource, namespace: 'kube-system', name: 'web', apiVersion: 'v1' },
      requestObject: { kind: resource === 'pods' ? 'Pod' : 'Other', metadata: { name: 'web' }, ...body },
    }
    const subject = new OfflineSubjects({ cluster: 'a', parts: new Set() }).take('1', raw)
    if (subject === null) throw new Error('it is an event')
    const kinds = rules.map(({ title, compiled }) => [title, evaluate(compiled, subject)] as const)
    expect(kinds.filter(([, { kind }]) => kind === 'error')).toEqual([])
  }
})

const object = { kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', metadata: { name: 'web', namespace: 'shop' } }
const ingress = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: '00000000-0000-4000-8000-000000000001',
  stage: 'ResponseComplete',
  requestURI: '/apis/networking.k8s.io/v1/namespaces/shop/ingresses',
  verb: 'create',
  user: { username: 'alice' },
  objectRef: { resource: 'ingresses', namespace: 'shop', name: 'web', apiGroup: 'networking.k8s.io', apiVersion: 'v1' },
  responseStatus: { code: 201 },
  requestReceivedTimestamp: '2026-11-20T10:00:00.000000Z',
  stageTimestamp: '2026-11-20T10:00:00.100000Z',
}
