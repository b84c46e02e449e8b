// Population: who acts in a made-up company, from where, and on what. A few do nearly all of it (weighted.ts).

import type { Random } from '../../random.ts'
import { zipf, type Draw } from './weighted.ts'

export interface Caller {
  readonly username: string
  readonly groups: readonly string[]
  readonly userAgent: string
  readonly ips: Draw<string>
  /** Of 1, how much of what it asks for is refused. */
  readonly denied: number
}

export interface Thing {
  readonly resource: string
  readonly apiGroup: string
  readonly namespace: string
  readonly name: string
}

export interface ClusterPopulation {
  readonly name: string
  readonly things: Readonly<Record<Kind, Draw<Thing>>>
  readonly nodes: Draw<Caller>
  readonly controllers: Draw<Caller>
  readonly serviceAccounts: Draw<Caller>
}

export interface Population {
  readonly clusters: Draw<ClusterPopulation>
  readonly people: Draw<Caller>
}

/** Of each cluster. */
const kinds = {
  pods: { apiGroup: '', count: 8_000 },
  configmaps: { apiGroup: '', count: 2_500 },
  secrets: { apiGroup: '', count: 1_500 },
  deployments: { apiGroup: 'apps', count: 2_000 },
  rolebindings: { apiGroup: 'rbac.authorization.k8s.io', count: 300 },
  leases: { apiGroup: 'coordination.k8s.io', count: 120 },
} as const
export type Kind = keyof typeof kinds

export const clusterNames = ['prod-eu', 'prod-us', 'stage', 'dev', 'edge'] as const
const teams = 110
const namespaceNames = [
  'prod',
  'kube-system',
  'shop',
  'payments',
  'web',
  'search',
  'monitoring',
  'ci',
  ...Array.from({ length: teams }, (_, index) => `team-${index}`),
]
const nodesACluster = 60
const serviceAccountsACluster = 200
const peopleCount = 300
const clientCount = 40
/** Of Zipf's law: cities and words have 1. */
const steep = 1
const flat = 0.6

export function makePopulation(random: Random): Population {
  const office = ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4']
  const people = Array.from({ length: peopleCount }, (_, index): Caller => {
    const home = `203.0.113.${index % 250}`
    return {
      username: `person-${index}@acme.example`,
      groups: [index % 5 === 0 ? 'sre' : `team-${index % teams}`, 'system:authenticated'],
      userAgent: `kubectl/v1.${33 + (index % 5)}.${index % clientCount} (darwin/arm64) kubernetes/0a1b2c3`,
      ips: zipf(random, [random.pick(['198.51.100.1', '198.51.100.2']), home, ...office], flat),
      denied: 0.02,
    }
  })
  const clusters = clusterNames.map((name, index) => makeCluster(random, name, index))
  return { clusters: zipf(random, clusters, steep), people: zipf(random, people, steep) }
}

function makeCluster(random: Random, name: string, number: number): ClusterPopulation {
  const namespaces = zipf(random, namespaceNames, steep)
  const nodeIps = Array.from({ length: nodesACluster }, (_, index) => `10.${number}.1.${index}`)
  const system = (kind: string): string[] => [`system:${kind}`, 'system:authenticated']
  const nodes = nodeIps.map((ip, index): Caller => {
    const username = `system:node:${name}-node-${index}`
    const userAgent = 'kubelet/v1.37.0 (linux/amd64) kubernetes/6d2a1f0'
    return { username, groups: system('nodes'), userAgent, ips: zipf(random, [ip], flat), denied: 0 }
  })
  const controllers = ['replicaset', 'endpoint', 'namespace', 'node', 'job', 'daemon-set'].map((kind): Caller => {
    const username = `system:serviceaccount:kube-system:${kind}-controller`
    const userAgent = `kube-controller-manager/v1.37.0 (linux/amd64) kubernetes/6d2a1f0/${username}`
    const ips = zipf(random, [`10.${number}.0.4`, `10.${number}.0.5`, `10.${number}.0.6`], steep)
    return { username, groups: system('serviceaccounts'), userAgent, ips, denied: 0 }
  })
  const serviceAccounts = Array.from({ length: serviceAccountsACluster }, (_, index): Caller => {
    const username = `system:serviceaccount:${namespaces.draw()}:app-${index}`
    const userAgent = `app-${index % clientCount}/v0.${index % 7}.0 (linux/amd64) kubernetes/$Format`
    // It runs now on this node, now on that one.
    const ips = zipf(random, random.below(2) === 0 ? nodeIps : nodeIps.toReversed(), flat)
    return { username, groups: system('serviceaccounts'), userAgent, ips, denied: index % 10 === 3 ? 0.08 : 0.001 }
  })
  return {
    name,
    things: makeThings(random, namespaces),
    nodes: zipf(random, nodes, 0),
    controllers: zipf(random, controllers, steep),
    serviceAccounts: zipf(random, serviceAccounts, steep),
  }
}

function makeThings(random: Random, namespaces: Draw<string>): ClusterPopulation['things'] {
  const of = (resource: Kind): Draw<Thing> => {
    const { apiGroup, count } = kinds[resource]
    const things = Array.from({ length: count }, (_, index): Thing => {
      const namespace = resource === 'leases' ? 'kube-system' : namespaces.draw()
      return { resource, apiGroup, namespace, name: `${resource.slice(0, -1)}-${index}` }
    })
    return zipf(random, things, steep)
  }
  return {
    pods: of('pods'),
    configmaps: of('configmaps'),
    secrets: of('secrets'),
    deployments: of('deployments'),
    rolebindings: of('rolebindings'),
    leases: of('leases'),
  }
}
