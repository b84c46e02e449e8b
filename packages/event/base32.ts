// encodeBase32 and decodeBase32: bytes as ids have them, Crockford's digits (upper case, no I, L, O, U), high bits first.

const digits = Buffer.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ')

/** By character code what a digit is worth; -1 for what is none. */
const worth = new Int8Array(128).fill(-1)
for (const [value, code] of digits.entries()) worth[code] = value

export function encodeBase32(bytes: Uint8Array): string {
  const text = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5))
  let length = 0
  let bits = 0
  let bitCount = 0
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    bitCount += 8
    for (; bitCount >= 5; bitCount -= 5) text[length++] = digits[(bits >>> (bitCount - 5)) & 31] ?? 0
  }
  if (bitCount > 0) text[length] = digits[(bits << (5 - bitCount)) & 31] ?? 0
  return text.toString('latin1')
}

/** Null where the text has another length, a character that is no digit, or bits behind the last byte. */
export function decodeBase32(text: string, length: number): Buffer | null {
  if (text.length !== Math.ceil((length * 8) / 5)) return null
  const bytes = Buffer.alloc(length)
  let at = 0
  let bits = 0
  let bitCount = 0
  for (let index = 0; index < text.length; index++) {
    const value = worth[text.charCodeAt(index)] ?? -1
    if (value < 0) return null
    bits = ((bits << 5) | value) & 0xfff
    bitCount += 5
    if (bitCount < 8) continue
    bitCount -= 8
    bytes[at++] = (bits >>> bitCount) & 0xff
  }
  return (bits & ((1 << bitCount) - 1)) === 0 ? bytes : null
}
