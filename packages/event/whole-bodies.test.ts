import { expect, test } from 'vitest'
import { redactEventList } from './redact.ts'
import { scanEventList } from './scan.ts'

const key = Buffer.alloc(32, 7)

function redacted(body: string): string {
  const bytes = Buffer.from(body)
  return Buffer.from(redactEventList(bytes, scanEventList(bytes), { key, paths: [] }).body).toString()
}

test('a secret of a million small values makes the body shorter, not longer', () => {
  const values = Array.from({ length: 600_000 }, (_, index) => `"k${index}":"CANARY"`).join(',')
  const event = `{"auditID":"a","stage":"ResponseComplete","requestURI":"/x?token=CANARY","objectRef":{"resource":"secrets"},"requestObject":{"kind":"Secret","data":{${values}}},"verb":"create"}`
  const innocent = '{"auditID":"b","stage":"ResponseComplete","objectRef":{"resource":"pods"},"requestObject":{"n":1}}'
  const text = redacted(`{"items":[${event},${innocent}]}`)
  expect(text).not.toContain('CANARY')
  expect(text.length).toBeLessThan(2_000)
  expect(text).toContain(innocent)
  expect(JSON.parse(text).items[0]).toMatchObject({ auditID: 'a', verb: 'create' })
})

test('a secret of many values keeps its keys', () => {
  const values = Array.from({ length: 1_000 }, (_, index) => `"k${index}":"CANARY"`).join(',')
  const text = redacted(
    `{"items":[{"auditID":"a","objectRef":{"resource":"secrets"},"requestObject":{"data":{${values}}}}]}`,
  )
  expect(text).not.toContain('CANARY')
  expect(Object.keys(JSON.parse(text).items[0].requestObject.data)).toHaveLength(1_000)
})
