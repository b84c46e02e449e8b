// Tuesday: things go away, and what hangs on them goes too.

import { configMap, deployment, pod } from './manifests.ts'
import { controller, created, read, rejected, some, wrote, type Step } from './step.ts'
import { userOf } from './people.ts'

const [admin, alice, bob] = [userOf('admin'), userOf('alice'), userOf('bob')]
const collector = controller('generic-garbage-collector')
const kubelet = 'lab-kubelets'

export const tuesday: readonly Step[] = [
  {
    name: 'generate-name',
    title: 'bob creates two jobs whose names the API server makes',
    async run({ clients, until, list }) {
      const job = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { generateName: 'migrate-', namespace: 'shop' },
        spec: {
          template: {
            spec: { restartPolicy: 'Never', containers: [{ name: 'm', image: 'registry.acme.io/migrate:1' }] },
          },
        },
      }
      for (const _ of [1, 2]) await clients.kubectl('bob', 'create -f -', { input: job })
      await until('jobs are done', async () => {
        const jobs = await list('jobs.batch', 'shop')
        return jobs.length === 2 && jobs.every(({ status }) => status?.['succeeded'] === 1)
      })
      return [
        created(bob, 'jobs.batch/shop/migrate-*', { times: 2, client: 'kubectl' }),
        created(controller('job-controller'), 'pods/shop/migrate-*', some),
      ]
    },
  },
  {
    name: 'delete-pod',
    title: 'alice deletes a pod: marked by her, removed by the kubelet',
    async run({ clients, until, get }) {
      await clients.kubectl('alice', 'create -f -', { input: pod('scratch') })
      await until('it runs', async () => (await get('pods/shop/scratch'))?.status?.['phase'] === 'Running')
      await clients.kubectl('alice', 'delete pod/scratch -n shop')
      return [
        created(alice, 'pods/shop/scratch'),
        wrote(alice, 'delete', 'pods/shop/scratch'),
        wrote(kubelet, 'delete', 'pods/shop/scratch', some),
      ]
    },
    objects: ['pods/shop/scratch'],
  },
  {
    name: 'delete-cascades',
    title: 'alice deletes a deployment; the garbage collector does the rest',
    async run({ clients, until, list }) {
      await clients.kubectl('alice', 'create -f -', { input: deployment({ name: 'gone' }) })
      await until('its pods run', async () => (await list('pods', 'shop', 'app=gone')).length === 2)
      await clients.kubectl('alice', 'delete deploy/gone -n shop')
      await until('no pod is left', async () => (await list('pods', 'shop', 'app=gone')).length === 0)
      return [
        created(alice, 'deployments.apps/shop/gone'),
        wrote(alice, 'delete', 'deployments.apps/shop/gone'),
        wrote(collector, 'delete', 'replicasets.apps/shop/gone-*', some),
        wrote(collector, 'delete', 'pods/shop/gone-*', some),
      ]
    },
    objects: ['deployments.apps/shop/gone'],
  },
  {
    name: 'delete-foreground-and-orphan',
    title: 'bob deletes one in the foreground and orphans the pods of another',
    async run({ clients, until, list, get }) {
      for (const name of ['front', 'orphan'])
        await clients.kubectl('bob', 'create -f -', { input: deployment({ name, replicas: 1 }) })
      await until('their pods run', async () => (await list('pods', 'shop', 'app in (front,orphan)')).length === 2)
      await clients.kubectl('bob', 'delete deploy/front -n shop --cascade=foreground')
      await clients.kubectl('bob', 'delete deploy/orphan -n shop --cascade=orphan')
      await until('the first is gone', async () => (await get('deployments.apps/shop/front')) === null)
      return [
        wrote(bob, 'delete', 'deployments.apps/shop/front'),
        wrote(bob, 'delete', 'deployments.apps/shop/orphan'),
        created(bob, 'deployments.apps/shop/front'),
        created(bob, 'deployments.apps/shop/orphan'),
        wrote(collector, 'patch', 'deployments.apps/shop/front', some),
        wrote(collector, 'patch', 'replicasets.apps/shop/orphan-*', some),
      ]
    },
    objects: ['deployments.apps/shop/front', 'deployments.apps/shop/orphan'],
  },
  {
    name: 'delete-collection',
    title: 'bob deletes all configmaps with a label in one request',
    async run({ clients }) {
      for (const name of ['one', 'two']) {
        await clients.kubectl('bob', 'create -f -', { input: configMap(name, { n: name }) })
        await clients.kubectl('bob', `label configmap/${name} -n shop sweep=yes`)
      }
      await clients.send('bob', 'DELETE', '/api/v1/namespaces/shop/configmaps?labelSelector=sweep%3Dyes')
      return [
        created(bob, 'configmaps/shop/one'),
        created(bob, 'configmaps/shop/two'),
        wrote(bob, 'patch', 'configmaps/shop/one'),
        wrote(bob, 'patch', 'configmaps/shop/two'),
        wrote(bob, 'deletecollection', 'configmaps/shop/', {
          untold: 'each object that went, below the level RequestResponse',
        }),
      ]
    },
    objects: ['configmaps/shop/one', 'configmaps/shop/two'],
  },
  {
    name: 'finalizers',
    title: 'alice deletes what a finalizer holds; it goes when the finalizer does',
    async run({ clients }) {
      const held = configMap('held', { a: '1' }) as { metadata: Record<string, unknown> }
      held.metadata['finalizers'] = ['acme.io/hold']
      await clients.kubectl('alice', 'create -f -', { input: held })
      await clients.kubectl('alice', 'delete configmap/held -n shop --wait=false')
      await clients.kubectl('bob', 'patch configmap/held -n shop --type=merge', {
        more: ['-p', '{"metadata":{"finalizers":null}}'],
      })
      return [
        created(alice, 'configmaps/shop/held'),
        wrote(alice, 'delete', 'configmaps/shop/held'),
        wrote(bob, 'patch', 'configmaps/shop/held', {
          untold: 'that the object went with this patch, but for deletionTimestamp and no finalizer in its response',
        }),
      ]
    },
    objects: ['configmaps/shop/held'],
  },
  {
    name: 'delete-namespace',
    title: 'the admin deletes a namespace; the namespace controller empties it',
    async run({ clients, until, get }) {
      await clients.kubectl('admin', 'create namespace doomed')
      await until('its account', async () => (await get('serviceaccounts/doomed/default')) !== null)
      await clients.kubectl('admin', 'create configmap inside -n doomed --from-literal=a=1')
      await clients.kubectl('admin', 'delete namespace doomed')
      return [
        created(admin, 'namespaces//doomed'),
        created(admin, 'configmaps/doomed/inside'),
        wrote(admin, 'delete', 'namespaces//doomed'),
        wrote(controller('namespace-controller'), 'deletecollection', 'configmaps/doomed/', some),
        wrote(controller('namespace-controller'), 'update', 'namespaces//doomed/finalize', some),
      ]
    },
    objects: ['namespaces//doomed'],
  },
  {
    name: 'made-again',
    title: 'bob deletes a configmap and makes another of the same name',
    async run({ clients }) {
      await clients.kubectl('bob', 'create configmap again -n shop --from-literal=life=first')
      await clients.kubectl('bob', 'delete configmap again -n shop')
      await clients.kubectl('bob', 'create configmap again -n shop --from-literal=life=second')
      return [created(bob, 'configmaps/shop/again', { times: 2 }), wrote(bob, 'delete', 'configmaps/shop/again')]
    },
    objects: ['configmaps/shop/again'],
  },
  {
    name: 'errors',
    title: 'bob asks for what is not there, makes what is there, and writes over another',
    async run({ clients, get }) {
      await clients.kubectl('bob', 'delete configmap nowhere -n shop', { exits: [1] })
      await clients.kubectl('bob', 'create configmap again -n shop', { exits: [1] })
      await clients.kubectl('bob', 'get configmap nowhere -n shop', { exits: [1] })
      const now = await get('configmaps/shop/again')
      const stale = { ...now, metadata: { ...now?.metadata, resourceVersion: '1' } }
      await clients.send('bob', 'PUT', '/api/v1/namespaces/shop/configmaps/again', { body: stale })
      await clients.send('bob', 'POST', '/api/v1/namespaces/shop/configmaps', {
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not A Name' } },
      })
      return [
        wrote(bob, 'delete', 'configmaps/shop/nowhere', rejected(404)),
        wrote(bob, 'create', 'configmaps/shop/again', rejected(409)),
        read(bob, 'get', 'configmaps/shop/nowhere', rejected(404)),
        wrote(bob, 'update', 'configmaps/shop/again', rejected(409)),
        wrote(bob, 'create', 'configmaps/shop/Not A Name', rejected(422)),
      ]
    },
  },
]
