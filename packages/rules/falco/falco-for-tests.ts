// Random files of Falco, random events, and what Falco says of one about the other: written from its documentation alone.

import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'

/** An item of a file. */
export const falcoRule = (condition: string, more: object = {}): object => ({
  rule: 'A rule',
  desc: 'Why.',
  condition,
  output: 'Done (user=%ka.user.name)',
  priority: 'WARNING',
  source: 'k8s_audit',
  ...more,
})

export type Random = (below: number) => number

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

export const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T

/** A condition as the tests know it; `text` is one way to write it. */
export interface WrittenCondition {
  readonly text: string
  readonly holds: (event: JsonObject) => boolean
}

const at = (event: JsonObject, ...path: readonly (string | number)[]): unknown => {
  let value: unknown = event
  for (const key of path)
    value = Array.isArray(value) ? value[Number(key)] : isJsonObject(value) ? value[key] : undefined
  return value
}

const text = (value: unknown): readonly string[] =>
  value === undefined || value === null ? [] : [typeof value === 'string' ? value : JSON.stringify(value)]
const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const member = (value: unknown, ...path: readonly string[]): unknown =>
  isJsonObject(value) ? at(value, ...path) : undefined

type Read = (event: JsonObject) => readonly string[]
const from =
  (...path: readonly (string | number)[]): Read =>
  (event) =>
    text(at(event, ...path))

const containers = (event: JsonObject): readonly unknown[] => items(at(event, 'requestObject', 'spec', 'containers'))
const rules = (event: JsonObject): readonly unknown[] => items(at(event, 'requestObject', 'rules'))
const volumes = (event: JsonObject): readonly unknown[] => items(at(event, 'requestObject', 'spec', 'volumes'))

/** Fields whose values the tests read on their own; `isList`: `in` means all of them. */
const fields: readonly {
  readonly name: string
  readonly isList?: true
  readonly read: Read
  readonly values: readonly string[]
}[] = [
  { name: 'ka.verb', read: from('verb'), values: ['get', 'create', 'patch', 'GET', 'delete'] },
  { name: 'jevt.value[/verb]', read: from('verb'), values: ['get', 'create', 'update'] },
  { name: 'ka.stage', read: from('stage'), values: ['ResponseComplete', 'ResponseStarted', 'Other'] },
  { name: 'jevt.value[/stage]', read: from('stage'), values: ['ResponseComplete', 'ResponseStarted', 'Panic'] },
  {
    name: 'ka.user.name',
    read: from('user', 'username'),
    values: ['alice', 'system:node:a', 'bob smith', 'sa:x', 'a*b'],
  },
  {
    name: 'ka.user.groups',
    isList: true,
    read: (event) => items(at(event, 'user', 'groups')).flatMap(text),
    values: ['sre', 'system:masters', 'x'],
  },
  { name: 'ka.impuser.name', read: from('impersonatedUser', 'username'), values: ['root', 'alice'] },
  { name: 'ka.uri', read: from('requestURI'), values: ['/healthz', '/api/v1/pods?a=b', '/api'] },
  { name: 'ka.useragent', read: from('userAgent'), values: ['kubectl/v1.30', 'Kubectl', 'curl'] },
  { name: 'ka.auth.decision', read: from('annotations', 'authorization.k8s.io/decision'), values: ['allow', 'forbid'] },
  {
    name: 'ka.target.resource',
    read: from('objectRef', 'resource'),
    values: ['pods', 'services', 'po', 'Pods', 'configmaps', 'foos'],
  },
  { name: 'ka.target.subresource', read: from('objectRef', 'subresource'), values: ['exec', 'attach', 'status'] },
  { name: 'ka.target.namespace', read: from('objectRef', 'namespace'), values: ['kube-system', 'prod', 'prod-eu'] },
  { name: 'ka.target.name', read: from('objectRef', 'name'), values: ['web', 'web-1', 'system:coredns'] },
  { name: 'ka.response.code', read: from('responseStatus', 'code'), values: ['200', '201', '403', '4', '2', '40'] },
  { name: 'ka.response.reason', read: from('responseStatus', 'reason'), values: ['Forbidden', 'NotFound'] },
  { name: 'ka.req.service.type', read: from('requestObject', 'spec', 'type'), values: ['NodePort', 'ClusterIP'] },
  {
    name: 'jevt.value[/requestObject/spec/type]',
    read: from('requestObject', 'spec', 'type'),
    values: ['NodePort', 'ClusterIP'],
  },
  {
    name: 'jevt.value[/requestObject/spec/containers/0/image]',
    read: from('requestObject', 'spec', 'containers', 0, 'image'),
    values: ['nginx', 'nginx:1.2'],
  },
  { name: 'ka.req.binding.role', read: from('requestObject', 'roleRef', 'name'), values: ['cluster-admin', 'view'] },
  { name: 'ka.req.pod.host_network', read: from('requestObject', 'spec', 'hostNetwork'), values: ['true', 'false'] },
  {
    name: 'ka.req.pod.containers.image',
    isList: true,
    read: (event) => containers(event).flatMap((one) => text(member(one, 'image'))),
    values: ['nginx:1.2', 'nginx', 'r:5000/a'],
  },
  {
    name: 'ka.req.pod.containers.image.repository',
    isList: true,
    read: (event) =>
      containers(event)
        .flatMap((one) => text(member(one, 'image')))
        .map((image) => (image.split(':')[0] ?? '').split('@')[0] ?? ''),
    values: ['nginx', 'r', 'busybox'],
  },
  {
    name: 'ka.req.pod.containers.privileged',
    isList: true,
    read: (event) => containers(event).flatMap((one) => text(member(one, 'securityContext', 'privileged'))),
    values: ['true', 'false'],
  },
  {
    name: 'ka.req.pod.containers.image[1]',
    isList: true,
    read: (event) => text(member(containers(event)[1], 'image')),
    values: ['nginx', 'busybox'],
  },
  {
    name: 'ka.req.pod.volumes.hostpath',
    isList: true,
    read: (event) => volumes(event).flatMap((one) => text(member(one, 'hostPath', 'path'))),
    values: ['/', '/etc', '/etc/kubernetes', '/proc'],
  },
  {
    name: 'ka.req.role.rules.resources',
    isList: true,
    read: (event) =>
      rules(event)
        .flatMap((one) => items(member(one, 'resources')))
        .flatMap(text),
    values: ['*', 'pods', 'pods/exec'],
  },
  {
    name: 'ka.req.role.rules.verbs',
    isList: true,
    read: (event) =>
      rules(event)
        .flatMap((one) => items(member(one, 'verbs')))
        .flatMap(text),
    values: ['*', 'get', 'create'],
  },
]

const operators = [
  '=',
  '==',
  '!=',
  'exists',
  'in',
  'intersects',
  'contains',
  'icontains',
  'startswith',
  'endswith',
  'glob',
  'regex',
  'pmatch',
  '<',
  '>=',
] as const

const fold = (value: string): string => value.toLowerCase()

/** Of one value; `in` of a list is about all of them. */
function compares(operator: (typeof operators)[number], own: string, values: readonly string[]): boolean {
  const [value = ''] = values
  switch (operator) {
    case '=':
    case '==':
    case '!=':
      return own === value
    case 'in':
    case 'intersects':
      return values.includes(own)
    case 'exists':
      return true
    case 'contains':
      return own.includes(value)
    case 'icontains':
      return fold(own).includes(fold(value))
    case 'startswith':
      return own.startsWith(value)
    case 'endswith':
      return own.endsWith(value)
    case 'regex':
    case 'glob':
      return own.startsWith(value)
    case 'pmatch':
      return values.some((path) => own === path || own.startsWith(path === '/' ? path : `${path}/`))
    case '<':
      return own < value
    case '>=':
      return own >= value
    default:
      return operator satisfies never
  }
}

const quote = (random: Random, value: string): string =>
  /[\s"*]/.test(value) || random(3) === 0
    ? `"${value}"`
    : random(6) === 0 && !value.includes("'")
      ? `'${value}'`
      : value

/** A comparison. */
function atom(random: Random): WrittenCondition {
  const { name, read, values: all, isList = false } = pick(random, fields)
  const operator = pick(random, operators)
  const isOfMany = operator === 'in' || operator === 'intersects' || operator === 'pmatch'
  const values = isOfMany ? all.filter(() => random(2) === 0) : [pick(random, all)]
  // A star in a path stands for anything.
  const plain = operator === 'pmatch' ? values.filter((one) => !one.includes('*')) : values
  const said = plain.length === 0 ? [operator === 'pmatch' ? 'none' : (all[0] ?? '')] : plain
  const [value = ''] = said
  const shown =
    operator === 'glob'
      ? `"${value.replaceAll('*', String.raw`\\*`)}*"`
      : operator === 'regex'
        ? `"${value.replaceAll(/[.*?/]/g, (sign) => `[${sign}]`)}.*"`
        : isOfMany
          ? `(${said.map((one) => quote(random, one)).join(pick(random, [',', ', ', ' , ']))})`
          : quote(random, value)
  return {
    text: operator === 'exists' ? `${name} exists` : `${name}${pick(random, [' ', '  '])}${operator} ${shown}`,
    holds: (event) => {
      const own = read(event)
      if (own.length === 0) return false
      const test = (one: string): boolean => compares(operator, one, said)
      if (operator === '!=') return !own.some(test)
      return operator === 'in' && isList ? own.every(test) : own.some(test)
    },
  }
}

/** `named`: macros that it may use. */
export function randomCondition(
  random: Random,
  depth: number,
  named: ReadonlyMap<string, WrittenCondition>,
): WrittenCondition {
  const macros = [...named]
  const kind = random(depth === 0 ? 2 : 7)
  if (kind < 2) {
    const macro = macros.length > 0 && random(3) === 0 ? pick(random, macros) : undefined
    return macro === undefined ? atom(random) : { text: macro[0], holds: macro[1].holds }
  }
  const inner = (): WrittenCondition => randomCondition(random, depth - 1, named)
  if (kind === 2) {
    const part = inner()
    return { text: `not (${part.text})`, holds: (event) => !part.holds(event) }
  }
  const parts = Array.from({ length: 2 + random(2) }, inner)
  const word = kind < 5 ? 'and' : 'or'
  return {
    text: `(${parts.map((part) => part.text).join(`${pick(random, [' ', '\n      '])}${word} `)})`,
    holds: (event) =>
      word === 'and' ? parts.every((part) => part.holds(event)) : parts.some((part) => part.holds(event)),
  }
}

/** An event of which everything was recorded. */
export function randomEvent(random: Random, index: number): JsonObject {
  const maybe = <T>(value: T): T | undefined => (random(3) === 0 ? undefined : value)
  const values = (name: string): readonly string[] => fields.find((field) => field.name === name)?.values ?? []
  const verb = pick(random, ['get', 'create', 'patch', 'update', 'delete'])
  const container = (): JsonObject =>
    defined({
      name: 'a',
      image: maybe(pick(random, ['nginx', 'nginx:1.2', 'r:5000/a:1', 'busybox@sha256:aa'])),
      securityContext: maybe(defined({ privileged: maybe(random(2) === 0) })),
    })
  const rule = (): JsonObject => ({
    resources: [pick(random, values('ka.req.role.rules.resources'))],
    verbs: ['get', pick(random, ['*', 'create'])],
  })
  const body = defined({
    metadata: { name: 'web' },
    spec: maybe(
      defined({
        type: maybe(pick(random, ['NodePort', 'ClusterIP', 'NodePorts'])),
        hostNetwork: maybe(random(2) === 0),
        containers: maybe(Array.from({ length: random(3) }, container)),
        volumes: maybe([
          { name: 'x' },
          { name: 'y', hostPath: { path: pick(random, ['/', '/etc', '/etc/kubernetes/pki', '/var']) } },
        ]),
      }),
    ),
    roleRef: maybe({ name: pick(random, ['cluster-admin', 'view', 'cluster-admin-2']) }),
    rules: maybe(Array.from({ length: random(3) }, rule)),
  })
  const isWrite = verb !== 'get' && verb !== 'delete'
  return defined({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    level: 'RequestResponse',
    stage: pick(random, ['ResponseComplete', 'ResponseComplete', 'ResponseStarted', 'RequestReceived', 'Panic']),
    requestURI: pick(random, ['/healthz', '/healthz?x', '/api/v1/pods?a=b', '/api/v1/namespaces/prod/pods/web']),
    verb,
    user: defined({
      username: pick(random, ['alice', 'system:node:a', 'bob smith', 'sa:x', 'a*b', 'aab']),
      groups: maybe([pick(random, ['sre', 'system:masters']), 'x']),
    }),
    impersonatedUser: maybe({ username: pick(random, ['root', 'alice']) }),
    sourceIPs: ['192.0.2.1'],
    userAgent: pick(random, ['kubectl/v1.30 (x)', 'Kubectl', 'CURL/8']),
    objectRef: maybe(
      defined({
        resource: pick(random, ['pods', 'services', 'configmaps', 'foos', 'clusterroles']),
        namespace: maybe(pick(random, ['kube-system', 'prod', 'prod-eu', 'dev'])),
        name: pick(random, ['web', 'web-1', 'system:coredns']),
        subresource: random(3) === 0 ? pick(random, ['exec', 'status']) : undefined,
        apiVersion: 'v1',
      }),
    ),
    responseStatus: maybe(
      defined({
        code: pick(random, [200, 201, 403, 404, 500]),
        reason: maybe(pick(random, ['Forbidden', 'NotFound'])),
      }),
    ),
    requestObject: isWrite ? body : undefined,
    requestReceivedTimestamp: '2026-11-20T10:00:00.000000Z',
    stageTimestamp: '2026-11-20T10:00:00.100000Z',
    annotations: maybe(defined({ 'authorization.k8s.io/decision': maybe(pick(random, ['allow', 'forbid'])) })),
  })
}

const defined = (object: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
