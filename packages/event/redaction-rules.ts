// findSecrets: which values of an event are secret, by the resource it is about, the kinds nested in its bodies, the
// parameters of its URI, and the paths that the operator added.
import { eventTargets, locateUris } from './event-targets.ts'
import type { EventTarget, LocatedUri } from './event-targets.ts'
import { keysOfPointer } from './json-pointer.ts'
import { textOf, textsOf } from './json-spans.ts'
import type { ArraySpan, ObjectSpan, Span } from './json-spans.ts'
import { RedactionEdits } from './redaction-edits.ts'
import type { RedactionEdit } from './redaction-edits.ts'
import { hidePath, matchesKey, pathConcerns } from './redaction-path.ts'
import type { RedactionPath } from './redaction-path.ts'
import { lastAppliedKey, sensitiveKeys, sensitiveKinds, sensitiveResources } from './sensitive-words.ts'
import type { Sensitivity } from './sensitive-words.ts'

/** Every occurrence counts, whether a parser would take it or another one of the same key. */
export function findSecrets(
  bytes: Buffer,
  event: ObjectSpan,
  paths: readonly RedactionPath[],
): readonly RedactionEdit[] {
  const uris = locateUris(bytes, event)
  const targets = eventTargets(bytes, event, uris.values())
  const search: Search = {
    bytes,
    edits: new RedactionEdits(),
    uris,
    paths: paths.filter((path) => targets.some((target) => pathConcerns(path, target))),
    secrecy: targets.flatMap(sensitivitiesOf).reduce(addSensitivity, openly),
  }
  // Something else than an Event may have been posted: a Secret itself.
  const ofItself = addKinds(bytes, event, openly)
  for (const { key, value } of event.members) search.edits.below(key, () => searchField(search, key, value, ofItself))
  return search.edits.toList()
}

/** What is secret in a part of an event. */
interface Secrecy {
  /** In lower case. */
  readonly keys: ReadonlySet<string>
  /** Names are secret: OpenShift's OAuth tokens were once named by their own text. */
  readonly hidesNames: boolean
}

const openly: Secrecy = { keys: new Set(), hidesNames: false }

interface Search {
  readonly bytes: Buffer
  readonly edits: RedactionEdits
  readonly uris: ReadonlyMap<Span, LocatedUri>
  /** Those that concern the event. */
  readonly paths: readonly RedactionPath[]
  /** Of the event's bodies as a whole. */
  readonly secrecy: Secrecy
}

function sensitivitiesOf({ resources, subresources }: EventTarget): readonly Sensitivity[] {
  const names = resources.flatMap((resource) => [resource, ...subresources.map((sub) => `${resource}/${sub}`)])
  return names.flatMap((name) => sensitiveResources.get(name) ?? [])
}

function addSensitivity(secrecy: Secrecy, sensitivity: Sensitivity): Secrecy {
  return {
    keys: new Set([...secrecy.keys, ...sensitiveKeys[sensitivity]]),
    hidesNames: secrecy.hidesNames || sensitivity === 'oauth-token',
  }
}

function searchField(search: Search, key: string, value: Span, ofItself: Secrecy): void {
  switch (key) {
    case 'requestObject':
    case 'responseObject':
      return searchBody(search, key, value)
    case 'objectRef':
    case 'responseStatus':
      return searchValue(search, value, search.secrecy)
    case 'annotations':
      return searchAnnotations(search, value)
    case 'requestURI':
      return searchUri(search, value)
    default:
      return searchMember(search, key, value, ofItself)
  }
}

function searchBody(search: Search, root: 'requestObject' | 'responseObject', body: Span): void {
  const paths = search.paths.filter((path) => path.root === 'object' || path.root === root)
  // The manifest in this annotation repeats whatever a path hides.
  const secrecy =
    paths.length === 0 ? search.secrecy : { ...search.secrecy, keys: new Set([...search.secrecy.keys, lastAppliedKey]) }
  if (body.type === 'array') searchPatch(search, body, secrecy)
  else if (body.type === 'object') searchValue(search, body, secrecy)
  else if (secrecy.keys.size > 0) search.edits.hide(body)
  for (const path of paths) hidePath(path, search.bytes, body, search.edits)
}

/** A JSON patch (RFC 6902), whose operations name in `path` what their `value` is. */
function searchPatch(search: Search, patch: ArraySpan, secrecy: Secrecy): void {
  for (const [index, operation] of patch.elements.entries()) {
    search.edits.below(index, () => {
      if (operation.type === 'object' && setsSecret(search, operation, secrecy)) hideOperation(search, operation)
      else searchValue(search, operation, secrecy)
    })
  }
}

function setsSecret({ bytes }: Search, operation: ObjectSpan, secrecy: Secrecy): boolean {
  return textsOf(bytes, operation, 'path').some((path) => {
    const keys = keysOfPointer(path)
    if (keys.some((key) => secrecy.keys.has(key.toLowerCase()))) return true
    return keys.at(-1) === lastAppliedKey && textsOf(bytes, operation, 'value').some(mentionsSecret)
  })
}

function hideOperation({ edits }: Search, operation: ObjectSpan): void {
  for (const { key, value } of operation.members) {
    if (key !== 'op' && key !== 'path' && key !== 'from') edits.below(key, () => edits.hide(value))
  }
}

function searchValue(search: Search, span: Span, secrecy: Secrecy): void {
  if (span.type === 'array') {
    for (const [index, element] of span.elements.entries()) {
      search.edits.below(index, () => searchValue(search, element, secrecy))
    }
  } else if (span.type === 'object') {
    const inner = addKinds(search.bytes, span, secrecy)
    for (const { key, value } of span.members) {
      search.edits.below(key, () => searchMember(search, key, value, inner))
    }
  }
}

function addKinds(bytes: Buffer, object: ObjectSpan, secrecy: Secrecy): Secrecy {
  return textsOf(bytes, object, 'kind')
    .flatMap((kind) => sensitiveKinds.get(kind) ?? [])
    .reduce(addSensitivity, secrecy)
}

function searchMember(search: Search, key: string, value: Span, secrecy: Secrecy): void {
  if (secrecy.keys.has(key.toLowerCase())) {
    search.edits.hide(value)
  } else if (value.type === 'string') {
    if (isSecretText(search, key, value, secrecy)) search.edits.hide(value)
  } else if (key === 'cells' && value.type === 'array' && secrecy.hidesNames) {
    searchCells(search, value)
  } else {
    searchValue(search, value, secrecy)
  }
}

/** The first cell of a Table's row is the object's name. */
function searchCells({ bytes, edits }: Search, { elements: [name] }: ArraySpan): void {
  if (name?.type === 'string' && !isHashed(textOf(bytes, name))) edits.below(0, () => edits.hide(name))
}

function isSecretText({ bytes, edits }: Search, key: string, value: Span, secrecy: Secrecy): boolean {
  switch (key) {
    case lastAppliedKey:
      return mentionsSecret(textOf(bytes, value))
    case 'message':
      return isTellingMessage(textOf(bytes, value), secrecy)
    case 'selfLink':
      return secrecy.hidesNames && !textOf(bytes, value).includes('/sha256~')
    case 'name':
      return secrecy.hidesNames && namedThings.has(edits.parentKey) && !isHashed(textOf(bytes, value))
    default:
      return false
  }
}

/** Where `name` is the name of the object that the event is about. */
const namedThings = new Set(['objectRef', 'metadata', 'details'])

/** Since OpenShift 4.6 a token's object is named by the hash of the token, behind this prefix. */
function isHashed(name: string): boolean {
  return name.startsWith('sha256~')
}

/** Whether a manifest or patch that is kept as text has a Secret in it. */
function mentionsSecret(text: string): boolean {
  return /"Secret(?:List)?"/.test(text)
}

/**
 * API servers up to 1.22 quote the body in an error where a field does not decode (json-iterator: "error found in #10
 * byte of ...|"); and an error about an OAuth token names it.
 */
function isTellingMessage(message: string, secrecy: Secrecy): boolean {
  if (secrecy.keys.size > 0 && /error found in #\d+ byte of/.test(message)) return true
  return secrecy.hidesNames && /oauth[a-z]{0,20}tokens[^ "]{0,40} "(?!sha256~)/.test(message)
}

function searchAnnotations(search: Search, annotations: Span): void {
  if (annotations.type !== 'object') return
  const { bytes, edits, paths, secrecy } = search
  const isBodySecret =
    secrecy.keys.size > 0 || paths.some(({ root }) => root !== 'annotations' && root !== 'requestURI')
  for (const { key, value } of annotations.members) {
    const isPatch = key.startsWith('patch.webhook.admission.k8s.io/') && value.type === 'string'
    const isSecret = isPatch && (isBodySecret || mentionsSecret(textOf(bytes, value)))
    const isNamed = paths.some((path) => path.root === 'annotations' && matchesKey(path.segments[0], key))
    if (isSecret || isNamed) edits.below(key, () => edits.hide(value))
  }
}

function searchUri({ edits, uris, paths, secrecy }: Search, span: Span): void {
  const located = uris.get(span)
  if (located === undefined) return
  const { text, uri, offsetOf } = located
  const hidesSelector = secrecy.hidesNames && !text.includes('sha256~')
  const hidden = uri.parameters.filter(
    ({ name }) =>
      isSecretParameter(name, uri.path) ||
      paths.some((path) => path.root === 'requestURI' && matchesKey(path.segments[0], name)) ||
      (hidesSelector && name === 'fieldSelector'),
  )
  const names = uri.targets.flatMap(({ resource, name }) =>
    name !== null && sensitiveResources.get(resource) === 'oauth-token' && !isHashed(name.text) ? [name] : [],
  )
  for (const { start, end } of [...names, ...hidden]) edits.hidePart(offsetOf(start), offsetOf(end))
}

const secretParameters = new Set(['access_token', 'id_token', 'refresh_token', 'client_secret', 'token', 'password'])

function isSecretParameter(name: string, path: string): boolean {
  const lower = name.toLowerCase()
  return secretParameters.has(lower) || (lower === 'code' && path.includes('/oauth'))
}
