import { describe, expect, test } from 'vitest'
import { changesOf, isApply, itemsOf, valueAt } from './change.ts'

describe('changesOf', () => {
  test('an object is one change; what is no body is none', () => {
    expect(changesOf({ spec: { replicas: 5 } })).toEqual([{ spec: { replicas: 5 } }])
    for (const body of [undefined, null, 7, 'text']) expect(changesOf(body)).toEqual([])
  })

  test('each operation of a JSON patch is a piece of the object', () => {
    const patch = [
      { op: 'replace', path: '/spec/replicas', value: 5 },
      { op: 'remove', path: '/data/old' },
      { op: 'add', path: '/metadata/annotations/a.io~1b~01', value: 'x' },
      { op: 'add', path: '', value: { kind: 'Pod' } },
    ]
    expect(changesOf(patch)).toEqual([
      { spec: { replicas: 5 } },
      { data: { old: null } },
      { metadata: { annotations: { 'a.io/b~1': 'x' } } },
      { kind: 'Pod' },
    ])
  })

  test('operations that set nothing, and broken ones, are left out', () => {
    const broken = [
      { op: 'test', path: '/a', value: 1 },
      { op: 'move', from: '/a', path: '/b' },
      { op: 'add', path: 'a', value: 1 },
    ]
    expect(changesOf([...broken, { op: 'add' }, { op: 'replace', path: '', value: 7 }, null, 'x'])).toEqual([])
  })

  test('a patch of ten thousand operations or of endless depth costs no more than its bound', () => {
    const add = { op: 'add', path: '/a', value: 1 }
    expect(changesOf(Array.from({ length: 10_000 }, () => add)).length).toBe(64)
    expect(changesOf([{ ...add, path: '/a'.repeat(32) }]).length).toBe(1)
    expect(changesOf([{ ...add, path: '/a'.repeat(33) }])).toEqual([])
    expect(changesOf([{ ...add, path: '/a'.repeat(1_000_000) }])).toEqual([])
  })
})

test('valueAt finds what the object holds itself, and nothing that it inherits', () => {
  expect(valueAt({ a: { b: 1 } }, 'a', 'b')).toBe(1)
  expect(valueAt({ a: null }, 'a', 'b')).toBeUndefined()
  expect(valueAt({}, 'constructor')).toBeUndefined()
})

test('items are found in a list and where a JSON patch names them by index', () => {
  expect(itemsOf([1, 2])).toEqual([1, 2])
  expect(itemsOf({ 0: 'a', '-': 'b' })).toEqual(['a', 'b'])
  expect(itemsOf('text')).toEqual([])
})

describe('isApply', () => {
  const body = { apiVersion: 'apps/v1', kind: 'Deployment' }

  test('force in the query, or a field manager that is no kubectl patch', () => {
    expect(isApply('/x?force=true&fieldManager=argocd', body)).toBe(true)
    expect(isApply('/x?fieldManager=kustomize-controller', body)).toBe(true)
  })

  test('not without a field manager, a kind, or for an array', () => {
    expect(isApply('/x', body)).toBe(false)
    expect(isApply('/x?fieldManager=kubectl-client-side-apply', body)).toBe(false)
    expect(isApply('/x?fieldManager=argocd', { spec: {} })).toBe(false)
    expect(isApply('/x?force=true', [])).toBe(false)
  })
})
