// withoutBodies: an event's bytes with null in place of its two bodies, so that a very large one can be parsed.
import { asBuffer, braceOpen, colon, comma, quote, skipSpace } from './json-bytes.ts'
import { endOfString, endOfValue, textOfLiteral, valueFacts } from './scan-value.ts'

const bodies = new Set(['requestObject', 'responseObject'])
/** Brackets deeper than this are only counted; the scanner has refused such items already. */
const depthMax = 200

/** For an item that scanEventList found sound. Bytes that are no object come back as they are: JSON.parse judges them. */
export function withoutBodies(raw: Uint8Array): Buffer {
  const bytes = asBuffer(raw)
  const facts = valueFacts(depthMax)
  const kept: Buffer[] = []
  let keptTo = 0
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== braceOpen) return bytes
  at = skipSpace(bytes, at + 1)
  while (bytes[at] === quote) {
    const keyEnd = endOfString(bytes, at, facts)
    const colonAt = keyEnd < 0 ? bytes.length : skipSpace(bytes, keyEnd)
    if (bytes[colonAt] !== colon) break
    const start = skipSpace(bytes, colonAt + 1)
    const end = endOfValue(bytes, start, facts)
    if (end < 0) break
    if (bodies.has(textOfLiteral(bytes, at, keyEnd))) {
      kept.push(bytes.subarray(keptTo, start), Buffer.from('null'))
      keptTo = end
    }
    at = skipSpace(bytes, end)
    if (bytes[at] !== comma) break
    at = skipSpace(bytes, at + 1)
  }
  return Buffer.concat([...kept, bytes.subarray(keptTo)])
}
