import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSpans } from './json-spans.ts'
import { redactEventList } from './redact.ts'
import { scanEventList } from './scan.ts'

const numRuns = 300
const options = { key: Buffer.alloc(32, 7), paths: [] }

const jsonObject = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 }))
const space = fc.constantFrom('', ' ', '\n\t', '\r\n')
const jsonParts = [
  ...'{}[],:"\\1 é\0',
  'nul',
  '\\u0073',
  '"items"',
  '"auditID"',
  '"secrets"',
  '"data"',
  '"token=',
  '"requestURI":"/a?token=',
  '"objectRef":{"resource":"secrets"}',
]
/** Bytes that look like JSON to a scanner more often than random ones do. */
const jsonLike = fc.array(fc.constantFrom(...jsonParts), { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')))
const anyBytes = fc.oneof(
  jsonLike,
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)

/** Where items are, and that none overlaps another. */
function slices(body: Uint8Array, bounds: Uint32Array): readonly Uint8Array[] {
  let last = 0
  return Array.from({ length: bounds.length / 2 }, (_, item) => {
    const [start = -1, end = -1] = bounds.subarray(2 * item, 2 * item + 2)
    expect(start).toBeGreaterThanOrEqual(last)
    expect(end).toBeGreaterThanOrEqual(start)
    expect(end).toBeLessThanOrEqual(body.length)
    last = end
    return body.subarray(start, end)
  })
}

test('whatever JSON objects are in a list, the bounds cut exactly them', () => {
  fc.assert(
    fc.property(fc.array(jsonObject), space, fc.constantFrom(undefined, 1, '\t'), (items, between, indent) => {
      const texts = items.map((item) => JSON.stringify(item, null, indent))
      const body = Buffer.from(
        `{"kind":"EventList","items":[${between}${texts.join(`${between},${between}`)}${between}]}`,
      )
      const { bounds, problems } = scanEventList(body)
      expect(slices(body, bounds).map((slice) => Buffer.from(slice).toString())).toEqual(texts)
      expect(problems).toEqual([])
    }),
    { numRuns },
  )
})

test('wherever a list is cut off, whole items are kept and the rest is the last item', () => {
  fc.assert(
    fc.property(fc.array(jsonObject, { maxLength: 4 }), fc.nat(), (items, cut) => {
      const texts = items.map((item) => JSON.stringify(item))
      const head = '{"items":['
      const whole = Buffer.from(`${head}${texts.join(',')}]}`)
      const body = whole.subarray(0, cut % whole.length)
      const { bounds, problems } = scanEventList(body)
      expect(problems).toHaveLength(1)
      const found = slices(body, bounds).map((slice) => Buffer.from(slice))
      const kept = found.slice(0, -1)
      expect(kept.map(String)).toEqual(texts.slice(0, kept.length))
      const sent = body.subarray(Math.min(head.length, body.length)).toString('latin1')
      const got = Buffer.concat(body.length < head.length ? [] : found).toString('latin1')
      if (body.length >= head.length) expect(withoutGlue(got)).toBe(withoutGlue(sent))
      else expect(found).toEqual([body])
    }),
    { numRuns },
  )
})

/** Commas between items belong to the list. */
function withoutGlue(text: string): string {
  return text.replaceAll(/[,\]}]/g, '')
}

test('no bytes make the scanner or the redaction throw, or lose what an item held', () => {
  fc.assert(
    fc.property(anyBytes, (body) => {
      const scan = scanEventList(body)
      slices(body, scan.bounds)
      const redacted = redactEventList(body, scan, options)
      expect(slices(redacted.body, redacted.bounds)).toHaveLength(scan.bounds.length / 2)
    }),
    { numRuns: 3 * numRuns },
  )
})

test('an item that holds no secret is left as the same array', () => {
  fc.assert(
    fc.property(fc.array(jsonObject), (items) => {
      const body = Buffer.from(JSON.stringify({ items }))
      const redacted = redactEventList(body, scanEventList(body), options)
      expect(redacted.body).toBe(body)
      expect(redacted.redactions).toEqual([])
    }),
    { numRuns },
  )
})

test('spans are read exactly where JSON.parse reads a value', () => {
  const text = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    jsonLike.map(String),
    fc.constantFrom(
      '01',
      '-',
      '1.',
      '.5',
      '1e+',
      '-0.5E-2',
      'truefalse',
      '"\t"',
      String.raw`"\x"`,
      String.raw`"\u12"`,
      '{,}',
      '[1,]',
      '',
    ),
  )
  fc.assert(
    fc.property(text, (json) => {
      expect(parseSpans(Buffer.from(json)) !== null).toBe(canParse(json))
    }),
    { numRuns: 3 * numRuns },
  )
})

function canParse(json: string): boolean {
  try {
    JSON.parse(json)
    return true
  } catch {
    return false
  }
}
