import { expect, test } from 'vitest'
import { parseFieldPath } from './field-path.ts'
import { itemKeys, itemName, listShape } from './merge-keys.ts'

const shapeOf = (
  path: string,
  lists: readonly (readonly unknown[])[],
  kind = 'Deployment',
  isBuiltIn = true,
): string => {
  const shape = listShape(lists, { path: parseFieldPath(path), kind, isBuiltIn })
  return shape.by === 'keys' ? shape.keys.map(({ name }) => name).join('+') : shape.by
}

// As x-kubernetes-list-type and x-kubernetes-list-map-keys say in the OpenAPI document of Kubernetes 1.37.
test.each([
  ['Pod', 'spec.containers', { name: 'a' }, 'name'],
  ['Pod', 'spec.initContainers[a].env', { name: 'a' }, 'name'],
  ['Pod', 'spec.containers[a].ports', { containerPort: 80 }, 'containerPort+protocol'],
  ['Pod', 'spec.containers[a].volumeMounts', { mountPath: '/a' }, 'mountPath'],
  ['Pod', 'spec.hostAliases', { ip: '::1' }, 'ip'],
  [
    'Pod',
    'spec.topologySpreadConstraints',
    { topologyKey: 'z', whenUnsatisfiable: 'x' },
    'topologyKey+whenUnsatisfiable',
  ],
  ['Pod', 'spec.tolerations', { key: 'a', name: 'a' }, 'index'],
  ['Pod', 'spec.containers[a].args', '-a', 'index'],
  ['Pod', 'status.conditions', { type: 'Ready' }, 'type'],
  ['Pod', 'metadata.ownerReferences', { uid: 'a' }, 'uid'],
  ['Pod', 'metadata.finalizers', 'a', 'member'],
  ['Namespace', 'spec.finalizers', 'kubernetes', 'index'],
  ['Service', 'spec.ports', { port: 80 }, 'port+protocol'],
  ['Service', 'status.loadBalancer.ingress[0].ports', { port: 80, protocol: 'TCP' }, 'index'],
  ['EndpointSlice', 'ports', { port: 80, name: 'a' }, 'index'],
  ['EndpointSlice', 'endpoints[0].addresses', '10.0.0.1', 'member'],
  ['Node', 'status.addresses', { type: 'Hostname', address: 'a' }, 'type'],
  ['ServiceAccount', 'secrets', { name: 'a' }, 'name'],
  ['ServiceAccount', 'imagePullSecrets', { name: 'a' }, 'index'],
  ['Pod', 'spec.imagePullSecrets', { name: 'a' }, 'name'],
  ['ClusterRole', 'rules[0].verbs', 'get', 'index'],
  ['FlowSchema', 'spec.rules[0].resourceRules[0].verbs', 'get', 'member'],
  ['RoleBinding', 'subjects', { name: 'a' }, 'index'],
  ['ValidatingWebhookConfiguration', 'webhooks', { name: 'a' }, 'name'],
])('%s %s goes as Kubernetes publishes it', (kind, path, item, shape) => {
  expect(shapeOf(path, [[item], []], kind)).toBe(shape)
})

test('both sides decide: a key that one of them lacks or holds twice leaves the index', () => {
  expect(shapeOf('spec.containers', [[{ name: 'a' }], [{ name: 'a' }, { name: 'a' }]])).toBe('index')
  expect(shapeOf('spec.containers', [[{ name: 'a' }, {}], []])).toBe('index')
  expect(shapeOf('spec.containers', [[null], [{ name: 'a' }]])).toBe('index')
  expect(shapeOf('metadata.finalizers', [['a', 'a'], []])).toBe('index')
  expect(shapeOf('spec.containers[a].ports', [[{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }]])).toBe(
    'index',
  )
  expect(shapeOf('spec.containers[a].ports', [[{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }]])).toBe(
    'containerPort+protocol',
  )
})

test('a list of another type goes by name where every item has one of its own', () => {
  const widget = (list: readonly unknown[]): string => shapeOf('spec.steps', [list, []], 'Widget', false)
  expect(widget([{ name: 'a' }, { name: 'b' }])).toBe('name')
  expect(widget([{ name: 'a' }, 'b'])).toBe('index')
  expect(widget([{ name: { a: 1 } }])).toBe('index')
  expect(widget([])).toBe('index')
  expect(shapeOf('status.conditions', [[{ type: 'Ready' }]], 'Widget', false)).toBe('type')
})

test('two items have one name only if the values of their keys are the same', () => {
  const keys = [
    { name: 'a', absent: null },
    { name: 'b', absent: null },
  ]
  const named = (a: unknown, b: unknown): string | null => {
    const found = itemKeys({ a, b }, keys)
    return found === null ? null : itemName(found)
  }
  expect(new Set([named('1', 1), named(1, '1'), named('1', '1'), named('1,1', ''), named('', '1,1')]).size).toBe(5)
  expect(itemName([{ name: 'a', value: 1 }])).not.toBe(itemName([{ name: 'a', value: '1' }]))
  expect(named(null, 'x')).toBeNull()
  expect(itemKeys(JSON.parse('{"__proto__":{"a":"x"}}'), [{ name: 'a', absent: null }])).toBeNull()
})

test('what stands for a secret is no key: paths are shown', () => {
  const digest = `plaintrail:hmac-sha256:${'a'.repeat(43)}`
  expect(shapeOf('spec.users', [[{ name: digest }, { name: 'b' }]], 'Database', false)).toBe('index')
  expect(shapeOf('spec.podCIDRs', [[digest]], 'Node')).toBe('index')
  expect(itemKeys({ name: digest }, [{ name: 'name', absent: null }])).toBeNull()
})
