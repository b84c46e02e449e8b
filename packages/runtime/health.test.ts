// What an operator and a load balancer are told.
import { expect, test } from 'vitest'
import { createHealth } from './health.ts'

test('a process is ready while every part is', () => {
  const health = createHealth()
  expect(health.snapshot()).toEqual({ ok: true, status: 'ok', checks: {} })
  health.set('postgres', { ok: true, detail: 'answers' })
  health.check('disk', () => ({ ok: true, detail: '12 GiB free' }))
  expect(health.snapshot()).toEqual({
    ok: true,
    status: 'ok',
    checks: { postgres: { ok: true, detail: 'answers' }, disk: { ok: true, detail: '12 GiB free' } },
  })
})

test('one part that is not well makes the process not ready, and says why', () => {
  const health = createHealth()
  let free = 10
  health.set('postgres', { ok: true, detail: 'answers' })
  health.check('disk', () => ({ ok: free > 0, detail: `${free} GiB free` }))
  free = 0
  expect(health.snapshot()).toMatchObject({ ok: false, checks: { disk: { ok: false, detail: '0 GiB free' } } })
  free = 5
  expect(health.snapshot().ok).toBe(true)
})

test('what is said last counts', () => {
  const health = createHealth()
  health.set('postgres', { ok: false, detail: 'is starting' })
  health.set('postgres', { ok: true, detail: 'answers' })
  expect(health.snapshot()).toMatchObject({ ok: true, checks: { postgres: { ok: true, detail: 'answers' } } })
})

test('a check that throws is a part that is not well', () => {
  const health = createHealth()
  health.check('log', () => {
    throw new Error('closed')
  })
  expect(health.snapshot()).toEqual({
    ok: false,
    status: 'failed',
    checks: { log: { ok: false, detail: 'could not ask: closed' } },
  })
})

test('what only protects and is used up makes the process degraded, and ready all the same', () => {
  const health = createHealth()
  health.set('spool', { ok: true, degraded: true, detail: 'holds 3 posts' })
  expect(health.snapshot()).toMatchObject({ ok: true, status: 'degraded' })
  health.set('store', { ok: false, detail: 'is gone' })
  expect(health.snapshot()).toMatchObject({ ok: false, status: 'failed' })
})
