// What an event says about who asked, by which credential, for whom, and from where; and which of it a client chooses.
import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testLabs } from '../lab-for-tests.ts'
import type { Credential } from '../kubeconfig.ts'
import { bindingOf, bindings, observe, until, type Observed } from './observe.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const credentialId = 'authentication.kubernetes.io/credential-id'

describe.each(testLabs())('Kubernetes $version', (tools) => {
  const isConstrainedByDefault = !tools.version.startsWith('1.35.')
  let lab: Observed

  beforeAll(async () => {
    lab = await observe(tools)
    await lab.send({ method: 'POST', path: bindings, body: bindingOf('carol', 'cluster-admin') })
    const asCarol = { method: 'GET', path: configMaps, headers: { 'impersonate-user': 'carol' } }
    await until(async () => (await lab.send(asCarol)).status === 200, 'the authorizer to know carol')
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  test('a client’s Audit-ID is taken as it is, however long and whatever it says', async () => {
    const auditID = `not a uuid, "quoted" <b> ${'x'.repeat(4_000)}`
    const event = await lab.lastEventOf({ auditID, method: 'GET', path: configMaps })
    expect(event.auditID).toBe(auditID)
  })

  test('the answer repeats the Audit-ID, and makes a UUID where there is none', async () => {
    const chosen = await lab.send({ auditID: 'chosen', method: 'GET', path: configMaps })
    const made = await lab.send({ auditID: '', method: 'GET', path: configMaps })
    expect(chosen.headers['audit-id']).toBe('chosen')
    expect(made.headers['audit-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('two requests with one Audit-ID are two events with the same auditID and stage', async () => {
    const auditID = randomUUID()
    await lab.send({ auditID, method: 'POST', path: configMaps, body: { metadata: { name: 'seen' } } })
    await lab.send({ auditID, method: 'DELETE', path: `${configMaps}/seen` })
    const both = () => lab.events().filter((event) => event.auditID === auditID && event.stage === 'ResponseComplete')
    await until(() => both().length === 2, 'both events')
    expect(both().map(({ verb }) => verb)).toEqual(['create', 'delete'])
  })

  test('a caller with a certificate is named by the SHA-256 of its DER', async () => {
    const event = await lab.lastEventOf({ method: 'GET', path: configMaps })
    const { raw } = new X509Certificate(await readFile(certificateOf(lab.alice)))
    const digest = createHash('sha256').update(raw).digest('hex')
    expect(event.user).toEqual({
      username: 'alice',
      groups: ['developers', 'system:authenticated'],
      extra: { [credentialId]: [`X509SHA256=${digest}`] },
    })
  })

  test('a token’s JTI is in the event that made it and in every event of its bearer', async () => {
    const issued = await issueToken(lab)
    const id = issued.event.annotations?.['authentication.kubernetes.io/issued-credential-id']
    expect(id).toMatch(/^JTI=[0-9a-f-]{36}$/)
    const used = await lab.lastEventOf({ as: { token: issued.token }, method: 'GET', path: '/version' })
    expect(used.user).toEqual({
      username: 'system:serviceaccount:default:default',
      uid: expect.any(String),
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { [credentialId]: [id] },
    })
  })

  test('the event of a token request holds the token itself', async () => {
    const { event, token } = await issueToken(lab)
    expect(token.split('.')).toHaveLength(3)
    expect(event).toMatchObject({
      verb: 'create',
      objectRef: { resource: 'serviceaccounts', subresource: 'token', name: 'default' },
      responseObject: { kind: 'TokenRequest', status: { token } },
    })
  })

  test('who acts as another is user, whom he acts as is impersonatedUser, from the answer on', async () => {
    const { auditID } = await lab.send({
      method: 'GET',
      path: configMaps,
      headers: { 'impersonate-user': 'carol', 'impersonate-group': 'helpers' },
    })
    const [received, complete] = await lab.eventsOf(auditID)
    expect(received?.user).toMatchObject({ username: 'alice' })
    expect(received).not.toHaveProperty('impersonatedUser')
    expect(complete).toMatchObject({
      user: { username: 'alice' },
      impersonatedUser: { username: 'carol', groups: ['helpers', 'system:authenticated'] },
      responseStatus: { code: 200 },
      annotations: { 'authorization.k8s.io/reason': expect.stringContaining('to User "carol"') },
    })
  })

  test('which permission let him act as another is said where impersonation is constrained', async () => {
    const event = await lab.lastEventOf({ method: 'GET', path: configMaps, headers: { 'impersonate-user': 'carol' } })
    expect(event['authenticationMetadata']).toEqual(
      isConstrainedByDefault ? { impersonationConstraint: 'impersonate:user-info' } : undefined,
    )
  })

  test('the verb impersonate alone lets one act as another still, and then no permission is said', async () => {
    const role = {
      metadata: { name: 'legacy' },
      rules: [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }],
    }
    await lab.send({ method: 'POST', path: '/apis/rbac.authorization.k8s.io/v1/clusterroles', body: role })
    await lab.send({ method: 'POST', path: bindings, body: bindingOf('dave', 'legacy') })
    const dave = await lab.plane.certificates.client('dave', [])
    const asked = { as: dave, method: 'GET', path: configMaps, headers: { 'impersonate-user': 'carol' } }
    await until(async () => (await lab.send(asked)).status === 200, 'the authorizer to know dave')
    const event = await lab.lastEventOf(asked)
    expect(event).toMatchObject({ user: { username: 'dave' }, impersonatedUser: { username: 'carol' } })
    expect(event).not.toHaveProperty('authenticationMetadata')
  })

  test('rules of the policy go by who acts, not by whom he acts as', async () => {
    const admin = await lab.plane.certificates.client('lab-admin', ['system:masters'])
    const headers = { 'impersonate-user': 'carol' }
    // Nothing of lab-admin is recorded here: see quietPolicy.
    const hidden = await lab.send({ as: admin, method: 'GET', path: configMaps, headers })
    const seen = await lab.lastEventOf({ method: 'GET', path: configMaps, headers })
    expect(hidden.status).toBe(200)
    expect(seen).toMatchObject({ impersonatedUser: { username: 'carol' } })
    expect(lab.events().filter(({ auditID }) => auditID === hidden.auditID)).toEqual([])
  })

  test('one who may not act as another is refused without the authorizer’s annotations, and nobody says as whom', async () => {
    const bob = await lab.plane.certificates.client('bob', [])
    const event = await lab.lastEventOf({
      as: bob,
      method: 'GET',
      path: configMaps,
      headers: { 'impersonate-user': 'carol' },
    })
    expect(event).toMatchObject({
      user: { username: 'bob' },
      responseStatus: {
        code: 403,
        reason: 'Forbidden',
        message: expect.stringContaining('User "bob" cannot impersonate'),
      },
    })
    expect(event).not.toHaveProperty('annotations')
    expect(event).not.toHaveProperty('impersonatedUser')
  })

  test('sourceIPs are what X-Forwarded-For and X-Real-Ip claim, without what is no address, and the peer last', async () => {
    const event = await lab.lastEventOf({
      method: 'GET',
      path: configMaps,
      headers: { 'x-forwarded-for': '203.0.113.9, unknown, 2001:db8::1', 'x-real-ip': '198.51.100.7' },
    })
    expect(event['sourceIPs']).toEqual(['203.0.113.9', '2001:db8::1', '198.51.100.7', '127.0.0.1'])
  })

  test('a peer that claims to be itself is there once', async () => {
    const event = await lab.lastEventOf({
      method: 'GET',
      path: configMaps,
      headers: { 'x-forwarded-for': '203.0.113.9, 127.0.0.1' },
    })
    expect(event['sourceIPs']).toEqual(['203.0.113.9', '127.0.0.1'])
  })

  test('a User-Agent is cut after 1,024 bytes', async () => {
    const event = await lab.lastEventOf({
      method: 'GET',
      path: configMaps,
      headers: { 'user-agent': 'u'.repeat(2_000) },
    })
    expect(event['userAgent']).toBe(`${'u'.repeat(1_024)}...TRUNCATED`)
  })
})

function certificateOf(credential: Credential): string {
  if (credential === null || 'token' in credential) throw new Error('expected a certificate')
  return credential.cert
}

async function issueToken(lab: Observed) {
  const event = await lab.lastEventOf({
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts/default/token',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } },
  })
  const { status } = event.responseObject as { readonly status: { readonly token: string } }
  return { event, token: status.token }
}
