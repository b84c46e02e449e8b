// derItems: items of DER, one after the other, as encoding/asn1 of Go tells them apart. Whoever asks for a few reads no more.

export interface DerItem {
  /** As it stands in the first byte: class, whether it is made of others, and number. */
  readonly tag: number
  readonly content: Buffer
}

/** Throws RangeError where it is none. */
export function* derItems(bytes: Buffer): Generator<DerItem, void> {
  for (let at = 0; at < bytes.length;) {
    const tag = bytes.readUInt8(at++)
    if ((tag & numberMask) === longNumber) while (bytes.readUInt8(at++) >= more);
    let length = bytes.readUInt8(at++)
    if (length === more) throw new RangeError('could not read DER: a length is left out')
    if (length > more) {
      const lengthBytes = length - more
      // Where there are too few or more than six bytes of it this throws, too.
      length = bytes.readUIntBE(at, lengthBytes)
      at += lengthBytes
    }
    if (length > bytes.length - at) throw new RangeError('could not read DER: an item ends too early')
    yield { tag, content: bytes.subarray(at, at + length) }
    at += length
  }
}

const numberMask = 0x1f
/** The number follows, in bytes of which all but the last have the first bit. */
const longNumber = 0x1f
const more = 0x80
