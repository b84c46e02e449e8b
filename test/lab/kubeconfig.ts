// kubeconfig: how a client of the lab reaches its API server, as JSON, which is YAML too.

import type { CertificateFiles } from './certificates.ts'

export type Credential = CertificateFiles | { readonly token: string } | null

export interface KubeconfigOptions {
  readonly server: string
  /** Path of the authority's certificate. */
  readonly ca: string
  /** Null: nobody, which the API server calls system:anonymous. */
  readonly credential: Credential
}

export function kubeconfig({ server, ca, credential }: KubeconfigOptions): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority': ca } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    users: [{ name: 'lab', user: userOf(credential) }],
  })
}

function userOf(credential: Credential): Record<string, string> {
  if (credential === null) return {}
  if ('token' in credential) return { token: credential.token }
  return { 'client-certificate': credential.cert, 'client-key': credential.key }
}
