// randomRule: a rule of any form that a file can say, about what is in some events; right by the way it is made.

import type { Event } from '@plaintrail/event/event'
import { sentence } from '@plaintrail/event/sentence'
import { queryText } from '@plaintrail/query/normal-form'
import { parseRules, type ParsedRule } from '@plaintrail/rules/parse-rules'
import { queriesAbout } from '@plaintrail/rules/queries-for-tests'
import { stepSeconds, type Random } from './random-events-for-tests.ts'

type Json = Readonly<Record<string, unknown>>
type Events = readonly [Event, ...Event[]]

/** The same rule may be had under several names. */
export interface RandomSpec extends Json {
  readonly condition?: Json
}

export function randomSpec(random: Random, events: Events): RandomSpec {
  const exceptions = random.below(4) === 0 ? [{ name: 'x', reason: 'r', ...stepAbout(random, events) }] : []
  return {
    title: 'A rule',
    severity: 'high',
    summary: '{{actor}} {{verb}} {{object}} {{code}} {{initiator}}',
    ...stepAbout(random, events),
    groupBy: fieldsOf(random, random.below(3)),
    params: { names: ['a', 'b'] },
    lateness: random.pick(['0s', '1m', '5m']),
    state: random.pick(['active', 'active', 'shadow']),
    exceptions,
    ...(random.below(5) > 0 && { condition: conditionAbout(random, events) }),
  }
}

/** Another that is mostly the same. */
export function editedSpec(random: Random, events: Events, spec: RandomSpec): RandomSpec {
  return { ...spec, ...(random.below(2) === 0 ? stepAbout(random, events) : { where: whereOf(random, 1) }) }
}

/** Throws where it is not right: then this file is wrong. */
export function ruleOf(name: string, spec: RandomSpec): ParsedRule {
  const text = JSON.stringify({ apiVersion: 'plaintrail.dev/v1', kind: 'Rule', metadata: { name }, spec })
  const { rules, errors } = parseRules(text)
  const [parsed] = rules
  if (parsed === undefined) throw new Error(`could not read ${text}: ${JSON.stringify(errors)}`)
  return parsed
}

function conditionAbout(random: Random, events: Events): Json {
  const within = `${stepSeconds * random.pick([1, 2, 4, 8, 16])}s`
  const steps = (): readonly Json[] => Array.from({ length: 1 + random.below(2) }, () => stepAbout(random, events))
  return random.pick<() => Json>([
    () => ({ count: 2 + random.below(3), within }),
    () => ({ distinct: random.pick(fields), atLeast: 2 + random.below(2), within }),
    () => JSON.parse(`{"then":${JSON.stringify(steps())},"within":"${within}"}`) as Json,
    () => ({ with: steps(), within }),
    () => ({ without: stepAbout(random, events), within }),
    () => ({ firstSeen: fieldsOf(random, 1 + random.below(2)), within }),
  ])()
}

function stepAbout(random: Random, events: Events): Json {
  return { match: matchAbout(random, events), ...(random.below(4) === 0 && { where: whereOf(random, 2) }) }
}

/** Mostly of what many events are: conditions are about several. */
function matchAbout(random: Random, events: Events): string {
  const broad = random.pick(matches)
  if (random.below(3) > 0) return broad
  const [query] = queriesAbout(events, random, { count: 1, sentenceOf: sentence })
  const text = query === undefined ? '' : queryText(query)
  if (text === '') return broad
  return random.pick([text, `(${broad}) OR (${text})`, `(${broad}) -(${text})`, `(${broad}) (${text})`])
}

const matches = [
  'class:write',
  'class:read',
  'is:human',
  '-is:human',
  'verb:get',
  'verb:create,delete',
  'ns:prod',
  'kind:cm',
  'kind:deploy,po',
  'outcome:denied',
  'code:>=400',
  'sub:exec',
  'stage:ResponseStarted',
  'stage:RequestReceived verb:get',
  'level:Metadata',
  'changed:data',
  'changed:data.x to:1',
  'changed:spec.replicas -to:0',
  'to:2 OR from_value:2',
  '-changed:spec kind:deploy',
  'image:*api*',
  'image:api:2 -verb:delete',
  'initiator:u0',
  '-initiator:u0,u1 class:write',
  '"deleted"',
  '-"created" class:write',
  'is:impersonated',
  'ip:10.0.0.0/8',
] as const satisfies readonly [string, ...string[]]

const expressions = [
  'event.verb == "create"',
  'event.code < 400',
  'event.name in params.names',
  'event.namespace.startsWith("pr")',
  'event.sentence.contains("delete")',
  'event.stage == "ResponseComplete"',
  'event.command.exists(c, c == "sh")',
  'event.path.contains("configmaps")',
  'event.client.name == "kubectl"',
  'event.auditIDReused',
  'actor.name == "u0"',
  '"sre" in actor.groups',
  'impersonated != null',
  'initiator.kind == "person"',
  'initiator.name == "u0"',
  'object.data.x == "1"',
  'object.?data.?x.orValue("1") == "1"',
  'has(object.spec)',
  'request.object.data.x == "2"',
  'has(request.object) && has(request.object.spec)',
  'oldObject == null',
  'oldObject.?data.?x.orValue("0") == "0"',
  'oldObject != null && has(oldObject.spec) && has(object.spec) && oldObject.spec != object.spec',
  'diff.size() > 0',
  'diff.exists(d, d.plain == "data.x" && d.to == "1")',
  'containers.exists(c, c.image.startsWith("api"))',
  'podSpec.?hostNetwork.orValue(false)',
  'response.object.metadata.name == "a"',
] as const satisfies readonly [string, ...string[]]

function whereOf(random: Random, depth: number): string {
  if (depth === 0 || random.below(2) === 0) return random.pick(expressions)
  const [one, other] = [whereOf(random, depth - 1), whereOf(random, depth - 1)]
  return random.pick([`(${one}) && (${other})`, `(${one}) || (${other})`, `!(${one})`, `(${one}) ? (${other}) : false`])
}

const fields = [
  'actor',
  'actor.type',
  'impersonated',
  'initiator',
  'object',
  'object.namespace',
  'object.name',
  'object.resource',
  'object.uid',
  'object.subresource',
  'workload',
  'verb',
  'class',
  'outcome',
  'code',
  'ip',
  'client',
  'request-uri',
] as const satisfies readonly [string, ...string[]]

function fieldsOf(random: Random, count: number): readonly string[] {
  return [...new Set(Array.from({ length: count }, () => random.pick(fields)))]
}
