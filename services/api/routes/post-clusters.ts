// POST /v1/clusters: add a cluster, and answer everything that is needed to connect it. Its credential is shown this once.

import type { Request, Response } from 'express'
import type { CertificateAuthority } from '@plaintrail/runtime/certificate-authority'
import { addCluster } from '@plaintrail/store/clusters'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { apiServerFlags } from '../connect/api-server-flags.ts'
import { auditPolicy } from '../connect/audit-policy.ts'
import { webhookKubeconfig, type IngestCredential } from '../connect/kubeconfig.ts'
import type { NewCluster } from '../schemas/cluster-schemas.ts'

const laneName = 'main'

type Answers = (
  request: Request,
  response: Response,
  caller: Caller,
  input: { readonly body: NewCluster },
) => Promise<void>

export function postClusters(parts: RouteParts): Answers {
  return async (_request, response, _caller, { body: { name, credential: kind } }) => {
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
