import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ocsfMistakes } from './ocsf-schema-for-tests.ts'
import { ocsfEvent } from './ocsf.ts'
import { itemWith, rowOf } from './rows-for-tests.ts'

/** As a consumer reads it, and judged. */
function consumed(different: Readonly<Record<string, unknown>> = {}, withRaw = true): unknown {
  const { event, raw } = rowOf(itemWith(different))
  const read: unknown = JSON.parse(JSON.stringify(ocsfEvent(withRaw ? { event, raw } : { event })))
  expect(ocsfMistakes(read)).toEqual([])
  return read
}

describe('API Activity', () => {
  test('says who did what to which object, from where, with what result', () => {
    expect(consumed()).toMatchObject({
      class_uid: 6003,
      activity_id: 3,
      type_uid: 600_303,
      time: Date.UTC(2026, 10, 20, 11, 59, 58, 431),
      time_dt: '2026-11-20T11:59:58.431213Z',
      status_id: 1,
      action_id: 1,
      actor: {
        user: {
          name: 'alice@acme.example',
          uid: 'u-1',
          type_id: 1,
          groups: [{ name: 'sre' }, { name: 'system:authenticated' }],
        },
        app_name: 'kubectl',
        authorizations: [{ decision: 'allow', policy: { name: 'ClusterRoleBinding sre' } }],
      },
      src_endpoint: { ip: '10.0.3.7', intermediate_ips: ['203.0.113.9'] },
      api: { operation: 'patch', group: { name: 'apps' }, version: 'v1', service: { name: 'lab' } },
      http_request: {
        http_method: 'PATCH',
        url: { path: '/apis/apps/v1/namespaces/shop/deployments/checkout', query_string: 'fieldManager=kubectl' },
      },
      resources: [{ type: 'deployments', name: 'checkout', namespace: 'shop', version: '77', role_id: 1 }],
      unmapped: { kubernetes: { requestReceivedTimestamp: '2026-11-20T11:59:58.418211Z' } },
    })
  })

  test.each([
    ['create', 1],
    ['get', 2],
    ['list', 2],
    ['watch', 2],
    ['update', 3],
    ['patch', 3],
    ['delete', 4],
    ['deletecollection', 4],
    ['impersonate', 99],
  ])('%s is activity %d', (verb, id) => {
    expect(consumed({ verb })).toMatchObject({ activity_id: id, type_uid: 600_300 + id })
  })

  test('an exec is 99 Connect, whatever its verb', () => {
    const objectRef = { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'api-1', apiVersion: 'v1' }
    for (const verb of ['get', 'create']) {
      expect(consumed({ verb, objectRef })).toMatchObject({
        activity_id: 99,
        activity_name: 'Connect',
        resources: [{ type: 'pods/exec', name: 'api-1' }],
      })
    }
  })

  test.each([
    ['human', { username: 'bob', groups: [] }, 1],
    ['a member of system:masters', { username: 'bob', groups: ['system:masters'] }, 2],
    ['a node', { username: 'system:node:n1', groups: ['system:nodes'] }, 3],
    ['a service account', { username: 'system:serviceaccount:ci:deploy', groups: ['system:serviceaccounts'] }, 4],
  ])('%s has the type of its kind', (_name, user, typeId) => {
    expect(consumed({ user })).toMatchObject({ actor: { user: { name: user.username, type_id: typeId } } })
  })

  test('the user is the caller, also where he acted as somebody else', () => {
    expect(consumed({ impersonatedUser: { username: 'root', groups: ['admins'] } })).toMatchObject({
      actor: { user: { name: 'alice@acme.example' } },
      enrichments: [{ type: 'trust' }, { name: 'actor.user.name', data: { as: 'root' } }],
      unmapped: { kubernetes: { impersonatedUser: { username: 'root', groups: ['admins'] } } },
    })
  })

  test('a failed authentication has no user and an action that was denied', () => {
    const read = consumed({ user: {}, responseStatus: { code: 401 }, annotations: {} })
    expect(read).toMatchObject({ status_id: 2, action_id: 2, disposition_id: 26, actor: { app_name: 'kubectl' } })
    expect(read).not.toHaveProperty('actor.user')
  })

  test('what admission refused is blocked, and what is in conflict is only a failure', () => {
    const refused = { code: 403, reason: 'Forbidden', message: 'violates PodSecurity' }
    expect(consumed({ responseStatus: refused })).toMatchObject({
      action_id: 2,
      disposition_id: 2,
      status_id: 2,
      status_code: '403',
      api: { response: { code: 403, error: 'Forbidden', error_message: 'violates PodSecurity' } },
    })
    expect(consumed({ responseStatus: { code: 409 } })).toMatchObject({ action_id: 1, status_id: 2 })
  })

  test('what is running has not succeeded and not failed', () => {
    expect(consumed({ stage: 'RequestReceived', responseStatus: undefined })).toMatchObject({ status_id: 99 })
  })

  test('a list of a kind is of the resource *', () => {
    const objectRef = { resource: 'pods', namespace: 'shop', apiVersion: 'v1' }
    expect(consumed({ verb: 'list', objectRef })).toMatchObject({ resources: [{ type: 'pods', name: '*' }] })
  })

  test('a request to no resource has a path and no resource', () => {
    const read = consumed({ objectRef: undefined, requestURI: '/healthz?verbose', verb: 'get' }, false)
    expect(read).toMatchObject({ activity_id: 2, http_request: { url: { path: '/healthz' } } })
    expect(read).not.toHaveProperty('resources')
  })

  test('addresses that are none stay in sourceIPs only', () => {
    expect(consumed({ sourceIPs: ['not-an-address', '10.0.3.7'] })).toMatchObject({
      src_endpoint: { ip: '10.0.3.7' },
      unmapped: { kubernetes: { sourceIPs: ['not-an-address', '10.0.3.7'] } },
    })
    expect(consumed({ sourceIPs: [] }, false)).toMatchObject({ src_endpoint: { name: 'unknown' } })
  })

  test('raw bytes come with their digest, and bodies with every digit of their numbers', () => {
    const item = itemWith({ requestObject: { n: '@' } }).replace('"@"', '9007199254740993')
    const row = rowOf(item)
    const text = JSON.stringify(ocsfEvent(row))
    expect(text).toContain('"data":{"n":9007199254740993}')
    expect(JSON.parse(text)).toMatchObject({
      raw_data: item,
      raw_data_hash: { algorithm_id: 3, value: createHash('sha256').update(item).digest('hex') },
    })
  })

  test('fields that we do not know are not lost', () => {
    expect(consumed({ authenticationMetadata: { impersonationConstraint: 'x' } })).toMatchObject({
      unmapped: { kubernetes: { authenticationMetadata: { impersonationConstraint: 'x' } } },
    })
  })

  test('a broken one is seen to be', () => {
    const { event } = rowOf(itemWith())
    const good = ocsfEvent({ event })
    expect(ocsfMistakes({ ...good, class_uid: 6004 })).toHaveLength(1)
    expect(ocsfMistakes({ ...good, api: {} })).toEqual(['.api.operation: missing'])
    expect(ocsfMistakes({ ...good, colour: 'red' })).toEqual(['.colour: not in the schema'])
  })
})
