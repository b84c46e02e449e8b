import { expect, test } from 'vitest'
import { ChainForTests, observationOf } from './chain-for-tests.ts'
import type { Observation } from './observation.ts'
import { stateAt, type StateAt } from './state-at.ts'

type Told = Partial<Observation> & { readonly at: number; readonly tookUs?: number }

/** At a time, of a chain of revisions with versions 1, 2, … written at these times. */
function at(time: number, ...told: readonly Told[]): StateAt {
  const chain = new ChainForTests()
  for (const [index, { at: earliest, tookUs = 0, ...more }] of told.entries()) {
    const resourceVersion = index + 1
    const object = { kind: 'ConfigMap', data: { version: resourceVersion } }
    const times = { earliest, latest: earliest + tookUs }
    const basedOn = index === 0 || more.isRead === true ? null : index
    const observation = observationOf({ resourceVersion, object, basedOn, ...times, ...more })
    chain.take({ uid: 'u', event: `e${resourceVersion}`, observation })
  }
  return stateAt(time, chain.placed)
}

const create: Told = { at: 10, isCreate: true, verb: 'create' }
const end: Told = { at: 30, observed: 'deleted', verb: 'delete', basedOn: null }

test('it is the last version that was written by then', () => {
  expect(at(25, create, { at: 20 }, { at: 30 })).toMatchObject({
    presence: 'present',
    object: { data: { version: 2 } },
  })
  expect(at(25, create, { at: 20 }, { at: 30 })).toMatchObject({ orAlready: null, orUnseen: false })
})

test('before its create it was not there, and after its end it is gone', () => {
  expect(at(5, create)).toMatchObject({ presence: 'not-yet', object: null })
  expect(at(5, { at: 10 })).toMatchObject({ presence: 'maybe', object: null, orUnseen: true })
  expect(at(35, create, { at: 20 }, end)).toMatchObject({ presence: 'gone', object: null })
  expect(at(25, create, { at: 20 }, end).presence).toBe('present')
})

test('while a write was under way, either may have been in force', () => {
  const told = at(22, create, { at: 20, tookUs: 5 })
  expect(told.object).toMatchObject({ data: { version: 1 } })
  expect(told.orAlready?.event).toBe('e2')
})

test('what only a later read shows may have been so since the revision before', () => {
  const told = at(15, create, { at: 20, isRead: true, verb: 'get' })
  expect(told.object).toMatchObject({ data: { version: 1 } })
  expect([told.orAlready?.event, told.orUnseen]).toEqual(['e2', true])
})

test('an earlier version that ended later does not come back', () => {
  expect(at(25, create, { at: 12, tookUs: 10 }, { at: 20 }).object).toMatchObject({ data: { version: 3 } })
})
