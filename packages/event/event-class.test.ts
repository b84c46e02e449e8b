import { describe, expect, test } from 'vitest'
import { eventClassOf } from './event-class.ts'

function classOf(verb: string, resource: string, subresource = '', apiGroup = ''): string {
  return eventClassOf(verb, {
    apiGroup,
    apiVersion: 'v1',
    resource,
    subresource,
    namespace: 'prod',
    name: 'x',
    uid: null,
  })
}

describe('class', () => {
  test('exec by GET (kubectl 1.30 and later) is a connect, like exec by POST', () => {
    expect(classOf('get', 'pods', 'exec')).toBe('connect')
    expect(classOf('create', 'pods', 'exec')).toBe('connect')
  })

  test.each(['attach', 'portforward', 'proxy'])('%s is a connect whatever the verb', (subresource) => {
    for (const verb of ['get', 'create', 'update', 'patch', 'delete']) {
      expect(classOf(verb, 'pods', subresource)).toBe('connect')
    }
  })

  test('nodes/proxy by GET is a connect: it can run commands through the kubelet', () => {
    expect(classOf('get', 'nodes', 'proxy')).toBe('connect')
    expect(classOf('create', 'services', 'proxy')).toBe('connect')
  })

  test('the old verbs: proxy is a connect, watch a read', () => {
    expect(classOf('proxy', 'nodes')).toBe('connect')
    expect(classOf('watch', 'pods')).toBe('read')
  })

  test('pods/log is a read, not a connect', () => {
    expect(classOf('get', 'pods', 'log')).toBe('read')
  })

  test.each(['get', 'list', 'watch', 'head'])('%s is a read', (verb) => {
    expect(classOf(verb, 'secrets')).toBe('read')
  })

  test.each(['create', 'update', 'patch', 'delete', 'deletecollection'])('%s is a write', (verb) => {
    expect(classOf(verb, 'deployments', '', 'apps')).toBe('write')
  })

  test.each([
    ['authorization.k8s.io', 'selfsubjectaccessreviews'],
    ['authorization.k8s.io', 'subjectaccessreviews'],
    ['authorization.k8s.io', 'localsubjectaccessreviews'],
    ['authorization.k8s.io', 'selfsubjectrulesreviews'],
    ['authentication.k8s.io', 'selfsubjectreviews'],
    ['authentication.k8s.io', 'tokenreviews'],
  ])('a create of %s %s only asks, so it is a read', (apiGroup, resource) => {
    expect(classOf('create', resource, '', apiGroup)).toBe('read')
  })

  test('somebody else’s resource that is called reviews is written like any other', () => {
    expect(classOf('create', 'codereviews', '', 'example.com')).toBe('write')
  })

  test('minting a token, evicting, binding and scaling are writes', () => {
    expect(classOf('create', 'serviceaccounts', 'token')).toBe('write')
    expect(classOf('create', 'pods', 'eviction')).toBe('write')
    expect(classOf('create', 'pods', 'binding')).toBe('write')
    expect(classOf('patch', 'deployments', 'scale', 'apps')).toBe('write')
  })

  test('a request to no resource is other, whatever its verb, and so is an unknown verb', () => {
    expect(eventClassOf('get', null)).toBe('other')
    expect(eventClassOf('post', null)).toBe('other')
    expect(classOf('', 'pods')).toBe('other')
  })
})
