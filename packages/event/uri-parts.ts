// parseUriParts: what a request URI may ask for and where its parts stand in the text.

/** A part of the URI; `start` and `end` are places in the URI as it was sent. */
interface UriPart {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A resource that the path may name; see pkg/endpoints/request/requestinfo.go in kubernetes/apiserver. */
interface UriTarget {
  readonly apiGroup: string
  readonly resource: string
  readonly name: UriPart | null
  readonly subresource: string
}

/** `start` and `end` are those of the value. Values may overlap. */
interface UriParameter {
  readonly name: string
  readonly start: number
  readonly end: number
}

export interface UriParts {
  /** One for a path below /api, /apis or /oapi. Any segment of another path may be a resource behind some proxy. */
  readonly targets: readonly UriTarget[]
  readonly path: string
  readonly parameters: readonly UriParameter[]
}

export function parseUriParts(uri: string): UriParts {
  const pathEnd = uri.includes('?') ? uri.indexOf('?') : uri.length
  const path = uri.slice(0, pathEnd)
  return {
    targets: targetsOf(split(path, 0, '/').flatMap((part) => (part.text === '' ? [] : [decodedPart(part)]))),
    path,
    parameters: split(uri.slice(pathEnd + 1), pathEnd + 1, '&').flatMap(parametersOf),
  }
}

function targetsOf(segments: readonly UriPart[]): readonly UriTarget[] {
  const root = segments[0]?.text
  if (root === 'api' || root === 'oapi') return [targetAt(segments, resourceIndex(segments, 2), '')]
  if (root === 'apis') return [targetAt(segments, resourceIndex(segments, 3), segments[1]?.text ?? '')]
  return segments.map((_, index) => targetAt(segments, index, ''))
}

/** Where the resource stands behind the version: `[watch|proxy/][namespaces/NAMESPACE/]RESOURCE[/NAME[/SUBRESOURCE]]`. */
function resourceIndex(segments: readonly UriPart[], first: number): number {
  const old = segments[first]?.text
  const index = old === 'watch' || old === 'proxy' ? first + 1 : first
  const below = segments[index + 2]?.text
  const isNamespaced = segments[index]?.text === 'namespaces' && below !== undefined
  return isNamespaced && below !== 'status' && below !== 'finalize' ? index + 2 : index
}

function targetAt(segments: readonly UriPart[], index: number, apiGroup: string): UriTarget {
  return {
    apiGroup,
    resource: segments[index]?.text ?? '',
    name: segments[index + 1] ?? null,
    subresource: segments[index + 2]?.text ?? '',
  }
}

/**
 * A value runs to the next `&`. Go stopped splitting at `;` in 1.17 (net/url), so a name is looked for behind a `;` too:
 * both readings of `a=b;token=c` hide the token.
 */
function parametersOf(pair: UriPart): readonly UriParameter[] {
  return split(pair.text, pair.start, ';').flatMap(({ text, start }) => {
    const equals = text.indexOf('=')
    return equals < 0 ? [] : [{ name: decoded(text.slice(0, equals)), start: start + equals + 1, end: pair.end }]
  })
}

/** The parts of a text that stands at `start`, not decoded. */
function split(text: string, start: number, separator: string): readonly UriPart[] {
  let at = start
  return text.split(separator).map((part) => {
    const partStart = at
    at += part.length + separator.length
    return { text: part, start: partStart, end: partStart + part.length }
  })
}

function decodedPart(part: UriPart): UriPart {
  return { ...part, text: decoded(part.text) }
}

function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
