import { expect, test } from 'vitest'
import { applyChanges, invertChanges, valueAt } from './apply-changes.ts'
import type { Change } from './diff-objects.ts'
import { parseFieldPath } from './field-path.ts'

const change = (op: Change['op'], path: string, values: Pick<Change, 'from' | 'to'>): Change => ({
  path: parseFieldPath(path),
  op,
  ...values,
  noise: false,
})

test('a change whose place is not there is missed, and the others are made', () => {
  const object = { a: { b: 1 }, list: [{ name: 'x', v: 1 }], text: 'abc' }
  const changes = [
    change('replace', 'a.c', { from: 1, to: 2 }),
    change('remove', 'gone.b', { from: 1 }),
    change('replace', 'list[y].v', { from: 1, to: 2 }),
    change('replace', 'text[0]', { from: 'a', to: 'b' }),
    change('add', 'list[5]', { to: 1 }),
    change('replace', 'list[x].v', { from: 1, to: 2 }),
  ]
  const applied = applyChanges(object, changes)
  expect(applied.object).toEqual({ a: { b: 1 }, list: [{ name: 'x', v: 2 }], text: 'abc' })
  expect(applied.missed).toEqual(changes.slice(0, -1))
  expect(object.list[0]?.v).toBe(1)
})

test('members of prototypes are not there, and none is written', () => {
  const applied = applyChanges({}, [
    change('replace', '__proto__.polluted', { from: 1, to: 2 }),
    change('remove', 'constructor', { from: 1 }),
    change('add', '__proto__', { to: { polluted: 1 } }),
  ])
  expect(applied.missed).toHaveLength(2)
  expect(Object.getPrototypeOf(applied.object)).toBe(Object.prototype)
  expect(JSON.stringify(applied.object)).toBe('{"__proto__":{"polluted":1}}')
  expect(valueAt({}, parseFieldPath('constructor.name'))).toBeUndefined()
})

test('items that go and come again in one list keep their places apart', () => {
  const object = { list: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }
  const changes = [
    change('remove', 'list[b]', { from: { name: 'b' } }),
    change('add', 'list[d]', { to: { name: 'd' } }),
    change('add', 'list[d].v', { to: 1 }),
    change('remove', 'list[a]', { from: { name: 'a' } }),
  ]
  const { object: applied } = applyChanges(object, changes)
  expect(applied).toEqual({ list: [{ name: 'c' }, { name: 'd', v: 1 }] })
  expect(applyChanges(applied, invertChanges(changes)).missed).toEqual([])
})

test('the whole can come and go', () => {
  expect(applyChanges(undefined, [change('add', '', { to: { a: 1 } })]).object).toEqual({ a: 1 })
  expect(applyChanges({ a: 1 }, [change('remove', '', { from: { a: 1 } })]).object).toBeUndefined()
})
