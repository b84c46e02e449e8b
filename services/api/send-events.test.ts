// An event's text in a page, where its bytes could break the page.

import type { StoredEvent } from '@plaintrail/event/event'
import { expect, test } from 'vitest'
import { eventText } from './send-events.ts'

const event: StoredEvent = {
  id: 'evt_1',
  time: null,
  seen: '2026-11-20T12:00:00.000000Z',
  sentence: '',
  cluster: 'east',
  class: 'other',
  verb: 'get',
  outcome: 'success',
  code: 200,
  durationUs: null,
  actor: { name: 'alice', type: 'human', as: null, groups: [] },
  source: { ip: null, claimed: [], client: { name: null, version: null, userAgent: '', trust: 'claimed' } },
  object: null,
  path: '/x',
  detail: null,
  audit: { id: 'a', stage: 'ResponseComplete', level: 'Metadata', truncated: false, conflict: false },
  authz: { decision: 'allow', reason: '' },
  flags: [],
  stages: [],
}

test('bytes that are not UTF-8 go as base64, and come back the same', () => {
  const raw = Buffer.concat([Buffer.from('{"user":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')])
  const answered: unknown = JSON.parse(eventText(event, { raw }))
  expect(answered).not.toHaveProperty('raw')
  expect(answered).toHaveProperty('raw_base64', raw.toString('base64'))
})

test('bytes that were too many to be parsed go as base64, since nobody knows that they are JSON', () => {
  const raw = Buffer.from('{"requestObject": tru}')
  const answered: unknown = JSON.parse(eventText({ ...event, flags: ['bodyTooLarge'] }, { raw }))
  expect(answered).toHaveProperty('raw_base64', raw.toString('base64'))
})

test('bytes that are JSON go as they are', () => {
  const raw = '{"n":9007199254740993, "n":1.0 }'
  expect(eventText(event, { raw: Buffer.from(raw) }).endsWith(`,"raw":${raw}}`)).toBe(true)
  expect(JSON.parse(eventText(event, { raw: null }))).toHaveProperty('raw', null)
  expect(JSON.parse(eventText(event))).not.toHaveProperty('raw')
})
