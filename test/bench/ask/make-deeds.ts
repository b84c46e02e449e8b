// makeDeeds: audit items of a company over many days, in the order of time: nine in ten only look.

import type { Random } from '../../random.ts'
import type { Caller, ClusterPopulation, Kind, Population, Thing } from './population.ts'
import { weighted } from './weighted.ts'

/** One item of an EventList, parsed, and what the bench remembers of it. */
export interface Deed {
  readonly cluster: string
  readonly caller: Caller
  readonly verb: string
  readonly thing: Thing
  readonly subresource: string
  readonly ip: string
  readonly isDenied: boolean
  readonly timeUs: number
  readonly auditID: string
  readonly item: object
}

export interface DeedMaker {
  /** What was done at that time: one event, or two where a request has two stages. */
  make(timeUs: number): readonly Deed[]
}

type Who = 'nodes' | 'controllers' | 'serviceAccounts' | 'people'

interface Habit {
  /** In thousandths of all requests. */
  readonly weight: number
  readonly who: Who
  readonly verb: string
  readonly kind: Kind
  readonly subresource?: string
}

/** 902 of 1000 read. The shares of controllers, nodes and leases are those of a cluster that nobody touches. */
const habits: readonly Habit[] = [
  { weight: 120, who: 'controllers', verb: 'get', kind: 'leases' },
  { weight: 120, who: 'nodes', verb: 'get', kind: 'pods' },
  { weight: 80, who: 'nodes', verb: 'get', kind: 'configmaps' },
  { weight: 40, who: 'nodes', verb: 'get', kind: 'secrets' },
  { weight: 60, who: 'controllers', verb: 'list', kind: 'pods' },
  { weight: 60, who: 'controllers', verb: 'get', kind: 'deployments' },
  { weight: 160, who: 'serviceAccounts', verb: 'get', kind: 'configmaps' },
  { weight: 120, who: 'serviceAccounts', verb: 'list', kind: 'pods' },
  { weight: 40, who: 'serviceAccounts', verb: 'watch', kind: 'deployments' },
  { weight: 70, who: 'serviceAccounts', verb: 'get', kind: 'secrets' },
  { weight: 20, who: 'people', verb: 'get', kind: 'pods' },
  { weight: 8, who: 'people', verb: 'list', kind: 'deployments' },
  { weight: 2, who: 'people', verb: 'get', kind: 'secrets' },
  { weight: 2, who: 'people', verb: 'get', kind: 'rolebindings' },
  { weight: 44, who: 'controllers', verb: 'update', kind: 'leases' },
  { weight: 22, who: 'nodes', verb: 'patch', kind: 'pods', subresource: 'status' },
  { weight: 9, who: 'controllers', verb: 'create', kind: 'pods' },
  { weight: 7, who: 'controllers', verb: 'delete', kind: 'pods' },
  { weight: 9, who: 'serviceAccounts', verb: 'patch', kind: 'deployments' },
  { weight: 2, who: 'serviceAccounts', verb: 'update', kind: 'configmaps' },
  { weight: 2, who: 'people', verb: 'patch', kind: 'deployments' },
  { weight: 1, who: 'people', verb: 'delete', kind: 'deployments' },
  { weight: 0.5, who: 'people', verb: 'create', kind: 'rolebindings' },
  { weight: 0.5, who: 'people', verb: 'update', kind: 'secrets' },
  { weight: 1, who: 'people', verb: 'get', kind: 'pods', subresource: 'exec' },
  { weight: 0.3, who: 'people', verb: 'get', kind: 'pods', subresource: 'portforward' },
]

/** Of shells, whose end no event tells. */
const unended = 0.05
const sessionUsMax = 1_800_000_000
const requestUsMax = 40_000

export function makeDeeds(random: Random, { clusters, people }: Population): DeedMaker {
  const drawn = weighted(
    random,
    habits.map((habit) => [habit, habit.weight]),
  )
  return {
    make(timeUs) {
      const habit = drawn.draw()
      const cluster = clusters.draw()
      const caller = habit.who === 'people' ? people.draw() : cluster[habit.who].draw()
      return deedsOf(random, habit, cluster, caller, timeUs)
    },
  }
}

function deedsOf(
  random: Random,
  { verb, kind, subresource = '' }: Habit,
  cluster: ClusterPopulation,
  caller: Caller,
  timeUs: number,
): readonly Deed[] {
  const isDenied = random.next() < caller.denied
  const deed = {
    cluster: cluster.name,
    caller,
    verb,
    thing: cluster.things[kind].draw(),
    subresource,
    ip: caller.ips.draw(),
    isDenied,
    timeUs,
    auditID: random.uuid(),
  }
  const isConnection = subresource === 'exec' || subresource === 'portforward'
  if (isDenied || !(isConnection || verb === 'watch')) {
    const took = 1_000 + random.below(requestUsMax)
    return [{ ...deed, item: itemOf(deed, 'ResponseComplete', isDenied ? 403 : 200, took) }]
  }
  const code = isConnection ? 101 : 200
  const started = { ...deed, item: itemOf(deed, 'ResponseStarted', code, 1_000) }
  if (isConnection && random.next() < unended) return [started]
  return [started, { ...deed, item: itemOf(deed, 'ResponseComplete', code, random.below(sessionUsMax)) }]
}

function itemOf(deed: Omit<Deed, 'item'>, stage: string, code: number, tookUs: number): object {
  const { caller, verb, thing, subresource, ip, isDenied, timeUs, auditID } = deed
  const { apiGroup, resource, namespace, name } = thing
  const isOfAll = verb === 'list' || verb === 'watch'
  const root = apiGroup === '' ? '/api/v1' : `/apis/${apiGroup}/v1`
  const path = [
    root,
    'namespaces',
    namespace,
    resource,
    ...(isOfAll ? [] : [name]),
    ...(subresource ? [subresource] : []),
  ]
  return {
    level: 'Metadata',
    auditID,
    stage,
    requestURI: path.join('/') + (subresource === 'exec' ? '?command=sh&container=api&stdin=true' : ''),
    verb,
    user: { username: caller.username, groups: caller.groups },
    sourceIPs: [ip],
    userAgent: caller.userAgent,
    objectRef: {
      resource,
      namespace,
      apiVersion: 'v1',
      ...(apiGroup && { apiGroup }),
      ...(isOfAll ? {} : { name }),
      subresource,
    },
    responseStatus: { metadata: {}, code },
    requestReceivedTimestamp: microTime(timeUs),
    stageTimestamp: microTime(timeUs + tookUs),
    annotations: {
      'authorization.k8s.io/decision': isDenied ? 'forbid' : 'allow',
      'authorization.k8s.io/reason': isDenied ? '' : `RBAC: allowed by RoleBinding "${caller.groups[0]}/${namespace}"`,
    },
  }
}

function microTime(us: number): string {
  return `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, 23)}${String(us % 1_000).padStart(3, '0')}Z`
}
