import { expect, test } from 'vitest'
import { formatFieldPath } from './field-path.ts'
import type { JsonObject } from './json-values.ts'
import { leafFields } from './leaf-fields.ts'

const told = (object: JsonObject, options = { withNoise: false, fieldsMax: 100 }): readonly (readonly unknown[])[] =>
  leafFields(object, options).fields.map(({ path, value }) => [formatFieldPath(path), value])

test('every value has its path, items of lists by what Kubernetes knows them by', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api', annotations: {}, finalizers: ['a.io/x'] },
    spec: { replicas: 0, template: { spec: { containers: [{ name: 'api', args: ['-v'] }], tolerations: [] } } },
  }
  expect(told(deployment)).toEqual([
    ['apiVersion', 'apps/v1'],
    ['kind', 'Deployment'],
    ['metadata.name', 'api'],
    ['metadata.annotations', {}],
    ['metadata.finalizers[=a.io/x]', 'a.io/x'],
    ['spec.replicas', 0],
    ['spec.template.spec.containers[api].name', 'api'],
    ['spec.template.spec.containers[api].args[0]', '-v'],
    ['spec.template.spec.tolerations', []],
  ])
})

test('noise is left out unless asked for, and said to be noise', () => {
  const object = { kind: 'Pod', apiVersion: 'v1', metadata: { uid: 'u' }, status: { phase: 'Running' } }
  expect(told(object)).toEqual([
    ['kind', 'Pod'],
    ['apiVersion', 'v1'],
  ])
  const { fields } = leafFields(object, { withNoise: true, fieldsMax: 100 })
  expect(fields.filter(({ noise }) => noise).map(({ path }) => formatFieldPath(path))).toEqual([
    'metadata.uid',
    'status.phase',
  ])
})

test('no secret is shown, and no more fields than asked for', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', data: { a: 'b2xk', b: 'bmV3' }, type: 'Opaque' }
  const { fields, isCut } = leafFields(secret, { withNoise: true, fieldsMax: 4 })
  expect(fields.slice(2)).toEqual([
    expect.objectContaining({ value: '(hidden)', secret: true }),
    expect.objectContaining({ value: '(hidden)', secret: true }),
  ])
  expect(isCut).toBe(true)
})
