// What admission leaves in an event: who refused, who was asked, and which control was passed over because it failed.
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../free-ports.ts'
import { base64File } from '../certificates.ts'
import { testLabs } from '../lab-for-tests.ts'
import { observe, until, type AuditEvent, type Observed } from './observe.ts'

const namespace = '/api/v1/namespaces/default'
const configMaps = `${namespace}/configmaps`
const group = '/apis/admissionregistration.k8s.io/v1'
const podSpec = { containers: [{ name: 'main', image: 'none' }] }

describe.each(testLabs())('Kubernetes $version', (tools) => {
  let lab: Observed
  let hook: AdmissionHook

  beforeAll(async () => {
    lab = await observe(tools)
    hook = await startHook(lab)
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await hook[Symbol.asyncDispose]()
  })

  const create = (path: string, body: unknown) => lab.lastEventOf({ method: 'POST', path, body })
  /** Creates ConfigMaps, named by the prefix and a number, until one has an event that `isIt`: a configuration takes effect late. */
  const createUntil = async (prefix: string, isIt: (event: AuditEvent) => boolean): Promise<AuditEvent> => {
    let found: AuditEvent | undefined
    let count = 0
    await until(async () => {
      const event = await create(configMaps, { metadata: { name: `${prefix}-${(count += 1)}` } })
      if (isIt(event)) found = event
      return found !== undefined
    }, `an event of ${prefix}`)
    if (found === undefined) throw new Error('unreachable')
    return found
  }
  const codeOf = (event: AuditEvent) => event.responseStatus?.['code']
  const register = async (kind: 'validating' | 'mutating', webhook: object) => {
    const path = `${group}/${kind}webhookconfigurations`
    const name = `${kind}.example.com`
    const made = await lab.send({
      method: 'POST',
      path,
      body: { metadata: { name }, webhooks: [{ ...hookRule, name, ...webhook }] },
    })
    expect(made.status).toBe(201)
    return { name, remove: () => lab.send({ method: 'DELETE', path: `${path}/${name}` }) }
  }

  test('a webhook that refuses without a code makes a 400, which the authorizer allowed', async () => {
    hook.answer = { allowed: false, status: { message: 'not on a Friday' }, auditAnnotations: { day: 'friday' } }
    const { name, remove } = await register('validating', { clientConfig: hook.clientConfig })
    const event = await createUntil('refused', (one) => codeOf(one) !== 201)
    expect(event.responseStatus).toMatchObject({
      status: 'Failure',
      code: 400,
      message: `admission webhook "${name}" denied the request: not on a Friday`,
    })
    expect(event.annotations).toMatchObject({ 'authorization.k8s.io/decision': 'allow', [`${name}/day`]: 'friday' })
    await remove()
    await createUntil('allowed', (one) => codeOf(one) === 201)
  })

  test('a validating webhook that fails and is ignored is named by failed-open.validating…', async () => {
    const { name, remove } = await register('validating', { clientConfig: await nowhere(lab), failurePolicy: 'Ignore' })
    const key = 'failed-open.validating.webhook.admission.k8s.io/round_0_index_0'
    const event = await createUntil('open', ({ annotations }) => annotations?.[key] !== undefined)
    expect(codeOf(event)).toBe(201)
    expect(event.annotations?.[key]).toBe(name)
    await remove()
    await createUntil('closed', ({ annotations }) => annotations?.[key] === undefined)
  })

  test('a mutating webhook that fails and is ignored is named by failed-open.mutation…', async () => {
    const { name, remove } = await register('mutating', { clientConfig: await nowhere(lab), failurePolicy: 'Ignore' })
    const key = 'failed-open.mutation.webhook.admission.k8s.io/round_0_index_0'
    const event = await createUntil('open-too', ({ annotations }) => annotations?.[key] !== undefined)
    expect(codeOf(event)).toBe(201)
    expect(event.annotations?.[key]).toBe(name)
    await remove()
    await createUntil('closed-too', ({ annotations }) => annotations?.[key] === undefined)
  })

  test('what a mutating webhook changed is in annotations and in responseObject, not in requestObject', async () => {
    const patch = [{ op: 'add', path: '/data', value: { added: 'yes' } }]
    hook.answer = {
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    }
    const { name, remove } = await register('mutating', { clientConfig: hook.clientConfig })
    const event = await createUntil('mutated', ({ annotations }) => JSON.stringify(annotations).includes('mutated'))
    const annotation = (key: string): unknown =>
      JSON.parse(event.annotations?.[`${key}.webhook.admission.k8s.io/round_0_index_0`] ?? 'null')
    expect(annotation('mutation')).toEqual({ configuration: name, webhook: name, mutated: true })
    expect(annotation('patch')).toEqual({ configuration: name, webhook: name, patch, patchType: 'JSONPatch' })
    expect(event.responseObject).toMatchObject({ data: { added: 'yes' } })
    expect(event.requestObject).not.toHaveProperty('data')
    await remove()
    await createUntil('left', ({ annotations }) => !JSON.stringify(annotations).includes('mutated'))
  })

  test('a request of over half a second says where its time went, a quick one does not', async () => {
    hook.answer = { allowed: true }
    hook.delayMs = 600
    const { remove } = await register('validating', { clientConfig: hook.clientConfig })
    const key = 'apiserver.latency.k8s.io/validating-webhook'
    const event = await createUntil('slow', ({ annotations }) => annotations?.[key] !== undefined)
    expect(event.annotations?.[key]).toMatch(/^6\d\d\.\d+ms$/)
    expect(event.annotations).toHaveProperty(['apiserver.latency.k8s.io/total'])
    hook.delayMs = 0
    await remove()
    const quick = await createUntil('quick', ({ annotations }) => annotations?.[key] === undefined)
    expect(Object.keys(quick.annotations ?? {}).filter((one) => one.startsWith('apiserver.latency'))).toEqual([])
  })

  test('a policy that denies makes a 422, one that audits an annotation', async () => {
    const policy = (name: string) => ({
      metadata: { name },
      spec: {
        matchConstraints: hookRules,
        validations: [
          { expression: `!object.metadata.name.startsWith('${name}')`, message: 'a name that is not liked' },
        ],
      },
    })
    for (const [name, action] of [
      ['denying', 'Deny'],
      ['auditing', 'Audit'],
    ] as const) {
      await create(`${group}/validatingadmissionpolicies`, policy(name))
      const binding = { metadata: { name }, spec: { policyName: name, validationActions: [action] } }
      await create(`${group}/validatingadmissionpolicybindings`, binding)
    }
    const denied = await createUntil('denying', (event) => codeOf(event) !== 201)
    expect(denied.responseStatus).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: expect.stringContaining("ValidatingAdmissionPolicy 'denying' with binding 'denying' denied request"),
    })
    expect(denied.annotations).not.toHaveProperty([failure])
    const audited = await createUntil('auditing', ({ annotations }) => annotations?.[failure] !== undefined)
    expect(codeOf(audited)).toBe(201)
    expect(JSON.parse(audited.annotations?.[failure] ?? '')).toEqual([
      {
        message: 'a name that is not liked',
        policy: 'auditing',
        binding: 'auditing',
        expressionIndex: 0,
        validationActions: ['Audit'],
      },
    ])
  })

  test('PodSecurity refuses with 403, which the authorizer allowed, and says which policy it enforced', async () => {
    const labels = {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
    }
    await create('/api/v1/namespaces', { metadata: { name: 'strict', labels } })
    await create('/api/v1/namespaces/strict/serviceaccounts', { metadata: { name: 'default' } })
    const event = await create('/api/v1/namespaces/strict/pods', { metadata: { name: 'pod' }, spec: podSpec })
    expect(event).toMatchObject({
      responseStatus: { code: 403, message: expect.stringContaining('violates PodSecurity "restricted:latest"') },
      annotations: {
        'authorization.k8s.io/decision': 'allow',
        'pod-security.kubernetes.io/enforce-policy': 'restricted:latest',
        'pod-security.kubernetes.io/audit-violations': expect.stringContaining(
          'would violate PodSecurity "restricted:latest"',
        ),
      },
    })
  })

  test('a deprecated API is said to be one', async () => {
    const event = await lab.lastEventOf({ method: 'GET', path: `${namespace}/endpoints` })
    expect(event.annotations).toMatchObject({ 'k8s.io/deprecated': 'true' })
  })

  test('an image policy that cannot be asked and is ignored says so under a name of its own', async () => {
    const { url } = await nowhere(lab)
    const backend = await lab.write('images.kubeconfig', imagePolicyKubeconfig(url, lab.plane.certificates.ca))
    const imagePolicy = { kubeConfigFile: backend, allowTTL: 1, denyTTL: 1, retryBackoff: 1, defaultAllow: true }
    const file = await lab.write('admission.json', admissionConfiguration({ imagePolicy }))
    await lab.restart([
      '--enable-admission-plugins=NodeRestriction,ImagePolicyWebhook',
      `--admission-control-config-file=${file}`,
    ])
    const event = await create(`${namespace}/pods`, { metadata: { name: 'unseen' }, spec: podSpec })
    expect(codeOf(event)).toBe(201)
    expect(event.annotations).toMatchObject({ 'imagepolicywebhook.image-policy.k8s.io/failed-open': 'true' })
  })
})

const failure = 'validation.policy.admission.k8s.io/validation_failure'
const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }]
const hookRules = { resourceRules: rules }
const hookRule = { rules, admissionReviewVersions: ['v1'], sideEffects: 'None', timeoutSeconds: 5 }

interface AdmissionHook extends AsyncDisposable {
  answer: Readonly<Record<string, unknown>>
  delayMs: number
  readonly clientConfig: { readonly url: string; readonly caBundle: string }
}

/** Answers every review alike. */
async function startHook({ plane }: Observed): Promise<AdmissionHook> {
  const files = await plane.certificates.server('hook')
  const tls = { cert: await readFile(files.cert), key: await readFile(files.key) }
  const server = createServer(tls, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as { readonly request: { readonly uid: string } }
      const { uid } = review.request
      response.setHeader('content-type', 'application/json')
      const body = JSON.stringify({ ...review, response: { uid, ...hook.answer } })
      setTimeout(() => response.end(body), hook.delayMs)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const hook = {
    answer: { allowed: true },
    delayMs: 0,
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: await base64File(plane.certificates.ca) },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return hook
}

/** Where nobody listens. */
async function nowhere({ plane }: Observed): Promise<AdmissionHook['clientConfig']> {
  const [port = 0] = await freePorts(1)
  return { url: `https://127.0.0.1:${port}/`, caBundle: await base64File(plane.certificates.ca) }
}

const imagePolicyKubeconfig = (server: string, ca: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'images',
    clusters: [{ name: 'images', cluster: { server, 'certificate-authority': ca } }],
    contexts: [{ name: 'images', context: { cluster: 'images', user: 'images' } }],
    users: [{ name: 'images', user: {} }],
  })

const admissionConfiguration = (configuration: object): string =>
  JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [{ name: 'ImagePolicyWebhook', configuration }],
  })
