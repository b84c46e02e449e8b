import { normalize } from '@plaintrail/event/normalize'
import { describe, expect, test } from 'vitest'
import { objectStatesOf } from './object-state.ts'
import type { Observation, Told } from './observation.ts'

const web = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '12', generation: 3 },
  data: { a: '1' },
}
const objectRef = { resource: 'configmaps', namespace: 'shop', name: 'web', apiVersion: 'v1' }
const pods = { ...objectRef, resource: 'pods' }

/** An event with what a test says of it. */
function told(more: object): Told {
  const raw = {
    level: 'RequestResponse',
    stage: 'ResponseComplete',
    verb: 'update',
    requestURI: '/api/v1/namespaces/shop/configmaps/web',
    userAgent: 'kubectl/v1.37.2 (linux/amd64)',
    user: { username: 'alice' },
    objectRef,
    responseStatus: { metadata: {}, code: 200 },
    responseObject: web,
    requestReceivedTimestamp: '2026-11-26T10:00:00.000000Z',
    stageTimestamp: '2026-11-26T10:00:00.005000Z',
    ...more,
  }
  const event = normalize(raw)
  if (event === null) throw new Error('an object is an event')
  return objectStatesOf({ raw, event })
}

const one = (more: object): Observation => {
  const [observation] = told(more).observations
  if (observation === undefined) throw new Error(`nothing was told: ${told(more).none}`)
  return observation
}
const none = (more: object): string | null => told(more).none
const withMetadata = (metadata: object, more: object = {}): object => ({
  responseObject: { ...web, metadata: { ...web.metadata, ...metadata }, ...more },
})

describe('writes', () => {
  test('the answer is the state, with its version, its writer and the version that was demanded', () => {
    const update = one({ requestObject: { metadata: { resourceVersion: '9' } } })
    expect(update).toMatchObject({ uid: 'u1', observed: 'state', resourceVersion: 12, generation: 3, basedOn: 9 })
    expect(update.object).toEqual(web)
    expect(update.manager).toEqual({ name: 'kubectl', operation: 'Update' })
    const tested = [{ op: 'test', path: '/metadata/resourceVersion', value: '9' }]
    expect(one({ verb: 'patch', requestObject: tested })).toMatchObject({ basedOn: 9, patch: { type: 'json-patch' } })
  })

  test('a dry run, an error, an early stage and a connection tell nothing', () => {
    expect(none({ requestURI: '/api/v1/namespaces/shop/configmaps/web?dryRun=All' })).toContain('dry run')
    expect(none({ responseStatus: { code: 409 } })).toContain('changed nothing')
    expect(none({ stage: 'RequestReceived' })).toContain('not complete')
    expect(none({ verb: 'create', objectRef: { ...pods, subresource: 'exec' } })).toContain('connection')
  })

  test('a Table, a Status and what has no uid are no state', () => {
    expect(none({ verb: 'get', responseObject: { kind: 'Table', metadata: {} } })).toContain('Table')
    expect(none({ responseObject: { kind: 'Status', metadata: {} } })).toContain('Status')
    expect(none({ responseObject: { kind: 'SubjectAccessReview', metadata: {} } })).toContain('no uid')
  })

  test('PartialObjectMetadata tells the version and not the state', () => {
    const partial = one({ verb: 'patch', requestObject: {}, responseObject: { ...web, kind: 'PartialObjectMetadata' } })
    expect(partial).toMatchObject({ observed: 'metadata-only', resourceVersion: 12, object: null })
  })

  test('below RequestResponse, and cut off, it says which', () => {
    const without = { responseObject: undefined }
    expect(one({ ...without, level: 'Metadata' })).toMatchObject({ observed: 'metadata-only', uid: null })
    expect(one({ ...without, level: 'Metadata' }).lacks).toContain('level Metadata')
    const asked = one({ ...without, level: 'Request', verb: 'patch', requestObject: { data: {} } })
    expect(asked).toMatchObject({ observed: 'patch-only', object: null })
    expect(one({ ...without, annotations: { 'audit.k8s.io/truncated': 'true' } }).lacks).toContain('truncated')
  })

  test('a status write may have changed status only, a token changes nothing', () => {
    expect(one({ objectRef: { ...objectRef, subresource: 'status' } }).isStatusOnly).toBe(true)
    expect(none({ verb: 'create', objectRef: { ...objectRef, subresource: 'token' } })).toContain('token')
  })

  test('a version that is no plain number is none', () => {
    expect(one(withMetadata({ resourceVersion: 'abc' })).resourceVersion).toBeNull()
    expect(one(withMetadata({ resourceVersion: '99999999999999999999' })).resourceVersion).toBeNull()
  })
})

describe('ends', () => {
  const deletionTimestamp = '2026-11-26T10:00:00Z'

  test('a delete answered by a Status is an end at every level, and one by an object where nothing holds it', () => {
    const status = { status: 'Success', details: { uid: 'u1' }, code: 200 }
    const gone = { verb: 'delete', responseStatus: status }
    expect(one({ ...gone, level: 'Metadata', responseObject: undefined })).toMatchObject({
      observed: 'deleted',
      uid: 'u1',
    })
    expect(one({ verb: 'delete' }).observed).toBe('deleted')
    expect(
      one({ verb: 'delete', ...withMetadata({ deletionTimestamp, deletionGracePeriodSeconds: 30 }) }),
    ).toMatchObject({
      observed: 'deleting',
    })
    expect(one({ verb: 'delete', ...withMetadata({ deletionTimestamp, finalizers: ['a'] }) }).observed).toBe('deleting')
  })

  test('the write that takes the last finalizer away is the end, though no delete follows', () => {
    expect(one(withMetadata({ deletionTimestamp, finalizers: ['a'] })).observed).toBe('deleting')
    expect(one(withMetadata({ deletionTimestamp, deletionGracePeriodSeconds: 0 })).observed).toBe('deleted')
    const held = { kind: 'Namespace', spec: { finalizers: ['kubernetes'] } }
    expect(one(withMetadata({ deletionTimestamp }, held)).observed).toBe('deleting')
  })

  test('a get of an object that is being deleted shows it, and is no end', () => {
    expect(one({ verb: 'get', ...withMetadata({ deletionTimestamp }) })).toMatchObject({
      observed: 'deleting',
      isRead: true,
    })
  })

  test('a deletecollection tells of each object what it was, and that it is gone or going', () => {
    const items = [{ metadata: web.metadata }, { metadata: { ...web.metadata, uid: 'u2', finalizers: ['a'] } }]
    const list = { verb: 'deletecollection', responseObject: { kind: 'ConfigMapList', apiVersion: 'v1', items } }
    expect(told(list).observations.map(({ uid, kind, observed, isRead }) => [uid, kind, observed, isRead])).toEqual([
      ['u1', 'ConfigMap', 'state', true],
      ['u1', 'ConfigMap', 'deleted', false],
      ['u2', 'ConfigMap', 'state', true],
      ['u2', 'ConfigMap', 'deleting', false],
    ])
  })
})

describe('side effects', () => {
  test('a scale sets replicas of its parent at a version', () => {
    const scale = { kind: 'Scale', metadata: { uid: 'd1', resourceVersion: '20' }, spec: { replicas: 5 } }
    const ref = { resource: 'deployments', apiGroup: 'apps', apiVersion: 'v1', namespace: 'shop', name: 'api' }
    const set = one({ objectRef: { ...ref, subresource: 'scale' }, responseObject: scale })
    expect(set).toMatchObject({ uid: 'd1', resourceVersion: 20, observed: 'patch-only', object: null })
    expect(set.sets).toEqual([{ path: ['spec', 'replicas'], value: 5 }])
    const custom = { ...ref, apiGroup: 'acme.io', subresource: 'scale' }
    expect(one({ objectRef: custom, responseObject: scale }).sets).toEqual([])
  })

  test('a binding sets the node of its pod, at no version', () => {
    const binding = { kind: 'Binding', metadata: { uid: 'p1' }, target: { kind: 'Node', name: 'node-a' } }
    const bound = one({
      verb: 'create',
      objectRef: { ...pods, subresource: 'binding' },
      requestObject: binding,
      responseObject: { kind: 'Status' },
    })
    expect(bound).toMatchObject({ uid: 'p1', resource: 'pods', resourceVersion: null })
    expect(bound.sets).toEqual([{ path: ['spec', 'nodeName'], value: 'node-a' }])
  })

  test('an eviction begins the deletion of its pod', () => {
    const eviction = {
      verb: 'create',
      objectRef: { ...pods, subresource: 'eviction' },
      responseObject: { kind: 'Status' },
    }
    expect(one(eviction).observed).toBe('deleting')
  })
})

describe('reads', () => {
  test("a list's items have the kind that the list leaves out", () => {
    const list = {
      verb: 'list',
      responseObject: { kind: 'ConfigMapList', apiVersion: 'v1', items: [{ metadata: web.metadata }] },
    }
    expect(one(list)).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', isRead: true, observed: 'state' })
  })

  test('no more than 5,000 items of a list are told, and the rest counted', () => {
    const items = Array.from({ length: 5_003 }, (_, at) => ({ metadata: { uid: `u${at}`, resourceVersion: '1' } }))
    const list = told({ verb: 'list', responseObject: { kind: 'ConfigMapList', items } })
    expect([list.observations.length, list.leftOut]).toEqual([5_000, 3])
  })
})

test('whatever stands in an event, nothing is thrown', () => {
  const odd = [null, 7, 'text', [], {}, { metadata: 7 }, { kind: 'XList', items: [1, null, { metadata: { uid: 7 } }] }]
  for (const verb of ['create', 'update', 'patch', 'delete', 'get', 'list', 'deletecollection', '']) {
    for (const subresource of ['', 'scale', 'binding', 'eviction', 'status']) {
      for (const body of odd) {
        const event = { verb, objectRef: { ...pods, subresource }, requestObject: body, responseObject: body }
        expect(told(event)).toBeDefined()
      }
    }
  }
})
