import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { ecsEvent } from './ecs.ts'
import { itemWith, rowOf } from './rows-for-tests.ts'

function consumed(different: Readonly<Record<string, unknown>> = {}, withRaw = true): unknown {
  const { event, raw } = rowOf(itemWith(different))
  return JSON.parse(JSON.stringify(ecsEvent(withRaw ? { event, raw } : { event })))
}

test('an event says who, what, where and when in the words of ECS', () => {
  expect(consumed({ impersonatedUser: { username: 'root' } }, false)).toMatchObject({
    '@timestamp': '2026-11-20T11:59:58.431213Z',
    event: {
      kind: 'event',
      module: 'kubernetes',
      dataset: 'kubernetes.audit_logs',
      action: 'patch',
      category: ['api', 'configuration'],
      type: ['change', 'allowed'],
      outcome: 'success',
      start: '2026-11-20T11:59:58.418211Z',
      duration: 13_002_000,
    },
    user: { name: 'alice@acme.example', roles: ['sre', 'system:authenticated'], effective: { name: 'root' } },
    source: { ip: '10.0.3.7' },
    client: { ip: '203.0.113.9' },
    related: { ip: ['203.0.113.9', '10.0.3.7'], user: ['alice@acme.example', 'root'] },
    orchestrator: {
      type: 'kubernetes',
      cluster: { name: 'lab' },
      namespace: 'shop',
      api_version: 'apps/v1',
      resource: { type: 'deployments', name: 'checkout' },
    },
    http: { request: { method: 'PATCH' }, response: { status_code: 200 } },
    kubernetes: {
      audit: {
        auditID: '8f0c3e1a-0000-4000-8000-000000000001',
        verb: 'patch',
        user: { username: 'alice@acme.example' },
        objectRef: { resource: 'deployments', name: 'checkout' },
        annotations: { 'authorization_k8s_io/decision': 'allow' },
      },
    },
  })
})

test('a change of RBAC is iam, an exec a session, and a refusal denied', () => {
  const role = { resource: 'clusterroles', name: 'admin', apiGroup: 'rbac.authorization.k8s.io', apiVersion: 'v1' }
  expect(consumed({ objectRef: role })).toMatchObject({ event: { category: ['api', 'configuration', 'iam'] } })
  const exec = { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'api-1', apiVersion: 'v1' }
  expect(consumed({ objectRef: exec, verb: 'get' })).toMatchObject({
    event: { category: ['session', 'process'], type: ['start', 'allowed'] },
    orchestrator: { resource: { type: 'exec', parent: { type: 'pods' } } },
  })
  const annotations = { 'authorization.k8s.io/decision': 'forbid' }
  expect(consumed({ annotations, responseStatus: { code: 403 } })).toMatchObject({
    event: { type: ['change', 'denied'], outcome: 'failure' },
  })
  expect(consumed({ stage: 'RequestReceived', responseStatus: undefined })).toMatchObject({
    event: { outcome: 'unknown' },
  })
})

test('raw bytes are event.original with their digest, and the whole audit event stands where rules look for it', () => {
  const item = itemWith({ requestObject: { n: '@' } }).replace('"@"', '9007199254740993')
  const text = JSON.stringify(ecsEvent(rowOf(item)))
  expect(text).toContain('"requestObject":{"n":9007199254740993}')
  expect(JSON.parse(text)).toMatchObject({
    event: { original: item, hash: createHash('sha256').update(item).digest('hex') },
    kubernetes: { audit: { annotations: { 'authorization_k8s_io/decision': 'allow' } } },
  })
})
