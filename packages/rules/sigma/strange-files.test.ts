// Files of Sigma as people have them: what is written as nobody would have it is read, or told with its place.

import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { JsonObject } from '@plaintrail/history/json-values'
import { compileRule } from '../compile-rule.ts'
import { evaluate } from '../evaluate.ts'
import { parseRules, type ParsedRule } from '../parse-rules.ts'
import { rawEvent, subjectOfRaw } from '../rules-for-tests.ts'
import { exportSigma } from './export.ts'
import { importSigma, type SigmaImport } from './import.ts'

const audit = { product: 'kubernetes', service: 'audit' }

const from = (detection: unknown, logsource: object = audit): SigmaImport =>
  importSigma([{ file: 'a.yml', text: stringify({ title: 'A rule', logsource, detection, level: 'low' }) }])

function only(selection: unknown): ParsedRule {
  const { rules, notes } = from({ it: selection, condition: 'it' })
  const [found] = parseRules(rules[0]?.text ?? '').rules
  if (found === undefined) throw new Error(JSON.stringify(notes))
  return found
}

function kindOf({ rule }: ParsedRule, over: JsonObject): string {
  const compilation = compileRule(rule)
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.errors))
  return evaluate(compilation.compiled, subjectOfRaw(rawEvent(over))).kind
}

test.each([
  [{ service: 'kubernetes.audit' }],
  [{ product: 'kubernetes', category: 'kubernetes_audit' }],
  [{ product: 'k8s', service: 'audit' }],
  [{ product: 'kubernetes', service: 'kube-audit' }],
  [{ category: 'k8saudit' }],
])('%j is taken for the audit log, and told', (logsource) => {
  const { rules, notes } = from({ it: { verb: 'get' }, condition: 'it' }, logsource)
  expect(rules).toHaveLength(1)
  expect(notes.map(({ what, line, kind }) => [what, line, kind])).toEqual([['logsource', 3, 'changed']])
})

test.each([
  [{ product: 'kubernetes', category: 'container_creation' }],
  [{ product: 'kubernetes', service: 'apiserver' }],
  [{ service: 'audit' }],
  [{ product: 'linux', service: 'auditd' }],
  [{ product: 'azure', service: 'auditlogs' }],
])('%j is another log', (logsource) => {
  const { rules, notes } = from({ it: { verb: 'get' }, condition: 'it' }, logsource)
  expect([rules.length, notes.map(({ kind }) => kind)]).toEqual([0, ['lost']])
})

test.each<readonly [unknown, string]>([
  [{ 'user.username|startswith': 'system:serviceaccount:' }, 'actor:system:serviceaccount:*'],
  [{ 'user.username': ['System:Anonymous', 'system:unsecured'] }, 'actor:system:anonymous,system:unsecured'],
  [{ verb: 'get', 'user.groups': 'system:masters' }, 'group:system:masters verb:get'],
  [{ verb: 'get', 'impersonatedUser.username': 'system:admin' }, 'as:system:admin verb:get'],
  [{ 'user.username|cased': 'Alice' }, 'actor:Alice'],
])('names that Kubernetes gives are asked of the index: %j', (selection, match) => {
  const parsed = only(selection)
  expect([parsed.rule.step.matchText, parsed.rule.step.where]).toEqual([match, null])
  const { text, notes } = exportSigma([parsed])
  expect(notes).toEqual([])
  expect(parseRules(text).rules.map(({ rule }) => rule.step.matchText)).toEqual([match])
})

test('other names are of any case, alone and beside them', () => {
  const parsed = only({ verb: 'get', 'user.username': ['system:a', 'bob'] })
  const user = (username: string): JsonObject => ({ verb: 'get', user: { username } })
  const kinds = ['system:a', 'BOB', 'System:a', 'carol'].map((name) => kindOf(parsed, user(name)))
  expect(kinds).toEqual(['match', 'match', 'no-match', 'no-match'])
})

test('a hostPath that is a text is the path of one', () => {
  const object = (path: string): JsonObject => ({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'api' },
    spec: { containers: [], volumes: [{ name: 'a', hostPath: { path } }] },
  })
  const event = (path: string): JsonObject => ({
    verb: 'create',
    objectRef: { resource: 'pods', apiVersion: 'v1', namespace: 'shop', name: 'api' },
    requestObject: object(path),
    responseObject: object(path),
  })
  const of = (value: unknown): readonly string[] => {
    const parsed = only({ verb: 'create', hostPath: value })
    return ['/var/run/docker.sock', '/data'].map((path) => kindOf(parsed, event(path)))
  }
  expect(of('/var/run/docker.sock')).toEqual(['match', 'no-match'])
  expect(of('/var/*')).toEqual(['match', 'no-match'])
  expect(of('*')).toEqual(['match', 'match'])
  expect(of(null)).toEqual(['no-match', 'no-match'])
})

test.each([
  [{ 'requestObject.metadata.annotations|contains': 'helm' }, 'it is a map, or a list'],
  [{ 'requestObject.spec.containers[]|re': 'priv' }, 'it is a map, or a list'],
  [{ 'requestObject.rules[].verbs[]': '*' }, 'a star is any value'],
  [{ 'responseStatus.code': 200 }, 'what is created is answered with 201'],
  [{ 'objectRef.resource': 'pods/exec' }, 'the audit log never says this: it says the resource pods'],
  [{ 'objectRef.resource': ['Pod', 'Secrets'] }, 'the audit log never says this: it says pods'],
])('what finds nothing, or everything, is told: %j', (selection, why) => {
  const { rules, notes } = from({ it: { verb: 'create', ...selection }, condition: 'it' })
  expect(rules).toHaveLength(1)
  expect(notes.map(({ kind, line, why: said }) => [kind, line, said.slice(0, why.length)])).toEqual([
    ['proposed', 8, why],
  ])
})

test('a verb that the audit log does not have is told', () => {
  const { notes } = from({ it: { verb: ['exec', 'delete'] }, condition: 'it' })
  expect(notes.map(({ what, line }) => [what, line])).toEqual([['verb exec', 7]])
})

test.each([
  [{ 'requestObject.metadata.annotations': '*' }],
  [{ 'requestObject.metadata.annotations.helm': 'x' }],
  [{ 'requestObject.rules[].verbs[]': String.raw`\*` }],
  [{ 'responseStatus.code': [200, 201] }],
])('and what does not is not: %j', (selection) => {
  expect(from({ it: { verb: 'create', ...selection }, condition: 'it' }).notes).toEqual([])
})

test('a correlation with its field outside of the condition says where it belongs', () => {
  const rule = { title: 'A', name: 'a', logsource: audit, detection: { it: { verb: 'get' }, condition: 'it' } }
  const correlation = {
    type: 'value_count',
    rules: 'a',
    'group-by': 'user.username',
    timespan: '5m',
    condition: { gte: 5, field: 'objectRef.name' },
  }
  const of = (own: object): SigmaImport =>
    importSigma([{ file: 'a.yml', text: `${stringify(rule)}---\n${stringify({ title: 'B', correlation: own })}` }])
  expect(of(correlation).rules.map(({ title }) => title)).toEqual(['B'])
  const { notes } = of({ ...correlation, condition: { gte: 5 }, field: 'objectRef.name' })
  expect(notes.filter(({ kind }) => kind === 'lost').map(({ rule: title, why }) => [title, why])).toEqual([
    ['B', 'the field that is counted stands in the condition: write it there'],
  ])
})
