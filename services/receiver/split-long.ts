// A list with very many items becomes several envelopes: the worker holds the events of a whole segment at once, and 64 MiB
// of the smallest items would be a million and more of them.

import type { EnvelopeHeader } from '@plaintrail/event-log/envelope'

export interface EnvelopePart {
  readonly header: Omit<EnvelopeHeader, 'bodyBytes'>
  readonly bounds: Uint32Array
  readonly body: Uint8Array
}

/** An API server sends 400 at most unless its flags say otherwise. An event takes about 3 KB while it is worked on. */
const itemsMax = 5_000

/** The whole as it is, or parts of at most itemsMax items in their order; the bytes between parts hold no item. */
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
