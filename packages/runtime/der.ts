// DER: the encodings of ASN.1 that an X.509 certificate is made of (ITU-T X.690). It only writes; node:crypto reads.

/** Each gives the complete encoding of one value: tag, length, content. */
export const der = {
  sequence: (...parts: readonly Uint8Array[]) => encode(0x30, parts),
  set: (...parts: readonly Uint8Array[]) => encode(0x31, parts),
  boolean: (value: boolean) => encode(0x01, [Uint8Array.of(value ? 0xff : 0)]),
  /** A number from its big-endian bytes, never negative. */
  unsignedInteger: (bytes: Uint8Array) => encode(0x02, [unsignedContent(bytes)]),
  /** `unusedBits` of the last byte do not count. */
  bitString: (bytes: Uint8Array, unusedBits = 0) => encode(0x03, [Uint8Array.of(unusedBits), bytes]),
  octetString: (bytes: Uint8Array) => encode(0x04, [bytes]),
  objectIdentifier: (dotted: string) => encode(0x06, [objectIdentifierContent(dotted)]),
  utf8String: (text: string) => encode(0x0c, [Buffer.from(text, 'utf8')]),
  /** Two-digit years up to 2049 and four-digit years after, as RFC 5280 section 4.1.2.5 asks; whole seconds. */
  time: (date: Date) => timeContent(date),
  /** A context tag around complete encodings (explicit). */
  wrapped: (tag: number, ...parts: readonly Uint8Array[]) => encode(0xa0 | tag, parts),
  /** A context tag in the place of a simple type's own (implicit). */
  tagged: (tag: number, content: Uint8Array) => encode(0x80 | tag, [content]),
}

function encode(tag: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Uint8Array.of(tag), lengthOf(content.length), content])
}

/** One byte below 128; above, the number of length bytes and then those bytes. */
function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const digits = digitsOf(length, 256)
  return Uint8Array.of(0x80 | digits.length, ...digits)
}

function unsignedContent(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0)
  const shortest = start === -1 ? Uint8Array.of(0) : bytes.subarray(start)
  const isNegativeAsIs = ((shortest[0] ?? 0) & 0x80) !== 0
  return isNegativeAsIs ? Buffer.concat([Uint8Array.of(0), shortest]) : shortest
}

/** The first two numbers share a byte; the others are in base 128 with the high bit on all but the last digit. */
function objectIdentifierContent(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number)
  const digits = others.flatMap((number) => {
    const base128 = digitsOf(number, 128)
    return base128.map((digit, index) => (index < base128.length - 1 ? digit | 0x80 : digit))
  })
  return Uint8Array.of(first * 40 + second, ...digits)
}

function timeContent(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/\.\d+|[-:TZ]/g, '')
  const isLate = date.getUTCFullYear() >= 2050
  return encode(isLate ? 0x18 : 0x17, [Buffer.from(`${isLate ? digits : digits.slice(2)}Z`, 'ascii')])
}

/** Most significant first, at least one. */
function digitsOf(number: number, base: number): readonly number[] {
  const digits = [number % base]
  for (let rest = Math.floor(number / base); rest > 0; rest = Math.floor(rest / base)) digits.unshift(rest % base)
  return digits
}
