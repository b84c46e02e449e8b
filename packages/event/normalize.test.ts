import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Event } from './event.ts'
import { normalize } from './normalize.ts'

type Fields = Readonly<Record<string, unknown>>

/** One item of an EventList: alice lists pods. It has no kind and no apiVersion, as the webhook sends it. */
const item: Fields = {
  level: 'Metadata',
  auditID: '8f0c3e1a-1f3b-4a7e-9c52-0d6f2b7f4f11',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/prod/pods?limit=500',
  verb: 'list',
  user: { username: 'alice@acme.io', groups: ['sre', 'system:authenticated'] },
  sourceIPs: ['203.0.113.9', '10.0.3.7'],
  userAgent: 'kubectl/v1.33.3 (linux/amd64) kubernetes/80779bd',
  objectRef: { resource: 'pods', namespace: 'prod', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2026-11-20T14:03:22.418211Z',
  stageTimestamp: '2026-11-20T14:03:22.419000Z',
  annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: allowed' },
}

const podRef = { resource: 'pods', namespace: 'prod', name: 'web-1', apiVersion: 'v1' }
const deploymentRef = { resource: 'deployments', apiGroup: 'apps', apiVersion: 'v1', namespace: 'prod', name: 'api' }

function read(fields: Fields, without: readonly string[] = []): Event {
  const sent = Object.fromEntries(Object.entries({ ...item, ...fields }).filter(([key]) => !without.includes(key)))
  const event = normalize(sent)
  if (event === null) throw new Error('no event')
  return event
}

test('an item of an EventList becomes an Event', () => {
  expect(read({})).toEqual({
    auditID: '8f0c3e1a-1f3b-4a7e-9c52-0d6f2b7f4f11',
    stage: 'ResponseComplete',
    level: 'Metadata',
    time: 1_795_183_402_418_211,
    stageTime: 1_795_183_402_419_000,
    verb: 'list',
    class: 'read',
    outcome: 'success',
    code: 200,
    decision: 'allow',
    reason: 'RBAC: allowed',
    actor: { name: 'alice@acme.io', type: 'human', groups: ['sre', 'system:authenticated'] },
    impersonated: null,
    source: { peer: '10.0.3.7', claimed: ['203.0.113.9'] },
    client: {
      userAgent: 'kubectl/v1.33.3 (linux/amd64) kubernetes/80779bd',
      name: 'kubectl',
      version: '1.33.3',
    },
    requestURI: '/api/v1/namespaces/prod/pods?limit=500',
    object: {
      apiGroup: '',
      apiVersion: 'v1',
      resource: 'pods',
      subresource: '',
      namespace: 'prod',
      name: '',
      uid: null,
    },
    path: '/api/v1/namespaces/prod/pods',
    detail: null,
    flags: {},
  })
})

test.each([null, undefined, 7, 'text', true, [], [{}]])('%j is no event', (value) => {
  expect(normalize(value)).toBeNull()
})

test('an empty object is an event that says nothing', () => {
  expect(normalize({})).toMatchObject({
    auditID: '',
    stage: 'Unknown',
    level: 'Unknown',
    time: 0,
    stageTime: null,
    class: 'other',
    outcome: 'pending',
    code: null,
    decision: 'none',
    object: null,
    flags: { oddTime: true },
  })
})

describe('the stages of a request (A2)', () => {
  test('RequestReceived is pending: no code, no decision, no impersonated user, no name for a create', () => {
    const gone = ['responseStatus', 'annotations']
    const objectRef = { resource: 'pods', namespace: 'prod', apiVersion: 'v1' }
    const event = read({ stage: 'RequestReceived', verb: 'create', objectRef }, gone)
    expect(event).toMatchObject({ outcome: 'pending', code: null, decision: 'none', impersonated: null, flags: {} })
    expect(event.object?.name).toBe('')
  })

  test('a failed authentication is one ResponseStarted event and is denied', () => {
    const responseStatus = {
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    }
    const event = read({ stage: 'ResponseStarted', user: {}, responseStatus }, ['annotations'])
    expect(event).toMatchObject({
      outcome: 'denied',
      decision: 'none',
      reason: 'Unauthorized',
      actor: { name: '', type: 'failed-authentication', groups: [] },
      flags: {},
    })
  })

  test('an unparsable ?timeout= is one ResponseStarted event without a user, and is rejected', () => {
    const event = read({ stage: 'ResponseStarted', user: {}, responseStatus: { code: 400 } }, ['annotations'])
    expect(event).toMatchObject({ outcome: 'rejected', actor: { type: 'failed-authentication' } })
  })

  test('exec in progress has only ResponseStarted, and its 101 is success', () => {
    const objectRef = { ...podRef, subresource: 'exec' }
    const event = read({ stage: 'ResponseStarted', verb: 'get', objectRef, responseStatus: { code: 101 } })
    expect(event).toMatchObject({ class: 'connect', outcome: 'success', code: 101 })
  })

  test('a watch is a read at ResponseStarted and minutes later at ResponseComplete', () => {
    expect(read({ verb: 'watch', stage: 'ResponseStarted' })).toMatchObject({ class: 'read', outcome: 'success' })
    const late = read({ verb: 'watch', stageTimestamp: '2026-11-20T14:12:41.000000Z' })
    expect((late.stageTime ?? 0) - late.time).toBe(558_581_789)
  })

  test('a panic is an error', () => {
    const event = read({ stage: 'Panic', responseStatus: { code: 500, message: "APIServer panic'd: boom" } })
    expect(event).toMatchObject({ stage: 'Panic', outcome: 'error', reason: "APIServer panic'd: boom" })
  })

  test('429 has no decision', () => {
    const event = read({ responseStatus: { code: 429 } }, ['annotations'])
    expect(event).toMatchObject({ outcome: 'rejected', decision: 'none' })
  })

  test('a denied impersonation is 403 with no decision and no impersonated user, and is denied', () => {
    const message = 'users "system:admin" is forbidden: User "bob" cannot impersonate resource "users"'
    const event = read({ responseStatus: { code: 403, reason: 'Forbidden', message } }, ['annotations'])
    expect(event).toMatchObject({ outcome: 'denied', decision: 'none', impersonated: null, reason: message })
  })

  test('an admission denial is rejected although its decision is allow', () => {
    for (const code of [400, 403, 422]) {
      expect(read({ verb: 'create', responseStatus: { code } })).toMatchObject({
        outcome: 'rejected',
        decision: 'allow',
      })
    }
  })

  test('a stage that audit.k8s.io does not define is Unknown, which is not malformed', () => {
    expect(read({ stage: 'ResponseStreamed', level: 'default' })).toMatchObject({
      stage: 'Unknown',
      level: 'Unknown',
      flags: {},
    })
  })
})

describe('what the webhook may have cut (A3)', () => {
  test('audit.k8s.io/truncated says that the bodies were removed, though the level still claims them', () => {
    const annotations = { 'audit.k8s.io/truncated': 'true' }
    const event = read({ level: 'RequestResponse', verb: 'create', annotations })
    expect(event).toMatchObject({ level: 'RequestResponse', flags: { truncated: true } })
  })

  test("AKS's stand-in for a large body is a truncated event, not a body", () => {
    const event = read({ verb: 'patch', objectRef: deploymentRef, requestObject: 'skipped-too-big-size-object' })
    expect(event).toMatchObject({ detail: null, flags: { truncated: true } })
  })

  test('what was found before parsing is kept as flags', () => {
    const facts = { duplicateKeys: true, redacted: true, bodyTooLarge: true }
    expect(normalize(item, facts)?.flags).toEqual(facts)
    expect(normalize(item, { duplicateKeys: false })?.flags).toEqual({})
  })
})

describe('verb and object (A4)', () => {
  test('exec by GET is a connect', () => {
    const requestURI = '/api/v1/namespaces/prod/pods/web-1/exec?command=sh&command=-c&command=ls&container=app'
    const event = read({ verb: 'get', requestURI, objectRef: { ...podRef, subresource: 'exec' } })
    expect(event).toMatchObject({ class: 'connect', detail: 'command sh -c ls; container app' })
  })

  test('create by apply (patch 201) is created', () => {
    const event = read({ verb: 'patch', objectRef: deploymentRef, responseStatus: { code: 201 } })
    expect(event).toMatchObject({ class: 'write', flags: { created: true } })
  })

  test('create by update (PUT 201) is created', () => {
    expect(read({ verb: 'update', objectRef: deploymentRef, responseStatus: { code: 201 } }).flags).toEqual({
      created: true,
    })
  })

  test('a patch with 200 created nothing', () => {
    expect(read({ verb: 'patch', objectRef: deploymentRef }).flags).toEqual({})
  })

  test('a create that only asks (201) created nothing and is a read', () => {
    const objectRef = { resource: 'selfsubjectaccessreviews', apiGroup: 'authorization.k8s.io', apiVersion: 'v1' }
    expect(read({ verb: 'create', objectRef, responseStatus: { code: 201 } })).toMatchObject({
      class: 'read',
      flags: {},
    })
  })

  test.each(['eviction', 'binding', 'exec'])('a create of pods/%s (201) created no pod', (subresource) => {
    const objectRef = { ...podRef, subresource }
    expect(read({ verb: 'create', objectRef, responseStatus: { code: 201 } }).flags).toEqual({})
  })

  test('a create of bindings, the old way to bind a pod, made no object', () => {
    const objectRef = { ...podRef, resource: 'bindings' }
    expect(read({ verb: 'create', objectRef, responseStatus: { code: 201 } })).toMatchObject({
      class: 'write',
      flags: {},
    })
  })

  test('generateName: the name is in the answer only', () => {
    const objectRef = { resource: 'pods', namespace: 'prod', apiVersion: 'v1' }
    const responseObject = { kind: 'Pod', metadata: { name: 'web-x2x', uid: 'u-1' } }
    const event = read({ verb: 'create', objectRef, responseObject, responseStatus: { code: 201 } })
    expect(event).toMatchObject({
      object: { name: 'web-x2x', uid: 'u-1' },
      flags: { generateName: true, created: true },
    })
  })

  test('a Namespace object does not stand in itself', () => {
    const objectRef = { resource: 'namespaces', namespace: 'prod', name: 'prod', apiVersion: 'v1' }
    expect(read({ verb: 'get', objectRef }).object).toMatchObject({ namespace: '', name: 'prod' })
  })

  test('cascades keep their controller as the actor', () => {
    const user = { username: 'system:serviceaccount:kube-system:generic-garbage-collector' }
    expect(read({ verb: 'delete', user, objectRef: podRef }).actor.type).toBe('service-account')
    const node = { username: 'system:node:worker-1', groups: ['system:nodes'] }
    expect(read({ verb: 'delete', user: node, objectRef: podRef }).actor.type).toBe('node')
  })
})

describe('bodies (A5)', () => {
  test('a delete that returns an object names it, and so does one that returns a Status', () => {
    const object = { kind: 'Pod', metadata: { name: 'web-1', uid: 'u-1', deletionTimestamp: '2026-11-20T14:03:22Z' } }
    const status = { kind: 'Status', status: 'Success', details: { name: 'web-1', kind: 'pods', uid: 'u-1' } }
    for (const responseObject of [object, status]) {
      const event = read({ level: 'RequestResponse', verb: 'delete', objectRef: podRef, responseObject })
      expect(event).toMatchObject({ outcome: 'success', object: { name: 'web-1', uid: 'u-1' } })
    }
  })

  test('deletecollection is one event for all objects, and names none', () => {
    const responseObject = { kind: 'PodList', items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] }
    const event = read({ verb: 'deletecollection', responseObject })
    expect(event).toMatchObject({ class: 'write', detail: '2 objects', object: { name: '', uid: null } })
  })

  test('an answer as Table or metadata list is not the object', () => {
    for (const kind of ['Table', 'PartialObjectMetadataList']) {
      const event = read({ verb: 'get', objectRef: podRef, responseObject: { kind, metadata: { uid: 'x' } } })
      expect(event.object).toMatchObject({ name: 'web-1', uid: null })
    }
  })

  test('a dry run is flagged and created nothing', () => {
    const requestURI = '/apis/apps/v1/namespaces/prod/deployments?dryRun=All'
    const event = read({ verb: 'create', requestURI, objectRef: deploymentRef, responseStatus: { code: 201 } })
    expect(event.flags).toEqual({ dryRun: true })
  })

  test('a dry-run delete is flagged by its body', () => {
    const requestObject = { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] }
    expect(read({ level: 'Request', verb: 'delete', objectRef: podRef, requestObject }).flags).toEqual({ dryRun: true })
  })

  test('at level Metadata a delete’s query is no proof of a dry run: the unseen body overrules it', () => {
    const requestURI = '/api/v1/namespaces/prod/pods/web-1?dryRun=All'
    expect(read({ verb: 'delete', requestURI, objectRef: podRef }).flags).toEqual({})
    expect(read({ level: 'Request', verb: 'delete', requestURI, objectRef: podRef }).flags).toEqual({ dryRun: true })
  })

  test('exec and reads have no dry run, whatever their query says', () => {
    const requestURI = '/api/v1/namespaces/prod/pods/web-1/exec?command=sh&dryRun=All'
    expect(read({ verb: 'create', requestURI, objectRef: { ...podRef, subresource: 'exec' } }).flags).toEqual({})
    expect(read({ requestURI: '/api/v1/pods?dryRun=All' }).flags).toEqual({})
  })

  test('a token request mints a token even with dryRun=All', () => {
    const objectRef = {
      resource: 'serviceaccounts',
      namespace: 'prod',
      name: 'ci',
      subresource: 'token',
      apiVersion: 'v1',
    }
    const event = read({ verb: 'create', requestURI: '/x?dryRun=All', objectRef, responseStatus: { code: 201 } })
    expect(event).toMatchObject({ class: 'write', flags: {} })
  })

  test('a TokenRequest’s token and a Secret’s values are nowhere in the Event', () => {
    const token = { kind: 'TokenRequest', spec: { expirationSeconds: 600 }, status: { token: 'hunter2' } }
    const objectRef = {
      resource: 'serviceaccounts',
      namespace: 'prod',
      name: 'ci',
      subresource: 'token',
      apiVersion: 'v1',
    }
    const minted = read({ verb: 'create', objectRef, requestObject: token, responseObject: token })
    const secret = { kind: 'Secret', metadata: { name: 'db' }, data: { password: 'hunter2' } }
    const secretRef = { resource: 'secrets', namespace: 'prod', name: 'db', apiVersion: 'v1' }
    const written = read({ verb: 'update', objectRef: secretRef, requestObject: secret, responseObject: secret })
    expect(JSON.stringify([minted, written])).not.toContain('hunter2')
    expect(written.detail).toBe('key password')
  })

  test('scale keeps the parent as its object', () => {
    const scale = { kind: 'Scale', metadata: { name: 'api', uid: 'u-api' }, spec: { replicas: 5 } }
    const objectRef = { ...deploymentRef, subresource: 'scale' }
    const event = read({ verb: 'update', objectRef, requestObject: scale, responseObject: scale })
    expect(event).toMatchObject({ detail: 'replicas 5', object: { resource: 'deployments', uid: 'u-api' } })
  })
})

describe('patches (A6)', () => {
  test('the body of a JSON patch is an array and is read as such', () => {
    const requestObject = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'api:1.9' }]
    const event = read({ verb: 'patch', objectRef: deploymentRef, requestObject })
    expect(event).toMatchObject({ detail: 'image api:1.9', flags: {} })
  })
})

describe('identity and annotations (A7)', () => {
  test('impersonation shows both', () => {
    const impersonatedUser = { username: 'system:serviceaccount:prod:api', groups: ['system:serviceaccounts'] }
    const event = read({ impersonatedUser })
    expect(event.actor).toMatchObject({ name: 'alice@acme.io', type: 'human' })
    expect(event.impersonated).toEqual({
      name: 'system:serviceaccount:prod:api',
      type: 'service-account',
      groups: ['system:serviceaccounts'],
    })
  })

  test('a control that was skipped is flagged: failed-open of mutating and validating webhooks', () => {
    for (const kind of ['mutation.webhook', 'validating.webhook']) {
      const annotations = { [`failed-open.${kind}.admission.k8s.io/round_0_index_1`]: 'x.acme.io' }
      expect(read({ annotations }).flags).toEqual({ failedOpen: true })
    }
    expect(read({ annotations: { 'x.failed-open.acme.io/a': 'b' } }).flags).toEqual({})
  })

  test('so is an image policy that could not be asked', () => {
    // Recorded from Kubernetes 1.37.2 (test/lab/facts/admission.lab.test.ts), without its bodies.
    const recorded = {
      level: 'RequestResponse',
      auditID: '3b07b969-58aa-4878-b7c8-3c0e58fa3f64',
      stage: 'ResponseComplete',
      requestURI: '/api/v1/namespaces/default/pods',
      verb: 'create',
      user: { username: 'alice', groups: ['developers', 'system:authenticated'] },
      sourceIPs: ['127.0.0.1'],
      objectRef: { resource: 'pods', namespace: 'default', name: 'unseen', apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 201 },
      requestReceivedTimestamp: '2026-11-26T15:13:39.554505Z',
      annotations: {
        'authorization.k8s.io/decision': 'allow',
        'authorization.k8s.io/reason':
          'RBAC: allowed by ClusterRoleBinding "alice-cluster-admin" of ClusterRole "cluster-admin" to User "alice"',
        'imagepolicywebhook.image-policy.k8s.io/failed-open': 'true',
        'pod-security.kubernetes.io/enforce-policy': 'privileged:latest',
      },
    }
    expect(normalize(recorded)?.flags).toEqual({ created: true, failedOpen: true })
    const audited = { 'imagepolicywebhook.image-policy.k8s.io/audit-required': 'true' }
    expect(read({ annotations: audited }).flags).toEqual({})
  })

  test('an empty authorization reason (system:masters, nodes) is an empty reason', () => {
    const annotations = { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' }
    expect(read({ annotations })).toMatchObject({ decision: 'allow', reason: '', outcome: 'success' })
  })
})

describe('source', () => {
  test('only the last address is the peer; the others are claims', () => {
    const sourceIPs = ['1.2.3.4', '2001:db8::1', '10.0.3.7']
    expect(read({ sourceIPs }).source).toEqual({ peer: '10.0.3.7', claimed: ['1.2.3.4', '2001:db8::1'] })
  })

  test('a claimed address never takes the place of a peer that is no address', () => {
    expect(read({ sourceIPs: ['1.2.3.4', 'localhost'] }).source).toEqual({ peer: null, claimed: ['1.2.3.4'] })
  })

  test('what is no address is dropped, and so is a zone', () => {
    const sourceIPs = ['unknown', "1.2.3.4' OR 1", 'fe80::1%eth0', '::1']
    expect(read({ sourceIPs }).source).toEqual({ peer: '::1', claimed: ['fe80::1'] })
  })

  test('a flood of claimed addresses leaves the sixteen nearest, the peer among them', () => {
    const sourceIPs = [...Array.from({ length: 1000 }, (_, at) => `10.9.${at % 256}.1`), '10.0.3.7']
    const { peer, claimed } = read({ sourceIPs }).source
    expect(peer).toBe('10.0.3.7')
    expect(claimed.length).toBe(15)
    expect(claimed.at(-1)).toBe('10.9.231.1')
  })

  test('no addresses is no peer', () => {
    expect(read({}, ['sourceIPs']).source).toEqual({ peer: null, claimed: [] })
  })
})

describe('time', () => {
  test.each([null, undefined, 'yesterday', '0001-01-01T00:00:00Z', '2100-01-01T00:00:00.000000Z'])(
    'requestReceivedTimestamp %j is odd and reads as 0',
    (requestReceivedTimestamp) => {
      expect(read({ requestReceivedTimestamp })).toMatchObject({ time: 0, flags: { oddTime: true } })
    },
  )

  test('a stageTimestamp of null is no time; one that is not a time is malformed', () => {
    expect(read({ stageTimestamp: null })).toMatchObject({ stageTime: null, flags: {} })
    expect(read({ stageTimestamp: 'later' })).toMatchObject({ stageTime: null, flags: { malformed: true } })
  })

  test('v1beta1 is read, with its own name of the time', () => {
    const legacy = { apiVersion: 'audit.k8s.io/v1beta1', metadata: {}, timestamp: '2018-10-19T15:08:54Z' }
    const event = read(legacy, ['requestReceivedTimestamp'])
    expect(event).toMatchObject({ time: 1_539_961_734_000_000, flags: { legacyVersion: true } })
    expect(read({ ...legacy, apiVersion: 'audit.k8s.io/v1alpha1' })).toMatchObject({ time: 1_795_183_402_418_211 })
  })

  test('a line of the audit log says v1, which is not legacy', () => {
    expect(read({ kind: 'Event', apiVersion: 'audit.k8s.io/v1' }).flags).toEqual({})
  })
})

describe('fields that are not what audit.k8s.io says', () => {
  const fields = [
    'auditID',
    'level',
    'stage',
    'requestURI',
    'verb',
    'user',
    'impersonatedUser',
    'sourceIPs',
    'userAgent',
  ]
  const others = [
    'objectRef',
    'responseStatus',
    'requestReceivedTimestamp',
    'stageTimestamp',
    'annotations',
    'apiVersion',
  ]

  test.each([...fields, ...others])('%s of another type reads as absent and is malformed', (field) => {
    const wrong = read({ [field]: 7 })
    expect(wrong.flags.malformed).toBe(true)
    const { flags: _, ...absent } = read({}, [field])
    expect(wrong).toMatchObject(absent)
  })

  test.each([...fields, ...others])('%s null reads as absent and is not malformed', (field) => {
    expect(read({ [field]: null })).toEqual(read({}, [field]))
    expect(read({ [field]: null }).flags.malformed).toBeUndefined()
  })

  test('a wrong type deeper down is malformed too', () => {
    for (const broken of [
      { user: { username: {} } },
      { user: { groups: [1] } },
      { sourceIPs: [1] },
      { objectRef: { resource: [] } },
    ]) {
      expect(read(broken).flags.malformed).toBe(true)
    }
  })
})

describe('text that Postgres cannot keep', () => {
  test('NUL and lone surrogates become U+FFFD, and the event says so', () => {
    const event = read({
      auditID: 'a\0b',
      user: { username: 'al\ud800ice', groups: ['\udc00'] },
      userAgent: 'kubectl\0/v1',
    })
    expect(event).toMatchObject({
      auditID: 'a\u{fffd}b',
      actor: { name: 'al\u{fffd}ice', groups: ['\u{fffd}'] },
      flags: { sanitized: true },
    })
    expect(read({ requestURI: '/x\0?a=b' })).toMatchObject({ path: '/x\u{fffd}', flags: { sanitized: true } })
  })

  test('a NUL that a command hides behind an escape does not reach the detail', () => {
    const event = read({ verb: 'get', requestURI: '/x?command=a%00b', objectRef: { ...podRef, subresource: 'exec' } })
    expect(event).toMatchObject({ detail: 'command a\u{fffd}b', flags: { sanitized: true } })
  })

  test('every indexed text has a bound, and no bound cuts a character in two', () => {
    const long = '🦊'.repeat(2000)
    const event = read({
      auditID: `x${long}`,
      verb: long,
      requestURI: `/${long}?x=${long}`,
      user: { username: `x${long}`, groups: [long] },
      userAgent: `x${long}`,
      objectRef: {
        resource: long,
        namespace: long,
        name: long,
        apiGroup: long,
        subresource: long,
        apiVersion: long,
        uid: long,
      },
      annotations: { 'authorization.k8s.io/reason': long },
    })
    expect(event.auditID.length).toBe(255)
    expect(event.actor.name.length).toBe(511)
    expect(event.actor.groups[0]?.length).toBe(256)
    expect(event.client.userAgent.length).toBe(1099)
    expect(event.reason.length).toBe(512)
    expect(event.path.length).toBe(1023)
    expect(event.object?.name.length).toBe(512)
    expect(event.requestURI.length).toBe(`/${long}?x=${long}`.length)
    expect(event.flags).toEqual({})
  })
})

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function holdsUp(value: unknown): void {
  const event = normalize(value)
  for (const text of textsIn(event)) expect(text.isWellFormed() && !text.includes('\0')).toBe(true)
}

describe('whatever is sent', () => {
  const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code))
  const wild = fc.string({ unit })

  test('never throws on JSON, and every text it gives is well-formed and without NUL', () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: unit }), holdsUp))
  })

  test('never throws on an event whose fields are anything', () => {
    const json = fc.jsonValue({ stringUnit: unit, depthSize: 'small' })
    const body = fc.oneof(json, fc.constant({ spec: { template: { spec: { containers: [{ image: 'a\0' }] } } } }))
    const objectRef = fc.record({
      resource: fc.oneof(
        fc.constantFrom('pods', 'secrets', 'deployments', 'nodes', 'rolebindings', 'namespaces'),
        wild,
      ),
      subresource: fc.oneof(fc.constantFrom('', 'exec', 'scale', 'eviction', 'token', 'proxy', 'approval'), wild),
      namespace: fc.oneof(wild, json),
      name: fc.oneof(wild, json),
    })
    const mutated = fc.record(
      {
        verb: fc.oneof(fc.constantFrom('get', 'create', 'update', 'patch', 'delete', 'deletecollection'), wild, json),
        stage: fc.oneof(fc.constantFrom('RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'), json),
        requestURI: fc.oneof(
          wild,
          wild.map((query) => `/x?command=${query}&dryRun=All`),
          json,
        ),
        user: fc.oneof(fc.record({ username: wild, groups: fc.array(wild) }), json),
        objectRef: fc.oneof(objectRef, json),
        requestObject: body,
        responseObject: body,
        responseStatus: fc.oneof(fc.record({ code: fc.oneof(fc.integer(), json), details: json, message: wild }), json),
        annotations: fc.oneof(fc.dictionary(wild, fc.oneof(wild, json)), json),
        userAgent: fc.oneof(wild, json),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(mutated, (fields) => holdsUp({ ...item, ...fields })),
      { numRuns: 1000 },
    )
  })

  test('is not changed by reading it', () => {
    const sent = structuredClone(item)
    normalize(sent)
    expect(sent).toEqual(item)
  })
})
