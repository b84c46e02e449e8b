import { describe, expect, test } from 'vitest'
import { detailOf } from './detail.ts'

interface Case {
  readonly verb?: string
  readonly resource?: string
  readonly subresource?: string
  readonly uri?: string
  readonly body?: unknown
  readonly answer?: unknown
}

function detail({
  verb = 'patch',
  resource = 'deployments',
  subresource = '',
  uri = '/x',
  body,
  answer,
}: Case): string | null {
  const object = { apiGroup: '', apiVersion: 'v1', resource, subresource, namespace: 'prod', name: 'x', uid: null }
  return detailOf({ verb, object, requestURI: uri, requestObject: body, responseObject: answer })
}

function containers(...images: readonly string[]): { readonly spec: object } {
  return { spec: { template: { spec: { containers: images.map((image, at) => ({ name: `c${at}`, image })) } } } }
}

describe('a connection', () => {
  const exec = { verb: 'get', resource: 'pods', subresource: 'exec' }

  test('tells the command with its words in their order', () => {
    expect(detail({ ...exec, uri: '/x/exec?command=sh&command=-c&command=ls&stdin=true' })).toBe('command sh -c ls')
  })

  test('keeps words with spaces apart and names the container', () => {
    const uri = '/x/exec?command=sh&command=-c&command=ls+-la+%2Ftmp&container=app'
    expect(detail({ ...exec, uri })).toBe("command sh -c 'ls -la /tmp'; container app")
    expect(detail({ ...exec, uri: "/x/exec?command=echo&command=it's&command=" })).toBe(
      String.raw`command echo 'it'\''s' ''`,
    )
  })

  test('keeps the container even where the command is long', () => {
    const told = detail({ ...exec, uri: `/x/exec?command=${'a'.repeat(1000)}&container=app` })
    expect(told).toMatch(/^command a{219}…; container app$/)
  })

  test('by attach names the container, by portforward the ports that the query has', () => {
    expect(detail({ ...exec, subresource: 'attach', uri: '/x/attach?container=app&stdin=true' })).toBe('container app')
    expect(detail({ ...exec, subresource: 'portforward', uri: '/x/portforward?ports=8080,9090' })).toBe(
      'ports 8080, 9090',
    )
    expect(detail({ ...exec, subresource: 'portforward', uri: '/x/portforward' })).toBeNull()
  })

  test('by proxy tells the path behind it, even for a service that is called proxy', () => {
    const proxy = { verb: 'get', resource: 'nodes', subresource: 'proxy' }
    expect(detail({ ...proxy, uri: '/api/v1/nodes/n1/proxy/run/prod/web/app?cmd=id' })).toBe('path /run/prod/web/app')
    expect(detail({ ...proxy, resource: 'services', uri: '/api/v1/namespaces/x/services/proxy/proxy/a' })).toBe(
      'path /a',
    )
    expect(detail({ ...proxy, uri: '/api/v1/nodes/n1/proxy' })).toBeNull()
  })
})

describe('a patch of a workload', () => {
  test('tells the image in a strategic or merge patch', () => {
    expect(detail({ body: containers('registry.acme.io/team/api:1.9') })).toBe('image api:1.9')
    const withDirectives = {
      spec: { template: { spec: { $setElementOrder: {}, containers: [{ $patch: 'delete', name: 'x' }] } } },
    }
    expect(detail({ body: withDirectives })).toBeNull()
  })

  test('tells the image in a JSON patch, whose body is an array', () => {
    const path = '/spec/template/spec/containers/0'
    expect(detail({ body: [{ op: 'replace', path: `${path}/image`, value: 'api:1.9' }] })).toBe('image api:1.9')
    expect(detail({ body: [{ op: 'add', path: '/spec/template/spec/containers/-', value: { image: 'log:2' } }] })).toBe(
      'image log:2',
    )
    expect(detail({ body: [{ op: 'test', path: `${path}/image`, value: 'api:1.8' }] })).toBeNull()
  })

  test('tells images that an apply holds as applied, because not all of them are new', () => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', ...containers('api:1.9') }
    expect(detail({ uri: '/x?fieldManager=argocd&force=true', body })).toBe('applied image api:1.9')
    expect(detail({ uri: '/x?fieldManager=flux', body })).toBe('applied image api:1.9')
  })

  test('with kind and apiVersion but no fieldManager is no apply (strimzi)', () => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', ...containers('api:1.9') }
    expect(detail({ uri: '/x', body })).toBe('image api:1.9')
    expect(detail({ uri: '/x?fieldManager=kubectl-patch', body })).toBe('image api:1.9')
  })

  test('tells at most three images, each once, digests cut short', () => {
    expect(detail({ body: containers('a:1', 'b:2', 'a:1') })).toBe('images a:1, b:2')
    expect(detail({ body: containers('a:1', 'b:2', 'c:3', 'd:4', 'e:5') })).toBe('images a:1, b:2, c:3 and 2 more')
    const digest = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c'
    expect(detail({ body: containers(`r.io/x/api:1@sha256:${digest}`) })).toBe('image api:1@sha256:b5bb9d8014a0')
  })

  test('tells replicas, a restart, and all of them together', () => {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-20T14:03:22Z' }
    const restart = { spec: { template: { metadata: { annotations } } } }
    expect(detail({ body: { spec: { replicas: 5 } } })).toBe('replicas 5')
    expect(detail({ body: restart })).toBe('restarted')
    const path = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt'
    expect(detail({ body: [{ op: 'add', path, value: 'now' }] })).toBe('restarted')
    const both = { spec: { replicas: 0, ...containers('api:1.9').spec } }
    expect(detail({ body: both })).toBe('image api:1.9; replicas 0')
  })

  test('of a cronjob and of a pod finds their containers', () => {
    const job = { spec: { jobTemplate: containers('job:2') } }
    expect(detail({ resource: 'cronjobs', body: job })).toBe('image job:2')
    expect(detail({ resource: 'pods', body: { spec: { initContainers: [{ image: 'init:1' }] } } })).toBe('image init:1')
  })
})

test('a create of a workload tells its images; an update sends everything, so it tells none', () => {
  expect(detail({ verb: 'create', body: containers('api:1.9') })).toBe('image api:1.9')
  expect(detail({ verb: 'update', body: containers('api:1.9') })).toBeNull()
})

describe('scale', () => {
  test('tells the replicas of a Scale and of a patch', () => {
    const scale = { subresource: 'scale' }
    expect(detail({ ...scale, verb: 'update', body: { kind: 'Scale', spec: { replicas: 5 } } })).toBe('replicas 5')
    expect(detail({ ...scale, body: { spec: { replicas: 0 } } })).toBe('replicas 0')
    expect(detail({ ...scale, body: [{ op: 'replace', path: '/spec/replicas', value: 3 }] })).toBe('replicas 3')
    expect(detail({ ...scale, verb: 'update', body: { kind: 'Scale', spec: {} } })).toBeNull()
  })
})

describe('secrets and configmaps', () => {
  test('show the names of keys and never a value', () => {
    const body = { kind: 'Secret', data: { password: 'aHVudGVyMg==' }, stringData: { user: 'root' } }
    expect(detail({ verb: 'create', resource: 'secrets', body })).toBe('keys password, user')
    expect(detail({ resource: 'secrets', body: { data: { password: 'aHVudGVyMg==', old: null } } })).toBe(
      'keys password, old',
    )
    const patch = [{ op: 'replace', path: '/data/password', value: 'aHVudGVyMg==' }]
    expect(detail({ resource: 'secrets', body: patch })).toBe('key password')
  })

  test('show a count where there are more than five', () => {
    const data = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`k${at}`, 'v']))
    expect(detail({ verb: 'create', resource: 'configmaps', body: { data } })).toBe('12 keys')
  })
})

test('a role binding tells the role and its subjects', () => {
  const subjects = [
    { kind: 'User', name: 'mallory' },
    { kind: 'Group', name: 'sre' },
    { kind: 'ServiceAccount', name: 'ci', namespace: 'build' },
  ]
  const body = { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects }
  const told = 'role cluster-admin to user:mallory, group:sre, sa:build/ci'
  expect(detail({ verb: 'create', resource: 'clusterrolebindings', body })).toBe(told)
  expect(detail({ resource: 'rolebindings', body: { subjects: [subjects[0]] } })).toBe('subjects user:mallory')
  const add = [{ op: 'add', path: '/subjects/-', value: subjects[1] }]
  expect(detail({ resource: 'rolebindings', body: add })).toBe('subjects group:sre')
})

test('a node patch tells cordon and uncordon, also by removal', () => {
  const node = { resource: 'nodes' }
  expect(detail({ ...node, body: { spec: { unschedulable: true } } })).toBe('cordoned')
  expect(detail({ ...node, body: { spec: { unschedulable: false } } })).toBe('uncordoned')
  expect(detail({ ...node, body: { spec: { unschedulable: null } } })).toBe('uncordoned')
  expect(detail({ ...node, body: [{ op: 'remove', path: '/spec/unschedulable' }] })).toBe('uncordoned')
  expect(detail({ ...node, verb: 'update', body: { spec: { unschedulable: true } } })).toBeNull()
})

test('ephemeralcontainers tells the image of the debug container', () => {
  const body = { spec: { ephemeralContainers: [{ name: 'debugger-1', image: 'docker.io/library/busybox' }] } }
  expect(detail({ resource: 'pods', subresource: 'ephemeralcontainers', body })).toBe('debug container image busybox')
})

test('token, eviction, binding and approval tell what their bodies hold', () => {
  const token = { spec: { expirationSeconds: 3600 }, status: { token: 'eyJhbGciOi' } }
  expect(
    detail({ verb: 'create', resource: 'serviceaccounts', subresource: 'token', body: token, answer: token }),
  ).toBe('token for 3600s')
  const eviction = { deleteOptions: { gracePeriodSeconds: 0 } }
  expect(detail({ verb: 'create', resource: 'pods', subresource: 'eviction', body: eviction })).toBe('grace period 0s')
  const binding = { target: { kind: 'Node', name: 'n1' } }
  expect(detail({ verb: 'create', resource: 'pods', subresource: 'binding', body: binding })).toBe('node n1')
  expect(detail({ verb: 'create', resource: 'bindings', body: binding })).toBe('node n1')
  const approval = { status: { conditions: [{ type: 'Approved', status: 'True' }] } }
  expect(
    detail({ verb: 'update', resource: 'certificatesigningrequests', subresource: 'approval', body: approval }),
  ).toBe('approved')
})

test('deletecollection counts the objects of the List that answers it, and tells the selector', () => {
  const answer = { kind: 'PodList', items: [{}, {}, {}] }
  const uri = '/api/v1/namespaces/prod/pods?labelSelector=app%3Dweb'
  expect(detail({ verb: 'deletecollection', resource: 'pods', answer })).toBe('3 objects')
  expect(detail({ verb: 'deletecollection', resource: 'pods', uri, answer: { items: [{}] } })).toBe(
    '1 object; selector app=web',
  )
  expect(detail({ verb: 'deletecollection', resource: 'pods', answer: { kind: 'Status' } })).toBeNull()
})

describe('a patch of labels and annotations only', () => {
  test('tells their names for any resource', () => {
    const body = { metadata: { labels: { tier: 'web', old: null }, annotations: { owner: 'secret value' } } }
    expect(detail({ resource: 'widgets', body })).toBe('labels tier, old; annotations owner')
    const patch = [{ op: 'add', path: '/metadata/labels/a~1b', value: 'x' }]
    expect(detail({ resource: 'namespaces', body: patch })).toBe('labels a/b')
  })

  test('tells nothing where it sets more', () => {
    expect(detail({ resource: 'widgets', body: { metadata: { labels: { a: 'b' } }, spec: { x: 1 } } })).toBeNull()
    expect(detail({ resource: 'widgets', body: { metadata: { labels: { a: 'b' }, finalizers: [] } } })).toBeNull()
  })

  test('leaves out the copy that kubectl apply keeps', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'x' }
    expect(detail({ resource: 'widgets', body: { metadata: { annotations } } })).toBe('annotations note')
  })
})

test('no detail is longer than 300 characters', () => {
  const long = 'x'.repeat(99)
  const subjects = Array.from({ length: 5 }, (_, at) => ({ kind: 'User', name: `${long}${at}` }))
  expect(
    detail({ verb: 'create', resource: 'rolebindings', body: { roleRef: { name: long }, subjects } })?.length,
  ).toBe(300)
})

test.each([
  null,
  7,
  'text',
  [],
  [null],
  [[]],
  {},
  { spec: 1 },
  { spec: { template: null } },
  { data: 'x', metadata: [] },
])('the body %j says nothing, and nothing is thrown', (body) => {
  for (const resource of ['deployments', 'pods', 'secrets', 'nodes', 'rolebindings', 'widgets']) {
    for (const verb of ['create', 'update', 'patch', 'deletecollection']) {
      expect(detail({ verb, resource, body, answer: body })).toBeNull()
    }
  }
  for (const subresource of ['scale', 'token', 'eviction', 'binding', 'approval', 'ephemeralcontainers', 'status']) {
    expect(detail({ subresource, body })).toBeNull()
  }
})

test('a key named __proto__ in a JSON patch is a key like any other', () => {
  const patch = [{ op: 'add', path: '/data/__proto__', value: 'x' }]
  expect(detail({ resource: 'configmaps', body: patch })).toBe('key __proto__')
  expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
})
