import { describe, expect, test } from 'vitest'
import { knownResources } from './known-resources.ts'
import { isClusterScoped, kindOf, resourcesNamed, shortName } from './resources.ts'

describe('kindOf', () => {
  test.each([
    ['', 'pods', 'Pod'],
    ['', 'endpoints', 'Endpoints'],
    ['apps', 'deployments', 'Deployment'],
    ['extensions', 'ingresses', 'Ingress'],
    ['metrics.k8s.io', 'pods', 'PodMetrics'],
    ['argoproj.io', 'applications', 'Application'],
    ['k8s.cni.cncf.io', 'network-attachment-definitions', 'NetworkAttachmentDefinition'],
    ['security.openshift.io', 'securitycontextconstraints', 'SecurityContextConstraints'],
  ])('knows %s/%s as %s', (group, resource, kind) => {
    expect(kindOf(group, resource)).toBe(kind)
  })

  test('a resource that another group has too takes its kind', () => {
    expect(kindOf('crd.projectcalico.org', 'networkpolicies')).toBe('NetworkPolicy')
  })

  test.each([
    ['widgets', 'Widget'],
    ['classes', 'Class'],
    ['statuses', 'Status'],
    ['matches', 'Match'],
    ['caches', 'Cache'],
    ['boxes', 'Box'],
    ['databases', 'Database'],
    ['warehouses', 'Warehouse'],
    ['registries', 'Registry'],
    ['access', 'Access'],
    ['kafka', 'Kafka'],
    ['s', 'S'],
    ['', ''],
  ])('guesses the kind of unknown %s as %s', (resource, kind) => {
    expect(kindOf('example.com', resource)).toBe(kind)
  })
})

describe('resourcesNamed', () => {
  const anyDeployment = [{ group: null, resource: 'deployments' }]

  test.each(['deployment', 'deployments', 'Deployment', 'DEPLOYMENTS', ' deployments '])(
    '%s means deployments in any group',
    (text) => {
      expect(resourcesNamed(text)).toEqual(anyDeployment)
    },
  )

  test('a short name means the groups that have it', () => {
    expect(resourcesNamed('deploy')).toEqual([
      { group: 'apps', resource: 'deployments' },
      { group: 'extensions', resource: 'deployments' },
    ])
    expect(resourcesNamed('svc')).toEqual([{ group: '', resource: 'services' }])
    expect(resourcesNamed('vs')).toEqual([
      { group: 'snapshot.storage.k8s.io', resource: 'volumesnapshots' },
      { group: 'networking.istio.io', resource: 'virtualservices' },
    ])
  })

  test.each(['deployments.apps', 'deployment.apps', 'deploy.apps', 'deployments.v1.apps', 'Deployment.v1beta1.apps'])(
    '%s means deployments in apps only',
    (text) => {
      expect(resourcesNamed(text)).toEqual([{ group: 'apps', resource: 'deployments' }])
    },
  )

  test('a group is kept even where the table does not have the resource in it', () => {
    expect(resourcesNamed('applications.argoproj.io')).toEqual([{ group: 'argoproj.io', resource: 'applications' }])
    expect(resourcesNamed('networkpolicy.crd.projectcalico.org')).toEqual([
      { group: 'crd.projectcalico.org', resource: 'networkpolicies' },
    ])
    expect(resourcesNamed('widget.example.com')).toEqual([
      { group: 'example.com', resource: 'widget' },
      { group: 'example.com', resource: 'widgets' },
    ])
  })

  test('a version alone is the core group', () => {
    expect(resourcesNamed('pods.v1')).toEqual([{ group: '', resource: 'pods' }])
  })

  test('an unknown word is taken as it is and with its plural', () => {
    expect(resourcesNamed('Widget')).toEqual([
      { group: null, resource: 'widget' },
      { group: null, resource: 'widgets' },
    ])
    expect(resourcesNamed('widgets')).toEqual([{ group: null, resource: 'widgets' }])
    expect(resourcesNamed('registry')).toContainEqual({ group: null, resource: 'registries' })
    expect(resourcesNamed('constructor')).toContainEqual({ group: null, resource: 'constructor' })
  })

  test('nothing names nothing', () => {
    expect(resourcesNamed('  ')).toEqual([])
  })

  test('every resource of the table is found by its plural, its kind and its short names', () => {
    for (const { group, resource, kind, short } of knownResources) {
      for (const name of [resource, ...(group === 'metrics.k8s.io' ? [] : [kind]), ...short]) {
        const found = resourcesNamed(name).some(
          (named) => named.resource === resource && (named.group === null || named.group === group),
        )
        expect(found, `${name} of ${group}`).toBe(true)
      }
    }
  })
})

test('shortName is what kubectl users type, for tables', () => {
  expect(shortName('apps', 'deployments')).toBe('deploy')
  expect(shortName('', 'pods')).toBe('po')
  expect(shortName('', 'secrets')).toBe('secret')
  expect(shortName('rbac.authorization.k8s.io', 'rolebindings')).toBe('rolebinding')
  expect(shortName('serving.knative.dev', 'services')).toBe('ksvc')
  expect(shortName('example.com', 'widgets')).toBe('widgets')
})

test('isClusterScoped says null for what it does not know', () => {
  expect(isClusterScoped('', 'nodes')).toBe(true)
  expect(isClusterScoped('', 'secrets')).toBe(false)
  expect(isClusterScoped('example.com', 'widgets')).toBeNull()
})

test('the table names no resource twice in one group', () => {
  const names = knownResources.map(({ group, resource }) => `${group}/${resource}`)
  expect(new Set(names).size).toBe(names.length)
  expect(knownResources.every(({ resource, kind }) => /^[a-z-]+$/.test(resource) && /^[A-Z]\w+$/.test(kind))).toBe(true)
})
