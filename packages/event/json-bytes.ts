// JSON bytes: the bytes that give JSON its structure (RFC 8259 section 2), and the few questions asked about them.

export const quote = 0x22
export const comma = 0x2c
export const colon = 0x3a
export const bracketOpen = 0x5b
export const backslash = 0x5c
export const bracketClose = 0x5d
export const braceOpen = 0x7b
export const braceClose = 0x7d

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** The index of the first byte from `start` on that is no white space, or the length of `bytes`. */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && isSpace(bytes[at])) at++
  return at
}

/** The same bytes as a Buffer, which has the faster methods; nothing is copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
