// Which events a request makes, at which stages, and what each of them holds.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isNewestLab, testLabs } from '../lab-for-tests.ts'
import { observe, quietPolicy, type AuditEvent, type Observed } from './observe.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const stagesOf = (events: readonly AuditEvent[]) => events.map(({ stage }) => stage)
const only = (events: readonly AuditEvent[]): AuditEvent => {
  const [event, ...others] = events
  if (event === undefined || others.length > 0) throw new Error(`expected one event, found ${events.length}`)
  return event
}

describe.each(testLabs())('Kubernetes $version', (tools) => {
  let lab: Observed

  beforeAll(async () => {
    lab = await observe(tools)
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  test('RequestReceived knows who asks for what, and neither the name of a create nor anything that came of it', async () => {
    const { auditID } = await lab.send({
      method: 'POST',
      path: configMaps,
      headers: { 'user-agent': 'a client' },
      body: { metadata: { name: 'received' } },
    })
    const [received, complete] = await lab.eventsOf(auditID)
    expect(received).toEqual({
      level: 'RequestResponse',
      auditID,
      stage: 'RequestReceived',
      requestURI: configMaps,
      verb: 'create',
      user: complete?.user,
      sourceIPs: ['127.0.0.1'],
      userAgent: 'a client',
      objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' },
      requestReceivedTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      stageTimestamp: received?.requestReceivedTimestamp,
    })
    expect(complete).toMatchObject({
      stage: 'ResponseComplete',
      objectRef: { name: 'received' },
      requestReceivedTimestamp: received?.requestReceivedTimestamp,
    })
    expect(complete?.responseStatus).toEqual({ metadata: {}, code: 201 })
  })

  test('the events of one request come in the order of its stages', async () => {
    const sent = await Promise.all(Array.from({ length: 20 }, () => lab.send({ method: 'GET', path: configMaps })))
    for (const { auditID } of sent)
      expect(stagesOf(await lab.eventsOf(auditID))).toEqual(['RequestReceived', 'ResponseComplete'])
  })

  test('a failed login is one event, ResponseStarted, with an empty user and no annotation', async () => {
    const { auditID, status } = await lab.send({ as: { token: 'wrong' }, method: 'GET', path: configMaps })
    expect(status).toBe(401)
    await lab.lastEventOf({ method: 'GET', path: configMaps })
    const event = only(await lab.eventsOf(auditID, 'ResponseStarted'))
    expect(event).toMatchObject({
      stage: 'ResponseStarted',
      verb: 'list',
      user: {},
      objectRef: { resource: 'configmaps', namespace: 'default' },
      responseStatus: { status: 'Failure', reason: 'Unauthorized', code: 401 },
      responseObject: { kind: 'Status' },
    })
    expect(event.user).toEqual({})
    expect(event).not.toHaveProperty('annotations')
  })

  test('a ?timeout= that is no duration is one event, ResponseStarted, whose caller is not known', async () => {
    const { auditID, status } = await lab.send({ method: 'GET', path: `${configMaps}?timeout=bad` })
    expect(status).toBe(400)
    await lab.lastEventOf({ method: 'GET', path: configMaps })
    const event = only(await lab.eventsOf(auditID, 'ResponseStarted'))
    expect(event).toMatchObject({ stage: 'ResponseStarted', responseStatus: { reason: 'BadRequest', code: 400 } })
    expect(event.user).toEqual({})
    expect(event).not.toHaveProperty('annotations')
  })

  test('nobody is system:anonymous, who is refused by the authorizer and has both stages', async () => {
    const { auditID, status } = await lab.send({ as: null, method: 'GET', path: configMaps })
    expect(status).toBe(403)
    const events = await lab.eventsOf(auditID)
    expect(stagesOf(events)).toEqual(['RequestReceived', 'ResponseComplete'])
    expect(events[1]).toMatchObject({
      user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
      responseStatus: { code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
    })
  })

  test('a watch has three stages, and none of them shows what was watched', async () => {
    const { auditID } = await lab.send({ method: 'GET', path: `${configMaps}?watch=true`, abortAfterMs: 300 })
    const events = await lab.eventsOf(auditID)
    expect(stagesOf(events)).toEqual(['RequestReceived', 'ResponseStarted', 'ResponseComplete'])
    for (const event of events) {
      expect(event).toMatchObject({ verb: 'watch', objectRef: { resource: 'configmaps' } })
      expect(event).not.toHaveProperty('responseObject')
    }
    expect(events[1]).toMatchObject({
      responseStatus: { code: 200 },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    })
  })

  test('a watch that ends by itself or by its client ends alike: code 200, and no message', async () => {
    const aborted = await lab.send({ method: 'GET', path: `${configMaps}?watch=true`, abortAfterMs: 300 })
    const ended = await lab.send({ method: 'GET', path: `${configMaps}?watch=true&timeoutSeconds=1` })
    for (const { auditID } of [aborted, ended])
      expect((await lab.eventsOf(auditID)).at(-1)?.responseStatus).toEqual({ metadata: {}, code: 200 })
  })

  test('the old path of a watch is a watch too', async () => {
    const path = '/api/v1/watch/namespaces/default/configmaps?timeoutSeconds=1'
    expect(await lab.lastEventOf({ method: 'GET', path })).toMatchObject({
      verb: 'watch',
      objectRef: { resource: 'configmaps', namespace: 'default' },
    })
  })

  test('a list by field selector of one name is a list with that name in objectRef', async () => {
    const event = await lab.lastEventOf({ method: 'GET', path: `${configMaps}?fieldSelector=metadata.name%3Dx` })
    expect(event).toMatchObject({ verb: 'list', objectRef: { name: 'x' } })
  })

  test('a Namespace stands in itself, but at its create in none', async () => {
    const created = await lab.lastEventOf({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { metadata: { name: 'n' } },
    })
    const read = await lab.lastEventOf({ method: 'GET', path: '/api/v1/namespaces/n' })
    expect(created.objectRef).toEqual({ resource: 'namespaces', name: 'n', apiVersion: 'v1' })
    expect(read.objectRef).toEqual({ resource: 'namespaces', namespace: 'n', name: 'n', apiVersion: 'v1' })
  })

  test('a request to no resource has the method as its verb, and no objectRef', async () => {
    const event = await lab.lastEventOf({ method: 'GET', path: '/version?pretty' })
    expect(event).toMatchObject({ verb: 'get', requestURI: '/version?pretty', responseStatus: { code: 200 } })
    expect(event).not.toHaveProperty('objectRef')
  })

  if (isNewestLab(tools))
    test('omitStages leaves out that stage and nothing else, a failed login stays', async () => {
      const policy = await lab.write('policy.json', quietPolicy(undefined, { omitStages: ['RequestReceived'] }))
      await lab.restart([`--audit-policy-file=${policy}`])
      const failed = await lab.send({ as: { token: 'wrong' }, method: 'GET', path: configMaps })
      const watched = await lab.send({ method: 'GET', path: `${configMaps}?watch=true`, abortAfterMs: 300 })
      expect(stagesOf(await lab.eventsOf(failed.auditID, 'ResponseStarted'))).toEqual(['ResponseStarted'])
      expect(stagesOf(await lab.eventsOf(watched.auditID))).toEqual(['ResponseStarted', 'ResponseComplete'])
    })

  if (isNewestLab(tools))
    test('omitStages of ResponseStarted hides every failed login', async () => {
      const policy = await lab.write('policy.json', quietPolicy(undefined, { omitStages: ['ResponseStarted'] }))
      await lab.restart([`--audit-policy-file=${policy}`])
      const failed = await lab.send({ as: { token: 'wrong' }, method: 'GET', path: configMaps })
      const { auditID } = await lab.send({ method: 'GET', path: configMaps })
      expect(failed.status).toBe(401)
      expect(stagesOf(await lab.eventsOf(auditID))).toEqual(['RequestReceived', 'ResponseComplete'])
      expect(lab.events().filter((event) => event.auditID === failed.auditID)).toEqual([])
    })
})
