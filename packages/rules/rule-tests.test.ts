import { expect, test } from 'vitest'
import { parseRules } from './parse-rules.ts'
import { testRule, type TestResult } from './rule-tests.ts'

/** The results of the tests of a rule, of which both are written as YAML. */
function results(spec: string, tests: string, fixtures: Readonly<Record<string, string>> = {}): readonly TestResult[] {
  const text = `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: r}\nspec: {title: T, severity: low, ${spec}}\ntests:\n${tests}`
  const { rules, errors } = parseRules(text)
  expect(errors).toEqual([])
  return rules.flatMap((rule) => testRule(rule, { readFixture: (path) => fixtures[path] ?? null }))
}

const exec = 'objectRef: {resource: pods, subresource: exec, namespace: prod, name: a}'

test('what a rule must find and must not is held against what it finds', () => {
  const told = results(
    'match: class:connect sub:exec is:human, summary: "{{actor}} in {{object.name}}"',
    `  - {name: found, event: {verb: get, ${exec}, user: {username: bob}}, expect: {findings: 1, summary: bob in a}}
  - {name: none, event: {verb: get, objectRef: {resource: pods, subresource: log, name: a}}, expect: {findings: 0}}
  - {name: wrong, event: {verb: get, ${exec}}, expect: {findings: 0}}
  - {name: other words, event: {verb: get, ${exec}}, expect: {findings: 1, summary: x}}`,
  )
  expect(told.map(({ name, result }) => `${name}: ${result}`)).toEqual([
    'found: pass',
    'none: pass',
    'wrong: fail',
    'other words: fail',
  ])
  expect(told[2]).toMatchObject({ rule: 'r', at: { line: 8, column: 12 } })
  expect(told[2]?.says).toEqual([
    'expected 0 findings, got 1',
    'matched: class:connect sub:exec is:human',
    'event:   event 1  "test ran a command in pod a in prod (kubectl)"',
  ])
  expect(told[3]?.says.slice(0, 2)).toEqual(['expected the summary "x"', 'and got "test in a"'])
})

test('findings are counted, not events; a request of two stages is one', () => {
  const stages = `[{verb: get, ${exec}, auditID: a, stage: ResponseStarted, requestReceivedTimestamp: "2026-01-01T00:00:00Z"}, {verb: get, ${exec}, auditID: a, requestReceivedTimestamp: "2026-01-01T00:00:00Z"}]`
  const of = (name: string): string => `{verb: get, ${exec}, user: {username: ${name}}}`
  const count = 'match: sub:exec, condition: {count: 2, within: 1m}'
  expect(results(count, `  - {events: ${stages}, expect: {findings: 0}}`)[0]?.result).toBe('pass')
  expect(results(count, `  - {events: [${of('a')}, ${of('a')}], expect: {findings: 1}}`)[0]?.result).toBe('pass')
  expect(results(count, `  - {events: [${of('a')}, ${of('b')}], expect: {findings: 0}}`)[0]?.result).toBe('pass')
  const each = 'match: sub:exec, groupBy: [actor]'
  const three = `[${of('a')}, ${of('b')}, ${of('a')}]`
  expect(results(each, `  - {events: ${three}, expect: {findings: 2}}`)[0]?.result).toBe('pass')
})

test('what depends on what was not recorded is no pass and no fail', () => {
  const spec = 'match: verb:create kind:pods, where: podSpec.?hostNetwork.orValue(false)'
  const pod = 'verb: create, objectRef: {resource: pods, namespace: a, name: b}'
  const told = results(
    spec,
    `  - {name: open, event: {${pod}}, expect: {findings: 1}}
  - {name: expected, event: {${pod}}, expect: {findings: 0, insufficient: 1}}
  - {name: known, event: {${pod}, requestObject: {metadata: {}, spec: {hostNetwork: true}}}, expect: {findings: 1}}`,
  )
  expect(told.map(({ result }) => result)).toEqual(['not-evaluable', 'pass', 'pass'])
  expect(told[0]?.says).toContain('expected 0 not evaluable, got 1')
  expect(told[0]?.says.join('\n')).toContain('level Metadata')
})

test('an error of a rule is no finding and no pass', () => {
  const tests = `  - {event: {verb: get}, expect: {findings: 0}}\n  - {event: {verb: get}, expect: {findings: 0, errors: 1}}`
  const told = results(`match: verb:get, where: 'actor.extra.missing == 1'`, tests)
  expect(told.map(({ result }) => result)).toEqual(['fail', 'pass'])
  expect(told[0]?.says.join('\n')).toContain('expected 0 errors, got 1')
})

test('a state before is what a test says, or what the events before it made', () => {
  const scale = (replicas: number, more = ''): string =>
    `{verb: update, objectRef: {apiGroup: apps, resource: deployments, namespace: a, name: b}, requestObject: {metadata: {}, spec: {replicas: ${replicas}}}, responseObject: {metadata: {}, spec: {replicas: ${replicas}}}${more}}`
  const create = `{verb: create, objectRef: {apiGroup: apps, resource: deployments, namespace: a, name: b}, responseObject: {metadata: {}, spec: {replicas: 5}}}`
  const spec = `match: verb:update changed:spec.replicas to:0, where: 'oldObject.spec.replicas == 5 && diff.size() == 1'`
  const told = results(
    spec,
    `  - {name: said, event: ${scale(0)}, oldObject: {spec: {replicas: 5}}, expect: {findings: 1}}
  - {name: another, event: ${scale(0)}, oldObject: {spec: {replicas: 4}}, expect: {findings: 0}}
  - {name: made, events: [${create}, ${scale(0)}], expect: {findings: 1}}
  - {name: not known, event: ${scale(0)}, expect: {findings: 0, insufficient: 1}}
  - {name: the same again, events: [${create}, ${scale(5)}], expect: {findings: 0}}`,
  )
  expect(told.filter(({ result }) => result !== 'pass')).toEqual([])
})

test('who is behind an event is what a test says', () => {
  const told = results(
    'match: verb:delete, where: initiator.name == "bob"',
    `  - {event: {verb: delete, user: {username: "system:serviceaccount:argocd:c"}}, initiator: {kind: person, name: bob}, expect: {findings: 1}}
  - {event: {verb: delete, user: {username: bob}}, expect: {findings: 1}}`,
  )
  expect(told.filter(({ result }) => result !== 'pass')).toEqual([])
})

test('what nothing followed is decided at the end of the events', () => {
  const spec = 'match: verb:create, condition: {without: {match: verb:delete}, within: 10m}, groupBy: [actor]'
  const told = results(
    spec,
    `  - {events: [{verb: create}], expect: {findings: 1}}
  - {events: [{verb: create}, {verb: delete}], expect: {findings: 0}}
  - {events: [{verb: create}, {verb: delete, requestReceivedTimestamp: "2026-01-01T00:11:00Z"}], expect: {findings: 1}}`,
  )
  expect(told.filter(({ result }) => result !== 'pass')).toEqual([])
})

test('a rule on gaps is tested with gaps', () => {
  const told = results(
    'on: gap, where: gap.seconds > 60, summary: "{{cluster}} was silent"',
    `  - {gap: {seconds: 90}, cluster: prod, expect: {findings: 1, summary: prod was silent}}
  - {gap: {seconds: 9}, expect: {findings: 0}}`,
  )
  expect(told.filter(({ result }) => result !== 'pass')).toEqual([])
})

test('a fixture is read as it is: lines, lists, and what is wrong in it', () => {
  const event = (name: string): string =>
    `{"kind":"Event","auditID":"${name}","stage":"ResponseComplete","level":"Metadata","verb":"delete","user":{"username":"${name}"},"requestReceivedTimestamp":"2026-01-01T00:00:00Z"}`
  const fixtures = {
    'lines.jsonl': `${event('a')}\n\n{"kind":"EventList","items":[${event('b')},${event('c')}]}\n`,
    'whole.json': JSON.stringify({ items: [JSON.parse(event('a')), JSON.parse(event('b'))] }, null, 2),
    'events.yaml': 'verb: delete\nuser: {username: a}\n---\nverb: delete\nuser: {username: b}\n',
    'broken.jsonl': `${event('a')}\n{"kind":\n`,
  }
  const tests = ['lines.jsonl', 'whole.json', 'events.yaml', 'broken.jsonl', 'none.jsonl'].map(
    (name, index) => `  - {name: ${name}, fixture: ${name}, expect: {findings: ${[3, 2, 2][index] ?? 0}}}`,
  )
  const told = results('match: verb:delete, groupBy: [actor]', tests.join('\n'), fixtures)
  expect(told.map(({ result }) => result)).toEqual(['pass', 'pass', 'pass', 'unreadable', 'unreadable'])
  expect(told[3]?.says).toEqual(['broken.jsonl:2: this line is no event'])
  expect(told[4]?.says).toEqual(['there is no none.jsonl'])
})

test('an event that says nothing is a whole one', () => {
  const spec = `match: level:Metadata stage:ResponseComplete actor:test ip:192.0.2.1 code:200 client:kubectl, where: 'event.time == timestamp("2026-01-01T00:00:00Z") && event.decision == "allow"'`
  expect(results(spec, '  - {event: {}, expect: {findings: 1}}')[0]?.says).toEqual([])
})

test('a body need only have what the test is about, and what is no object stays as it is', () => {
  const spec = 'match: is:write kind:deployments, where: object.spec.replicas == 0 && object.metadata.name == "b"'
  const deployment = 'objectRef: {apiGroup: apps, resource: deployments, namespace: a, name: b}'
  const told = results(
    spec,
    `  - {name: answer, event: {verb: patch, ${deployment}, responseObject: {spec: {replicas: 0}}}, expect: {findings: 1}}
  - {name: request, event: {verb: create, ${deployment}, requestObject: {spec: {replicas: 0}}}, expect: {findings: 1}}
  - {name: status, event: {verb: patch, ${deployment}, responseObject: {kind: Status}}, expect: {findings: 0, insufficient: 1}}`,
  )
  expect(told.map(({ name, result }) => `${name}: ${result}`)).toEqual([
    'answer: pass',
    'request: pass',
    'status: pass',
  ])
})

test('a 403 is of the authorizer unless its message is of somebody else', () => {
  const told = results(
    'match: is:denied',
    `  - {event: {responseStatus: {code: 403}}, expect: {findings: 1}}
  - {event: {responseStatus: {code: 403, message: 'pods is forbidden: User "a" cannot list resource "pods"'}}, expect: {findings: 1}}
  - {event: {verb: create, responseStatus: {code: 403, message: 'pods "a" is forbidden: violates PodSecurity'}}, expect: {findings: 0}}`,
  )
  expect(told.filter(({ result }) => result !== 'pass')).toEqual([])
})
