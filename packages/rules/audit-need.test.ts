// What a policy must record is at least what the match can mean, and no level above what was lacked.
import { parseQuery } from '@plaintrail/query/parse-query'
import { expect, test } from 'vitest'
import { auditNeed } from './audit-need.ts'

const needOf = (text: string, lacks: readonly string[] = ['/object/spec']) => auditNeed(parseQuery(text, 0), lacks)

test('verbs, kinds, subresources and namespaces narrow it', () => {
  expect(needOf('kind:deploy,pods verb:create,patch sub:"" ns:shop')).toEqual({
    level: 'RequestResponse',
    verbs: ['create', 'patch'],
    resources: [
      { group: '', resource: 'pods' },
      { group: 'apps', resource: 'deployments' },
    ],
    namespaces: ['shop'],
  })
  expect(needOf('kind:pods sub:ephemeralcontainers class:write').resources).toEqual([
    { group: '', resource: 'pods/ephemeralcontainers' },
  ])
  expect(needOf('is:write kind:secrets').verbs).toEqual(['create', 'delete', 'deletecollection', 'patch', 'update'])
})

test('what may be anything stays so', () => {
  expect(needOf('actor:alice -kind:pods verb:get*')).toEqual({
    level: 'RequestResponse',
    verbs: null,
    resources: null,
    namespaces: null,
  })
  expect(needOf('kind:pods OR verb:get')).toMatchObject({ verbs: null, resources: null })
  expect(needOf('(kind:pods verb:get) OR (kind:secrets verb:list)')).toMatchObject({
    verbs: ['get', 'list'],
    resources: [
      { group: '', resource: 'pods' },
      { group: '', resource: 'secrets' },
    ],
  })
})

test('a resource of several groups is asked of each', () => {
  expect(needOf('kind:events').resources).toEqual([
    { group: '', resource: 'events' },
    { group: 'events.k8s.io', resource: 'events' },
  ])
  expect(needOf('kind:ingresses').resources).toEqual([{ group: 'networking.k8s.io', resource: 'ingresses' }])
})

test('the request is enough where it has the whole object, and nowhere else', () => {
  expect(needOf('kind:pods verb:create', ['/object/spec/hostPID', '/containers']).level).toBe('Request')
  expect(needOf('kind:pods verb:patch', ['/request/object']).level).toBe('Request')
  expect(needOf('kind:pods verb:patch', ['/object']).level).toBe('RequestResponse')
  expect(needOf('kind:pods verb:create', ['/oldObject']).level).toBe('RequestResponse')
  expect(needOf('kind:pods verb:create', ['changed']).level).toBe('RequestResponse')
  expect(needOf('kind:pods verb:create', ['/objects']).level).toBe('RequestResponse')
  expect(needOf('kind:pods verb:create', []).level).toBe('Metadata')
})
