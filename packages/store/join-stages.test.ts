// Which rows are one request.

import { expect, test } from 'vitest'
import { joinStages } from './join-stages.ts'

const received = { stage: 'r' }
const started = { stage: 's' }
const complete = { stage: 'c' }
const panic = { stage: 'p' }
const unknown = { stage: 'u' }

test('stages that all differ are one request, first to last', () => {
  expect(joinStages(started, [complete, received])).toEqual([received, started, complete])
  expect(joinStages(complete, [])).toEqual([complete])
})

test('a panic is the end of a request, and a stage that nobody knows its beginning', () => {
  expect(joinStages(panic, [complete, unknown])).toEqual([unknown, complete, panic])
})

test('where one stage is there twice, each row stands alone', () => {
  expect(joinStages(received, [complete, complete])).toEqual([received])
  expect(joinStages(complete, [complete])).toEqual([complete])
})
