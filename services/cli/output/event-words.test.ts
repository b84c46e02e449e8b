import { describe, expect, test } from 'vitest'
import { sampleEvent, usualActor, usualObject } from '../testing/sample-event.ts'
import { didWords, fromWords, howWords, objectWords, outcomeWord, verbWord, whoWords } from './event-words.ts'

const pod = { ...usualObject, group: '', resource: 'pods', kind: 'Pod', name: 'api-1' }
const exec = sampleEvent({
  class: 'connect',
  verb: 'get',
  object: { ...pod, subresource: 'exec' },
  detail: 'command sh -c ls',
})

describe('who', () => {
  test('names the caller and whom they acted as', () => {
    expect(whoWords({ ...usualActor, as: 'system:admin' })).toBe('alice@acme.io as system:admin')
  })

  test('writes service accounts as the filter takes them', () => {
    expect(whoWords({ ...usualActor, name: 'system:serviceaccount:ci:deployer' })).toBe('sa:ci/deployer')
  })

  test('says so when nobody was authenticated', () => {
    expect(whoWords({ ...usualActor, name: '', type: 'failed-authentication' })).toBe('(not authenticated)')
  })
})

describe('what was done', () => {
  test.each([
    [sampleEvent(), 'image api:1.9'],
    [sampleEvent({ verb: 'create', detail: null }), 'created'],
    [sampleEvent({ verb: 'patch', flags: ['created'] }), 'created, image api:1.9'],
    [sampleEvent({ verb: 'update', detail: null }), 'updated'],
    [sampleEvent({ verb: 'patch', detail: null, object: { ...usualObject, subresource: 'status' } }), 'changed status'],
    [
      sampleEvent({ verb: 'patch', detail: 'replicas 5', object: { ...usualObject, subresource: 'scale' } }),
      'replicas 5',
    ],
    [sampleEvent({ verb: 'delete', detail: null }), 'deleted'],
    [sampleEvent({ verb: 'deletecollection', detail: null }), 'deleted with others'],
    [sampleEvent({ verb: 'create', detail: null, object: { ...pod, subresource: 'eviction' } }), 'evicted'],
    [sampleEvent({ class: 'read', verb: 'get', detail: null }), 'read'],
    [exec, 'exec: sh -c ls'],
    [
      sampleEvent({ class: 'connect', verb: 'create', detail: null, object: { ...pod, subresource: 'portforward' } }),
      'portforward',
    ],
    [sampleEvent({ flags: ['dryRun'] }), 'dry run: image api:1.9'],
    [sampleEvent({ outcome: 'denied', verb: 'delete', code: 403, detail: null }), 'DENIED delete'],
    [sampleEvent({ outcome: 'rejected', verb: 'patch', code: 409 }), 'REJECTED patch image api:1.9 (409)'],
    [sampleEvent({ outcome: 'error', verb: 'update', code: 500, detail: null }), 'ERROR update (500)'],
    [sampleEvent({ outcome: 'pending', verb: 'create', code: null, detail: null }), 'create (no answer seen)'],
  ])('%#: %s', (event, words) => expect(didWords(event)).toBe(words))
})

test('an exec is called so whatever its verb, and is open until its end was seen', () => {
  const started = { id: 'evt_2', stage: 'ResponseStarted', time: null, code: 101 } as const
  expect([verbWord(exec), objectWords(exec), outcomeWord(exec)]).toEqual(['exec', 'po/api-1', 'ok'])
  expect(outcomeWord({ ...exec, stages: [started] })).toBe('open')
})

test('an object is named as in kubectl, a list by its resource, any other request by its path', () => {
  expect(objectWords(sampleEvent())).toBe('deploy/checkout')
  expect(objectWords(sampleEvent({ object: { ...usualObject, name: '' } }))).toBe('deployments')
  expect(objectWords(sampleEvent({ object: null, path: '/healthz' }))).toBe('/healthz')
})

test('how and from where say what is only claimed', () => {
  const event = sampleEvent()
  expect([howWords(event.source), fromWords(event.source)]).toEqual(['kubectl 1.33', '10.0.3.7'])
  expect(fromWords({ ...event.source, ip: null })).toBe('203.0.113.9 (claimed)')
})

test('nothing from an event can steer the terminal', () => {
  const evil = `${String.fromCodePoint(0x1b)}[31m${String.fromCodePoint(0x202e)}`
  const event = sampleEvent({ detail: evil, verb: evil, object: { ...usualObject, name: evil } })
  const words = [
    whoWords({ ...usualActor, name: evil, as: evil }),
    didWords(event),
    verbWord(event),
    objectWords(event),
  ]
  for (const word of words) expect(word).toMatch(/^[\x20-\x7e]*$/)
})
