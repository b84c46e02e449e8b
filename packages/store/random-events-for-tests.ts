// randomEvents: what a small API server would have logged of random calls, by any level and in all stages: bodies, states one
// after another, what was refused, and whoever acted.

import { startUs, second } from './judged-calls-for-tests.ts'

/** As test/random.ts has it, which only tests know. */
export interface Random {
  below(below: number): number
  pick<T>(from: readonly [T, ...T[]]): T
  uuid(): string
}

export interface RandomEvent {
  readonly text: string
  readonly lane: number
  readonly delivery: number
}

/** Ends of windows are multiples of it, so that many events are at one. */
export const stepSeconds = 30
export const stepsMax = 24

type Json = Readonly<Record<string, unknown>>

interface Kept {
  readonly uid: string
  readonly state: Json
}

interface Made {
  readonly code: number
  readonly request?: Json
  readonly response?: Json
  readonly uid?: string
}

const names = ['a', 'b'] as const
const namespaces = ['dev', 'prod'] as const
const resources = ['configmaps', 'deployments', 'pods', 'secrets'] as const
type Resource = (typeof resources)[number]
const kinds = { configmaps: 'ConfigMap', deployments: 'Deployment', pods: 'Pod', secrets: 'Secret' } as const
const versions = { configmaps: 'v1', deployments: 'apps/v1', pods: 'v1', secrets: 'v1' } as const
const users: readonly [Json, ...Json[]] = [
  { username: 'u0', groups: ['sre', 'system:authenticated'] },
  { username: 'u1', groups: ['system:authenticated'] },
  { username: 'system:serviceaccount:dev:ci', groups: ['system:serviceaccounts', 'system:authenticated'] },
  {
    username: 'system:serviceaccount:kube-system:replicaset-controller',
    groups: ['system:serviceaccounts', 'system:authenticated'],
  },
]
const agents = ['kubectl/v1.35.0 (linux/amd64)', 'curl/8.5.0', 'kube-controller-manager/v1.35.0'] as const

/** In the order of their requests; how they come is theirs alone. */
export function randomEvents(random: Random, calls: number): readonly RandomEvent[] {
  const kept = new Map<string, Kept>()
  const times = Array.from({ length: calls }, () => random.below(stepsMax + 1) * stepSeconds).toSorted((a, b) => a - b)
  let revision = 100
  return times.flatMap((at) => {
    revision += 1
    const lane = random.below(3)
    const delivery = random.below(4)
    return stagesOf(random, { kept, at, revision: String(revision) }).map((text, stage) => ({
      text,
      lane: (lane + stage) % 3,
      delivery,
    }))
  })
}

interface Moment {
  readonly kept: Map<string, Kept>
  readonly at: number
  readonly revision: string
}

function stagesOf(random: Random, moment: Moment): readonly string[] {
  const resource = random.pick(resources)
  const [namespace, name] = [random.pick(namespaces), random.pick(names)]
  const verb = random.pick(['get', 'get', 'list', 'create', 'create', 'update', 'patch', 'delete'])
  const isExec = resource === 'pods' && random.below(3) === 0
  const target: Target = { resource, namespace, name, verb: isExec ? 'create' : verb }
  const made = isExec ? { code: 101 } : madeOf(random, moment, target)
  const level = random.pick(['RequestResponse', 'RequestResponse', 'RequestResponse', 'Request', 'Metadata'])
  const timeUs = startUs + moment.at * second
  const whole = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: random.uuid(),
    verb: target.verb,
    user: random.pick(users),
    sourceIPs: [random.pick(['10.1.2.3', '192.0.2.1'])],
    userAgent: random.pick(agents),
    ...referenceOf(target, isExec),
    requestReceivedTimestamp: timeOf(timeUs),
    ...(random.below(8) === 0 && { impersonatedUser: { username: 'root', groups: ['system:masters'] } }),
    ...(level !== 'Metadata' && made.request !== undefined && { requestObject: made.request }),
  }
  const stage = (stageName: string, afterUs: number, more: Json): string =>
    JSON.stringify({ ...whole, stage: stageName, stageTimestamp: timeOf(timeUs + afterUs), ...more })
  const isShown = level === 'RequestResponse' && made.response !== undefined
  const last = stage('ResponseComplete', 2_000, {
    responseStatus: { code: made.code },
    annotations: { 'authorization.k8s.io/decision': made.code === 403 ? 'forbid' : 'allow' },
    ...(isShown && { responseObject: made.response }),
  })
  const received = random.below(6) === 0 ? [stage('RequestReceived', 0, { requestObject: undefined })] : []
  const started =
    isExec || random.below(5) === 0 ? [stage('ResponseStarted', 1_000, { responseStatus: { code: made.code } })] : []
  return [...received, ...started, last]
}

interface Target {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  readonly verb: string
}

function referenceOf({ resource, namespace, name, verb }: Target, isExec: boolean): Json {
  const version = versions[resource]
  const [group = '', short = ''] = version.includes('/') ? version.split('/') : ['', version]
  const isOne = verb !== 'list'
  const root = group === '' ? `/api/${version}` : `/apis/${version}`
  const path = `${root}/namespaces/${namespace}/${resource}${isOne ? `/${name}` : ''}`
  return {
    requestURI: isExec ? `${path}/exec?command=sh&command=-c` : path,
    objectRef: {
      resource,
      namespace,
      apiVersion: short,
      ...(group !== '' && { apiGroup: group }),
      ...(isOne && { name }),
      ...(isExec && { subresource: 'exec' }),
    },
  }
}

function madeOf(random: Random, { kept, revision }: Moment, target: Target): Made {
  const { resource, namespace, name, verb } = target
  const place = `${resource}/${namespace}/${name}`
  const before = kept.get(place)
  if (random.below(8) === 0) return { code: 403, ...(verb === 'create' && { request: contentOf(random, target) }) }
  if (verb === 'list') return { code: 200, response: { kind: 'List', apiVersion: 'v1', items: [] } }
  if (verb === 'create' && before !== undefined) return { code: 409, request: contentOf(random, target) }
  if (verb !== 'create' && before === undefined) return { code: 404 }
  if (verb === 'get') return { code: 200, response: before?.state ?? {} }
  if (verb === 'delete') {
    kept.delete(place)
    return { code: 200, response: before?.state ?? {} }
  }
  const uid = before?.uid ?? random.uuid()
  const content = contentOf(random, target)
  const state = { ...content, metadata: { name, namespace, uid, resourceVersion: revision, generation: 1 } }
  kept.set(place, { uid, state })
  return { code: before === undefined ? 201 : 200, request: content, response: state, uid }
}

function contentOf(random: Random, { resource, namespace, name }: Target): Json {
  const head = { kind: kinds[resource], apiVersion: versions[resource], metadata: { name, namespace } }
  const spec = {
    ...(random.below(3) === 0 && { hostNetwork: true }),
    containers: [{ name: 'app', image: random.pick(['api:1', 'api:2', 'nginx:1']) }],
  }
  if (resource === 'pods') return { ...head, spec }
  if (resource === 'deployments') return { ...head, spec: { replicas: random.below(3), template: { spec } } }
  // A member that is not always there: what asks for it without a question is an error.
  return { ...head, ...(random.below(4) > 0 && { data: { x: String(random.below(3)) } }) }
}

const timeOf = (us: number): string => new Date(us / 1_000).toISOString().replace('Z', '000Z')
