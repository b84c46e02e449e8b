import { expect, test } from 'vitest'
import fc from 'fast-check'
import { decodeEnvelope, decodeHeader, encodeEnvelope, EnvelopeError } from './envelope.ts'

const header = {
  cluster: '5f0c1f1e-0d4c-4e0a-9b8e-000000000001',
  lane: 'main',
  receivedAtUs: 1_763_900_000_000_001,
  credential: '5f0c1f1e-0d4c-4e0a-9b8e-000000000002',
  problems: [],
  redactions: [],
  duplicateKeys: [],
}

test('what goes into an envelope comes out of it, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(300), fc.uint8Array({ maxLength: 400 })), { maxLength: 30 }),
      async (items) => {
        const chunks: Uint8Array[] = []
        const bounds: number[] = []
        let at = 0
        for (const [gap, bytes] of items) {
          chunks.push(new Uint8Array(gap), bytes)
          bounds.push(at + gap, at + gap + bytes.length)
          at += gap + bytes.length
        }
        const body = Buffer.concat(chunks)
        const opened = decodeEnvelope(await encodeEnvelope(header, Uint32Array.from(bounds), body))
        expect(opened.body.equals(body)).toBe(true)
        expect([...opened.bounds]).toEqual(bounds)
        expect(opened.header).toEqual({ ...header, bodyBytes: body.length })
      },
    ),
    { numRuns: 60 },
  )
})

test('the header is readable without the body', async () => {
  const envelope = await encodeEnvelope(header, Uint32Array.of(0, 2), Buffer.from('{}'))
  expect(decodeHeader(envelope)).toEqual({ ...header, bodyBytes: 2 })
})

test('a damaged envelope is an EnvelopeError and nothing else', async () => {
  const whole = await encodeEnvelope(header, Uint32Array.of(0, 400), Buffer.alloc(400, 'x'))
  for (let length = 0; length < whole.length; length++) {
    expect(() => decodeEnvelope(whole.subarray(0, length))).toThrow(EnvelopeError)
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ flip
      try {
        decodeEnvelope(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(EnvelopeError)
      }
    }),
    { numRuns: 200 },
  )
})
