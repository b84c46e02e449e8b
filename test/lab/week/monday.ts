// Monday: people work on deployments, with every way that kubectl has to change one.

import { configMap, deployment } from './manifests.ts'
import { controller, created, read, rejected, some, wrote, type Step } from './step.ts'
import { ground, userOf } from './people.ts'

const [admin, alice, bob] = [userOf('admin'), userOf('alice'), userOf('bob')]
const api = 'deployments.apps/shop/api'
const kubectl = { client: 'kubectl' }
const rolledOut = [
  wrote(controller('deployment-controller'), 'update', `${api}/status`, some),
  created(controller('replicaset-controller'), 'pods/shop/api-*', some),
]

export const monday: readonly Step[] = [
  {
    name: 'ground',
    title: 'the cluster is set up: namespaces, roles, service accounts',
    async run({ clients, until, get }) {
      await clients.kubectl('admin', 'create -f -', {
        input: { apiVersion: 'v1', kind: 'List', items: ground().map(({ manifest }) => manifest) },
      })
      await until('service accounts', async () => (await get('serviceaccounts/shop/default')) !== null)
      return [
        ...ground().map(({ object }) => created(admin, object, kubectl)),
        created(controller('service-account-controller'), 'serviceaccounts/shop/default', some),
        created(controller('root-ca-cert-publisher'), 'configmaps/shop/kube-root-ca.crt', some),
      ]
    },
  },
  {
    name: 'apply-creates',
    title: 'alice applies a deployment that is not there, client-side: a POST',
    async run({ clients, until, list }) {
      await clients.kubectl('alice', 'apply -f -', { input: deployment({ name: 'api' }) })
      await until('two running pods', async () => (await running(list, 'app=api')) === 2)
      return [
        created(alice, api, kubectl),
        created(controller('deployment-controller'), 'replicasets.apps/shop/api-*', some),
        created(controller('replicaset-controller'), 'pods/shop/api-*', some),
        wrote('system:kube-scheduler', 'create', 'pods/shop/api-*/binding', { code: 201, ...some }),
        wrote('lab-kubelets', 'patch', 'pods/shop/api-*/status', some),
      ]
    },
    objects: [api],
  },
  {
    name: 'apply-changes',
    title: 'alice applies it again with another image and more replicas',
    async run({ clients, until, list }) {
      const input = deployment({ name: 'api', image: 'registry.acme.io/api:1.9', replicas: 3 })
      await clients.kubectl('alice', 'apply -f -', { input })
      await until('three running pods', async () => (await running(list, 'app=api')) >= 3)
      return [
        wrote(alice, 'patch', api, kubectl),
        created(controller('deployment-controller'), 'replicasets.apps/shop/api-*', some),
      ]
    },
    objects: [api],
  },
  {
    name: 'apply-unchanged',
    title: 'alice applies the same once more: only a read',
    async run({ clients }) {
      const input = deployment({ name: 'api', image: 'registry.acme.io/api:1.9', replicas: 3 })
      await clients.kubectl('alice', 'apply -f -', { input })
      return [read(alice, 'get', api, kubectl)]
    },
    objects: [api],
  },
  {
    name: 'apply-server-side-creates',
    title: 'bob makes a configmap with server-side apply: a PATCH that creates',
    async run({ clients }) {
      await clients.kubectl('bob', 'apply --server-side -f -', { input: configMap('flags', { beta: 'off' }) })
      return [wrote(bob, 'patch', 'configmaps/shop/flags', { code: 201, created: true, client: 'kubectl' })]
    },
    objects: ['configmaps/shop/flags'],
  },
  {
    name: 'apply-server-side-conflicts',
    title: 'alice applies another value as another manager: a conflict, then with force',
    async run({ clients }) {
      const options = { input: configMap('flags', { beta: 'on' }), exits: [0, 1] }
      await clients.kubectl('alice', 'apply --server-side --field-manager=alice -f -', options)
      await clients.kubectl('alice', 'apply --server-side --field-manager=alice --force-conflicts -f -', options)
      return [
        wrote(alice, 'patch', 'configmaps/shop/flags', rejected(409)),
        wrote(alice, 'patch', 'configmaps/shop/flags'),
      ]
    },
    objects: ['configmaps/shop/flags'],
  },
  {
    name: 'scale',
    title: 'bob scales: the subresource and not the deployment is written',
    async run({ clients, until, get }) {
      await clients.kubectl('bob', 'scale deploy/api -n shop --replicas=5')
      await until('five replicas', async () => (await get(api))?.status?.['readyReplicas'] === 5)
      return [wrote(bob, 'patch', `${api}/scale`, kubectl), ...rolledOut]
    },
    objects: [api],
  },
  {
    name: 'set-image',
    title: 'bob sets the image',
    async run({ clients }) {
      await clients.kubectl('bob', 'set image deploy/api -n shop api=registry.acme.io/api:2.0')
      return [wrote(bob, 'patch', api, kubectl)]
    },
    objects: [api],
  },
  {
    name: 'rollout',
    title: 'alice pauses, resumes, restarts and undoes',
    async run({ clients, pause }) {
      for (const word of ['pause', 'resume', 'restart', 'undo']) {
        await clients.kubectl('alice', `rollout ${word} deploy/api -n shop`)
        await pause(300)
      }
      return [wrote(alice, 'patch', api, { times: 4, client: 'kubectl' })]
    },
    objects: [api],
  },
  {
    name: 'edit',
    title: 'bob edits it in an editor',
    async run({ clients }) {
      const env = { KUBE_EDITOR: 'sed -i s/db1.internal/db2.internal/' }
      await clients.kubectl('bob', 'edit deploy/api -n shop', { env })
      return [
        wrote(bob, 'patch', api, {
          ...kubectl,
          untold: 'that it was an editor: kubectl edit says so only in its field manager',
        }),
      ]
    },
    objects: [api],
  },
  {
    name: 'label-and-annotate',
    title: 'alice labels and annotates',
    async run({ clients }) {
      await clients.kubectl('alice', 'label deploy/api -n shop team=payments')
      await clients.kubectl('alice', 'annotate deploy/api -n shop acme.io/ticket=CHG-4411')
      return [wrote(alice, 'patch', api, { times: 2, client: 'kubectl' })]
    },
    objects: [api],
  },
  {
    name: 'patches',
    title: 'bob patches in three ways: JSON, merge, strategic merge',
    async run({ clients }) {
      const patches = {
        json: [{ op: 'replace', path: '/spec/minReadySeconds', value: 1 }],
        merge: { spec: { revisionHistoryLimit: 5 } },
        strategic: {
          spec: { template: { spec: { containers: [{ name: 'api', env: [{ name: 'LOG', value: 'debug' }] }] } } },
        },
      }
      for (const [type, patch] of Object.entries(patches))
        await clients.kubectl('bob', `patch deploy/api -n shop --type=${type}`, { more: ['-p', JSON.stringify(patch)] })
      return [wrote(bob, 'patch', api, { times: 3, untold: 'whether a patch that is an object is merge or strategic' })]
    },
    objects: [api],
  },
  {
    name: 'replace',
    title: 'alice replaces it whole: a PUT',
    async run({ clients }) {
      await clients.kubectl('alice', 'replace -f -', { input: deployment({ name: 'api', replicas: 2 }) })
      return [wrote(alice, 'update', api, kubectl)]
    },
    objects: [api],
  },
  {
    name: 'old-kubectl',
    title: 'bob does some of it with a kubectl of years ago',
    async run({ clients }) {
      await clients.kubectl('bob', 'scale deploy/api -n shop --replicas=3', { old: true })
      await clients.kubectl('bob', 'set image deploy/api -n shop api=registry.acme.io/api:2.1', { old: true })
      await clients.kubectl('bob', 'apply -f -', { old: true, input: configMap('old', { by: 'kubectl 1.29' }) })
      return [
        wrote(bob, 'patch', `${api}/scale`, kubectl),
        wrote(bob, 'patch', api, kubectl),
        created(bob, 'configmaps/shop/old', kubectl),
      ]
    },
    objects: [api, 'configmaps/shop/old'],
  },
  {
    name: 'dry-runs',
    title: 'alice tries a delete and a scale without doing them',
    async run({ clients }) {
      await clients.kubectl('alice', 'delete deploy/api -n shop --dry-run=server')
      await clients.kubectl('alice', 'scale deploy/api -n shop --replicas=0 --dry-run=server')
      await clients.kubectl('alice', 'create configmap never -n shop --dry-run=server')
      return [
        wrote(alice, 'delete', api, { dryRun: true }),
        wrote(alice, 'patch', `${api}/scale`, { dryRun: true }),
        wrote(alice, 'create', 'configmaps/shop/never', { code: 201, dryRun: true }),
      ]
    },
    objects: [api, 'configmaps/shop/never'],
  },
]

async function running(
  list: (
    resource: string,
    namespace: string,
    selector?: string,
  ) => Promise<readonly { status?: Readonly<Record<string, unknown>> }[]>,
  selector: string,
): Promise<number> {
  const pods = await list('pods', 'shop', selector)
  return pods.filter(({ status }) => status?.['phase'] === 'Running').length
}
