// A posted list as envelopes that the log takes. A list with very many items becomes several, since the worker holds the
// events of a whole segment at once and 64 MiB of the smallest items would be a million and more of them; and so does one
// whose envelope is larger than the log's limit.

import { encodeEnvelope, type EnvelopeHeader } from '@plaintrail/event-log/envelope'

export interface EnvelopePart {
  readonly header: Omit<EnvelopeHeader, 'bodyBytes'>
  readonly bounds: Uint32Array
  readonly body: Uint8Array
}

export interface EncodedPart {
  readonly envelope: Buffer
  readonly bodyBytes: number
}

/** An API server sends 400 at most unless its flags say otherwise. An event takes about 3 KB while it is worked on. */
const itemsMax = 5_000
/** Of what an envelope has beside its body, where that body is a piece of one item. */
const headerBytesMax = 16 * 1024
/** In what the worker says of the pieces of an item that no envelope can hold. */
const tooLarge = 'event_too_large'

/** In the order of the items. Each envelope takes `bytesMax` at most. */
export async function encodeParts(whole: EnvelopePart, bytesMax: number): Promise<readonly EncodedPart[]> {
  const encoded: EncodedPart[] = []
  for (const part of splitLong(whole)) encoded.push(...(await encodePart(part, bytesMax)))
  return encoded
}

async function encodePart(part: EnvelopePart, bytesMax: number): Promise<readonly EncodedPart[]> {
  const { header, bounds, body } = part
  const envelope = await encodeEnvelope(header, bounds, body)
  if (envelope.length <= bytesMax) return [{ envelope, bodyBytes: body.length }]
  const items = bounds.length / 2
  if (items <= 1) return await encodePieces(part, bytesMax)
  const halves = splitLong(part, Math.ceil(items / 2))
  return (await Promise.all(halves.map((half) => encodePart(half, bytesMax)))).flat()
}

/**
 * One item that is too large by itself: its bytes go into quarantine in pieces, as they are, so that they are kept. Its
 * pieces are cut before they are compressed, since what a compressed piece will take is not known before.
 */
async function encodePieces({ header, body }: EnvelopePart, bytesMax: number): Promise<readonly EncodedPart[]> {
  const pieceBytes = Math.max(1, bytesMax - headerBytesMax)
  const pieces = Math.ceil(body.length / pieceBytes)
  const encoded: EncodedPart[] = []
  for (let piece = 0; piece < pieces; piece++) {
    const bytes = body.subarray(piece * pieceBytes, (piece + 1) * pieceBytes)
    const detail = `piece ${piece + 1} of ${pieces} of an item of ${body.length} bytes: the log takes ${bytesMax} at once`
    const problems = [{ item: 0, reason: tooLarge, detail }]
    const own = { ...header, problems, redactions: [], duplicateKeys: [] }
    const envelope = await encodeEnvelope(own, Uint32Array.of(0, bytes.length), bytes)
    encoded.push({ envelope, bodyBytes: bytes.length })
  }
  return encoded
}

/** The whole as it is, or parts of at most `max` items in their order; the bytes between parts hold no item. */
export function splitLong(whole: EnvelopePart, max: number = itemsMax): readonly EnvelopePart[] {
  const items = whole.bounds.length / 2
  if (items <= max) return [whole]
  const parts: EnvelopePart[] = []
  for (let first = 0; first < items; first += max) parts.push(partOf(whole, first, Math.min(first + max, items)))
  return parts
}

function partOf({ header, bounds, body }: EnvelopePart, first: number, end: number): EnvelopePart {
  const from = bounds[first * 2] ?? 0
  const to = bounds[end * 2 - 1] ?? from
  const isIn = (item: number): boolean => item >= first && item < end
  const moved = <T extends { readonly item: number }>(all: readonly T[]): readonly T[] =>
    all.filter(({ item }) => isIn(item)).map((one) => ({ ...one, item: one.item - first }))
  return {
    header: {
      ...header,
      problems: moved(header.problems),
      redactions: moved(header.redactions),
      duplicateKeys: header.duplicateKeys.filter(isIn).map((item) => item - first),
    },
    bounds: bounds.subarray(first * 2, end * 2).map((bound) => bound - from),
    body: body.subarray(from, to),
  }
}
