// What tests of rules have in common: rules from a few lines, and events around what a test is about.

import { normalize, type ReadFacts } from '@plaintrail/event/normalize'
import type { JsonObject } from '@plaintrail/history/json-values'
import { compileRule, type CompiledRule } from './compile-rule.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import { parseRules } from './parse-rules.ts'
import { subjectOf, type SubjectParts } from './subject-of-event.ts'
import type { Subject } from './subject.ts'

/** Of a spec without what every rule has. JSON is YAML. */
export function ruleFile(spec: JsonObject, name = 'a-rule'): string {
  const whole = { title: 'A rule', severity: 'high', ...spec }
  return JSON.stringify({ apiVersion: 'plaintrail.dev/v1', kind: 'Rule', metadata: { name }, spec: whole })
}

export function compiledRule(spec: JsonObject, name?: string): CompiledRule {
  const { rules, errors } = parseRules(ruleFile(spec, name))
  const [parsed] = rules
  if (parsed === undefined) throw new Error(JSON.stringify(errors))
  const compilation = compileRule(parsed.rule)
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.errors))
  return compilation.compiled
}

const timeUs = Date.UTC(2026, 10, 20) * 1000

/** A pod that alice made in prod, and what is said otherwise. Undefined takes a field away. */
export function rawEvent(over: JsonObject = {}): JsonObject {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'api', namespace: 'prod', uid: 'u-1' }, spec: podSpec }
  const raw = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: 'a1d28f6e-d44d-468b-86e6-4adbb74242e5',
    level: 'RequestResponse',
    stage: 'ResponseComplete',
    verb: 'create',
    user: { username: 'alice', groups: ['sre', 'system:authenticated'], uid: 'alice-uid' },
    sourceIPs: ['10.1.2.3'],
    userAgent: 'kubectl/v1.35.0 (linux/amd64)',
    requestURI: '/api/v1/namespaces/prod/pods?fieldManager=kubectl',
    objectRef: { resource: 'pods', apiVersion: 'v1', namespace: 'prod', name: 'api' },
    responseStatus: { code: 201 },
    requestReceivedTimestamp: '2026-11-20T00:00:00.000000Z',
    stageTimestamp: '2026-11-20T00:00:00.010000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow' },
    requestObject: pod,
    responseObject: pod,
    ...over,
  }
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined))
}

const podSpec = {
  hostNetwork: true,
  initContainers: [{ name: 'init', image: 'busybox:1' }],
  containers: [{ name: 'api', image: 'api:1.9', securityContext: { privileged: true } }],
}

export function subjectOfRaw(raw: JsonObject, parts: Partial<SubjectParts> = {}, facts: ReadFacts = {}): Subject {
  const event = normalize(raw, facts)
  if (event === null) throw new Error('every event of these tests is one')
  return subjectOf({ id: 'evt_1', cluster: 'prod-eu', event, raw, receivedUs: timeUs, ...parts })
}

/** What a rule of this spec says of an event. */
export const evaluated = (
  spec: JsonObject,
  raw: JsonObject = rawEvent(),
  parts: Partial<SubjectParts> = {},
): Evaluation => evaluate(compiledRule(spec), subjectOfRaw(raw, parts))
