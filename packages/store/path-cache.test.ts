import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPathCache } from './path-cache.ts'

test('it answers what a map of the joined lists would', () => {
  const path = fc.array(fc.constantFrom('', 'a', 'b', 'ab'), { maxLength: 4 })
  fc.assert(
    fc.property(fc.array(fc.tuple(path, fc.nat())), fc.array(path), (sets, gets) => {
      const cache = createPathCache<number>(1_000_000)
      const model = new Map<string, number>()
      for (const [at, value] of sets) {
        cache.set(at, value)
        model.set(JSON.stringify(at), value)
      }
      for (const at of gets) expect(cache.get(at)).toBe(model.get(JSON.stringify(at)))
    }),
  )
})

test('trimmed, it forgets rather than stay past its bound', () => {
  const cache = createPathCache<number>(100)
  for (let turn = 0; turn < 1_000; turn++) {
    cache.trim()
    cache.set([String(turn)], turn)
  }
  const kept = Array.from({ length: 1_000 }, (_, turn) => cache.get([String(turn)])).filter(
    (value) => value !== undefined,
  )
  expect(kept.length).toBeLessThanOrEqual(101)
  expect(cache.get(['999'])).toBe(999)
})
