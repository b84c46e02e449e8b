// Every field of Falco has its like here, and reads every event: what is not there is no error.

import { expect, test } from 'vitest'
import { compileRule } from '../compile-rule.ts'
import { completedEvent } from '../completed-event.ts'
import { evaluate } from '../evaluate.ts'
import { exportFalco } from './export.ts'
import { falcoFieldEntries } from './fields.ts'
import { importFalco } from './import.ts'
import { OfflineSubjects } from '../offline-subjects.ts'
import { parseRules } from '../parse-rules.ts'

const pod = { resource: 'pods', apiVersion: 'v1', namespace: 'shop', name: 'web' }
const events = [
  { verb: 'get', objectRef: pod },
  { verb: 'list', objectRef: { ...pod, name: '' } },
  { verb: 'get', level: 'RequestResponse', requestURI: '/healthz' },
  { verb: 'delete', objectRef: pod, requestObject: { kind: 'DeleteOptions', apiVersion: 'v1' } },
  { verb: 'patch', objectRef: pod, requestObject: [{ op: 'remove', path: '/spec' }] },
  { verb: 'patch', objectRef: pod, level: 'Metadata' },
  {
    verb: 'create',
    objectRef: pod,
    requestObject: { metadata: {}, spec: { containers: [{ name: 'a', image: 'a' }] } },
  },
  { verb: 'create', objectRef: pod, responseStatus: { code: 403 }, requestObject: { metadata: {}, spec: {} } },
  { verb: 'create', objectRef: { ...pod, subresource: 'exec' }, stage: 'ResponseStarted' },
].map((event, index) => completedEvent(event, index))

const comparisons = (field: string): readonly string[] => [
  `${field} exists`,
  `${field} = a`,
  `${field} in (a, b)`,
  `not ${field} startswith a`,
  `${field} < 5`,
]
/** Compared as a whole JSON text. */
const asJson = ['ka.req.binding.subjects', 'ka.req.role.rules', 'ka.req.service.ports', 'ka.req.configmap.obj']

test.each(['mended', 'kept'] as const)('all fields read all events: %s', { timeout: 120_000 }, (reading) => {
  const rules = falcoFieldEntries.flatMap(({ name, argument }) => {
    const field = argument === 'key' ? `${name}[command]` : name
    return comparisons(field).map((condition) => ({ rule: condition, condition, source: 'k8s_audit' }))
  })
  const { rules: imported, notes } = importFalco([{ name: 'a', text: JSON.stringify(rules) }], { reading })
  const lost = notes.filter(({ kind }) => kind === 'lost').map(({ rule }) => rule)
  expect(lost.filter((rule) => !asJson.some((name) => rule.includes(name)))).toEqual([])
  expect(lost).toHaveLength(asJson.length * 4)
  for (const { text, title } of imported) {
    const [parsed] = parseRules(text).rules
    const compilation = parsed === undefined ? null : compileRule(parsed.rule)
    if (compilation?.ok !== true) throw new Error(`${title}: ${text}`)
    for (const raw of events) {
      const subject = new OfflineSubjects({ cluster: 'a', parts: new Set() }).take('1', raw)
      if (subject === null) throw new Error('it is an event')
      expect(evaluate(compilation.compiled, subject).kind, `${title}: ${JSON.stringify(raw)}`).not.toBe('error')
    }
  }
})

test.each(['mended', 'kept'] as const)('all fields come back as they were: %s', { timeout: 120_000 }, (reading) => {
  const rules = falcoFieldEntries.flatMap(({ name, argument }) => {
    const fields = argument === 'key' ? [`${name}[/etc*]`] : argument === 'index' ? [name, `${name}[1]`] : [name]
    return fields.flatMap((field) =>
      [...comparisons(field), `toupper(${field}) = A`].map((condition) => ({
        rule: condition,
        condition,
        source: 'k8s_audit',
      })),
    )
  })
  const one = importFalco([{ name: 'a', text: JSON.stringify(rules) }], { reading }).rules.map(({ text }) =>
    parseRules(text),
  )
  const parsed = one.flatMap((each) => each.rules)
  const { text, notes } = exportFalco(parsed.map(({ rule, at }) => ({ rule, file: 'a', at })))
  expect(notes).toEqual([])
  const two = importFalco([{ name: 'b', text }], { reading }).rules.flatMap((each) => parseRules(each.text).rules)
  expect(two.map(({ rule, hash }) => [rule.title, rule.step.where?.text, hash])).toEqual(
    parsed.map(({ rule, hash }) => [rule.title, rule.step.where?.text, hash]),
  )
  expect(parsed.length).toBeGreaterThan(800)
})

test('there are the 100 fields that Falco documents, and the ports of ephemeral containers', () => {
  expect(falcoFieldEntries).toHaveLength(101)
  expect(new Set(falcoFieldEntries.map(({ name }) => name)).size).toBe(101)
})
