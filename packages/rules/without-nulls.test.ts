import { isSameJson, type JsonObject } from '@plaintrail/history/json-values'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluated, rawEvent } from './rules-for-tests.ts'
import { withoutNulls } from './without-nulls.ts'

test('a member that is null is one that is not there, at every level', () => {
  const object = { a: null, b: { c: null, d: [{ e: null, f: 1 }, null] }, metadata: { managedFields: [{ g: null }] } }
  expect(withoutNulls(object)).toEqual({ b: { d: [{ f: 1 }, null] }, metadata: { managedFields: [{ g: null }] } })
  const whole = { b: { d: [1] } }
  expect(withoutNulls(whole)).toBe(whole)
})

test('nothing else changes, and what it is given stays as it is', () => {
  fc.assert(
    fc.property(fc.object({ withNullPrototype: false, maxDepth: 4 }), (made) => {
      const object = JSON.parse(JSON.stringify(made)) as JsonObject
      const before = JSON.stringify(object)
      const cleaned = withoutNulls(object)
      const slowly = JSON.parse(before, function (this: unknown, _key, value: unknown) {
        return value === null && !Array.isArray(this) ? undefined : value
      }) as JsonObject
      expect(isSameJson(cleaned, slowly)).toBe(true)
      expect(JSON.stringify(object)).toBe(before)
    }),
  )
})

test('what a manifest leaves empty is no error of a rule', () => {
  const spec = { containers: [{ name: 'a', image: 'x', securityContext: null, resources: null }] }
  const pod = { kind: 'Pod', metadata: { name: 'api', labels: null }, spec }
  const where = 'containers.exists(c, c.?securityContext.?privileged.orValue(false)) || has(object.metadata.labels)'
  expect(evaluated({ match: 'kind:po', where }, rawEvent({ responseObject: pod })).kind).toBe('no-match')
})
