// POST /v1/clusters: add a cluster, and answer everything that is needed to connect it. Its credential is shown this once.

import type { CertificateAuthority } from '@plaintrail/runtime/certificate-authority'
import { addCluster, isClusterName } from '@plaintrail/store/clusters'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { apiServerFlags } from '../connect/api-server-flags.ts'
import { auditPolicy } from '../connect/audit-policy.ts'
import { webhookKubeconfig, type IngestCredential } from '../connect/kubeconfig.ts'
import { refuseOthers, urlParameters } from '../list-question.ts'
import { noJson, Problem } from '../problems.ts'
import { readJson } from '../requests.ts'

const laneName = 'main'
const kinds = ['token', 'certificate'] as const

export function postClusters(parts: RouteParts): Route {
  return async (request, response) => {
    refuseOthers(urlParameters(request), [])
    const { name, kind } = readBody(await readJson(request, response))
    const made =
      kind === 'token' ? makeTokenCredential() : await makeCertificateCredential(parts.certificateAuthority, name)
    // Written before anything is stored: a URL that API servers cannot use must not leave a cluster behind.
    const connect = webhookKubeconfig({
      cluster: name,
      serverUrl: parts.config.ingestUrl?.href ?? `https://127.0.0.1:${parts.ingestPort}`,
      caPem: parts.certificateAuthority.certificatePem,
      credential: made.credential,
    })
    const cluster = await addCluster(parts.store, { name, credential: { kind, digest: made.digest, laneName } })
    response.status(201).json({
      id: cluster.uid,
      name,
      ingest: { url: connect.ingestUrl, token: made.credential.kind === 'token' ? made.credential.token : null },
      kubeconfig: connect.kubeconfig,
      audit_policy: auditPolicy(),
      flags: apiServerFlags({ cluster: name }),
      warnings: connect.warnings,
    })
  }
}

function readBody(body: unknown): { name: string; kind: (typeof kinds)[number] } {
  if (body === undefined) throw noJson()
  const fields: Readonly<Partial<Record<string, unknown>>> =
    typeof body === 'object' && body !== null ? { ...body } : {}
  const { name, credential = 'token' } = fields
  if (typeof name !== 'string' || !isClusterName(name))
    throw new Problem(
      'unprocessable',
      'the name of a cluster is 1 to 63 small letters, digits, dots and hyphens, with a letter or digit at both ends',
      'Send {"name": "prod-eu"}.',
      { errors: [{ pointer: '/name' }] },
    )
  const kind = kinds.find((known) => known === credential)
  if (kind === undefined)
    throw new Problem(
      'unprocessable',
      'a credential is a token or a certificate',
      'Send {"credential": "token"}, or leave it out.',
      { errors: [{ pointer: '/credential' }] },
    )
  return { name, kind }
}

interface MadeCredential {
  readonly credential: IngestCredential
  readonly digest: Buffer
}

function makeTokenCredential(): MadeCredential {
  const token = makeToken('ingest')
  return { credential: { kind: 'token', token }, digest: tokenDigest(token) }
}

async function makeCertificateCredential(authority: CertificateAuthority, cluster: string): Promise<MadeCredential> {
  const { cert, key, fingerprintSha256 } = await authority.clientCertificate(`cluster:${cluster}`)
  return { credential: { kind: 'client-certificate', cert, key }, digest: Buffer.from(fingerprintSha256, 'hex') }
}
