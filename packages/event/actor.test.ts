import { describe, expect, test } from 'vitest'
import { actorOf, impersonatedOf, serviceAccountOf } from './actor.ts'
import type { Marks } from './wire-object.ts'

const answered = { stage: 'ResponseComplete', code: 200 } as const

function typeOf(username: string, groups: readonly string[] = ['system:authenticated']): string {
  return actorOf({ username, groups }, answered, {}).type
}

describe('what kind of identity a name is', () => {
  test.each([
    ['system:serviceaccount:ci:deployer', 'service-account'],
    ['system:serviceaccount:kube-system:generic-garbage-collector', 'service-account'],
    ['system:serviceaccount:kube-system:namespace-controller', 'service-account'],
    ['system:node:worker-1', 'node'],
    ['system:bootstrap:abcdef', 'node'],
    ['system:anonymous', 'anonymous'],
    ['system:kube-controller-manager', 'control-plane'],
    ['system:kube-scheduler', 'control-plane'],
    ['system:apiserver', 'control-plane'],
    ['system:aggregator', 'control-plane'],
    ['system:kube-proxy', 'control-plane'],
    ['system:k3s-controller', 'control-plane'],
    ['system:multus:ip-10-0-74-191.ec2.internal', 'control-plane'],
    ['eks:node-manager', 'control-plane'],
    ['aksService', 'control-plane'],
    ['service-123@container-engine-robot.iam.gserviceaccount.com', 'control-plane'],
    ['alice@acme.io', 'human'],
    ['kubernetes-admin', 'human'],
    ['minikube-user', 'human'],
    ['kube:admin', 'human'],
  ])('%s is a %s', (name, type) => {
    expect(typeOf(name)).toBe(type)
  })

  test("system:admin is the administrator's own certificate, not a component", () => {
    expect(typeOf('system:admin', ['system:masters'])).toBe('human')
  })

  test("masterclient is the certificate of `az aks get-credentials --admin`, so a person's", () => {
    expect(typeOf('masterclient', ['system:masters', 'system:authenticated'])).toBe('human')
  })

  test('the group system:nodes makes a node of any name, as on AKS', () => {
    expect(typeOf('nodeclient', ['system:nodes', 'system:authenticated'])).toBe('node')
  })

  test('the group system:unauthenticated makes anyone anonymous', () => {
    expect(typeOf('guest', ['system:unauthenticated'])).toBe('anonymous')
  })

  test('a name that only begins like a service account is none', () => {
    expect(serviceAccountOf('system:serviceaccount:ci:deployer')).toEqual({ namespace: 'ci', name: 'deployer' })
    for (const name of ['system:serviceaccount:ci', 'system:serviceaccount::x', 'system:serviceaccount:a:b:c']) {
      expect(serviceAccountOf(name)).toBeNull()
      expect(typeOf(name)).toBe('control-plane')
    }
  })
})

describe('an event without a user name', () => {
  test('is a failed authentication at 401 or where it ends with ResponseStarted', () => {
    const refused = actorOf({}, { stage: 'ResponseStarted', code: 401 }, {})
    expect(refused).toEqual({ name: '', type: 'failed-authentication', groups: [] })
    expect(actorOf({}, { stage: 'ResponseStarted', code: 400 }, {}).type).toBe('failed-authentication')
    expect(actorOf(null, { stage: 'ResponseComplete', code: 401 }, {}).type).toBe('failed-authentication')
  })

  test('is anonymous otherwise', () => {
    expect(actorOf(null, answered, {}).type).toBe('anonymous')
    expect(actorOf({}, { stage: 'RequestReceived', code: null }, {}).type).toBe('anonymous')
  })
})

test('groups are kept to 200 of 256 characters, and what is no text is left out', () => {
  const marks: Marks = {}
  const groups = [7, 'g'.repeat(300), ...Array.from({ length: 300 }, (_, at) => `g${at}`)]
  const actor = actorOf({ username: 'alice', groups }, answered, marks)
  expect(actor.groups.length).toBe(199)
  expect(actor.groups[0]?.length).toBe(256)
  expect(marks).toEqual({ malformed: true })
})

test('nobody was impersonated where impersonatedUser has no name', () => {
  expect(impersonatedOf(null, {})).toBeNull()
  expect(impersonatedOf({ groups: ['x'] }, {})).toBeNull()
  expect(impersonatedOf({ username: 'system:admin', groups: ['system:masters'] }, {})).toEqual({
    name: 'system:admin',
    type: 'human',
    groups: ['system:masters'],
  })
})
