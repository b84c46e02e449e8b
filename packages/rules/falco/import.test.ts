// What Falco's files say is what the imported rules say, and what is not is told with its place.

import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { compileRule } from '../compile-rule.ts'
import { completedEvent } from '../completed-event.ts'
import { evaluate } from '../evaluate.ts'
import { exportFalco } from './export.ts'
import { falcoRule as rule } from './falco-for-tests.ts'
import { importFalco, type FalcoImport } from './import.ts'
import type { Reading } from './field-code.ts'
import { OfflineSubjects } from '../offline-subjects.ts'
import { parseRules, type ParsedRule } from '../parse-rules.ts'

const from = (items: readonly object[], reading: Reading = 'mended'): FalcoImport =>
  importFalco([{ name: 'a.yaml', text: stringify(items) }], { reading })

function only(items: readonly object[], reading: Reading = 'mended'): ParsedRule {
  const { rules, notes } = from(items, reading)
  const parsed = parseRules(rules[0]?.text ?? '')
  expect(parsed.errors).toEqual([])
  const [found] = parsed.rules
  if (found === undefined || rules.length !== 1) throw new Error(JSON.stringify(notes))
  return found
}

const said = ({ rule: { step } }: ParsedRule): readonly [match: string, where: string | null] => [
  step.matchText,
  step.where?.text ?? null,
]

function kindOf(parsed: ParsedRule, event: object): string {
  const compilation = compileRule(parsed.rule)
  const raw = completedEvent({ ...event }, 0)
  const subject = new OfflineSubjects({ cluster: 'test', parts: new Set() }).take('1', raw)
  return compilation.ok && subject !== null ? evaluate(compilation.compiled, subject).kind : 'none'
}

describe('conditions', () => {
  test.each([
    [
      'ka.verb=create and ka.target.resource=pods and not ka.target.subresource exists',
      'verb:create kind:pods sub:""',
      null,
    ],
    ['ka.user.name startswith "system:" or ka.user.name in (bob, "al ice")', 'actor:"al ice",bob,system:*', null],
    [
      'not ka.response.code startswith 2 and ka.target.resource in (roles, clusterroles)',
      '-code:200..299 kind:clusterroles,roles',
      null,
    ],
    ['ka.user.groups intersects (system:masters)', 'group:system:masters', null],
    ['ka.target.name = web', 'stage:Panic,ResponseComplete,ResponseStarted', 'event.name == "web"'],
    ['ka.target.resource=pods and ka.target.name = web', 'kind:pods name:web', null],
    ['ka.verb=GET', 'stage:Panic,ResponseComplete,ResponseStarted', 'event.verb == "GET"'],
    [
      'ka.verb=get and ka.uri regex "/api/v[12].*"',
      'verb:get',
      'event.requestURI != "" && event.requestURI.matches("^(?:/api/v[12].*)$")',
    ],
    [
      'ka.verb=get and ka.uri pmatch (/api, /apis)',
      'verb:get',
      'event.requestURI != "" && event.requestURI.matches("^(?:(?:/api|/apis)(?:/.*)?)$")',
    ],
    [
      'ka.verb=get and tolower(ka.useragent) contains curl',
      'verb:get',
      'event.userAgent.lowerAscii().contains("curl")',
    ],
    ['ka.useragent icontains CURL', 'user-agent:curl', null],
    ['ka.verb=get and ka.uri.param[command] = "sh"', 'verb:get', 'event.params[?"command"][?0].orValue("") == "sh"'],
    [
      'jevt.value[/verb]=get and jevt.value[/requestObject/spec/a~1b] exists',
      'verb:get',
      'request.object != null && request.object.?spec[?"a/b"].hasValue()',
    ],
    ['ka.verb=get and ka.response.code >= 400', 'verb:get code:>=400', null],
    ['ka.verb=get and ka.uri bcontains 2f61', 'verb:get', 'event.requestURI.contains("/a")'],
    [
      'ka.verb=create and ka.req.role.rules.verbs intersects ("*")',
      'verb:create',
      'object.?rules.orValue([]).exists(r, "*" in r.?verbs.orValue([]))',
    ],
    ['jevt.rawtime exists and ka.verb=get', 'verb:get', null],
    [
      'ka.verb=get and not jevt.value[/user/groups] contains "system:masters"',
      'verb:get',
      '!(actor.groups.exists(g, g.contains("system:masters")))',
    ],
    [
      'ka.user.name=bob and (ka.target.resource=secrets or (ka.target.resource=nodes and ka.target.name in (a, b)))',
      'actor:bob (kind:secrets OR (kind:nodes name:a,b))',
      null,
    ],
    ['ka.verb=list and ka.target.resource=secrets and ka.target.namespace=""', 'verb:list kind:secrets ns:""', null],
    ['ka.verb=list and ka.target.namespace=""', 'verb:list', 'event.namespace == ""'],
  ])('%s', (condition, match, where) => {
    const [ownMatch, ownWhere] = said(only([rule(condition)]))
    expect(ownMatch.split(' ').toSorted()).toEqual(match.split(' ').toSorted())
    expect(ownWhere).toBe(where)
  })

  test.each([
    ['foo and ka.verb=get', 'there is no macro "foo": name the file that has it as well', 14],
    ['ka.verb=get and evt.type=open', 'there is nothing like the field evt.type here', 30],
    [
      'ka.verb=get and ka.resource=pods',
      'there is nothing like the field ka.resource here: is it ka.target.resource?',
      30,
    ],
    ['ka.verb=get and ka.response_code=403', 'is it ka.response.code?', 30],
    ['ka.verb=get and (ka.verb=a', '")" is expected here', 40],
    ['ka.verb=get and ka.verb contains "a', 'this quote does not end', 47],
    ['ka.verb=get and ka.verb', 'an operator is expected after ka.verb', 37],
    ['ka.verb=get and ka.uri regex "("', 'ka.uri is compared with a pattern that cannot be read', 30],
    ['ka.verb=val(ka.uri)', 'a field is compared with another field', 22],
    ['ka.verb=get and jevt.value[/user/groups] = "system:masters"', 'is a JSON text to Falco', 30],
    ['ka.verb=get and jevt.value[/user/groups] contains ","', 'is a JSON text to Falco', 30],
    ['ka.verb=get and ka.req.role.rules contains x', 'ka.req.role.rules is a JSON text to Falco', 30],
  ])('%s is told with its place', (condition, says, column) => {
    const text = `- rule: A rule\n  source: k8s_audit\n  condition: ${condition}\n`
    const { rules, notes } = importFalco([{ name: 'a.yaml', text }], { reading: 'mended' })
    expect(rules).toEqual([])
    expect(notes.map(({ kind, line, column }) => [kind, line, column])).toEqual([['lost', 3, column]])
    expect(notes[0]?.why).toContain(says)
  })
})

describe('macros, lists, and what is said later', () => {
  test('lists in lists, macros in macros, append and override', () => {
    const parsed = only([
      { list: 'inner', items: ['bob'] },
      { list: 'users', items: ['alice', 'inner'] },
      { macro: 'known', condition: 'ka.user.name in (users)' },
      rule('ka.verb=get and not known'),
      { list: 'inner', items: ['carol'], append: true },
      { macro: 'known', condition: 'or ka.user.name=dave', append: true },
      {
        rule: 'A rule',
        condition: 'and ka.target.resource=secrets',
        tags: ['T1552'],
        override: { condition: 'append', tags: 'append' },
      },
      { rule: 'A rule', priority: 'ERROR', override: { priority: 'replace' } },
    ])
    expect(said(parsed)).toEqual(['-actor:alice,bob,carol,dave verb:get kind:secrets', null])
    expect([parsed.rule.severity, parsed.rule.attack]).toEqual(['high', ['T1552']])
  })

  test.each([false, 'false', 'no', 'Off'])('a rule that is switched off is there, and off: %j', (enabled) => {
    expect(only([rule('ka.verb=get'), { rule: 'A rule', enabled }]).rule.state).toBe('off')
    expect(only([rule('ka.verb=get', { enabled })]).rule.state).toBe('off')
  })

  test('a condition that is never so leaves the rest of it, and the rule off', () => {
    const never = { macro: 'never', condition: '(jevt.rawtime=0)' }
    const parsed = only([never, rule('ka.verb=get and never')])
    expect([said(parsed)[0], parsed.rule.state]).toEqual(['verb:get', 'off'])
  })

  test('a change of a rule that is not there, another source and a macro within itself are told', () => {
    const { rules, notes } = from([
      { rule: 'Not there', condition: 'and ka.verb=get', append: true },
      { rule: 'Kernel', condition: 'evt.type=open', output: 'x', priority: 'INFO' },
      { macro: 'round', condition: 'ka.verb=get or round' },
      rule('round'),
    ])
    expect(rules).toEqual([])
    expect(notes.map(({ rule: name, kind }) => [name, kind])).toEqual([
      ['Not there', 'lost'],
      ['Kernel', 'lost'],
      ['A rule', 'lost'],
    ])
  })

  test('what has no like here is a note', () => {
    const { notes } = from([
      rule('ka.verb=get', {
        'skip-if-unknown-filter': true,
        strange: 1,
        tags: ['ok', 'not ok'],
        output: 'x=%ka.auth.reason y=%ka.verb',
        priority: 'ALERT',
      }),
    ])
    expect(notes.map(({ what }) => what).toSorted()).toEqual([
      'output',
      'priority ALERT',
      'skip-if-unknown-filter of A rule',
      'stage',
      'strange of A rule',
      'tags',
    ])
  })
})

test('exceptions are tables of fields and values', () => {
  const exceptions = [
    { name: 'one', fields: 'ka.user.name', comps: 'in', values: ['bob', 'carol'] },
    {
      name: 'two',
      fields: ['ka.user.name', 'ka.uri'],
      comps: ['=', 'startswith'],
      values: [
        ['dave', '/a'],
        ['eve', '/b'],
      ],
    },
    { name: 'none yet', fields: ['ka.verb'], comps: ['='] },
  ]
  const parsed = only([
    rule('ka.verb=get', { exceptions }),
    { rule: 'A rule', exceptions: [{ name: 'one', values: ['frank'] }], append: true },
  ])
  expect(parsed.rule.exceptions.map(({ name, step }) => [name, step.matchText, step.where?.text ?? null])).toEqual([
    ['one', 'actor:bob,carol,frank', null],
    [
      'two',
      '',
      '(actor.name == "dave" && event.requestURI.startsWith("/a"))\n|| (actor.name == "eve" && event.requestURI.startsWith("/b"))',
    ],
  ])
  const { text, notes } = exportFalco([{ rule: parsed.rule, file: 'a', at: parsed.at }])
  expect(notes).toEqual([])
  expect(parseRules(text).rules[0]?.hash).toBe(parsed.hash)
})

test('a list that is long is a parameter of its name', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const parsed = only([
    { list: 'known_images', items },
    rule('ka.verb=create and not ka.req.pod.containers.image in (known_images)'),
  ])
  expect(parsed.rule.params).toEqual({ knownImages: items })
})

describe('what Falco gets wrong', () => {
  const privileged = [
    rule('ka.verb=create and ka.target.resource=pods and ka.req.pod.containers.privileged intersects (true)'),
  ]
  const deployment = {
    verb: 'create',
    objectRef: { resource: 'deployments', apiGroup: 'apps', apiVersion: 'v1', namespace: 'shop', name: 'web' },
    requestObject: {
      metadata: {},
      spec: { template: { spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] } } },
    },
  }

  test('pods alone', () => {
    expect(kindOf(only(privileged), deployment)).toBe('match')
    expect(only(privileged).rule.groupBy).toEqual(['initiator', 'object.namespace'])
    expect(kindOf(only(privileged, 'kept'), deployment)).toBe('no-match')
    expect(from(privileged).notes.some(({ what }) => what === 'pods')).toBe(true)
    const exec = {
      verb: 'create',
      objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web' },
    }
    expect(kindOf(only(privileged), exec)).toBe('no-match')
  })

  test('what was asked for, and not what came of it', () => {
    const items = [rule('ka.verb=create and ka.target.resource=services and ka.req.service.type=NodePort')]
    const event = {
      verb: 'create',
      objectRef: { resource: 'services', apiVersion: 'v1', namespace: 'shop', name: 'web' },
      requestObject: { metadata: {}, spec: {} },
      responseObject: { metadata: {}, spec: { type: 'NodePort' } },
    }
    expect(kindOf(only(items), event)).toBe('match')
    expect(kindOf(only(items, 'kept'), event)).toBe('no-match')
    const refused = {
      ...event,
      responseObject: undefined,
      requestObject: event.responseObject,
      responseStatus: { code: 403 },
    }
    expect(kindOf(only(items), refused)).toBe('no-match')
    expect(kindOf(only(items, 'kept'), refused)).toBe('match')
  })

  test('a field that is not there is not unequal', () => {
    const items = [rule('ka.verb=get and ka.target.namespace!=kube-system')]
    const event = { verb: 'get', objectRef: { resource: 'nodes', apiVersion: 'v1', name: 'a' } }
    expect(kindOf(only(items), event)).toBe('match')
    expect(kindOf(only(items, 'kept'), event)).toBe('no-match')
  })

  test('a port of a registry, the addresses of the caller, the name of the cluster', () => {
    const image = [rule('ka.verb=create and ka.req.pod.containers.image.repository intersects ("r.io:5000/web")')]
    const pod = {
      verb: 'create',
      objectRef: { resource: 'pods', apiVersion: 'v1', namespace: 'shop', name: 'web' },
      requestObject: { metadata: {}, spec: { containers: [{ name: 'a', image: 'r.io:5000/web:1.2' }] } },
    }
    expect([kindOf(only(image), pod), kindOf(only(image, 'kept'), pod)]).toEqual(['match', 'no-match'])
    const address = [rule('ka.verb=create and ka.sourceips intersects (192.0.2.1)')]
    expect([kindOf(only(address), pod), kindOf(only(address, 'kept'), pod)]).toEqual(['match', 'no-match'])
    const cluster = [rule('ka.verb=create and ka.cluster.name=test')]
    expect([kindOf(only(cluster), pod), kindOf(only(cluster, 'kept'), pod)]).toEqual(['match', 'no-match'])
  })

  test.each(['mended', 'kept'] as const)('but never that a body which was not recorded is none: %s', (reading) => {
    const items = [
      rule('ka.verb=create and ka.target.resource=ingresses and not jevt.value[/requestObject/spec/tls] exists'),
    ]
    const event = {
      verb: 'create',
      objectRef: { resource: 'ingresses', apiGroup: 'networking.k8s.io', apiVersion: 'v1', namespace: 'a', name: 'b' },
    }
    expect(kindOf(only(items, reading), { ...event, level: 'Metadata' })).toBe('insufficient')
    expect(kindOf(only(items, reading), { ...event, requestObject: { metadata: {}, spec: {} } })).toBe('match')
    expect(kindOf(only(items, reading), { ...event, requestObject: { metadata: {}, spec: { tls: [] } } })).toBe(
      'no-match',
    )
  })
})

test('a file of Falco is read as rules, with errors and warnings at their places in it', () => {
  const text = stringify([rule('ka.verb=get', { strange: 1 }), { ...rule('nothing'), rule: 'Another' }])
  const { rules, errors } = parseRules(text)
  expect(rules.map(({ rule: { name }, at }) => [name, at.line])).toEqual([['falco-a-rule', 1]])
  expect(rules[0]?.warnings.map(({ message }) => message)).toContain('strange of A rule: there is nothing like it here')
  expect(errors.map(({ message, line }) => [message, line])).toEqual([
    ['rule Another: there is no macro "nothing": name the file that has it as well', 10],
  ])
})

test('what Falco has nothing for is told when it is written', () => {
  const ours = parseRules(
    'apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: many}\nspec:\n  title: Many\n  severity: high\n  match: verb:get\n  condition: {count: 10, within: 30m}\n---\napiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: other}\nspec:\n  title: Other\n  severity: high\n  match: verb:get\n  owner: sre\n  summary: "{{actor.type}} did"\n',
  ).rules
  const { text, notes } = exportFalco(ours.map(({ rule: own, at }) => ({ rule: own, file: 'a', at })))
  expect(notes.map(({ rule: name, what, kind }) => [name, what, kind])).toEqual([
    ['many', 'rule many', 'lost'],
    ['other', 'summary', 'changed'],
    ['other', 'owner', 'changed'],
  ])
  expect(text).toContain('condition: ka.verb = get')
})
