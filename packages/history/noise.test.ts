import { expect, test } from 'vitest'
import { parseFieldPath } from './field-path.ts'
import { isNoise } from './noise.ts'

test.each([
  ['metadata.managedFields[0].time', 'Pod'],
  ['metadata.resourceVersion', 'Pod'],
  ['metadata.generation', 'Widget'],
  ['metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]', 'Pod'],
  ['metadata.annotations["deployment.kubernetes.io/revision"]', 'ReplicaSet'],
  ['status', 'Pod'],
  ['status.observedGeneration', 'Widget'],
  ['spec.renewTime', 'Lease'],
])('%s of a %s is noise', (path, kind) => {
  expect(isNoise(parseFieldPath(path), 'x', kind)).toBe(true)
})

test.each([
  ['', 'Pod'],
  ['metadata.labels.generation', 'Pod'],
  ['metadata.name', 'Pod'],
  ['metadata.deletionTimestamp', 'Pod'],
  ['metadata.finalizers[=a]', 'Pod'],
  ['metadata.annotations.team', 'Pod'],
  ['metadata.annotations["kubectl.kubernetes.io/restartedAt"]', 'Pod'],
  ['spec.template.metadata.creationTimestamp', 'Pod'],
  ['spec.template.metadata.annotations["deployment.kubernetes.io/revision"]', 'Pod'],
  ['spec.renewTime', 'Widget'],
  ['spec.holderIdentity', 'Lease'],
  ['status.conditions[Approved]', 'CertificateSigningRequest'],
  ['data.status', 'ConfigMap'],
])('%s of a %s is none', (path, kind) => {
  expect(isNoise(parseFieldPath(path), 'x', kind)).toBe(false)
})

test('an object is noise if all of its members are', () => {
  const annotations = parseFieldPath('metadata.annotations')
  expect(isNoise(annotations, { 'deployment.kubernetes.io/revision': '1' }, 'Deployment')).toBe(true)
  expect(isNoise(annotations, { 'deployment.kubernetes.io/revision': '1', team: 'a' }, 'Deployment')).toBe(false)
  expect(isNoise(annotations, {}, 'Deployment')).toBe(false)
  expect(isNoise(parseFieldPath('metadata'), { uid: 'a', annotations: { team: 'a' } }, 'Pod')).toBe(false)
  expect(isNoise(parseFieldPath('metadata'), { uid: 'a', generation: 1 }, 'Pod')).toBe(true)
})
