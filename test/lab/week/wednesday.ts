// Wednesday: an incident. Shells, tunnels, logs, a debug container, and nodes that are emptied.

import { pod } from './manifests.ts'
import { connected, controller, created, read, rejected, some, wrote, type Step } from './step.ts'
import { userOf } from './people.ts'

const [alice, bob] = [userOf('alice'), userOf('bob')]
const target = 'pods/shop/target'

export const wednesday: readonly Step[] = [
  {
    name: 'exec',
    title: 'bob runs a command in a pod: a GET, by WebSocket',
    async run({ clients, until, get }) {
      await clients.kubectl('bob', 'create -f -', { input: pod('target') })
      await until('it runs', async () => (await get(target))?.status?.['phase'] === 'Running')
      await clients.kubectl('bob', 'exec target -n shop -- echo hello lab')
      return [
        created(bob, target),
        connected(bob, 'get', `${target}/exec`, { client: 'kubectl', untold: 'what the command wrote and read' }),
      ]
    },
  },
  {
    name: 'exec-old',
    title: 'alice runs one with an old kubectl: a POST, by SPDY',
    async run({ clients }) {
      await clients.kubectl('alice', 'exec target -n shop -- echo hello again', { old: true })
      return [connected(alice, 'create', `${target}/exec`, { client: 'kubectl' })]
    },
  },
  {
    name: 'attach',
    title: 'bob attaches',
    async run({ clients }) {
      await clients.kubectl('bob', 'attach target -n shop', { forMs: 1_500 })
      return [connected(bob, 'get', `${target}/attach`)]
    },
  },
  {
    name: 'port-forward',
    title: 'alice forwards a port and uses it',
    async run({ clients, pause }) {
      const port = 21_000 + Math.floor(Math.random() * 1_000)
      const forward = clients.kubectl('alice', `port-forward pod/target -n shop ${port}:8080`, { forMs: 3_000 })
      await pause(1_500)
      await touch(port)
      await forward
      return [connected(alice, 'get', `${target}/portforward`, { untold: 'which port, and what went through it' })]
    },
  },
  {
    name: 'logs',
    title: 'bob reads logs: a read and no connection',
    async run({ clients }) {
      await clients.kubectl('bob', 'logs target -n shop')
      return [read(bob, 'get', `${target}/log`)]
    },
  },
  {
    name: 'debug-container',
    title: 'alice puts a debug container into the running pod',
    async run({ clients }) {
      const flags = '--image=registry.acme.io/debug:1 --target=main --container=debugger --attach=false -q'
      await clients.kubectl('alice', `debug target -n shop ${flags}`)
      return [wrote(alice, 'patch', `${target}/ephemeralcontainers`)]
    },
    objects: [target],
  },
  {
    name: 'exec-refused',
    title: 'bob asks for a shell in a pod that is not there, mallory in one that is',
    async run({ clients }) {
      await clients.kubectl('bob', 'exec nowhere -n shop -- id', { exits: [1] })
      await clients.kubectl('mallory', 'exec target -n shop -- id', { exits: [1] })
      return [
        read(bob, 'get', 'pods/shop/nowhere', rejected(404)),
        read(userOf('mallory'), 'get', target, {
          outcome: 'denied',
          code: 403,
          untold: 'that a shell was wanted: kubectl reads the pod first, and is refused there',
        }),
      ]
    },
  },
  {
    name: 'node-proxy',
    title: 'the admin asks a kubelet through the API server, which does not proxy to loopback',
    async run({ clients }) {
      await clients.kubectl('admin', 'get --raw /api/v1/nodes/node-a/proxy/pods', { exits: [0, 1] })
      return [connected(userOf('admin'), 'get', 'nodes//node-a/proxy', rejected(400))]
    },
  },
  {
    name: 'watch',
    title: 'alice watches pods for a while',
    async run({ clients }) {
      await clients.kubectl('alice', 'get pods -n shop --watch-only', { forMs: 2_000 })
      return [read(alice, 'watch', 'pods/shop/')]
    },
  },
  {
    name: 'cordon-and-taint',
    title: 'the admin cordons, taints and uncordons a node',
    async run({ clients }) {
      await clients.kubectl('admin', 'cordon node-a')
      await clients.kubectl('admin', 'taint node node-a lab=yes:NoSchedule')
      await clients.kubectl('admin', 'taint node node-a lab-')
      await clients.kubectl('admin', 'uncordon node-a')
      return [wrote(userOf('admin'), 'patch', 'nodes//node-a', { times: 4 })]
    },
    objects: ['nodes//node-a'],
  },
  {
    name: 'drain',
    title: 'the admin drains a node: evictions, and no delete of his',
    async run({ clients, until, get, list }) {
      const node = String((await get(target))?.spec?.['nodeName'])
      const there = (await list('pods', 'shop')).filter(({ spec }) => spec?.['nodeName'] === node)
      await clients.kubectl('admin', `drain ${node} --force --ignore-daemonsets --delete-emptydir-data`)
      await until('the pod is gone', async () => (await get(target)) === null)
      await clients.kubectl('admin', `uncordon ${node}`)
      return [
        wrote(userOf('admin'), 'patch', `nodes//${node}`, { times: 2 }),
        ...there.map((pod) =>
          wrote(userOf('admin'), 'create', `pods/shop/${pod.metadata.name}/eviction`, { code: 201 }),
        ),
        wrote('lab-kubelets', 'delete', target, some),
      ]
    },
    objects: [target],
  },
  {
    name: 'eviction-refused',
    title: 'bob evicts a pod that a disruption budget protects: 429',
    async run({ clients, until, get }) {
      await clients.kubectl('bob', 'create -f -', { input: pod('guarded', 'shop', { guard: 'yes' }) })
      await clients.kubectl('bob', 'create poddisruptionbudget guard -n shop --selector=guard=yes --min-available=1')
      await until('it runs and the budget knows', async () => {
        const budget = await get('poddisruptionbudgets.policy/shop/guard')
        return budget?.status?.['expectedPods'] === 1 && budget.status['currentHealthy'] === 1
      })
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'guarded', namespace: 'shop' } }
      await clients.send('bob', 'POST', '/api/v1/namespaces/shop/pods/guarded/eviction', { body: eviction })
      return [
        created(bob, 'pods/shop/guarded'),
        created(bob, 'poddisruptionbudgets.policy/shop/guard'),
        wrote(bob, 'create', 'pods/shop/guarded/eviction', rejected(429)),
        wrote(controller('disruption-controller'), 'update', 'poddisruptionbudgets.policy/shop/guard/status', some),
      ]
    },
    objects: ['pods/shop/guarded'],
  },
]

/** Opens a connection and says something; what comes of it does not matter. */
async function touch(port: number): Promise<void> {
  const { connect } = await import('node:net')
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end('hello'))
    socket.once('error', () => resolve())
    socket.once('close', () => resolve())
    socket.resume()
    setTimeout(() => socket.destroy(), 500)
  })
}
