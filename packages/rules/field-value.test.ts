import { expect, test } from 'vitest'
import { fieldValue } from './field-value.ts'
import { filledCommand } from './filled-text.ts'
import { rawEvent, subjectOfRaw } from './rules-for-tests.ts'

test('a command that looks back says the moment before the request, whenever it is pasted', () => {
  const subject = subjectOfRaw(rawEvent({ requestReceivedTimestamp: '2026-11-20T14:03:22.418211Z' }))
  const { value: before } = fieldValue('before', subject) as { readonly value: string }
  expect(before).toBe('2026-11-20T14:03:22.418210Z')
  expect(filledCommand('plaintrail get deploy/web --at {{before}}', { before })).toBe(
    'plaintrail get deploy/web --at 2026-11-20T14:03:22.418210Z',
  )
})

test('there is no moment before a request without a usable time', () => {
  const subject = subjectOfRaw(rawEvent({ requestReceivedTimestamp: '1970-01-01T00:00:00Z' }))
  expect(fieldValue('before', subject)).toEqual({ isKnown: true, value: null })
})
