import { expect, test } from 'vitest'
import { patchTypeOf, type PatchRequest } from './patch-type.ts'

const at = Date.parse('2026-11-26T10:00:00Z') * 1000

const typeOf = (body: unknown, more: Partial<PatchRequest> & { query?: string } = {}): string =>
  patchTypeOf({
    requestURI: `/apis/apps/v1/namespaces/shop/deployments/api?${more.query ?? ''}`,
    requestObject: body,
    responseObject: { metadata: {} },
    apiGroup: 'apps',
    time: at,
    stageTime: at + 5_000,
    ...more,
  }).type

const typed = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 2 } }
const managed = (operation: string, time: string): object => ({
  metadata: { managedFields: [{ manager: 'argocd', operation, time }] },
})
const soon = '2026-11-26T10:00:00Z'
const earlier = '2026-11-26T09:00:00Z'

test('a list is a JSON patch', () => {
  expect(typeOf([{ op: 'replace', path: '/spec/replicas', value: 2 }])).toBe('json-patch')
})

test('force is for apply only, whatever the body', () => {
  expect(typeOf(typed, { query: 'fieldManager=argocd&force=true' })).toBe('apply')
})

test('a directive at any depth is of a strategic merge', () => {
  expect(typeOf({ spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'a' }] } } } })).toBe('strategic')
  expect(typeOf({ spec: { containers: [{ name: 'a', $patch: 'delete' }] } })).toBe('strategic')
})

test("kubectl's patching commands send built-in types a strategic merge and custom resources a merge patch", () => {
  const query = 'fieldManager=kubectl-client-side-apply'
  expect(typeOf({ spec: {} }, { query })).toBe('strategic')
  expect(typeOf({ spec: {} }, { query, apiGroup: 'acme.io' })).toBe('merge')
})

test('an apply names its manager and its type, and managedFields bear it out', () => {
  const query = 'fieldManager=argocd'
  expect(typeOf(typed, { query, responseObject: managed('Apply', soon) })).toBe('apply')
  expect(typeOf(typed, { query, responseObject: managed('Update', soon) })).toBe('ambiguous')
  expect(typeOf(typed, { query, responseObject: managed('Update', soon), apiGroup: 'acme.io' })).toBe('merge')
})

test('an apply that may as well be a merge by the same manager is ambiguous, and so is one without managedFields', () => {
  const query = 'fieldManager=argocd'
  expect(typeOf(typed, { query, responseObject: managed('Apply', earlier), apiGroup: 'acme.io' })).toBe('ambiguous')
  expect(typeOf(typed, { query, apiGroup: 'acme.io' })).toBe('ambiguous')
})

test('kind and apiVersion alone do not make an apply', () => {
  expect(typeOf(typed, { apiGroup: 'acme.io' })).toBe('merge')
})

test('merge and strategic merge of a built-in type look the same, and are said to', () => {
  expect(typeOf({ metadata: { labels: { a: 'b' } } })).toBe('ambiguous')
  expect(typeOf(undefined)).toBe('ambiguous')
})

test('a body of any depth and width is read within its bounds', () => {
  let deep: unknown = {}
  for (let depth = 0; depth < 10_000; depth++) deep = { a: deep }
  expect(typeOf(deep)).toBe('ambiguous')
  expect(typeOf({ items: Array.from({ length: 200_000 }, () => ({})) })).toBe('ambiguous')
})
