// startAdmissionWebhook: an admission webhook on loopback that refuses some configmaps and labels the others.

import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base64File, labCertificates } from '../certificates.ts'

export interface AdmissionWebhook extends AsyncDisposable {
  /** A List of the configurations that make the API server ask it, and one that nobody answers. */
  readonly configurations: unknown
}

interface Review {
  readonly request: { readonly uid: string; readonly object: { readonly data?: Readonly<Record<string, string>> } }
}

export async function startAdmissionWebhook(): Promise<AdmissionWebhook> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-lab-'))
  const certificates = await labCertificates(folder)
  const files = await certificates.server('webhook')
  const tls = { cert: await readFile(files.cert), key: await readFile(files.key) }
  const server = createServer(tls, (request, response) => {
    void readBody(request).then((text) => {
      const review = JSON.parse(text) as Review
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answerTo(request.url ?? '', review)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ca = await base64File(certificates.ca)
  return {
    configurations: configurations(`https://127.0.0.1:${port}`, ca),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString()
  return text
}

function answerTo(url: string, { request }: Review): unknown {
  const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }
  const { uid, object } = request
  if (url.startsWith('/validate'))
    return {
      ...answer,
      response:
        object.data?.['refuse'] === 'yes'
          ? { uid, allowed: false, status: { message: 'refused by the lab' } }
          : { uid, allowed: true, auditAnnotations: { looked: 'yes' } },
    }
  const patch = [{ op: 'add', path: '/metadata/labels', value: { 'acme.io/labelled-by': 'webhook' } }]
  return {
    ...answer,
    response: {
      uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    },
  }
}

function configurations(url: string, ca: string): unknown {
  const hook = (name: string, clientConfig: unknown, failurePolicy: string): unknown => ({
    name: `${name}.acme.io`,
    clientConfig,
    failurePolicy,
    sideEffects: 'None',
    timeoutSeconds: 2,
    admissionReviewVersions: ['v1'],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sandbox' } },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
  })
  const at = (path: string): unknown => ({ url: url + path, caBundle: ca })
  // Nobody listens on port 1, the name of which is tcpmux.
  const away = { url: 'https://127.0.0.1:1/validate', caBundle: ca }
  const configuration = (kind: string, webhooks: readonly unknown[]): unknown => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'lab' },
    webhooks,
  })
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      configuration('ValidatingWebhookConfiguration', [
        hook('refuse', at('/validate'), 'Fail'),
        hook('away', away, 'Ignore'),
      ]),
      configuration('MutatingWebhookConfiguration', [hook('label', at('/mutate'), 'Fail')]),
    ],
  }
}
