import { expect, test } from 'vitest'
import { evaluated, rawEvent } from './rules-for-tests.ts'

const privileged = 'containers.exists(c, c.?securityContext.?privileged.orValue(false))'
const kindOf = (...args: Parameters<typeof evaluated>): string => evaluated(...args).kind

test('a rule matches what its query and its expression say, with the group of the event', () => {
  expect(evaluated({ match: 'kind:po verb:create is:human', where: privileged })).toEqual({
    kind: 'match',
    steps: [0],
    group: ['alice', 'prod'],
    value: null,
  })
  expect(kindOf({ match: 'kind:po verb:delete', where: privileged })).toBe('no-match')
  expect(kindOf({ match: 'kind:po', where: 'actor.name != "alice"' })).toBe('no-match')
  expect(kindOf({ match: 'kind:po', where: 'podSpec.hostNetwork && object.metadata.name == event.name' })).toBe('match')
})

test('a body that was not recorded is insufficient, and what would be needed is said', () => {
  const bare = rawEvent({ level: 'Metadata', requestObject: undefined, responseObject: undefined })
  const because = 'the audit policy records no bodies here (level Metadata)'
  expect(evaluated({ match: 'kind:po', where: privileged }, bare)).toEqual({
    kind: 'insufficient',
    missing: [{ what: '/podSpec', because }],
  })
  expect(kindOf({ match: 'kind:cm', where: privileged }, bare)).toBe('no-match')
  expect(kindOf({ match: 'kind:po', where: `actor.name == "bob" && ${privileged}` }, bare)).toBe('no-match')
  expect(kindOf({ match: 'kind:po', where: `actor.name == "alice" || ${privileged}` }, bare)).toBe('match')
})

test('a request that left nothing behind matches nothing that is asked of it', () => {
  const failed = rawEvent({ responseStatus: { code: 422, status: 'Failure' }, responseObject: { kind: 'Status' } })
  expect(kindOf({ match: 'kind:po', where: privileged }, failed)).toBe('no-match')
  expect(kindOf({ match: 'kind:po', where: '!has(object.spec.x)' }, failed)).toBe('no-match')
  expect(kindOf({ match: 'kind:po', where: 'request.object.spec.hostNetwork' }, failed)).toBe('match')
  const gone = rawEvent({
    verb: 'delete',
    responseObject: { kind: 'Status' },
    responseStatus: { code: 200, status: 'Success' },
  })
  expect(kindOf({ match: 'kind:po', where: 'object.spec.hostNetwork' }, gone)).toBe('no-match')
  expect(kindOf({ match: 'kind:po', where: 'object == null' }, gone)).toBe('match')
})

test('a body that no request of its kind has matches nothing that is asked of it, at any level', () => {
  const connection = {
    verb: 'create',
    objectRef: { resource: 'pods', namespace: 'prod', name: 'web', subresource: 'exec' },
  }
  const look = { verb: 'get' }
  for (const kind of [connection, look]) {
    for (const level of ['Metadata', 'RequestResponse']) {
      const event = rawEvent({ ...kind, level, requestObject: undefined, responseObject: undefined })
      expect(kindOf({ match: 'kind:po', where: 'request.object.spec.hostNetwork' }, event)).toBe('no-match')
      expect(kindOf({ match: 'kind:po', where: '!has(request.object.spec)' }, event)).toBe('no-match')
      expect(kindOf({ match: 'kind:po', where: 'request.object == null' }, event)).toBe('match')
    }
  }
  const bare = rawEvent({ level: 'Metadata', requestObject: undefined })
  expect(kindOf({ match: 'kind:po', where: 'request.object == null' }, bare)).toBe('insufficient')
})

test('an exception takes a match back, and one that is not known leaves it open', () => {
  const excepted = (exception: object): object => ({
    match: 'kind:po',
    exceptions: [{ name: 'x', reason: 'r', ...exception }],
  })
  expect(kindOf({ ...excepted({ match: 'actor:alice' }) })).toBe('no-match')
  expect(kindOf({ ...excepted({ match: 'actor:bob' }) })).toBe('match')
  expect(kindOf({ ...excepted({ where: 'initiator.kind == "person"' }) })).toBe('insufficient')
  expect(kindOf({ ...excepted({ match: 'actor:bob', where: 'initiator.kind == "person"' }) })).toBe('match')
})

test('an error is told with its place, and is no answer', () => {
  expect(evaluated({ match: 'kind:po', where: 'object.spec.nope == 1' })).toMatchObject({
    kind: 'error',
    says: 'there is no field "nope"',
    line: 1,
  })
  expect(evaluated({ match: 'kind:po', where: 'object.spec' })).toMatchObject({ kind: 'error' })
})

test('of stages all but the first are judged, unless the query names some', () => {
  const first = rawEvent({ stage: 'RequestReceived', responseStatus: undefined, responseObject: undefined })
  expect(kindOf({ match: 'kind:po' }, first)).toBe('no-match')
  expect(kindOf({ match: 'kind:po stage:RequestReceived' }, first)).toBe('match')
  const excepted = {
    match: 'kind:po stage:RequestReceived',
    exceptions: [{ name: 'x', reason: 'r', match: 'actor:alice' }],
  }
  expect(kindOf(excepted, first)).toBe('no-match')
})

const step = (more: object): object => ({ match: 'kind:po verb:create', groupBy: ['actor', 'client'], ...more })

test('an event may be several steps, and has the value that is counted', () => {
  const sequence = JSON.parse('{"then":[{"match":"actor:alice"},{"match":"verb:delete"}],"within":"5m"}') as object
  expect(evaluated({ ...step({ condition: sequence }) })).toMatchObject({ steps: [0, 1], group: ['alice', 'kubectl'] })
  const absence = { without: { match: 'verb:create kind:po' }, within: '5m' }
  expect(evaluated({ ...step({ match: 'verb:delete', condition: absence }) })).toMatchObject({ steps: [1] })
  const distinct = { distinct: 'object.name', atLeast: 3, within: '5m' }
  expect(evaluated({ ...step({ condition: distinct }) })).toMatchObject({ value: 'api' })
  const first = { firstSeen: ['client', 'ip'], within: '1d' }
  expect(evaluated({ ...step({ condition: first }) })).toMatchObject({ value: '["kubectl","10.1.2.3"]' })
})

test('what a rule needs beyond what it reads is asked of what matches', () => {
  const needs = { level: 'RequestResponse' }
  expect(kindOf({ match: 'kind:po', needs })).toBe('match')
  const bare = rawEvent({ level: 'Request', responseObject: undefined })
  expect(evaluated({ match: 'kind:po', needs }, bare)).toEqual({
    kind: 'insufficient',
    missing: [{ what: 'level', because: 'the rule needs level RequestResponse and it was recorded at Request' }],
  })
  expect(kindOf({ match: 'kind:cm', needs }, bare)).toBe('no-match')
})

test('bodies of subresources are not the object, but for those that answer it', () => {
  const of = (subresource: string, responseObject: object, more: object = {}): string =>
    kindOf(
      { match: 'kind:po', where: 'object.spec.hostNetwork' },
      rawEvent({
        objectRef: { resource: 'pods', namespace: 'prod', name: 'api', subresource },
        responseObject,
        ...more,
      }),
    )
  const pod = rawEvent()['responseObject'] as object
  expect(of('ephemeralcontainers', pod, { verb: 'patch' })).toBe('match')
  expect(of('status', pod, { verb: 'patch' })).toBe('match')
  for (const sub of ['eviction', 'binding', 'scale']) expect(of(sub, pod)).toBe('insufficient')
  for (const kind of ['Table', 'PartialObjectMetadata']) {
    expect(of('', { ...pod, kind }, { verb: 'patch' })).toBe('insufficient')
  }
})

test('the pod spec is found wherever it is, with containers of all roles', () => {
  const template = {
    metadata: {},
    spec: { containers: [{ name: 'a', image: 'x' }], ephemeralContainers: [{ name: 'd' }] },
  }
  const of = (kind: string, body: object): string => {
    const object = { kind, metadata: { name: 'api' }, ...body }
    return kindOf(
      {
        match: '-kind:nothing',
        where: 'containers.map(c, c.role) == ["container", "ephemeral"] && has(podSpec.containers)',
      },
      rawEvent({ requestObject: object, responseObject: object }),
    )
  }
  expect(of('Pod', { spec: template.spec })).toBe('match')
  expect(of('Rollout', { spec: { template } })).toBe('match')
  expect(of('CronJob', { spec: { jobTemplate: { spec: { template } } } })).toBe('match')
  expect(of('PodTemplate', { template })).toBe('match')
  expect(of('ConfigMap', { data: { template: 'x' } })).toBe('no-match')
})
