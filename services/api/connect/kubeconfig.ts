// webhookKubeconfig: the file with which an API server finds the receiver and shows who it is. What client-go ignores or
// drops without a word (kubernetes/client-go tools/clientcmd/client_config.go, rest/client.go) is refused here instead.

export type IngestCredential =
  | { readonly kind: 'token'; readonly token: string }
  /** Both in PEM. */
  | { readonly kind: 'client-certificate'; readonly cert: string; readonly key: string }

export interface WebhookKubeconfigOptions {
  readonly cluster: string
  /** Where API servers reach ingest: `https://10.0.0.5:7718`; a path before ours is kept. */
  readonly serverUrl: string
  readonly caPem: string
  readonly credential: IngestCredential
}

export interface WebhookKubeconfig {
  /** YAML. It holds the credential. */
  readonly kubeconfig: string
  /** What `server` says: the URL that API servers will post to. */
  readonly ingestUrl: string
  /** Sentences about what will fail on many clusters and may be right on this one. */
  readonly warnings: readonly string[]
}

/** API servers could not use the URL at all. `hint` says what to set instead. */
export class IngestUrlRefused extends Error {
  override name = 'IngestUrlRefused'
  readonly code = 'ingest_url_refused'
  readonly hint: string

  constructor(serverUrl: string, why: string, hint: string) {
    super(`could not write a kubeconfig for ${JSON.stringify(serverUrl)}: ${why}; ${hint}`)
    this.hint = hint
  }
}

/** Throws IngestUrlRefused. */
export function webhookKubeconfig(options: WebhookKubeconfigOptions): WebhookKubeconfig {
  const server = usableServer(options.serverUrl)
  const ingestUrl = `${server.href.replace(/\/+$/, '')}/v1/ingest/k8s/${encodeURIComponent(options.cluster)}`
  const kubeconfig = `# For the API server's flag --audit-webhook-config-file. Save it as audit-webhook.kubeconfig, readable by the API
# server alone (mode 0600): its credential may add audit events of this one cluster, and read nothing.
apiVersion: v1
kind: Config
clusters:
  - name: plaintrail
    cluster:
      # The API server keeps the path, adds ?timeout=30s, and drops any other query.
      server: ${JSON.stringify(ingestUrl)}
      certificate-authority-data: ${base64(options.caPem)}
users:
  - name: plaintrail
    user:
${credentialLines(options.credential)}
contexts:
  - name: plaintrail
    context:
      cluster: plaintrail
      user: plaintrail
current-context: plaintrail
`
  return { kubeconfig, ingestUrl, warnings: warningsAbout(server.hostname) }
}

function usableServer(serverUrl: string): URL {
  const refused = (why: string, hint: string) => new IngestUrlRefused(serverUrl, why, hint)
  const example = 'set PLAINTRAIL_INGEST_URL to a URL such as https://10.0.0.5:7718'
  if (!URL.canParse(serverUrl)) throw refused('it is not a URL', example)
  const server = new URL(serverUrl)
  if (server.protocol === 'http:') {
    throw refused('an API server sends no credential over http, so its events would be refused', 'use https')
  }
  if (server.protocol !== 'https:') throw refused('its scheme is not https', example)
  if (/[?#]/.test(serverUrl)) {
    throw refused('an API server drops the query and the fragment of this URL', 'leave them out; a path is kept')
  }
  if (server.username !== '' || server.password !== '') {
    throw refused('it has a user name or password in it', 'leave them out; the credential stands in the user section')
  }
  if (server.hostname === '0.0.0.0' || server.hostname === '[::]') {
    throw refused('that is where a server listens and no address to reach it at', example)
  }
  return server
}

function credentialLines(credential: IngestCredential): string {
  switch (credential.kind) {
    case 'token':
      return `      token: ${JSON.stringify(credential.token)}`
    case 'client-certificate':
      return [
        `      client-certificate-data: ${base64(credential.cert)}`,
        `      client-key-data: ${base64(credential.key)}`,
      ].join('\n')
    default:
      return credential satisfies never
  }
}

function base64(pem: string): string {
  return Buffer.from(pem, 'utf8').toString('base64')
}

function warningsAbout(hostname: string): readonly string[] {
  const host = hostname.replace(/\.$/, '')
  if (/\.svc(\.|$)/.test(host)) {
    return [
      `${hostname} is the name of a Service: API servers run on the host network and usually cannot resolve it. ` +
        'Set PLAINTRAIL_INGEST_URL to a ClusterIP, a node or load balancer address, or an outside name.',
    ]
  }
  if (host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') || host === '[::1]') {
    return [
      `${hostname} is right only when the API server runs on this machine and outside a container. ` +
        'Otherwise set PLAINTRAIL_INGEST_URL to an address that the API server reaches.',
    ]
  }
  return []
}
