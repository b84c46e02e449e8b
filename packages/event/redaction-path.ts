// RedactionPath: one line by which an operator says what else is secret, such as `configmaps object.data.*`.
import type { EventTarget } from './event-targets.ts'
import { keysOfPointer } from './json-pointer.ts'
import { textsOf } from './json-spans.ts'
import type { ObjectSpan, Span } from './json-spans.ts'
import type { RedactionEdits } from './redaction-edits.ts'

const redactionRoots = ['object', 'requestObject', 'responseObject', 'annotations', 'requestURI'] as const
/** `object` is both bodies. */
type RedactionRoot = (typeof redactionRoots)[number]

export interface RedactionPath {
  /** As it was written. */
  readonly text: string
  /** `*` is any. */
  readonly resource: string
  /** Empty for the core group, null for any. */
  readonly apiGroup: string | null
  /** Null for the resource and all its subresources, since `status` carries the whole object too. */
  readonly subresource: string | null
  readonly root: RedactionRoot
  /** Keys or indexes below the root, `*` for any: an annotation's key, or a query parameter's name, is one. */
  readonly segments: readonly string[]
}

/**
 * Reads `RESOURCE[.GROUP][/SUBRESOURCE] PATH`. RESOURCE `*` is any resource, of GROUP or of any group. PATH is
 * `object.KEY.KEY…` (both bodies; each element of a list too), `requestObject.…`, `responseObject.…`, `annotations.KEY`
 * or `requestURI.PARAMETER`; `*` is any key or index, and a dot in a body's key is written `\.`.
 * Throws RedactionPathError.
 */
export function parseRedactionPath(text: string): RedactionPath {
  if (text.length > textLengthMax) throw new RedactionPathError(text, `use at most ${textLengthMax} characters`)
  const parts = text.trim().split(/\s+/)
  const [what, path] = parts
  if (what === undefined || path === undefined || parts.length !== 2) {
    throw new RedactionPathError(text, 'write a resource, a space and a path: configmaps object.data.*')
  }
  return { text, ...parseResource(text, what), ...parsePath(text, path) }
}

/** The text is not a redaction path; the message says how to write it. */
export class RedactionPathError extends Error {
  override name = 'RedactionPathError'
  readonly code = 'invalid_redaction_path'

  constructor(text: string, hint: string) {
    super(`could not read the redaction path "${text.slice(0, 100)}": ${hint}`)
  }
}

const textLengthMax = 1000
const segmentsMax = 64

function parseResource(text: string, what: string): Pick<RedactionPath, 'resource' | 'apiGroup' | 'subresource'> {
  const match = /^(\*|[a-z][a-z0-9-]*)(?:\.([a-z0-9][a-z0-9.-]*))?(?:\/([a-z][a-z0-9-]*))?$/.exec(what)
  const resource = match?.[1]
  if (resource === undefined) {
    throw new RedactionPathError(
      text,
      'name the resource as in a URL: pods, deployments.apps, pods/exec, *.example.com or *',
    )
  }
  return { resource, apiGroup: match?.[2] ?? (resource === '*' ? null : ''), subresource: match?.[3] ?? null }
}

function parsePath(text: string, path: string): Pick<RedactionPath, 'root' | 'segments'> {
  const root = redactionRoots.find((name) => path === name || path.startsWith(`${name}.`))
  if (root === undefined) throw new RedactionPathError(text, `begin the path with one of ${redactionRoots.join(', ')}`)
  const below = path.slice(root.length + 1)
  const segments = root === 'annotations' || root === 'requestURI' ? [below] : splitKeys(below)
  if (segments.includes(''))
    throw new RedactionPathError(text, `say what below ${root} is secret: ${root}.KEY, or ${root}.*`)
  if (segments.length > segmentsMax) throw new RedactionPathError(text, `use at most ${segmentsMax} keys`)
  return { root, segments }
}

function splitKeys(path: string): readonly string[] {
  return path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'))
}

export function pathConcerns(path: RedactionPath, target: EventTarget): boolean {
  return (
    (path.resource === '*' || target.resources.includes(path.resource)) &&
    (path.apiGroup === null || target.apiGroups.includes(path.apiGroup)) &&
    (path.subresource === null || target.subresources.includes(path.subresource))
  )
}

/** Hides what a path of a body leads to in that body, in each element where it is a list, or in each patch operation. */
export function hidePath(path: RedactionPath, bytes: Buffer, body: Span, edits: RedactionEdits): void {
  if (body.type === 'array') {
    for (const [index, operation] of body.elements.entries()) {
      if (operation.type === 'object') edits.below(index, () => hideInOperation(path.segments, bytes, operation, edits))
    }
    return
  }
  hideBelow(path.segments, body, edits)
  hideBelow(['items', '*', ...path.segments], body, edits)
  hideBelow(['rows', '*', 'object', ...path.segments], body, edits)
}

/** `*` is any key or index. */
export function matchesKey(segment: string | undefined, key: string): boolean {
  return segment === '*' || segment === key
}

/** An operation may set a value above or below where the path ends. */
function hideInOperation(
  segments: readonly string[],
  bytes: Buffer,
  operation: ObjectSpan,
  edits: RedactionEdits,
): void {
  for (const pointer of textsOf(bytes, operation, 'path')) {
    const keys = keysOfPointer(pointer)
    if (!keys.slice(0, segments.length).every((key, index) => matchesKey(segments[index], key))) continue
    for (const { key, value } of operation.members) {
      if (key === 'value') edits.below(key, () => hideBelow(segments.slice(keys.length), value, edits))
    }
  }
}

function hideBelow(segments: readonly string[], span: Span, edits: RedactionEdits): void {
  const [segment, ...rest] = segments
  if (segment === undefined) {
    edits.hide(span)
  } else if (span.type === 'object') {
    for (const { key, value } of span.members) {
      if (matchesKey(segment, key)) edits.below(key, () => hideBelow(rest, value, edits))
    }
  } else if (span.type === 'array') {
    for (const [index, element] of span.elements.entries()) {
      if (matchesKey(segment, String(index))) edits.below(index, () => hideBelow(rest, element, edits))
    }
  }
}
