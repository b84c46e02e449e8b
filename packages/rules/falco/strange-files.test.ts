// Files of Falco as people have them: what is written as nobody would have it is read, or told with its place.

import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { falcoRule as rule } from './falco-for-tests.ts'
import { importFalco, type FalcoImport } from './import.ts'
import { parseRules, type ParsedRule } from '../parse-rules.ts'
import { importSigma } from '../sigma/import.ts'

const from = (items: readonly object[]): FalcoImport =>
  importFalco([{ name: 'a.yaml', text: stringify(items) }], { reading: 'mended' })

function only(items: readonly object[]): ParsedRule {
  const { rules, notes } = from(items)
  const parsed = parseRules(rules[0]?.text ?? '')
  expect(parsed.errors).toEqual([])
  const [found] = parsed.rules
  if (found === undefined || rules.length !== 1) throw new Error(JSON.stringify(notes))
  return found
}

const matchOf = ({ rule: { step } }: ParsedRule): string => step.matchText

test('a file that says "append: false" has the rule whole', () => {
  const parsed = only([rule('ka.verb=get', { append: false }), rule('ka.verb=list', { append: false })])
  expect(matchOf(parsed)).toBe('verb:list')
})

test.each([
  [{ source: 'k8saudit' }, 'its source is k8saudit, which Falco does not know: write source: k8s_audit'],
  [{ source: undefined }, 'its source is syscall, in which there is no ka.verb: write source: k8s_audit'],
  [{ source: 'okta' }, 'its source is okta, in which there is no ka.verb: write source: k8s_audit'],
  [{ source: 'okta', condition: 'okta.app = x' }, 'it is about events of okta, not of a Kubernetes audit log'],
])('another source: %j', (more, why) => {
  const { rules, notes } = from([rule('ka.verb=get', more)])
  expect([rules, notes.map((note) => note.why)]).toEqual([[], [why]])
})

test('values that hardly mean what they are are told', () => {
  const { rules, notes } = from([
    { macro: 'known_users', condition: 'ka.user.name=bob' },
    { list: 'known_images', items: ['a'] },
    rule(
      'ka.verb=get and not ka.user.name in (known_users, "system:serviceaccount:a:*") and not ka.target.name in (our_names, known_images)',
    ),
    { ...rule('ka.verb=get and ka.req.role.rules.verbs intersects ("*", not_a_list)'), rule: 'Roles' },
  ])
  expect(rules).toHaveLength(2)
  expect(notes.filter(({ what }) => what.includes(' in ')).map(({ what, why }) => [what, why.slice(0, 30)])).toEqual([
    ['ka.user.name in "known_users"', 'it is the name of a macro, and'],
    ['ka.user.name in "system:serviceaccount:a:*"', 'its * is compared as it stands'],
    ['ka.target.name in "our_names"', 'no list of these files has thi'],
  ])
  expect(notes.some(({ what }) => what.includes('intersects'))).toBe(false)
})

test.each([
  ['ka.verb in (exec, get)', 'ka.verb in "exec"', 'get or create of the subresource exec'],
  ['ka.verb = get and ka.target.resource = pods/exec', 'ka.target.resource = "pods/exec"', 'the resource pods and'],
  ['ka.verb = get and ka.target.resource in (Pod, secrets)', 'ka.target.resource in "Pod"', 'pods'],
])('what the audit log never says: %s', (condition, what, meant) => {
  const { rules, notes } = from([rule(condition)])
  expect(rules).toHaveLength(1)
  const told = notes.filter(({ why }) => why.startsWith('the audit log never says this'))
  expect(told.map((note) => [note.what, note.why.includes(meant)])).toEqual([[what, true]])
})

test.each([
  ['ka.verb in (create, patch) and ka.response.code = 200', true],
  ['ka.verb in (create, patch) and ka.response.code in (200, 201)', false],
  ['ka.verb = create and ka.target.subresource = exec and ka.response.code = 200', false],
  ['ka.verb = get and ka.response.code = 200', false],
])('a create that is answered with 200: %s', (condition, isTold) => {
  expect(from([rule(condition)]).notes.some(({ what }) => what === 'ka.response.code 200')).toBe(isTold)
})

test('nothing, which Falco never finds', () => {
  const { notes } = from([rule('ka.verb=list and ka.target.namespace=""')])
  expect(notes.map(({ what }) => what)).toContain('ka.target.namespace = ""')
})

test('a number of the event is a constant', () => {
  const constants = [
    { macro: 'always', condition: '(evt.num>=0)' },
    { macro: 'never', condition: '(evt.num=0)' },
  ]
  expect(matchOf(only([...constants, rule('ka.verb=get and always and not never')]))).toBe('verb:get')
  expect(only([...constants, rule('ka.verb=get and (never or not always)')]).rule.state).toBe('off')
})

test('a comment within a condition is told where it stands', () => {
  const text = '- rule: A rule\n  source: k8s_audit\n  condition: >\n    ka.verb=get or # one\n    ka.verb=list\n'
  const { notes } = importFalco([{ name: 'a.yaml', text }], { reading: 'mended' })
  expect(notes.map(({ why, line, column }) => [why, line, column])).toEqual([
    ['a condition has no comments: put it above, as one of the file', 4, 20],
  ])
})

describe('files of Falco within others', () => {
  const inside = [
    '- macro: kept',
    '  condition: ka.verb=get',
    '- rule: A rule',
    '  source: k8s_audit',
    '  condition: kept and foo',
  ]
  const indented = (by: number): string => inside.map((line) => `${' '.repeat(by)}${line}\n`).join('')

  test.each([
    ['values of Helm', `customRules:\n  a.yaml: |-\n${indented(4)}other: 1\n`, 7, 27],
    ['values of a chart that has it', `falco:\n  customRules:\n    a.yaml: |\n${indented(6)}`, 8, 29],
    ['a ConfigMap', `kind: ConfigMap\ndata:\n  b.txt: "x"\n  a.yaml: |\n${indented(4)}`, 9, 27],
  ])('%s, with the places in it', (_, text, line, column) => {
    const { rules, notes } = importFalco([{ name: 'a.yaml', text }], { reading: 'mended' })
    expect(rules).toEqual([])
    expect(notes).toEqual([
      expect.objectContaining({
        rule: 'A rule',
        line,
        column,
        kind: 'lost',
        why: expect.stringContaining('macro "foo"'),
      }),
    ])
    const right = text.replace(' and foo', '')
    expect(importFalco([{ name: 'a.yaml', text: right }], { reading: 'mended' }).rules).toHaveLength(1)
    expect(parseRules(right).rules.map(({ rule: { name } }) => name)).toEqual(['falco-a-rule'])
  })

  test('a map without any is told', () => {
    const { notes } = importFalco([{ name: 'a', text: 'customRules:\n  a: b\n' }], { reading: 'mended' })
    expect(notes.map(({ why }) => why.slice(0, 24))).toEqual(['a Falco file is a list, '])
  })

  test('a file of the other tool is told as that', () => {
    const sigma = 'title: T\nlogsource: {product: kubernetes}\ndetection: {s: {verb: get}, condition: s}\n'
    const { notes } = importFalco([{ name: 'a', text: sigma }], { reading: 'mended' })
    expect(notes.map(({ why }) => why)).toEqual(['it is a rule of Sigma: plaintrail sigma import reads it'])
    const others = importSigma([{ file: 'a', text: stringify([rule('ka.verb=get')]) }]).notes
    expect(others.map(({ why }) => why)).toEqual(['it has rules of Falco: plaintrail falco import reads it'])
  })
})

test.each([
  ['ka.verb=get and ka.target.resource=pods and ka.target.subresource != <NA>', 'verb:get kind:pods -sub:""'],
  ['ka.verb=get and ka.target.resource=pods and ka.target.subresource = "<NA>"', 'verb:get kind:pods sub:""'],
  [
    'ka.verb=get and ka.target.resource=pods and ka.target.subresource in (<NA>, exec)',
    'verb:get kind:pods sub:"",exec',
  ],
])('what was once written for nothing: %s', (condition, match) => {
  expect(matchOf(only([rule(condition)]))).toBe(match)
  const whys = from([rule(condition)]).notes.map(({ why }) => why.slice(0, 33))
  expect(whys).toContain('it was once what is not there, and'.slice(0, 33))
})
