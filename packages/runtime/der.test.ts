// Encodings against values from X.690 and RFC 5280, beside what openssl says of whole certificates.
import { expect, test } from 'vitest'
import { der } from './der.ts'

test.each([
  ['true', der.boolean(true), '0101ff'],
  ['the number 0', der.unsignedInteger(Uint8Array.of(0, 0)), '020100'],
  ['the number 127', der.unsignedInteger(Uint8Array.of(0, 127)), '02017f'],
  ['the number 128, which would be negative in one byte', der.unsignedInteger(Uint8Array.of(128)), '02020080'],
  ['RSA Data Security, 1.2.840.113549', der.objectIdentifier('1.2.840.113549'), '06062a864886f70d'],
  ['the common name, 2.5.4.3', der.objectIdentifier('2.5.4.3'), '0603550403'],
  ['a key usage of one bit', der.bitString(Uint8Array.of(0x80), 7), '03020780'],
  ['text', der.utf8String('é'), '0c02c3a9'],
  ['an address in a name', der.tagged(7, Uint8Array.of(10, 0, 0, 5)), '87040a000005'],
  ['a sequence in an explicit tag', der.wrapped(0, der.sequence(der.boolean(false))), 'a0053003010100'],
  [
    'the last second of two-digit years',
    der.time(new Date('2049-12-31T23:59:59.999Z')),
    `170d${ascii('491231235959Z')}`,
  ],
  [
    'the first second of four-digit years',
    der.time(new Date('2050-01-01T00:00:00Z')),
    `180f${ascii('20500101000000Z')}`,
  ],
])('%s is encoded as the standard says', (_what, encoded, hexadecimal) => {
  expect(encoded.toString('hex')).toBe(hexadecimal)
})

test.each([
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_536, '0483010000'],
])('a content of %i bytes has the shortest length that fits', (length, hexadecimal) => {
  const encoded = der.octetString(new Uint8Array(length))
  expect(encoded.subarray(0, encoded.length - length).toString('hex')).toBe(hexadecimal)
})

function ascii(text: string): string {
  return Buffer.from(text, 'ascii').toString('hex')
}
