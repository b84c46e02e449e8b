import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { JsonObject } from '@plaintrail/history/json-values'
import { compileRule } from '../compile-rule.ts'
import { evaluate } from '../evaluate.ts'
import { parseRules } from '../parse-rules.ts'
import { readDocuments } from '../read-documents.ts'
import { Problems } from '../rule-error.ts'
import { rawEvent, subjectOfRaw } from '../rules-for-tests.ts'
import { readDetection } from './detection.ts'
import { slowSigma } from './sigma-for-tests.ts'
import { importSigma } from './import.ts'
import { sourcePlaces } from '../source-places.ts'

const rule = (detection: unknown): string =>
  stringify({ title: 'A rule', logsource: { product: 'kubernetes', service: 'audit' }, detection, level: 'low' })

/** Fields that an event has as it was sent, and values that some of the events below have. */
const fields: Readonly<Record<string, readonly unknown[]>> = {
  verb: ['create', 'GET', 'patch', 'cre*', '?et', 'nothing'],
  'objectRef.resource': ['pods', 'Deployments', 'pod*', 'po'],
  'objectRef.apiGroup': ['apps', null, ''],
  'objectRef.namespace': ['prod', 'PROD', 'kube-*', null],
  'objectRef.name': ['api', 'API', 'a?i', 'worker-*'],
  'objectRef.subresource': ['exec', null, 'ex*'],
  'user.username': ['alice', 'ALICE', 'system:*', 'bob'],
  'user.groups': ['sre', 'system:authenticated', '*', 'nobody'],
  userAgent: ['kubectl*', '*curl*', 'kubectl/v1.35.0 (linux/amd64)'],
  requestURI: ['/api/v1/namespaces/prod/pods?fieldManager=kubectl', '*fieldmanager*', '/healthz'],
  sourceIPs: ['10.1.2.3', '10.*', '192.0.2.1'],
  'responseStatus.code': [201, '403', 404],
  'responseStatus.reason': ['Forbidden', 'NotFound', null],
  'annotations.authorization.k8s.io/decision': ['allow', 'FORBID', '*'],
  'requestObject.metadata.labels.app': ['api', 'web', null, '*'],
  'requestObject.spec.containers.image': ['api:1.9', '*:1.9', 'API:1.9', 'evil'],
  'requestObject.spec.containers.securityContext.privileged': [true, false, 'true', null],
  'requestObject.spec.hostNetwork': [true, 'TRUE', null],
  'requestObject.spec.replicas': [3, '3', 5],
  'requestObject.odd.things.here': ['x', 4, null, '*'],
  'responseObject.spec.volumes.hostPath.path': ['/etc', '/*', null],
}
const texts: readonly string[] = ['create', 'pods', 'prod', 'ALICE', 'api', 'fieldManager', 'evil', 'nowhere']

const events: fc.Arbitrary<JsonObject> = fc
  .record({
    verb: fc.constantFrom('create', 'get', 'patch'),
    resource: fc.constantFrom('pods', 'deployments'),
    namespace: fc.constantFrom('prod', 'kube-system', undefined),
    name: fc.constantFrom('api', 'worker-1'),
    subresource: fc.constantFrom(undefined, 'exec'),
    user: fc.constantFrom('alice', 'Bob', 'system:kube-scheduler'),
    agent: fc.constantFrom('kubectl/v1.35.0 (linux/amd64)', 'curl/8', undefined),
    ip: fc.constantFrom(['10.1.2.3'], ['192.0.2.1', '10.9.9.9']),
    code: fc.constantFrom(201, 403, 404),
    spec: fc.constantFrom<unknown>(
      { containers: [{ image: 'api:1.9', securityContext: { privileged: true } }, { image: 'web:2' }] },
      { containers: [{ image: 'evil', securityContext: null }], hostNetwork: true, replicas: 3 },
      { containers: [], replicas: 5 },
      null,
      'odd',
    ),
    odd: fc.constantFrom<unknown>(
      undefined,
      { things: { here: 'x' } },
      { things: [{ here: [4, 'y'] }, { here: null }] },
      [{ things: { here: { deep: 1 } } }],
      'x',
    ),
    labels: fc.constantFrom<unknown>(undefined, { app: 'api' }, { app: 'Web' }, null),
    volumes: fc.constantFrom<unknown>(undefined, [{ hostPath: { path: '/etc' } }, { name: 'b' }], [{ hostPath: null }]),
    decision: fc.constantFrom('allow', 'forbid'),
  })
  .map((of) => {
    const objectRef = {
      resource: of.resource,
      name: of.name,
      apiVersion: 'v1',
      ...(of.resource === 'deployments' && { apiGroup: 'apps' }),
      ...(of.namespace !== undefined && { namespace: of.namespace }),
      ...(of.subresource !== undefined && { subresource: of.subresource }),
    }
    const metadata = { name: of.name, ...(of.labels !== undefined && { labels: of.labels }) }
    return rawEvent({
      verb: of.verb,
      objectRef,
      user: {
        username: of.user,
        groups: of.user === 'alice' ? ['sre', 'system:authenticated'] : ['system:authenticated'],
      },
      userAgent: of.agent,
      sourceIPs: of.ip,
      responseStatus: { code: of.code, ...(of.code === 403 && { reason: 'Forbidden' }) },
      requestObject: {
        kind: 'Thing',
        metadata,
        spec: of.spec,
        ...(of.odd !== undefined && { odd: of.odd }),
      },
      responseObject: {
        kind: 'Thing',
        metadata,
        spec: { ...(of.volumes !== undefined && { volumes: of.volumes }) },
      },
      annotations: { 'authorization.k8s.io/decision': of.decision },
    })
  })

const names = Object.keys(fields)
const anyField = fc.constantFrom(...names)
const textual = names.filter((name) => (fields[name] ?? []).every((value) => typeof value === 'string'))

const anyItem: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
  {
    weight: 6,
    arbitrary: anyField.chain((name) =>
      fc
        .subarray([...(fields[name] ?? [])], { minLength: 1 })
        .map((values) => [name, values.length === 1 ? values[0] : values] as const),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...textual),
        fc.constantFrom('contains', 'startswith', 'endswith', 'contains|cased', 'contains|all', 're', 're|i'),
        fc.subarray(['a', 'pi', 'SRE', 'kube', '1.9', '/'], { minLength: 1 }),
      )
      .map(([name, modifier, values]) => [`${name}|${modifier}`, values] as const),
  },
  fc.tuple(anyField, fc.boolean()).map(([name, is]) => [`${name}|exists`, is] as const),
  fc
    .tuple(
      fc.constantFrom('responseStatus.code', 'requestObject.spec.replicas'),
      fc.constantFrom('lt', 'lte', 'gt', 'gte'),
      fc.constantFrom(3, 201, 403),
    )
    .map(([name, modifier, value]) => [`${name}|${modifier}`, value] as const),
  fc.constantFrom(
    ['sourceIPs|cidr', '10.1.0.0/16'] as const,
    ['objectRef.name|fieldref|contains', 'objectRef.namespace'] as const,
    ['verb|neq', 'get'] as const,
    ['requestURI|fieldref|contains', 'objectRef.namespace'] as const,
  ),
)
const anyMap = fc.array(anyItem, { minLength: 1, maxLength: 3 }).map((items) => Object.fromEntries(items))
const anySelection = fc.oneof(
  { weight: 6, arbitrary: anyMap },
  { weight: 2, arbitrary: fc.array(anyMap, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.subarray([...texts], { minLength: 1 }) },
)
const anyCondition = fc.constantFrom(
  'sel_a',
  'not sel_a',
  'sel_a and sel_b',
  'sel_a or not sel_b',
  'sel_a and not (sel_b or other)',
  '1 of sel_* and not other',
  'all of them',
  '1 of them',
  'not 1 of sel_*',
  '(sel_a or sel_b) and (other or not sel_a)',
)

function nodeOf(text: string) {
  const problems = new Problems(sourcePlaces(text))
  const [document] = readDocuments(text, problems)
  const root = document?.root
  const detection = root?.kind === 'map' ? root.entries.get('detection')?.value : undefined
  if (detection?.kind !== 'map') throw new Error('every rule here has a detection')
  return readDetection(detection, text, () => {})
}

test('a rule finds what the slow way finds, whatever it asks and whatever the event holds', () => {
  let [found, judged] = [0, 0]
  fc.assert(
    fc.property(
      anySelection,
      anySelection,
      anySelection,
      anyCondition,
      fc.array(events, { minLength: 3, maxLength: 6 }),
      (one, two, three, condition, all) => {
        const text = rule({ sel_a: one, sel_b: two, other: three, condition })
        const { rules, errors } = parseRules(text)
        if (errors.length > 0) throw new Error(JSON.stringify([errors, text]))
        const [parsed] = rules
        if (parsed === undefined) throw new Error('a rule without an error is there')
        const compilation = compileRule(parsed.rule)
        if (!compilation.ok) throw new Error(JSON.stringify(compilation.errors))
        const node = nodeOf(text)
        for (const raw of all) {
          const { kind, ...rest } = evaluate(compilation.compiled, subjectOfRaw(raw))
          const expected = slowSigma(node, raw) ? 'match' : 'no-match'
          judged += 1
          if (expected === 'match') found += 1
          if (kind !== expected)
            throw new Error(
              `${kind} ${JSON.stringify(rest)} in place of ${expected}: ${text}${parsed.text}${JSON.stringify(raw)}`,
            )
        }
      },
    ),
    { numRuns: 600 },
  )
  expect(found).toBeGreaterThan(judged / 10)
  expect(found).toBeLessThan((judged * 9) / 10)
}, 120_000)

test('what bodies hold is not known where they were not recorded, and never taken for nothing', () => {
  const text = rule({ s: { verb: 'create', 'requestObject.spec.hostNetwork': null }, condition: 's' })
  const compilation = compileRule((parseRules(text).rules[0] ?? expect.fail()).rule)
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.errors))
  const bare = rawEvent({
    level: 'Metadata',
    requestObject: undefined,
    responseObject: undefined,
  })
  expect(evaluate(compilation.compiled, subjectOfRaw(bare)).kind).toBe('insufficient')
  expect(evaluate(compilation.compiled, subjectOfRaw(rawEvent({ verb: 'get' }))).kind).toBe('no-match')
})

test('an import says where what it could not read stands', () => {
  const { notes } = importSigma([{ file: 'a.yml', text: rule({ s: { verb: 'get' }, condition: 's and  nowhere' }) }])
  expect(notes).toMatchObject([{ file: 'a.yml', line: 8, kind: 'lost', why: expect.stringContaining('nowhere') }])
})
