// The shop's programs as they stand on the first morning of the story, before anybody was watching.
import { dayUs } from './story-agenda.ts'
import { workers } from './story-cast.ts'
import type { Cluster } from './story-cluster.ts'
import type { App, Deployment, Pod, ReplicaSet, Template } from './story-objects.ts'
import { selectorOf, templateHash } from './story-objects.ts'

interface Install {
  readonly app: App
  readonly tag: string
  readonly replicas: number
  readonly revision: number
  readonly memory: string
  readonly env: Readonly<Record<string, string>>
}

export const checkout = 'shop/checkout'
export const cart = 'shop/cart'
export const catalog = 'shop/catalog'
export const payments = 'payments/payments'
export const ledger = 'payments/ledger'
export const frontend = 'web/frontend'

/** The value with `&`, `<` and `>` shows how Go escapes them. */
const installs: readonly Install[] = [
  {
    app: { namespace: 'shop', name: 'checkout', port: 8080, secret: 'checkout-db' },
    tag: '1.17.4',
    replicas: 3,
    revision: 41,
    memory: '256Mi',
    env: {
      PAYMENTS_URL: 'http://payments.payments.svc:8080/v1/charge?retry=3&timeout=5s',
      LOG_PATTERN: '%d <%level> %msg',
    },
  },
  {
    app: { namespace: 'shop', name: 'cart', port: 8080 },
    tag: '2.6.0',
    replicas: 2,
    revision: 28,
    memory: '192Mi',
    env: { CART_TTL: '72h' },
  },
  {
    app: { namespace: 'shop', name: 'catalog', port: 8080, secret: 'catalog-db' },
    tag: '0.93.1',
    replicas: 2,
    revision: 17,
    memory: '256Mi',
    env: { SEARCH_URL: 'http://search.shop.svc:9200' },
  },
  {
    app: { namespace: 'payments', name: 'payments', port: 8080, secret: 'payments-db' },
    tag: '4.2.7',
    replicas: 2,
    revision: 33,
    memory: '384Mi',
    env: { ACQUIRER_URL: 'https://acquirer.bank.example/v2' },
  },
  {
    app: { namespace: 'payments', name: 'ledger', port: 9090, secret: 'ledger-db' },
    tag: '1.3.0',
    replicas: 2,
    revision: 9,
    memory: '512Mi',
    env: { LEDGER_MODE: 'append' },
  },
  {
    app: { namespace: 'web', name: 'frontend', port: 3000 },
    tag: '5.11.2',
    replicas: 3,
    revision: 64,
    memory: '160Mi',
    env: { SHOP_URL: 'https://shop.acme.example' },
  },
]

export function installApps(cluster: Cluster): void {
  for (const install of installs) installApp(cluster, install)
}

export function imageOf(app: Pick<App, 'namespace' | 'name'>, tag: string): string {
  return `registry.acme.example/${app.namespace}/${app.name}:${tag}`
}

function installApp(cluster: Cluster, { app, tag, replicas, revision, memory, env }: Install): void {
  const { name, namespace } = app
  const createdUs = cluster.startUs - cluster.random.between(20 * dayUs, 90 * dayUs)
  const rolledOutUs = cluster.startUs - cluster.random.between(dayUs, 3 * dayUs)
  const template: Template = { image: imageOf(app, tag), env, memory, annotations: {} }
  const uid = cluster.random.uuid()
  const deployment: Deployment = {
    meta: {
      name,
      namespace,
      uid,
      version: '',
      createdUs,
      generation: revision,
      labels: { ...selectorOf(app), 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/version': tag },
      annotations: {
        'argocd.argoproj.io/tracking-id': `${namespace}:apps/Deployment:${namespace}/${name}`,
        'deployment.kubernetes.io/revision': String(revision),
        'meta.helm.sh/release-name': name,
      },
    },
    app,
    replicas,
    template,
    imageBy: { manager: 'helm', timeUs: rolledOutUs },
    observed: { generation: revision, replicas, updated: replicas, ready: replicas, timeUs: rolledOutUs },
  }
  cluster.deployments.put(deployment)
  installPods(cluster, deployment, { revision, rolledOutUs })
}

function installPods(
  cluster: Cluster,
  { meta, app, template, replicas }: Deployment,
  { revision, rolledOutUs }: { readonly revision: number; readonly rolledOutUs: number },
): void {
  const hash = templateHash(app, template)
  const labels = { ...selectorOf(app), 'pod-template-hash': hash }
  const set: ReplicaSet = cluster.replicaSets.put({
    meta: {
      name: `${meta.name}-${hash}`,
      namespace: meta.namespace,
      uid: cluster.random.uuid(),
      version: '',
      createdUs: rolledOutUs,
      generation: 1,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: meta.name, uid: meta.uid },
    },
    app,
    template,
    revision,
    replicas,
    observed: { generation: 1, replicas, ready: replicas },
  })
  for (let index = 0; index < replicas; index++) {
    const node = workers[(index + revision) % workers.length] ?? workers[0]
    const pod: Pod = {
      meta: {
        name: `${set.meta.name}-${cluster.random.suffix(5)}`,
        generateName: `${set.meta.name}-`,
        namespace: meta.namespace,
        uid: cluster.random.uuid(),
        version: '',
        createdUs: rolledOutUs,
        labels,
        owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set.meta.name, uid: set.meta.uid },
      },
      app,
      template,
      restartPolicy: 'Always',
      node,
      ip: `10.244.${node.slice(-1)}.${cluster.random.between(20, 250)}`,
      phase: 'ready',
      startUs: rolledOutUs,
      runUs: rolledOutUs,
      changedUs: rolledOutUs,
      restarts: 0,
    }
    cluster.pods.put(pod)
  }
}
