// What an API server with our policy records, told by the rules of kubernetes/apiserver pkg/audit/policy/checker.go.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { auditPolicy } from './audit-policy.ts'

interface GroupResources {
  readonly group?: string
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

interface Rule {
  readonly level: string
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly namespaces?: readonly string[]
  readonly resources?: readonly GroupResources[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly string[]
}

const text = auditPolicy()
const policy: { readonly rules: readonly Rule[] } & Record<string, unknown> = parse(text)

interface Caller {
  readonly name: string
  readonly groups: readonly string[]
}

interface Request {
  /** Null for a failed authentication, which has no user at all. */
  readonly caller: Caller | null
  readonly verb: string
  readonly path?: string
  readonly group?: string
  /** `pods` or `pods/exec`. */
  readonly resource?: string
  readonly namespace?: string
  /** Of the object; a list has none. */
  readonly name?: string
}

function levelOf(request: Request): string {
  return policy.rules.find((rule) => matches(rule, request))?.level ?? 'None'
}

/** Every part that a rule has must match; a part that it has not matches everything. */
function matches(rule: Rule, request: Request): boolean {
  const { caller, verb, path, resource, namespace = '' } = request
  if (rule.users !== undefined && !rule.users.includes(caller?.name ?? '')) return false
  if (rule.userGroups !== undefined && !rule.userGroups.some((name) => caller?.groups.includes(name))) return false
  if (rule.verbs !== undefined && !rule.verbs.includes(verb)) return false
  if (rule.namespaces !== undefined || rule.resources !== undefined) {
    if (resource === undefined) return false
    if (rule.namespaces !== undefined && !rule.namespaces.includes(namespace)) return false
    return rule.resources === undefined || rule.resources.some((entry) => matchesResource(entry, resource, request))
  }
  if (rule.nonResourceURLs !== undefined) {
    return path !== undefined && rule.nonResourceURLs.some((pattern) => matchesPath(pattern, path))
  }
  return true
}

function matchesResource(entry: GroupResources, resource: string, { group = '', name = '' }: Request): boolean {
  if ((entry.group ?? '') !== group) return false
  if (entry.resources === undefined) return true
  if (entry.resourceNames !== undefined && !entry.resourceNames.includes(name)) return false
  const [parent = '', subresource] = resource.split('/')
  return entry.resources.some(
    (pattern) =>
      pattern === '*' ||
      pattern === resource ||
      (subresource !== undefined && pattern === `*/${subresource}`) ||
      pattern === `${parent}/*`,
  )
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')))
}

const alice: Caller = { name: 'alice', groups: ['developers', 'system:authenticated'] }
const admin: Caller = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
const anonymous: Caller = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
const node: Caller = { name: 'system:node:worker-1', groups: ['system:nodes', 'system:authenticated'] }
const scheduler: Caller = { name: 'system:kube-scheduler', groups: ['system:authenticated'] }
const apiserver: Caller = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }
const serviceAccount = (namespace: string, name: string): Caller => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
})
const priorityClass = { caller: apiserver, verb: 'get', group: 'scheduling.k8s.io', resource: 'priorityclasses' }
const argocd = serviceAccount('argocd', 'argocd-application-controller')
const replicaSets = serviceAccount('kube-system', 'replicaset-controller')
const collector = serviceAccount('kube-system', 'generic-garbage-collector')
const everybody = [alice, admin, anonymous, node, scheduler, apiserver, argocd, replicaSets, collector, null]

describe('the policy is one that an API server loads', () => {
  test('it has exactly the fields of audit.k8s.io/v1', () => {
    const ruleFields = [
      'level',
      'users',
      'userGroups',
      'verbs',
      'resources',
      'namespaces',
      'nonResourceURLs',
      'omitStages',
      'omitManagedFields',
    ]
    expect(policy).toMatchObject({
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      omitManagedFields: false,
    })
    expect(Object.keys(policy).toSorted()).toEqual(['apiVersion', 'kind', 'omitManagedFields', 'omitStages', 'rules'])
    for (const rule of policy.rules) {
      expect(ruleFields).toEqual(expect.arrayContaining(Object.keys(rule)))
      expect(['None', 'Metadata', 'Request', 'RequestResponse']).toContain(rule.level)
      expect(rule.nonResourceURLs === undefined || rule.resources === undefined).toBe(true)
      for (const entry of rule.resources ?? []) {
        expect(['group', 'resources', 'resourceNames']).toEqual(expect.arrayContaining(Object.keys(entry)))
      }
      for (const pattern of rule.nonResourceURLs ?? []) expect(pattern).toMatch(/^\/[^*]*\*?$/)
    }
  })

  test('it is plain YAML, without anchors, and every rule says why it is there', () => {
    expect(text).not.toMatch(/[:-] [&*][a-z]/)
    const rules = text.slice(text.indexOf('\nrules:')).split(/^ {2}- level: /m)
    expect(rules).toHaveLength(policy.rules.length + 1)
    rules.slice(0, -1).forEach((before, index) => {
      const comment = before.split('\n').filter((line) => line.startsWith('  # '))
      expect(comment[0], `rule ${index + 1}`).toMatch(new RegExp(`^  # ${index + 1}\\. [A-Z]`))
    })
  })
})

describe('commands, tunnels and proxies are seen, whoever and however', () => {
  const resources = ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'nodes/proxy', 'services/proxy']
  test.each(resources)('%s', (resource) => {
    for (const caller of everybody) {
      for (const verb of ['get', 'create', 'update', 'patch', 'delete', 'proxy']) {
        expect(levelOf({ caller, verb, resource })).toBe('Metadata')
      }
    }
  })
})

describe('secrets and credentials are seen, never their content, whoever and however', () => {
  test.each([
    ['', 'secrets'],
    ['', 'configmaps'],
    ['', 'serviceaccounts/token'],
    ['authentication.k8s.io', 'tokenreviews'],
    ['authentication.k8s.io', 'selfsubjectreviews'],
    ['oauth.openshift.io', 'oauthaccesstokens'],
  ])('%s %s', (group, resource) => {
    for (const caller of everybody) {
      for (const verb of ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']) {
        expect(levelOf({ caller, verb, group, resource })).toBe('Metadata')
      }
    }
  })
})

describe('each request gets the level that the comments promise', () => {
  test.each<[string, string, Request]>([
    ['a kubelet asks whether a caller may', 'None', question(node, 'subjectaccessreviews')],
    [
      'an add-on asks the same',
      'None',
      question(serviceAccount('kube-system', 'metrics-server'), 'subjectaccessreviews'),
    ],
    ['a person asks what he may do', 'Metadata', question(alice, 'selfsubjectaccessreviews')],
    ['a service account asks for its rules', 'Metadata', question(argocd, 'selfsubjectrulesreviews')],
    ['a node asks what it may do itself', 'Metadata', question(node, 'selfsubjectaccessreviews')],

    ['an event is written', 'None', { caller: node, verb: 'create', resource: 'events' }],
    ['an event is repeated', 'None', { caller: argocd, verb: 'patch', group: 'events.k8s.io', resource: 'events' }],
    ['a person reads events', 'None', { caller: alice, verb: 'list', resource: 'events' }],
    ['a person deletes events', 'Metadata', { caller: alice, verb: 'deletecollection', resource: 'events' }],
    [
      'a person deletes an event',
      'Metadata',
      { caller: alice, verb: 'delete', group: 'events.k8s.io', resource: 'events' },
    ],
    ['a leader renews its lease', 'None', lease(argocd, 'update')],
    ['a person deletes a lease', 'Metadata', lease(alice, 'delete')],

    ['a load balancer asks for health', 'None', { caller: anonymous, verb: 'get', path: '/livez' }],
    ['a bad credential asks for health', 'None', { caller: null, verb: 'get', path: '/readyz/etcd' }],
    ['Prometheus reads metrics', 'None', { caller: argocd, verb: 'get', path: '/metrics' }],
    ['a client discovers', 'None', { caller: alice, verb: 'get', path: '/apis/apps/v1' }],
    ['a client reads schemas', 'None', { caller: anonymous, verb: 'get', path: '/openapi/v3/apis/apps/v1' }],
    ['a bad credential discovers', 'Metadata', { caller: null, verb: 'get', path: '/api' }],
    ['somebody tries a path', 'Metadata', { caller: anonymous, verb: 'get', path: '/console' }],
    ['somebody posts to a path', 'Metadata', { caller: anonymous, verb: 'post', path: '/api' }],
    ['profiling is read', 'Metadata', { caller: admin, verb: 'get', path: '/debug/pprof/heap' }],

    ['a kubelet watches its pods', 'None', { caller: node, verb: 'watch', resource: 'pods' }],
    [
      'a kubelet reads drivers',
      'None',
      { caller: node, verb: 'list', group: 'storage.k8s.io', resource: 'csidrivers' },
    ],
    ['a node reads deployments', 'Metadata', { caller: node, verb: 'list', group: 'apps', resource: 'deployments' }],
    ['a node reads roles', 'Metadata', rbac(node, 'list')],
    ['a node reads logs of a pod', 'Metadata', { caller: node, verb: 'get', resource: 'pods/log' }],
    ['the scheduler watches', 'None', { caller: scheduler, verb: 'watch', resource: 'pods' }],
    ['the API server starts', 'Metadata', { ...priorityClass, name: 'system-node-critical' }],
    ['the API server starts, and looks further', 'None', { ...priorityClass, name: 'system-cluster-critical' }],
    ['the API server lists the same', 'None', { ...priorityClass, verb: 'list' }],
    ['the API server watches', 'None', { caller: apiserver, verb: 'list', group: 'apps', resource: 'deployments' }],
    ['the collector reads', 'None', { caller: collector, verb: 'get', group: 'apps', resource: 'replicasets' }],
    [
      'another controller reads',
      'Metadata',
      { caller: replicaSets, verb: 'get', group: 'apps', resource: 'replicasets' },
    ],

    ['a kubelet reports on a pod', 'Metadata', { caller: node, verb: 'patch', resource: 'pods/status' }],
    ['a kubelet reports on itself', 'Metadata', { caller: node, verb: 'patch', resource: 'nodes/status' }],
    [
      'a controller reports',
      'Metadata',
      { caller: replicaSets, verb: 'update', group: 'apps', resource: 'replicasets/status' },
    ],
    ['the scheduler reports', 'Metadata', { caller: scheduler, verb: 'patch', resource: 'pods/status' }],
    [
      'a controller fills a Service',
      'Metadata',
      { caller: replicaSets, verb: 'update', group: 'discovery.k8s.io', resource: 'endpointslices' },
    ],
    ['a person changes a status', 'RequestResponse', { caller: alice, verb: 'patch', resource: 'services/status' }],
    ['a person moves a Service', 'RequestResponse', { caller: alice, verb: 'update', resource: 'endpoints' }],

    [
      'a person changes a deployment',
      'RequestResponse',
      { caller: alice, verb: 'patch', group: 'apps', resource: 'deployments' },
    ],
    [
      'a program scales',
      'RequestResponse',
      { caller: argocd, verb: 'update', group: 'apps', resource: 'deployments/scale' },
    ],
    ['a role changes', 'RequestResponse', rbac(admin, 'create')],
    ['a node registers', 'RequestResponse', { caller: node, verb: 'create', resource: 'nodes' }],
    ['the scheduler binds a pod', 'RequestResponse', { caller: scheduler, verb: 'create', resource: 'pods/binding' }],
    ['a pod is evicted', 'RequestResponse', { caller: alice, verb: 'create', resource: 'pods/eviction' }],
    [
      'a debug container is added',
      'RequestResponse',
      { caller: alice, verb: 'patch', resource: 'pods/ephemeralcontainers' },
    ],
    ['a controller makes a pod', 'RequestResponse', { caller: replicaSets, verb: 'create', resource: 'pods' }],
    [
      'the collector deletes',
      'RequestResponse',
      { caller: collector, verb: 'delete', group: 'apps', resource: 'replicasets' },
    ],
    ['many are deleted at once', 'RequestResponse', { caller: alice, verb: 'deletecollection', resource: 'pods' }],
    [
      'a custom resource changes',
      'RequestResponse',
      { caller: argocd, verb: 'patch', group: 'argoproj.io', resource: 'applications' },
    ],
    [
      'a webhook is added',
      'RequestResponse',
      {
        caller: alice,
        verb: 'create',
        group: 'admissionregistration.k8s.io',
        resource: 'validatingwebhookconfigurations',
      },
    ],

    ['a person reads pods', 'Metadata', { caller: alice, verb: 'list', resource: 'pods' }],
    ['an administrator reads roles', 'Metadata', rbac(admin, 'get')],
    ['an application watches', 'Metadata', { caller: argocd, verb: 'watch', group: 'apps', resource: 'deployments' }],
    ['a stranger reads', 'Metadata', { caller: anonymous, verb: 'list', resource: 'pods' }],
    ['a bad credential reads', 'Metadata', { caller: null, verb: 'list', resource: 'pods' }],
  ])('%s: %s', (_what, level, request) => {
    expect(levelOf(request)).toBe(level)
  })
})

function question(caller: Caller, resource: string): Request {
  return { caller, verb: 'create', group: 'authorization.k8s.io', resource }
}

function lease(caller: Caller, verb: string): Request {
  return { caller, verb, group: 'coordination.k8s.io', resource: 'leases' }
}

function rbac(caller: Caller, verb: string): Request {
  return { caller, verb, group: 'rbac.authorization.k8s.io', resource: 'clusterroles' }
}

test('a read never has a body, by anybody, of anything', () => {
  const resources = ['pods', 'secrets', 'nodes', 'pods/log', 'pods/status']
  for (const caller of everybody) {
    for (const verb of ['get', 'list', 'watch']) {
      for (const resource of resources) expect(['None', 'Metadata']).toContain(levelOf({ caller, verb, resource }))
    }
  }
})

test('nobody changes anything unseen but events and leases', () => {
  const groups = ['', 'apps', 'batch', 'rbac.authorization.k8s.io', 'argoproj.io']
  for (const caller of everybody) {
    for (const verb of ['create', 'update', 'patch', 'delete', 'deletecollection']) {
      for (const group of groups) expect(levelOf({ caller, verb, group, resource: 'things' })).toBe('RequestResponse')
    }
  }
})

test('a failed authentication is seen everywhere but at the health endpoints', () => {
  for (const path of ['/api', '/apis', '/version', '/metrics', '/openapi/v2', '/', '/swagger']) {
    expect(levelOf({ caller: null, verb: 'get', path })).toBe('Metadata')
  }
})
