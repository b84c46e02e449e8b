import { describe, expect, test } from 'vitest'
import type { ObjectRef } from './event.ts'
import { objectRefOf } from './object-ref.ts'
import type { Marks } from './wire-object.ts'

interface Case {
  readonly verb?: string
  readonly ref?: Readonly<Record<string, unknown>>
  readonly request?: unknown
  readonly response?: unknown
  readonly status?: Readonly<Record<string, unknown>>
  readonly marks?: Marks
}

const podRef = { resource: 'pods', namespace: 'prod', name: 'web-1', apiVersion: 'v1' }

function touched({ verb = 'get', ref = podRef, request, response, status, marks = {} }: Case): ObjectRef {
  const sources = {
    verb,
    objectRef: ref,
    requestObject: request,
    responseObject: response,
    responseStatus: status ?? null,
  }
  const object = objectRefOf(sources, marks)
  if (object === null) throw new Error('no object')
  return object
}

test('a request to no resource touches no object', () => {
  const sources = { verb: 'get', requestObject: undefined, responseObject: undefined, responseStatus: null }
  expect(objectRefOf({ ...sources, objectRef: null }, {})).toBeNull()
  expect(objectRefOf({ ...sources, objectRef: {} }, {})).toBeNull()
})

test('the core group is an absent apiGroup', () => {
  expect(touched({})).toEqual({
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: 'prod',
    name: 'web-1',
    uid: null,
  })
})

test('a list has an objectRef, and one name where a field selector asks for one', () => {
  expect(touched({ verb: 'list', ref: { resource: 'pods', namespace: 'prod', apiVersion: 'v1' } }).name).toBe('')
  expect(touched({ verb: 'list' }).name).toBe('web-1')
})

describe('Namespace objects', () => {
  test('stand in no namespace, so a search in that namespace does not match them by accident', () => {
    const ref = { resource: 'namespaces', namespace: 'prod', name: 'prod', apiVersion: 'v1' }
    expect(touched({ ref })).toMatchObject({ namespace: '', name: 'prod' })
    expect(touched({ ref: { ...ref, subresource: 'finalize' }, verb: 'update' }).namespace).toBe('')
  })

  test('of another group keep theirs', () => {
    expect(touched({ ref: { resource: 'namespaces', namespace: 'prod', apiGroup: 'example.com' } }).namespace).toBe(
      'prod',
    )
  })
})

describe('generateName', () => {
  const ref = { resource: 'pods', namespace: 'prod', apiVersion: 'v1' }
  const request = { kind: 'Pod', metadata: { generateName: 'web-' } }

  test('the name and uid of a create without a name come from the object made', () => {
    const marks: Marks = {}
    const response = { kind: 'Pod', metadata: { name: 'web-x2x', uid: 'u-1' } }
    expect(touched({ verb: 'create', ref, request, response, marks })).toMatchObject({ name: 'web-x2x', uid: 'u-1' })
    expect(marks).toEqual({ generateName: true })
  })

  test('the name of a failed one comes from the details of its Status', () => {
    const marks: Marks = {}
    const status = { code: 403, details: { name: 'web-x2x', kind: 'pods' } }
    expect(touched({ verb: 'create', ref, status, marks })).toMatchObject({ name: 'web-x2x', uid: null })
    expect(marks).toEqual({ generateName: true })
  })

  test('at level Request the name is not known, but that it was made is', () => {
    const marks: Marks = {}
    expect(touched({ verb: 'create', ref, request, marks }).name).toBe('')
    expect(marks).toEqual({ generateName: true })
  })

  test('a create whose objectRef has a name was not given one', () => {
    const marks: Marks = {}
    touched({ verb: 'create', request, marks })
    expect(marks).toEqual({})
  })

  test('RequestReceived has no name for a create, which does not mean that one was made', () => {
    const marks: Marks = {}
    expect(touched({ verb: 'create', ref, marks }).name).toBe('')
    expect(marks).toEqual({})
  })
})

describe('uid', () => {
  const uidRef = { ...podRef, uid: 'believed' }

  test('of objectRef is only what the client believed, so the answer’s wins', () => {
    expect(
      touched({ verb: 'update', ref: uidRef, response: { kind: 'Pod', metadata: { name: 'web-1', uid: 'real' } } }).uid,
    ).toBe('real')
    expect(touched({ verb: 'update', ref: uidRef }).uid).toBe('believed')
  })

  test('of a delete comes from the details of its Status', () => {
    const response = { kind: 'Status', status: 'Success', details: { name: 'web-1', kind: 'pods', uid: 'gone' } }
    expect(touched({ verb: 'delete', response }).uid).toBe('gone')
  })

  test('of a delete that returns an object (graceful, finalizers) comes from the object', () => {
    const metadata = { name: 'web-1', uid: 'dying', deletionTimestamp: '2026-11-20T14:03:22Z' }
    expect(touched({ verb: 'delete', response: { kind: 'Pod', metadata } }).uid).toBe('dying')
  })

  test('of a metadata client’s answer (PartialObjectMetadata) is the object’s', () => {
    const response = { kind: 'PartialObjectMetadata', metadata: { name: 'web-1', uid: 'u-1' } }
    expect(touched({ response }).uid).toBe('u-1')
  })

  test.each(['Table', 'List', 'PartialObjectMetadataList', 'Status'])('is not taken from a %s', (kind) => {
    expect(touched({ response: { kind, metadata: { name: 'web-1', uid: 'other' } } }).uid).toBeNull()
  })

  test('is not taken from an object of another name', () => {
    const ref = { resource: 'users', name: '~', apiGroup: 'user.openshift.io', apiVersion: 'v1' }
    const response = { kind: 'User', metadata: { name: 'alice', uid: 'u-alice' } }
    expect(touched({ ref, response })).toMatchObject({ name: '~', uid: null })
  })

  test('of a scaled object is its own, though the answer is a Scale', () => {
    const ref = { resource: 'deployments', apiGroup: 'apps', namespace: 'prod', name: 'api', subresource: 'scale' }
    const response = { kind: 'Scale', metadata: { name: 'api', uid: 'u-api' } }
    expect(touched({ verb: 'update', ref, response })).toMatchObject({ name: 'api', uid: 'u-api' })
    expect(touched({ verb: 'update', ref: { ...ref, uid: 'u-ref' } }).uid).toBe('u-ref')
  })

  test('is never that of a TokenRequest, a Binding or an Eviction', () => {
    const token = { kind: 'TokenRequest', metadata: { name: 'ci', uid: 'u-token' } }
    const ref = { resource: 'serviceaccounts', namespace: 'prod', name: 'ci', subresource: 'token' }
    expect(touched({ verb: 'create', ref, response: token }).uid).toBeNull()
    for (const subresource of ['binding', 'eviction']) {
      const response = { kind: 'Pod', metadata: { name: 'web-1', uid: 'u-other' } }
      expect(touched({ verb: 'create', ref: { ...podRef, subresource }, response }).uid).toBeNull()
    }
    const binding = { kind: 'Binding', metadata: { name: 'web-1', uid: 'u-other' } }
    expect(touched({ verb: 'create', ref: { ...podRef, resource: 'bindings' }, response: binding }).uid).toBeNull()
  })
})
