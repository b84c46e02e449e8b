// Sunday: what the API server itself does to its audit events: it cuts them, and it dies.

import { configMap } from './manifests.ts'
import { created, type Step } from './step.ts'
import { userOf } from './people.ts'

const bob = userOf('bob')
const big = 'x'.repeat(40_000)

export const sunday: readonly Step[] = [
  {
    name: 'large',
    title: 'bob makes a large configmap',
    async run({ clients }) {
      await clients.kubectl('bob', 'create -f -', { input: configMap('large', { text: big }) })
      return [created(bob, 'configmaps/shop/large')]
    },
  },
  {
    name: 'restart-gracefully',
    title: 'the API server is restarted while events wait for a batch: they are posted before it ends',
    async run({ clients, restart }) {
      await restart('SIGTERM', ['--audit-webhook-batch-max-wait=30s', '--audit-webhook-batch-max-size=10000'])
      await clients.kubectl('bob', 'create configmap before-sigterm -n shop')
      await restart('SIGTERM', ['--audit-webhook-truncate-enabled', '--audit-webhook-truncate-max-event-size=20000'])
      return [created(bob, 'configmaps/shop/before-sigterm')]
    },
  },
  {
    name: 'truncated',
    title: 'with truncation on, bob makes another large configmap: the event comes without its bodies',
    async run({ clients }) {
      await clients.kubectl('bob', 'create -f -', { input: configMap('cut', { text: big }) })
      return [created(bob, 'configmaps/shop/cut', { untold: 'what was in it: the API server cut the bodies' })]
    },
  },
  {
    name: 'restart-killed',
    title: 'the API server is killed while events wait for a batch: they are gone',
    async run({ clients, restart }) {
      await restart('SIGTERM', ['--audit-webhook-batch-max-wait=60s', '--audit-webhook-batch-max-size=10000'])
      await clients.kubectl('bob', 'create configmap before-sigkill -n shop')
      await restart('SIGKILL', [])
      await clients.kubectl('bob', 'create configmap after-sigkill -n shop')
      return [
        created(bob, 'configmaps/shop/before-sigkill', {
          lost: 'the API server was killed before it posted the batch',
        }),
        created(bob, 'configmaps/shop/after-sigkill'),
      ]
    },
    objects: ['configmaps/shop/before-sigkill', 'configmaps/shop/after-sigkill'],
  },
]
