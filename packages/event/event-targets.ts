// eventTargets: every resource that an event says it is about. There may be several, since a field may be there twice
// and the URI counts as well as objectRef.
import type { ObjectSpan, Span } from './json-spans.ts'
import { textsOf } from './json-spans.ts'
import { parseUriParts } from './uri-parts.ts'
import type { UriParts } from './uri-parts.ts'

/** All combinations count: objectRef itself may hold a field twice. */
export interface EventTarget {
  readonly resources: readonly string[]
  /** The empty string is the core group. */
  readonly apiGroups: readonly string[]
  readonly subresources: readonly string[]
}

export interface LocatedUri {
  /** As it was sent, a byte a character. */
  readonly text: string
  readonly uri: UriParts
  /** The place in the event's bytes of a place in the URI. */
  readonly offsetOf: (place: number) => number
}

export function eventTargets(bytes: Buffer, event: ObjectSpan, uris: Iterable<LocatedUri>): readonly EventTarget[] {
  const named = event.members.flatMap(({ key, value }) =>
    key === 'objectRef' && value.type === 'object' ? [targetOfRef(bytes, value)] : [],
  )
  const asked = Array.from(uris).flatMap(({ uri }) =>
    uri.targets.map(({ resource, apiGroup, subresource }) => ({
      resources: [resource],
      apiGroups: [apiGroup],
      subresources: [subresource],
    })),
  )
  return [...named, ...asked]
}

function targetOfRef(bytes: Buffer, ref: ObjectSpan): EventTarget {
  const apiGroups = textsOf(bytes, ref, 'apiGroup')
  return {
    resources: textsOf(bytes, ref, 'resource'),
    apiGroups: apiGroups.length === 0 ? [''] : apiGroups,
    subresources: textsOf(bytes, ref, 'subresource'),
  }
}

export function locateUris(bytes: Buffer, event: ObjectSpan): ReadonlyMap<Span, LocatedUri> {
  const values = event.members.flatMap(({ key, value }) =>
    key === 'requestURI' && value.type === 'string' ? [value] : [],
  )
  return new Map(values.map((value) => [value, locateUri(bytes, value)]))
}

/** Reads the URI as Latin-1, so that a byte is a character: all that is looked for in it is ASCII. */
function locateUri(bytes: Buffer, span: Span): LocatedUri {
  const literal = bytes.toString('latin1', span.start + 1, span.end - 1)
  const first = span.start + 1
  if (!literal.includes('\\')) {
    return { text: literal, uri: parseUriParts(literal), offsetOf: (place) => first + place }
  }
  const units = literal.match(/\\u[0-9a-fA-F]{4}|\\.|[^\\]/gs) ?? []
  const offsets = new Uint32Array(units.length + 1)
  for (const [index, unit] of units.entries()) offsets[index + 1] = (offsets[index] ?? 0) + unit.length
  const text = units.map((unit) => (unit.length === 1 ? unit : String(JSON.parse(`"${unit}"`)))).join('')
  return { text, uri: parseUriParts(text), offsetOf: (place) => first + (offsets[place] ?? literal.length) }
}
