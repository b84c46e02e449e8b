// Manifests that the steps share.

export interface DeploymentOptions {
  readonly name: string
  readonly namespace?: string
  readonly image?: string
  readonly replicas?: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

export function deployment(options: DeploymentOptions): unknown {
  const { name, namespace = 'shop', image = 'registry.acme.io/api:1.8', replicas = 2, annotations, labels } = options
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { app: name, ...labels }, ...(annotations ? { annotations } : {}) },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container('api', image)] } },
    },
  }
}

export function pod(name: string, namespace = 'shop', labels: Readonly<Record<string, string>> = {}): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { containers: [container('main', 'registry.acme.io/tool:2.0')] },
  }
}

export function configMap(name: string, data: Readonly<Record<string, string>>, namespace = 'shop'): unknown {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
}

/** What the restricted profile of PodSecurity lets in. */
export const restricted = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const

function container(name: string, image: string): unknown {
  return {
    name,
    image,
    env: [{ name: 'DB_HOST', value: 'db1.internal' }],
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { requests: { cpu: '100m', memory: '64Mi' } },
  }
}
