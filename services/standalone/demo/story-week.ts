// The week, told as seven scripts. Times are UTC; `at` says when, the rest says who does what.
import { cart, catalog, checkout, frontend, imageOf, ledger, payments } from './story-apps.ts'
import { renewCertificate, scan } from './story-background.ts'
import * as cast from './story-cast.ts'
import type { Cluster } from './story-cluster.ts'
import { thursdayEvening, thursdayNight } from './story-incident.ts'
import type { Kubectl } from './story-kubectl.ts'
import { kubectl } from './story-kubectl.ts'
import type { App, Deployment } from './story-objects.ts'
import { selectorOf } from './story-objects.ts'
import type { At, Scene } from './story-scene.ts'
import { autoscale } from './story-workloads.ts'

type Day = (scene: Scene, at: At) => void

export const week: readonly Day[] = [monday, tuesday, wednesday, thursday, friday, saturday, sunday]

function monday(scene: Scene, at: At): void {
  const { cluster, ci, alice, carol } = scene
  office(scene, at)
  at('08:41:07', () => carol.bind({ namespace: 'web', name: 'contractors', role: 'edit', subject: contractors }))
  at('08:41:52', () => carol.bind({ namespace: 'shop', name: 'contractors-view', role: 'view', subject: contractors }))
  at('09:12:31', () => ci.upgrade(catalog, '0.94.0'))
  at('10:04:31', () => ci.upgrade(checkout, '1.18.0'))
  at('10:06:02', () => alice.logs(checkout))
  at('11:26:09', () => ci.upgrade(frontend, '5.12.0'))
  at('12:10:44', () => autoscale(cluster, checkout, 5))
  at('13:05:50', () => alice.deletePod(ledger))
  at('14:25:13', () => autoscale(cluster, checkout, 3))
  at('15:02:40', () => ci.upgrade(cart, '2.6.1'))
  at('16:30:05', () => ci.upgrade(payments, '4.3.0'))
}

function tuesday(scene: Scene, at: At): void {
  const { cluster, ci, argo, alice, bob, bobAsAdmin, carol } = scene
  office(scene, at)
  at('04:11:00', () => renewCertificate(cluster, 'web', 'shop-tls'))
  at('09:31:18', () => ci.upgrade(checkout, '1.18.1'))
  at('10:15:22', () => argo.install(banner(cluster)))
  at('10:15:23', () => argo.applyOther('configmaps', 'web/banner'))
  at('11:48:50', () => ci.upgrade(frontend, '5.12.1'))
  at('13:18:02', () => carol.applyService(frontend))
  at('13:20:35', () => conflict(bob))
  at('14:09:12', () => ci.upgrade(ledger, '1.4.0'))
  at('15:20:06', () => bobAsAdmin.listAll('clusterrolebindings'))
  at('15:20:41', () => bobAsAdmin.remove({ resource: 'clusterrolebindings', name: 'old-pipeline' }))
  at('15:57:20', () => alice.write('patch', shopConfig, 'fieldManager=kubectl-edit'))
  at('16:02:11', () => alice.restart(checkout))
  at('16:40:02', () => ci.upgrade(catalog, '0.94.1'))
}

function wednesday(scene: Scene, at: At): void {
  const { ci, argo, bob, bobAsAdmin, carol, dave } = scene
  office(scene, at)
  at('09:05:55', () => ci.upgrade(cart, '2.7.0'))
  at('10:30:00', () => bobAsAdmin.drain('worker-2'))
  at('11:05:30', () => bobAsAdmin.cordon('worker-2', false))
  at('11:47:26', () => ci.upgrade(checkout, '1.18.2'))
  at('13:33:14', () => bob.portForward(ledger, 17))
  at('14:02:00', () => argo.commit(checkout, { memory: '320Mi' }))
  at('14:15:08', () => argo.sync(checkout))
  at('15:10:37', () => dave.forbidden('list', { resource: 'secrets', namespace: 'payments' }))
  at('15:12:04', () => wrongRegistry(dave))
  at('15:40:19', () => violation(carol))
  at('16:21:45', () => ci.upgrade(frontend, '5.13.0'))
  at('17:02:33', () => ci.upgrade(payments, '4.3.1'))
}

function thursday(scene: Scene, at: At): void {
  const { cluster, ci, bob } = scene
  office(scene, at)
  at('09:40:12', () => ci.upgrade(frontend, '5.13.1'))
  at('10:52:47', () => ci.upgrade(catalog, '0.95.0'))
  at('11:20:10', () => bob.trySetImage(cart, imageOf(shopCart, '2.6.1')))
  at('11:21:33', () => bob.setImage(cart, imageOf(shopCart, '2.6.1')))
  at('12:05:31', () => autoscale(cluster, checkout, 4))
  at('13:40:58', () => autoscale(cluster, checkout, 3))
  at('14:36:20', () => ci.upgrade(ledger, '1.4.1'))
  thursdayEvening(scene, at)
  thursdayNight(scene, at)
}

/** Cleaning up. A client certificate cannot be revoked, so its group loses what it was bound to. */
function friday(scene: Scene, at: At): void {
  const { cluster, ci, argo, alice, bob, bobAsAdmin, dave } = scene
  const carol = kubectl(cluster, cast.carolRenewed)
  const stolen = kubectl(cluster, cast.stolenCarol)
  at('07:12:05', () => bobAsAdmin.bind({ name: 'platform-2026', role: 'cluster-admin', subject: renewedPlatform }))
  at('07:13:40', () => bobAsAdmin.remove({ resource: 'clusterrolebindings', name: 'platform' }))
  office({ ...scene, carol }, at)
  at('08:34:29', () => carol.remove({ resource: 'rolebindings', namespace: 'shop', name: 'contractors-view' }))
  at('08:34:51', () => carol.remove({ resource: 'rolebindings', namespace: 'web', name: 'contractors' }))
  at('09:02:44', () => dave.forbidden('list', { resource: 'pods', namespace: 'web' }))
  at('10:20:03', () => ci.upgrade(checkout, '1.18.3'))
  at('11:01:38', () => bob.write('update', checkoutSecret, 'fieldManager=kubectl-replace'))
  at('11:05:17', () => bob.restart(checkout))
  at('11:07:40', () => alice.watch('shop', 6))
  at('13:30:55', () => ci.upgrade(cart, '2.7.1'))
  at('15:15:02', () => ci.upgrade(frontend, '5.13.2'))
  at('16:05:48', () => argo.prune('web/banner'))
  at('22:14:09', () => stolen.forbidden('list', { resource: 'secrets', namespace: 'shop' }))
}

function saturday({ cluster }: Scene, at: At): void {
  at('11:30:40', () => autoscale(cluster, checkout, 5))
  at('17:12:08', () => autoscale(cluster, checkout, 3))
  at('21:03:19', () => scan(cluster))
}

function sunday({ cluster, bob }: Scene, at: At): void {
  at('04:20:00', () => renewCertificate(cluster, 'shop', 'api-tls'))
  at('10:41:00', () => bob.discover())
  at('10:41:02', () => bob.list('pods', 'shop'))
  at('10:41:30', () => bob.get('deployments', 'shop', 'checkout'))
}

const shopCart = { namespace: 'shop', name: 'cart' } as const
const contractors = { kind: 'Group', name: 'contractors' } as const
const renewedPlatform = { kind: 'Group', name: 'platform-2026' } as const
const checkoutSecret = { resource: 'secrets', namespace: 'shop', name: 'checkout-db' } as const
const shopConfig = { resource: 'configmaps', namespace: 'shop', name: 'shop-config' } as const

/** An ordinary day: argocd compares twice, and people look at things. */
function office(scene: Scene, at: At): void {
  const { cluster, argo, alice, bob, carol } = scene
  for (const app of [checkout, cart, frontend, payments]) {
    at('06:00:20', () => argo.compare(app))
    at('18:00:20', () => argo.compare(app))
  }
  for (const [person, looks] of [
    [alice, 14],
    [bob, 12],
    [carol, 5],
  ] as const) {
    const { random } = cluster
    at(`07:${random.between(20, 59)}`, () => person.discover())
    for (let look = 0; look < looks; look++) {
      at(`${random.between(8, 16)}:${random.between(0, 59)}:${random.between(0, 59)}`, () => lookAround(scene, person))
    }
  }
}

function lookAround({ cluster }: Scene, person: Kubectl): void {
  const { random } = cluster
  const app = random.pick([checkout, cart, catalog, payments, ledger, frontend])
  const [namespace = '', name = ''] = app.split('/')
  random.pick([
    () => person.list('pods', namespace),
    () => person.list('deployments', namespace),
    () => person.list('pods', namespace, `labelSelector=app.kubernetes.io%2Fname%3D${name}&limit=500`),
    () => person.get('deployments', namespace, name),
    () => person.list('ingresses', namespace),
    () => person.list('horizontalpodautoscalers', namespace),
    () => person.describe(app),
    () => person.logs(app),
    () => person.logs(app, 'follow=true&sinceSeconds=600'),
    () => person.get('configmaps', namespace, `${namespace}-config`),
    () => person.listAll('nodes'),
    () => person.write('create', { resource: 'selfsubjectaccessreviews' }),
  ])()
}

/** An edit of what somebody else changed in the meantime. */
function conflict(bob: Kubectl): void {
  const on = { resource: 'services', namespace: 'web', name: 'frontend', resourceVersion: '48190021' } as const
  const message =
    'Operation cannot be fulfilled on services "frontend": the object has been modified; please apply your changes to the latest version and try again'
  const metadata = { name: 'frontend', namespace: 'web', resourceVersion: '48190021', creationTimestamp: null }
  const spec = { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 3000 }], type: 'ClusterIP' }
  const body = { kind: 'Service', apiVersion: 'v1', metadata, spec, status: { loadBalancer: {} } }
  bob.fail('update', on, { code: 409, reason: 'Conflict', message }, { body })
}

/** Refused by an admission webhook that gives no code of its own: 400, after the authorizer had said yes. */
function wrongRegistry(dave: Kubectl): void {
  const image = 'docker.io/library/frontend-debug:latest'
  const on = { resource: 'deployments', namespace: 'web', name: 'frontend' } as const
  const message = `admission webhook "images.policy.acme.example" denied the request: image ${image} is not from registry.acme.example`
  const body = { spec: { template: { spec: { containers: [{ image, name: 'frontend' }] } } } }
  dave.fail('patch', on, { code: 400, reason: 'BadRequest', message }, { body })
}

/** Refused by PodSecurity: 403, though the authorizer allowed it. */
function violation(carol: Kubectl): void {
  const spec = { containers: [{ name: 'netshoot', image: 'registry.acme.example/tools/netshoot:0.14' }] }
  const message =
    'pods "netshoot" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "netshoot" must set securityContext.allowPrivilegeEscalation=false), runAsNonRoot != true (pod or container "netshoot" must set securityContext.runAsNonRoot=true)'
  const metadata = { name: 'netshoot', namespace: 'payments', creationTimestamp: null, labels: { run: 'netshoot' } }
  const body = { kind: 'Pod', apiVersion: 'v1', metadata, spec, status: {} }
  const on = { resource: 'pods', namespace: 'payments', name: 'netshoot' } as const
  const annotations = { 'pod-security.kubernetes.io/enforce-policy': 'restricted:latest' }
  carol.fail('create', on, { code: 403, reason: 'Forbidden', message }, { body, annotations })
}

/** A small program that git brings on Tuesday and takes away on Friday. */
function banner(cluster: Cluster): Deployment {
  const app: App = { namespace: 'web', name: 'banner', port: 8080 }
  const meta = {
    name: app.name,
    namespace: app.namespace,
    uid: cluster.random.uuid(),
    version: '',
    createdUs: cluster.nowUs,
    generation: 1,
    labels: selectorOf(app),
    annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:web/banner' },
  }
  const template = { image: imageOf(app, '0.1.0'), env: { TEXT: 'Winter sale' }, memory: '64Mi', annotations: {} }
  const observed = { generation: 0, replicas: 0, updated: 0, ready: 0, timeUs: cluster.nowUs }
  const imageBy = { manager: 'argocd-controller', timeUs: cluster.nowUs }
  return { meta, app, replicas: 2, template, imageBy, observed }
}
