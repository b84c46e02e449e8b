// Stretches, sentences and commands of made-up calls: what the recorded weeks do not hold.

import { normalize } from '@plaintrail/event/normalize'
import { expect, test } from 'vitest'
import { activityGapUs, activityGroups, activityOf } from './activity.ts'
import type { ActivityCall } from './activity-call.ts'
import { activityCommands } from './activity-commands.ts'
import { callOfEvent } from './call-of-event.ts'

interface Said {
  readonly verb: string
  /** Below `/api/v1` or `/apis`, with its query. */
  readonly uri: string
  readonly object?: object
  readonly body?: unknown
  readonly code?: number
  readonly ms?: number
  readonly agent?: string
  readonly ip?: string
  readonly credential?: string
}

const kubectl = 'kubectl/v1.33.3 (linux/amd64)'
const begin = Date.UTC(2026, 10, 20, 14)

function callOf(
  { verb, uri, object, body, code = 200, ms = 0, agent = kubectl, ip = '10.0.0.1', credential = 'A' }: Said,
  at = 0,
): ActivityCall {
  const time = new Date(begin + ms).toISOString().replace('Z', '000Z')
  const item = {
    auditID: `id-${at}`,
    stage: 'ResponseComplete',
    level: 'RequestResponse',
    verb,
    requestURI: uri,
    user: { username: 'alice', extra: { 'authentication.kubernetes.io/credential-id': [credential] } },
    sourceIPs: [ip],
    userAgent: agent,
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    responseStatus: { code },
    annotations: { 'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow' },
    ...(object === undefined ? {} : { objectRef: { apiVersion: 'v1', ...object } }),
    ...(body === undefined ? {} : { requestObject: body }),
  }
  const event = normalize(item)
  if (event === null) throw new Error('no event')
  return callOfEvent({ id: `evt_${at}`, cluster: 'demo', event, item, isWhole: true })
}

const callsOf = (...all: readonly Said[]): readonly ActivityCall[] => all.map(callOf)
const told = (...all: readonly Said[]): readonly unknown[] =>
  activityCommands(callsOf(...all)).map(({ line, sure, requests }) => [line, sure, requests])

const pod = { resource: 'pods', namespace: 'shop', name: 'api-1' }
const pods = { resource: 'pods', namespace: 'shop' }
const config = { resource: 'configmaps', namespace: 'shop', name: 'c' }
const node = { resource: 'nodes', name: 'n1' }
const get = (object: object, ms = 0, code = 200): Said => ({ verb: 'get', uri: '/x', object, ms, code })

test('a list and its watch are one command, and so are the pieces of a list', () => {
  const list = { verb: 'list', uri: '/api/v1/namespaces/shop/pods?limit=500', object: pods }
  expect(told(list, { ...list, verb: 'watch', uri: '/api/v1/namespaces/shop/pods?watch=true', ms: 20 })).toEqual([
    ['kubectl get pods --watch -n shop', false, 2],
  ])
  const next = { ...list, uri: `${list.uri}&continue=abc`, ms: 300 }
  expect(told(list, next, { ...next, ms: 600 })).toEqual([['kubectl get pods -n shop', false, 3]])
  expect(told(list, { ...list, ms: 5_000 })).toHaveLength(2)
})

test('a shell that falls back to the older protocol, and a request that is told to wait, are one command', () => {
  const exec = { uri: '/api/v1/namespaces/shop/pods/api-1/exec?command=sh', object: { ...pod, subresource: 'exec' } }
  expect(
    told(get(pod), { ...exec, verb: 'get', code: 400, ms: 10 }, { ...exec, verb: 'create', code: 101, ms: 20 }),
  ).toEqual([['kubectl exec pod/api-1 -n shop -- sh', true, 3]])
  const list = { verb: 'list', uri: '/api/v1/namespaces/shop/pods', object: pods }
  expect(told({ ...list, code: 429 }, { ...list, ms: 1_500 })).toEqual([['kubectl get pods -n shop', false, 2]])
})

test('a delete is sure where somebody waited for its end, and knows what was sent', () => {
  const remove = { verb: 'delete', uri: '/x', object: config, body: { propagationPolicy: 'Background' } }
  expect(told(remove)).toEqual([['kubectl delete configmap/c -n shop', false, 1]])
  expect(told(remove, get(config, 10, 404))).toEqual([['kubectl delete configmap/c -n shop', true, 2]])
  expect(told({ ...remove, body: undefined }, get(config, 10, 404))).toEqual([
    ['kubectl delete configmap/c -n shop', false, 2],
  ])
  expect(told({ ...remove, code: 404 }, get(config, 500, 404))).toHaveLength(2)
})

test('an editor stays open, and only the last look before it is its own', () => {
  const edit = { verb: 'patch', uri: '/x?fieldManager=kubectl-edit', object: config, body: {}, ms: 900_000 }
  expect(told(get(config), get(config, 100_000), edit)).toEqual([
    ['kubectl get configmap/c -n shop', false, 1],
    ['kubectl edit configmap/c -n shop', true, 2],
  ])
})

test('a drain has its cordon, its evictions and its waiting, and no other', () => {
  const cordon = { verb: 'patch', uri: '/x', object: node, body: { spec: { unschedulable: true } }, ms: 10 }
  const evict = { verb: 'create', uri: '/x', object: { ...pod, subresource: 'eviction' }, code: 201, ms: 40 }
  const list = {
    verb: 'list',
    uri: '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1&limit=500',
    object: { resource: 'pods' },
    ms: 20,
  }
  expect(told(get(node), cordon, list, { uri: '/api/v1', verb: 'get', ms: 30 }, evict, get(pod, 50))).toEqual([
    ['kubectl drain n1 …', false, 5],
  ])
  expect(told(get(node), cordon)).toEqual([['kubectl cordon n1', false, 2]])
})

test('what is asked by another client is told as calls, once where it is asked over and over', () => {
  const helm = { verb: 'get', uri: '/api/v1/namespaces/shop/configmaps/c', object: config, agent: 'helm/v3.16.2' }
  expect(told(helm, { ...helm, ms: 10 }, { ...helm, ms: 20 })).toEqual([
    ['get /api/v1/namespaces/shop/configmaps/c', false, 3],
  ])
})

test('another credential, another address, and more than half an hour begin a stretch', () => {
  const groups = activityGroups([])
  const minutes = activityGapUs / 60_000_000
  const said = [get(pod), get(pod, minutes * 60_000), get(pod, 2 * minutes * 60_000 + 1)]
  const others = [
    { ...get(pod, 10), ip: '10.0.0.2' },
    { ...get(pod, 20), credential: 'B' },
  ]
  const all = callsOf(...said, ...others).toSorted((one, other) => other.timeUs - one.timeUs)
  for (const call of all) groups.take(call)
  expect(groups.stretches.map(({ calls }) => calls.length)).toEqual([1, 2, 1, 1])
})

test('the sentence says how long, where, which secrets, which shells, what changed, and what was refused', () => {
  const secret = (name: string, ms = 0): Said => get({ resource: 'secrets', namespace: 'shop', name }, ms)
  const exec = { verb: 'get', uri: '/x?command=sh', object: { ...pod, subresource: 'exec' }, code: 101 }
  const change = {
    verb: 'patch',
    uri: '/x',
    body: { spec: {} },
    object: { resource: 'deployments', apiGroup: 'apps', namespace: 'web', name: 'api' },
  }
  const calls = callsOf(
    secret('a'),
    secret('a', 1),
    secret('b', 2),
    { verb: 'list', uri: '/x', object: { resource: 'secrets', namespace: 'pay' }, ms: 3 },
    { ...exec, ms: 4 },
    { ...exec, ms: 5 },
    { ...change, ms: 6 },
    { ...change, ms: 7 },
    { ...change, uri: '/x?dryRun=All', ms: 8 },
    { ...get(pod, 9), code: 404 },
    { ...change, code: 409, ms: 10 },
    { ...secret('c', 840_000), code: 403 },
  )
  expect(activityOf({ calls: calls.toReversed() })).toMatchObject({
    sentence:
      '14 minutes, 3 namespaces, read 2 secrets, listed secrets once, exec twice, changed one deployment, 1 dry run, 1 refused, 1 failed',
    counts: {
      reads: 4,
      changes: 2,
      connections: 2,
      denied: 1,
      failed: 1,
      dry_runs: 1,
      secrets_read: 2,
      secret_lists: 1,
    },
    namespaces: ['shop', 'pay', 'web'],
  })
  expect(activityOf({ calls: callsOf(get(pod)).toReversed() })?.sentence).toBe('a moment, in shop, only read pods')
  expect(activityOf({ calls: callsOf({ verb: 'get', uri: '/apis' }).toReversed() })).toMatchObject({
    sentence: 'a moment, asked for no object',
    commands: [],
  })
  expect(activityOf({ calls: [] })).toBe(null)
})
