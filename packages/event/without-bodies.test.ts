import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutBodies } from './without-bodies.ts'

const parsed = (text: string): unknown => JSON.parse(withoutBodies(Buffer.from(text)).toString())

test('both bodies become null and everything else stays', () => {
  const event = {
    verb: 'list',
    requestObject: { a: [1, '}'] },
    user: { requestObject: 'kept' },
    responseObject: { items: ['"'] },
    z: 1,
  }
  expect(parsed(JSON.stringify(event))).toEqual({ ...event, requestObject: null, responseObject: null })
  expect(parsed(JSON.stringify(event, null, 2))).toEqual({ ...event, requestObject: null, responseObject: null })
})

test('a body that is there twice, or under an escaped name, goes too', () => {
  expect(parsed(String.raw`{"requestObject":1,"request\u004fbject":{"b":2},"requestObject":[3]}`)).toEqual({
    requestObject: null,
  })
})

test('any event parses to itself with its bodies null', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (fields, body) => {
      const event = { ...fields, responseObject: body }
      expect(parsed(JSON.stringify(event))).toEqual(
        JSON.parse(
          JSON.stringify({
            ...event,
            responseObject: null,
            ...('requestObject' in fields ? { requestObject: null } : {}),
          }),
        ),
      )
    }),
  )
})

test('bytes that are no object come back as they are', () => {
  for (const text of ['42', '[1]', '{"a":', '']) expect(withoutBodies(Buffer.from(text)).toString()).toBe(text)
})
