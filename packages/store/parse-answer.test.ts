// What history is told by an answer alone is what it is told by the whole event.

import { scanEventList } from '@plaintrail/event/scan'
import { objectStatesOf } from '@plaintrail/history/object-state'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { expect, test } from 'vitest'
import { parseAnswer } from './parse-answer.ts'
import { parsedOf } from './parsed-items.ts'

const flags = 0

test(
  'every recorded event tells the same without what was sent, and most writes are read without it',
  { timeout: 120_000 },
  () => {
    let cut = 0
    for (const version of corpusVersions()) {
      for (const bytes of corpusOf(version).lists.flatMap(itemsOf)) {
        const [whole, short] = [parsedOf(bytes, flags), parseAnswer(bytes, flags)]
        expect(short && objectStatesOf(short)).toEqual(whole && objectStatesOf(whole))
        if (whole !== null && 'requestObject' in whole.raw && short !== null && !('requestObject' in short.raw))
          cut += 1
      }
    }
    expect(cut).toBeGreaterThan(1_000)
  },
)

const answer = { kind: 'Pod', apiVersion: 'v1', metadata: { uid: 'u', name: 'p', resourceVersion: '7' } }
const update = { verb: 'update', objectRef: { resource: 'pods' }, requestObject: { a: 1 }, responseObject: answer }

test.each([
  ['a patch, whose body says what was asked', { ...update, verb: 'patch' }],
  [
    'a binding, which answers no object',
    { ...update, verb: 'create', objectRef: { resource: 'pods', subresource: 'binding' } },
  ],
  ['a refusal, which has no object', { ...update, responseObject: { kind: 'Status' } }],
  ['a body that has such a key', { ...update, requestObject: { a: 1, responseObject: answer } }],
  [
    'an answer that is only within what was sent',
    { verb: 'update', z: 1, requestObject: { a: 1, responseObject: answer } },
  ],
  ['an object of both keys', { verb: 'update', objectRef: { a: 1, requestObject: 1, responseObject: answer } }],
  ['an answer before what was sent', { verb: 'update', responseObject: answer, requestObject: { a: 1 } }],
])('%s is read whole', (_, raw) => {
  const bytes = Buffer.from(JSON.stringify({ level: 'RequestResponse', ...raw }))
  expect(parseAnswer(bytes, flags)?.raw).toEqual(JSON.parse(bytes.toString()))
})

test('texts that look like keys are texts', () => {
  const raw = { ...update, userAgent: ',"requestObject":', requestObject: { note: ',"responseObject":{}' } }
  const { requestObject: _, ...expected } = raw
  expect(parseAnswer(Buffer.from(JSON.stringify(raw)), flags)?.raw).toEqual(expected)
})

function itemsOf(list: string): readonly Buffer[] {
  const body = Buffer.from(list)
  const { bounds } = scanEventList(body)
  return Array.from({ length: bounds.length / 2 }, (_, at) => body.subarray(bounds[2 * at], bounds[2 * at + 1]))
}
