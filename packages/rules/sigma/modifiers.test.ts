import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { JsonObject } from '@plaintrail/history/json-values'
import { compileRule } from '../compile-rule.ts'
import { evaluate } from '../evaluate.ts'
import { parseRules } from '../parse-rules.ts'
import { rawEvent, subjectOfRaw } from '../rules-for-tests.ts'

/** What a rule with this selection, whatever it is, says of the event. */
function said(selection: unknown, over: JsonObject = {}): string {
  const { rules, errors } = parseRules(
    stringify({
      title: 'A rule',
      logsource: { product: 'kubernetes', service: 'audit' },
      detection: { it: selection, condition: 'it' },
      level: 'low',
    }),
  )
  const [parsed] = rules
  if (parsed === undefined) return errors[0]?.message ?? ''
  const compilation = compileRule(parsed.rule)
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.errors))
  const evaluation = evaluate(compilation.compiled, subjectOfRaw(rawEvent(over)))
  if (evaluation.kind === 'error') throw new Error(`${evaluation.says} ${parsed.text}`)
  return evaluation.kind
}

const uri = (command: string): JsonObject => ({ requestURI: `/api/v1/exec?command=${command}` })
const base64 = (text: string, encoding: 'utf8' | 'utf16le' = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64')

test.each<readonly [string, unknown, JsonObject, string]>([
  ['a text in any case', { 'user.username': 'ALICE' }, {}, 'match'],
  ['a text in its case', { 'user.username|cased': 'ALICE' }, {}, 'no-match'],
  ['a gap of one character', { 'objectRef.name': 'a?i' }, {}, 'match'],
  ['a star that is meant', { requestURI: String.raw`*\*` }, uri('*'), 'match'],
  ['a star that is meant, and not there', { requestURI: String.raw`*\*` }, uri('x'), 'no-match'],
  ['all of several', { 'requestURI|contains|all': ['exec', 'command'] }, uri('x'), 'match'],
  ['all of several, one is not there', { 'requestURI|contains|all': ['exec', 'nothing'] }, uri('x'), 'no-match'],
  ['base64', { 'requestURI|base64|contains': 'whoami' }, uri(base64('whoami')), 'match'],
  ['base64 in the middle', { 'requestURI|base64offset|contains': 'whoami' }, uri(base64('; whoami; ls')), 'match'],
  [
    'base64 in the middle, one on',
    { 'requestURI|base64offset|contains': 'whoami' },
    uri(base64('a; whoami; ls')),
    'match',
  ],
  [
    'base64 in the middle, two on',
    { 'requestURI|base64offset|contains': 'whoami' },
    uri(base64('ab; whoami; ls')),
    'match',
  ],
  ['base64 of another', { 'requestURI|base64offset|contains': 'whoami' }, uri(base64('who am i')), 'no-match'],
  ['base64 of wide text', { 'requestURI|wide|base64|contains': 'ls' }, uri(base64('ls', 'utf16le')), 'match'],
  ['a pattern', { 'requestURI|re': 'command=(sh|bash)$' }, uri('bash'), 'match'],
  ['a pattern minds the case', { 'requestURI|re': 'BASH' }, uri('bash'), 'no-match'],
  ['a pattern that does not', { 'requestURI|re|i': 'BASH' }, uri('bash'), 'match'],
  ['a network', { 'sourceIPs|cidr': '10.1.0.0/16' }, {}, 'match'],
  ['another network', { 'sourceIPs|cidr': ['10.2.0.0/16', '2001:db8::/32'] }, {}, 'no-match'],
  ['a network of the other family', { 'sourceIPs|cidr': '2001:db8::/32' }, { sourceIPs: ['2001:db8::7'] }, 'match'],
  [
    'numbers',
    { 'responseStatus.code|gte': 400, 'responseStatus.code|lt': 404 },
    { responseStatus: { code: 403 } },
    'match',
  ],
  ['numbers as patterns', { 'responseStatus.code': '4*' }, { responseStatus: { code: 403 } }, 'match'],
  ['the hour', { 'requestReceivedTimestamp|hour': 0, 'requestReceivedTimestamp|month': 11 }, {}, 'match'],
  ['another hour', { 'requestReceivedTimestamp|hour': [3, 4] }, {}, 'no-match'],
  ['a field of another', { 'requestURI|fieldref|contains': 'objectRef.namespace' }, {}, 'match'],
  ['what is there', { 'impersonatedUser.username|exists': false }, {}, 'match'],
  ['what is not there', { 'objectRef.subresource': null, 'objectRef.apiGroup': '' }, {}, 'match'],
  ['what is different', { 'verb|neq': 'create' }, {}, 'no-match'],
  ['a keyword', ['ALICE-uid'], {}, 'match'],
  ['a keyword in a body', ['BusyBox'], {}, 'match'],
  ['a keyword that is nowhere', ['nowhere'], {}, 'no-match'],
  ['all keywords', { '|all': ['alice', 'busybox'] }, {}, 'match'],
  ['all keywords, one is not there', { '|all': ['alice', 'nowhere'] }, {}, 'no-match'],
  ['one of several maps', [{ verb: 'get' }, { 'objectRef.name': 'api' }], {}, 'match'],
  ['an item by its number', { 'requestObject.spec.containers[0].image': 'api:1.9' }, {}, 'match'],
  ['an item that is not there', { 'requestObject.spec.containers[1].image': '*' }, {}, 'no-match'],
  ['containers of all kinds', { image: 'busybox:*' }, {}, 'match'],
  [
    'what a pipeline knows',
    { privileged: true, namespace: 'prod', username: 'alice', 'kubernetes.audit.verb': 'create' },
    {},
    'match',
  ],
  ['an annotation', { 'annotations.authorization.k8s.io/decision': 'allow' }, {}, 'match'],
  ['a code that is a word', { 'responseStatus.code': 'ALLOW' }, {}, 'match'],
  ['a group', { 'user.groups|startswith': 'system:auth' }, {}, 'match'],
])('%s', (_name, selection, over, expected) => {
  expect(said(selection, over)).toBe(expected)
})

test.each<readonly [unknown, string]>([
  [{ 'verb|windash': '-x' }, 'the modifier "windash"'],
  [{ 'username|expand': '%admins%' }, 'the modifier "expand"'],
  [{ 'verb|wrong': 'x' }, 'no modifier "wrong"'],
  [{ 'requestURI|re': '(?=x)' }, 'could not say it as an expression'],
  [{ 'verb|re|contains': 'x' }, 'do not go together'],
  [{ CommandLine: 'x' }, '"CommandLine" is no field of an audit event'],
  [{ 'sourceIPs|cidr': 'home' }, '"home" is no network'],
  [{ 'verb|lt': 3 }, 'is a text, and no number'],
  [{}, 'is empty'],
])('what cannot be said is named: %j', (selection, why) => {
  expect(said(selection)).toContain(why)
})

test('of a body that was not recorded a keyword is not known, unless it stands elsewhere', () => {
  const bare = { level: 'Metadata', requestObject: undefined, responseObject: undefined }
  expect(said(['busybox'], bare)).toBe('insufficient')
  expect(said(['alice'], bare)).toBe('match')
})
