import { expect, test } from 'vitest'
import { parseRules } from './parse-rules.ts'

const whole = `
# A comment before it.
apiVersion: plaintrail.dev/v1
kind: Rule
metadata:
  name: exec-into-prod
  labels: {pack: starter}
spec:
  title: Shell opened in a production pod
  description: |
    Why it matters.
  severity: high
  owner: platform-team
  match: class:connect sub:exec,attach is:human
  where: "!(actor.name in params.onCall)"
  exceptions:
    - {name: build-robots, match: "actor:sa:ci/*", where: 'event.verb == "get"', reason: they build}
  condition: {count: 10, within: 30m}
  lateness: 10m
  groupBy: [actor, object.namespace]
  summary: "{{actor}} opened a shell in {{object}}"
  remediation: Ask {{ actor }}.
  commands: ["kubectl delete pod {{object.name}} -n {{object.namespace}}"]
  controls: [soc2:CC6.1, pci:10.2.1.2]
  attack: [T1609, T1552.007]
  needs: {level: Metadata, stage: ResponseComplete}
  references: [https://kubernetes.io/docs]
  falsePositives: [people on call]
  params: {onCall: [bob@acme.io], limits: {a: 1.5, b: null}}
tests:
  - name: GET exec
    event: &exec {verb: get}
    cluster: prod-eu
    initiator: {kind: person, name: bob@acme.io, confidence: likely}
    oldObject:
    expect: {findings: 1, insufficient: 2, errors: 3, summary: bob opened}
  - events: [*exec, *exec]
    expect: {findings: 0}
  - fixture: ./fixtures/logs.jsonl
    expect: {findings: 0}
`

test('everything that a rule file can say is read', () => {
  const { rules, errors } = parseRules(whole)
  expect(errors).toEqual([])
  expect(rules).toHaveLength(1)
  const [parsed] = rules
  expect(parsed?.at).toEqual({ line: 6, column: 9 })
  expect(parsed?.rule).toMatchObject({
    name: 'exec-into-prod',
    labels: { pack: 'starter' },
    title: 'Shell opened in a production pod',
    description: 'Why it matters.\n',
    severity: 'high',
    state: 'active',
    owner: 'platform-team',
    on: 'event',
    exceptions: [{ name: 'build-robots', reason: 'they build' }],
    condition: { kind: 'count', atLeast: 10, withinUs: 1_800_000_000 },
    latenessUs: 600_000_000,
    groupBy: ['actor', 'object.namespace'],
    summary: '{{actor}} opened a shell in {{object}}',
    controls: ['soc2:CC6.1', 'pci:10.2.1.2'],
    attack: ['T1609', 'T1552.007'],
    needs: { level: 'Metadata', stage: 'ResponseComplete' },
    references: ['https://kubernetes.io/docs'],
    falsePositives: ['people on call'],
    params: { onCall: ['bob@acme.io'], limits: { a: 1.5, b: null } },
  })
  expect(parsed?.rule.step.where).toMatchObject({ text: '!(actor.name in params.onCall)', line: 15, column: 11 })
  expect(parsed?.tests).toMatchObject([
    {
      name: 'GET exec',
      cluster: 'prod-eu',
      oldObject: null,
      initiator: { kind: 'person', name: 'bob@acme.io', confidence: 'likely' },
      given: { kind: 'events', events: [{ verb: 'get' }] },
      expect: { findings: 1, insufficient: 2, errors: 3, summary: 'bob opened' },
    },
    { name: 'test 2', oldObject: undefined, given: { events: [{ verb: 'get' }, { verb: 'get' }] } },
    { given: { kind: 'fixture', path: 'fixtures/logs.jsonl' } },
  ])
})

const minimal = (name: string, more = ''): string =>
  `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: ${name}}\nspec:\n  title: T\n  severity: low\n  match: is:write\n${more}`

test('a title is of many events, so it tells of none', () => {
  const { errors } = parseRules(minimal('a').replace('title: T', "title: '{{actor}}'"))
  expect(errors).toMatchObject([{ line: 5, column: 10, message: 'spec.title has no fields of an event' }])
})

test('a field that may not be there is a warning, unless somebody asked whether it is', () => {
  const warned = (where: string): readonly unknown[] => {
    const { rules, errors } = parseRules(minimal('a', `  where: |\n    ${where.replaceAll('\n', '\n    ')}\n`))
    expect(errors).toEqual([])
    return (rules[0]?.warnings ?? []).map(({ line, column, message }) => [line, column, message])
  }
  expect(warned('object.metadata.name == "a" &&\n  object.spec.replicas > 3')).toEqual([
    [10, 7, 'where: object.spec.replicas may not be there, and is an error then'],
  ])
  expect(warned('has(object.spec.replicas) && object.spec.replicas > 3')).toEqual([])
  expect(warned('object.?spec.?replicas.orValue(0) > 3')).toEqual([])
  expect(warned('event.name == "a" && actor.groups.exists(g, g == "b")')).toEqual([])
})

test('what is left out has its default', () => {
  expect(parseRules(minimal('a')).rules[0]?.rule).toMatchObject({
    state: 'active',
    on: 'event',
    condition: { kind: 'each' },
    latenessUs: 300_000_000,
    groupBy: ['actor', 'object.namespace'],
    summary: 'T',
    owner: null,
    params: {},
  })
})

test('conditions of every kind are read', () => {
  const conditionOf = (text: string): unknown =>
    parseRules(minimal('a', `  condition: ${text}\n`)).rules[0]?.rule.condition
  expect(conditionOf('{distinct: object.name, atLeast: 15, within: 1h30m}')).toEqual({
    kind: 'distinct',
    of: 'object.name',
    atLeast: 15,
    withinUs: 5_400_000_000,
  })
  expect(conditionOf('{then: [{match: "verb:delete"}, {match: "verb:get", where: "true"}], within: 5m}')).toMatchObject(
    {
      kind: 'sequence',
      steps: [{ matchText: 'verb:delete' }, { where: { text: 'true' } }],
    },
  )
  expect(conditionOf('{without: {match: "verb:delete"}, within: 10m}')).toMatchObject({ kind: 'absence' })
  expect(conditionOf('{firstSeen: [client], within: 7d}')).toMatchObject({ kind: 'first-seen', of: ['client'] })
})

test('a rule on gaps has no match, and reads the gap', () => {
  const file = (where: string): string =>
    `{apiVersion: plaintrail.dev/v1, kind: Rule, metadata: {name: g}, spec: {title: T, severity: low, on: gap, where: '${where}'}}`
  expect(parseRules(file('gap.seconds > 60')).rules[0]?.rule).toMatchObject({ on: 'gap', groupBy: [] })
  expect(parseRules(file('event.verb == "get"')).errors[0]?.message).toContain('there is no variable "event"')
})

test('JSON is read as YAML is', () => {
  const spec = { title: 'T', severity: 'low', match: 'is:write', where: 'event.verb == "get"' }
  const rule = { apiVersion: 'plaintrail.dev/v1', kind: 'Rule', metadata: { name: 'a' }, spec }
  const [compact, indented] = [JSON.stringify(rule), JSON.stringify(rule, null, '\t')].map(parseRules)
  expect(compact?.errors).toEqual([])
  expect(indented?.rules[0]?.hash).toBe(compact?.rules[0]?.hash)
})

test('the hash is that of what a rule says, not of how it is written or tested', () => {
  const hashOf = (text: string): string | undefined => parseRules(text).rules[0]?.hash
  const one = hashOf(minimal('a'))
  expect(one).toMatch(/^[0-9a-f]{64}$/)
  expect(hashOf(minimal('a', 'tests: [{event: {}, expect: {findings: 0}}]'))).toBe(one)
  expect(hashOf(minimal('a').replace('title: T\n  severity: low', 'severity: "low" # so\n  title: T'))).toBe(one)
  expect(hashOf(minimal('b'))).not.toBe(one)
  expect(hashOf(minimal('a').replace('is:write', 'is:read'))).not.toBe(one)
})

test('a document that is wrong takes no other with it, and each keeps its own text', () => {
  const broken = [
    '{a: [1',
    minimal('b').replace('is:write', 'is:wirte'),
    'just text',
    '[1, 2]',
    '@',
    minimal('b-2', '  x: 1\n'),
  ]
  const file = [minimal('first'), ...broken, minimal('last')].join('---\n')
  const { rules, errors } = parseRules(file)
  expect(rules.map(({ rule }) => rule.name)).toEqual(['first', 'last'])
  expect(errors.length).toBeGreaterThanOrEqual(broken.length)
  for (const parsed of rules) expect(parseRules(parsed.text).rules[0]?.hash).toBe(parsed.hash)
})

test('two rules of one name are told', () => {
  const { rules, errors } = parseRules(`${minimal('a')}---\n${minimal('a')}`)
  expect(rules).toHaveLength(1)
  expect(errors).toMatchObject([{ line: 11, column: 18, message: 'another rule of this file is named "a"' }])
})

test('names of JavaScript are names like others', () => {
  const params = '  params: {__proto__: {polluted: true}, constructor: 1, toString: 2}\n'
  const { rules, errors } = parseRules(minimal('constructor', params))
  expect(errors).toEqual([])
  const { params: read = {} } = rules[0]?.rule ?? {}
  expect(Object.keys(read)).toEqual(['__proto__', 'constructor', 'toString'])
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
  expect('polluted' in {}).toBe(false)
  const asFields = `{__proto__: {apiVersion: plaintrail.dev/v1, kind: Rule, metadata: {name: a}}, constructor: 1}`
  expect(parseRules(asFields).errors.map(({ message }) => message)).toContain('a rule file has no field "__proto__"')
})

/** A spec with one line that is wrong; `▲` stands before the character that must be named. */
const faults: readonly (readonly [text: string, message: string, hint?: string])[] = [
  ['  ▲sevrity: high\n', 'spec has no field "sevrity"', 'Did you mean "severity"?'],
  ['  state: ▲on\n', 'spec.state: "on" is none of its values'],
  ['  owner: ▲[a]\n', 'spec.owner must be a text, not a list'],
  ['  owner: ▲12\n', 'spec.owner must be a text, not the number 12', 'Put it in quotes.'],
  ['  owner: ▲"a\\u0007b"\n', 'spec.owner holds a control character'],
  ['  where: event.verb == ▲evnt.verb\n', 'there is no variable "evnt"', 'did you mean "event"?'],
  ['  where: ▲event.vreb == "get"\n', 'event has no "vreb"', 'Did you mean event.verb?'],
  ['  where: ▲1 + 1\n', 'spec.where must give true or false, and gives int'],
  ['  where: |\n    event.verb == "get" &&\n      ▲nobody == 1\n', 'there is no variable "nobody"'],
  ['  where: >-\n    event.verb == "get"\n    && ▲nobody == 1\n', 'there is no variable "nobody"'],
  ["  where: 'event.verb == ''get'' && ▲nobody == 1'\n", 'there is no variable "nobody"'],
  ['  where: "event.verb == \\"get\\" && ▲nobody == 1"\n', 'there is no variable "nobody"'],
  ['  where: "event.verb == \\"get\\"\n    && ▲nobody == 1"\n', 'there is no variable "nobody"'],
  [`  where: 'event.name == "😀" || ▲nobody'\n`, 'there is no variable "nobody"'],
  ['  where: "event.name == \\"\\u00e9\\U0001F600\\x41\\" || ▲nobody"\n', 'there is no variable "nobody"'],
  ['  exceptions: [▲{name: a}]\n', 'an exception says nothing'],
  ['  exceptions: [▲{match: "is:read"}]\n', 'an exception has no name'],
  ['  exceptions: [{name: a, match: "is:▲hmuan"}]\n', 'could not read is: "hmuan" is none of its values'],
  ['  condition: ▲{within: 5m}\n', 'spec.condition says nothing'],
  ['  condition: ▲{count: 3}\n', 'spec.condition has no window'],
  ['  condition: {count: ▲1, within: 5m}\n', 'spec.condition.count must be a whole number from 2'],
  ['  condition: {count: 3, within: ▲5 minutes}\n', 'could not read spec.condition.within "5 minutes"'],
  ['  condition: {count: 3, within: ▲400d}\n', 'could not read spec.condition.within "400d"'],
  [
    '  condition: {distinct: ▲objct.name, atLeast: 3, within: 5m}\n',
    '"objct.name" is none',
    'Did you mean "object.name"?',
  ],
  ['  condition: {then: [{match: "▲created:>-5m"}], within: 5m}\n', 'it is relative to when it is asked'],
  ['  condition: {then: [▲{where: "true"}], within: 5m}\n', 'a step of spec.condition.then has no match'],
  ['  lateness: ▲2d\n', 'could not read spec.lateness "2d"'],
  ['  groupBy: [actor, ▲actr]\n', '"actr" is none of its values', 'Did you mean "actor"?'],
  ['  groupBy: [actor, ▲actor]\n', 'spec.groupBy names "actor" twice'],
  ['  summary: ▲"{{actr}} did it"\n', 'there is no field "{{actr}}"', 'Did you mean "{{actor}}"?'],
  ['  controls: [▲pci:10.2.1.22]\n', 'there is no control "pci:10.2.1.22"'],
  ['  attack: [▲T16]\n', 'could not read "T16" in spec.attack'],
  ['  needs: {level: ▲Body}\n', '"Body" is none of its values'],
  ['  noise: ▲{findings: 20}\n', 'spec.noise has no within'],
  ['  noise: {findings: ▲-1, within: 7d}\n', 'spec.noise.findings'],
  ['  noise: {findings: 20, within: ▲5m}\n', 'could not read spec.noise.within'],
  ['  references: [▲kubernetes.io]\n', 'could not read "kubernetes.io" in spec.references'],
  ['  params: ▲[1]\n', 'spec.params must be a map, not a list'],
  ['  params: {a: ▲.inf}\n', 'could not read ".inf": it is no value of JSON'],
  ['  params: {a: ▲*nowhere}\n', '"*nowhere" repeats what is not there'],
  ['  params: {a: 1, ▲a: 2}\n', '"a" stands twice here'],
  ['tests: [▲{event: {}}]\n', 'a test expects nothing'],
  ['tests: [{event: {}, expect: ▲{}}]\n', 'expect does not say how many findings'],
  ['tests: [{event: {}, expect: {findings: ▲-1}}]\n', 'expect.findings must be a whole number'],
  ['tests: [▲{expect: {findings: 1}}]\n', 'a test has no event'],
  ['tests: [▲{event: {}, fixture: a, expect: {findings: 1}}]\n', 'a test has event and fixture'],
  ['tests: [{fixture: ▲../secret, expect: {findings: 1}}]\n', 'could not use the fixture "../secret"'],
  ['tests: [{fixture: ▲/etc/passwd, expect: {findings: 1}}]\n', 'could not use the fixture "/etc/passwd"'],
  ['tests: [{gap: ▲{}, expect: {findings: 1}}]\n', 'a test of a rule on events has no gap'],
  ['tests: [{events: [{}, {}], oldObject: ▲{}, expect: {findings: 1}}]\n', 'oldObject is about one event'],
]

test.each(faults)('its place is told: %s', (text, message, hint) => {
  const marked = minimal('a', text)
  const before = marked.slice(0, marked.indexOf('▲')).split('\n')
  const place = { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 }
  const { rules, errors } = parseRules(marked.replace('▲', ''))
  expect(rules).toEqual([])
  expect(errors[0]).toMatchObject(place)
  expect(errors[0]?.message).toContain(message)
  if (hint !== undefined) expect(errors[0]?.hint).toBe(hint)
})

test.each([
  'rule:a',
  'vio:fnd_1',
  'severity:high',
  'control:pci:10.2.1.2',
  'seen:>2026-01-01',
  'after:-1h',
  'before:-1d',
])('a rule cannot ask for %s, whose place is told within the query', (term) => {
  const { errors } = parseRules(minimal('a').replace('is:write', `is:write (${term} OR verb:get)`))
  expect(errors).toMatchObject([{ line: 7, column: 20 }])
})

test('a time that is one may stand in a rule', () => {
  expect(parseRules(minimal('a').replace('is:write', 'after:2026-01-01')).errors).toEqual([])
})

test('what every rule must have is asked for by name', () => {
  const told = (text: string): readonly string[] => parseRules(text).errors.map(({ message }) => message)
  expect(told('{}')).toEqual([
    'a rule has no apiVersion',
    'a rule has no kind',
    'a rule has no metadata',
    'a rule has no spec',
  ])
  expect(told('{apiVersion: plaintrail.dev/v1, kind: Rule, metadata: {}, spec: {}}')).toEqual([
    'metadata has no name',
    'spec has no title',
    'spec has no severity',
    'spec has no match',
  ])
  expect(told(minimal('A_B'))).toEqual(['could not use "A_B" as the name of a rule'])
})
