// What the recorded weeks do not hold: odd names, bodies that are not there, clients of other kinds.

import { execFileSync } from 'node:child_process'
import { normalize } from '@plaintrail/event/normalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandCharsMax, type LikelyCommand } from './kubectl-line.ts'
import { likelyCommand, plainCall } from './likely-command.ts'

interface Asked {
  readonly verb?: string
  readonly uri?: string
  readonly object?: object | null
  readonly body?: unknown
  readonly agent?: string
  readonly as?: object
}

function likely({
  verb = 'get',
  uri = '/api/v1/x',
  object,
  body,
  agent = 'kubectl/v1.33.3 (linux/amd64)',
  as,
}: Asked): LikelyCommand | null {
  const item = {
    auditID: 'a',
    stage: 'ResponseComplete',
    level: 'RequestResponse',
    verb,
    requestURI: uri,
    user: { username: 'alice' },
    userAgent: agent,
    requestReceivedTimestamp: '2026-11-20T14:03:22.418211Z',
    responseStatus: { code: 200 },
    ...(object === null ? {} : { objectRef: object ?? pods }),
    ...(as === undefined ? {} : { impersonatedUser: as }),
    ...(body === undefined ? {} : { requestObject: body }),
  }
  const event = normalize(item)
  if (event === null) throw new Error('no event')
  return likelyCommand({ ...event, requestObject: body })
}

const pods = { resource: 'pods', namespace: 'shop', apiVersion: 'v1' }
const api = { resource: 'deployments', namespace: 'shop', name: 'api', apiGroup: 'apps', apiVersion: 'v1' }
const scale = { ...api, subresource: 'scale' }

test('a list says its selectors, a watch that it is one, and neither is sure', () => {
  expect(likely({ verb: 'list', uri: '/api/v1/namespaces/shop/pods?labelSelector=app%3Dapi&limit=500' })).toMatchObject(
    {
      line: 'kubectl get pods -l app=api -n shop',
      sure: false,
    },
  )
  expect(
    likely({ verb: 'watch', uri: '/api/v1/pods?watch=true', object: { resource: 'pods', apiVersion: 'v1' } })?.line,
  ).toBe('kubectl get pods --all-namespaces --watch')
  expect(likely({ verb: 'list', object: { resource: 'nodes', apiVersion: 'v1' } })?.line).toBe('kubectl get nodes')
})

test('a shell in a terminal, as somebody else', () => {
  const uri =
    '/api/v1/namespaces/shop/pods/x/exec?command=sh&command=-c&command=ls%20%2Ftmp&container=main&stdin=true&tty=true'
  const as = { username: 'system:admin', groups: ['system:masters', 'system:authenticated'] }
  expect(likely({ uri, object: { ...pods, name: 'x', subresource: 'exec' }, as })).toEqual({
    line: `kubectl exec -it pod/x -c main -n shop --as=system:admin --as-group=system:masters -- sh -c 'ls /tmp'`,
    sure: true,
    subcommand: 'exec',
    isSeen: false,
  })
})

test('a scale is sure; a dry run of it says so; one that sets more is not', () => {
  const body = { spec: { replicas: 5 } }
  const uri = '/apis/apps/v1/namespaces/shop/deployments/api/scale'
  expect(likely({ verb: 'patch', uri, object: scale, body })).toMatchObject({
    line: 'kubectl scale deployment/api --replicas=5 -n shop',
    sure: true,
  })
  expect(likely({ verb: 'patch', uri: `${uri}?dryRun=All`, object: scale, body })?.line).toBe(
    'kubectl scale deployment/api --replicas=5 -n shop --dry-run=server',
  )
  expect(likely({ verb: 'patch', uri, object: scale, body: { spec: { replicas: 5, more: 1 } } })?.sure).toBe(false)
  expect(likely({ verb: 'patch', uri, object: scale })?.sure).toBe(false)
})

test('an apply says on which side it is and what it forces', () => {
  const uri = '/api/v1/namespaces/shop/configmaps/c?fieldManager=me&force=true'
  const object = { resource: 'configmaps', namespace: 'shop', name: 'c', apiVersion: 'v1' }
  expect(likely({ verb: 'patch', uri, object, body: { kind: 'ConfigMap' } })).toMatchObject({
    line: 'kubectl apply --server-side --field-manager=me --force-conflicts -f …',
    sure: false,
  })
})

test('no value that may be a secret stands in a patch', () => {
  const uri = '/api/v1/namespaces/shop/secrets/s?fieldManager=kubectl-patch'
  const object = { resource: 'secrets', namespace: 'shop', name: 's', apiVersion: 'v1' }
  for (const body of [{ data: { password: 'hunter2' } }, [{ op: 'add', path: '/data/password', value: 'hunter2' }]]) {
    const command = likely({ verb: 'patch', uri, object, body })
    expect(command).toMatchObject({ sure: false })
    expect(command?.line).not.toContain('hunter2')
  }
})

test('discovery, other clients and what kubectl never asks have no command, but a call', () => {
  for (const uri of ['/api', '/apis?timeout=32s', '/api/v1', '/apis/apps/v1', '/openapi/v3/apis/apps/v1', '/version'])
    expect(likely({ uri, object: null })).toBe(null)
  expect(likely({ agent: 'helm/v3.16.2' })).toBe(null)
  expect(likely({ verb: 'update', object: { ...api, subresource: 'status' } })).toBe(null)
  expect(likely({ uri: '/healthz', object: null })?.line).toBe('kubectl get --raw /healthz')
  expect(plainCall({ verb: 'patch', path: '/api/v1/namespaces/shop/pods/a\u001b[2J', object: null })).toBe(
    'patch /api/v1/namespaces/shop/pods/a%1B[2J',
  )
})

test('at the level Metadata, where no body is, a change is told as far as its manager tells it', () => {
  const uri = '/apis/apps/v1/namespaces/shop/deployments/api?fieldManager='
  const line = (manager: string): string | undefined => likely({ verb: 'patch', uri: uri + manager, object: api })?.line
  expect(line('kubectl-edit')).toBe('kubectl edit deployment/api -n shop')
  expect(line('kubectl-label')).toBe('kubectl label deployment/api … -n shop')
  expect(line('kubectl-set')).toBe('kubectl set deployment/api … -n shop')
  expect(line('kubectl-client-side-apply')).toBe('kubectl apply -f …')
})

test('whatever names and words a request holds, a shell takes the line for these words, and none for a flag', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('--as=root', '$(id)', '`id`', "a'b", 'a\nb', '-n', ';', ''),
  )
  const [name, namespaceName] = [fc.oneof(fc.constant('x'), text), fc.oneof(fc.constant('shop'), text)]
  fc.assert(
    fc.property(name, namespaceName, text, (name, namespace, word) => {
      const query = new URLSearchParams([
        ['command', 'echo'],
        ['command', word],
      ]).toString()
      const object = { ...pods, name, namespace, subresource: 'exec' }
      const command = likely({ uri: `/api/v1/namespaces/x/pods/y/exec?${query}`, object })
      if (command === null) return
      expect(command.line.length).toBeLessThanOrEqual(commandCharsMax)
      const words = execFileSync('sh', ['-c', `kubectl() { for w; do printf '%s\\0' "$w"; done; }; ${command.line}`])
        .toString()
        .split('\0')
        .slice(0, -1)
      expect(words).toEqual(['exec', `pod/${name}`, ...(namespace === '' ? [] : ['-n', namespace]), '--', 'echo', word])
      expect(name.startsWith('-') || namespace.startsWith('-')).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test('a line that would be too long is cut and never sure', () => {
  const uri = `/api/v1/namespaces/shop/pods/x/exec?command=${'a'.repeat(400)}`
  const command = likely({ uri, object: { ...pods, name: 'x', subresource: 'exec' } })
  expect(command?.sure).toBe(false)
  expect(command?.line).toHaveLength(commandCharsMax)
  expect(command?.line.endsWith('…')).toBe(true)
})
