import { expect, test } from 'vitest'
import { everything, nothing, seesCluster } from './scope.ts'

test('a scope covers the clusters it names, all of them, or none', () => {
  expect(seesCluster(everything, 'prod')).toBe(true)
  expect(seesCluster({ kind: 'clusters', clusters: ['prod'] }, 'prod')).toBe(true)
  expect(seesCluster({ kind: 'clusters', clusters: ['prod'] }, 'dev')).toBe(false)
  expect(seesCluster(nothing, 'prod')).toBe(false)
})

test('an unknown scope sees nothing', () => {
  const unknown = JSON.parse('{"kind":"namespaces","clusters":["prod"]}')
  expect(seesCluster(unknown, 'prod')).toBe(false)
})
