// patchTypeOf: which of the four patches a patch event was. No audit event records the content type, so it is told from
// what each type demands or forbids (apiserver pkg/endpoints/handlers/patch.go, ValidatePatchOptions in apimachinery).

import { queryValues } from '@plaintrail/event/request-uri'
import { isBuiltInType } from './built-in-types.ts'
import { isJsonObject, type JsonObject } from './json-values.ts'

export const patchTypes = ['json-patch', 'merge', 'strategic', 'apply', 'ambiguous'] as const
/** `ambiguous`: merge or strategic merge, which the event cannot tell apart. Never replay a patch to compute a state. */
export type PatchType = (typeof patchTypes)[number]

export interface PatchTold {
  readonly type: PatchType
  /** What decided, as a sentence for a reader. */
  readonly why: string
}

/** A patch event, as far as it tells its type. */
export interface PatchRequest {
  readonly requestURI: string
  readonly requestObject: unknown
  readonly responseObject: unknown
  /** Empty for the core group. */
  readonly apiGroup: string
  /** Of the request and of its last stage, in microseconds since 1970. */
  readonly time: number
  readonly stageTime: number | null
}

/** A body with more objects and lists than this is not searched further for directives of a strategic merge. */
const nodesMax = 100_000
/** Objects deeper than this are not searched. */
const depthMax = 200
/** managedFields times have whole seconds (apimachinery metav1.Time). */
const secondUs = 1_000_000

/** Directives of a strategic merge patch (apimachinery pkg/util/strategicpatch/patch.go). */
const directives: ReadonlySet<string> = new Set(['$patch', '$retainKeys'])
const directivePrefixes = ['$setElementOrder/', '$deleteFromPrimitiveList/']
/** Field managers of kubectl's commands that patch; they take a strategic merge wherever the server does. */
const patchingManagers: ReadonlySet<string> = new Set(['kubectl-client-side-apply', 'kubectl-edit', 'kubectl-patch'])

/**
 * The type of a patch, by the first of nine rules that decides; `ambiguous` where none does or the body was not logged.
 * Costs one walk over the body, at most 100,000 of its objects and lists.
 */
export function patchTypeOf(request: PatchRequest): PatchTold {
  const { requestObject: body, requestURI, apiGroup } = request
  if (Array.isArray(body)) return told('json-patch', 'the body is a list of operations')
  const manager = queryValues(requestURI, 'fieldManager')[0] ?? ''
  if (queryValues(requestURI, 'force').length > 0) return told('apply', 'force is for server-side apply only')
  if (!isJsonObject(body)) return told('ambiguous', 'the body of the patch was not logged')
  if (hasDirective(body)) return told('strategic', 'the body has directives of a strategic merge')
  if (patchingManagers.has(manager)) return byKubectl(manager, apiGroup)
  if (manager !== '' && hasType(body)) {
    const told = byManagers(manager, request)
    if (told !== null) return told
  }
  // An apply needs a field manager and names the type of its object, so what is left is a merge of some kind.
  if (!isBuiltInGroup(apiGroup)) return told('merge', 'custom resources take no strategic merge')
  return told('ambiguous', 'a merge or a strategic merge: nothing in the event tells them apart')
}

/** Whether Kubernetes itself defines the group's types, which alone take a strategic merge (a CRD refuses it with 415). */
export function isBuiltInGroup(apiGroup: string): boolean {
  return isBuiltInType(apiGroup === '' ? 'v1' : `${apiGroup}/v1`)
}

function told(type: PatchType, why: string): PatchTold {
  return { type, why }
}

function byKubectl(manager: string, apiGroup: string): PatchTold {
  if (isBuiltInGroup(apiGroup)) return told('strategic', `${manager} sends built-in types a strategic merge`)
  return told('merge', `${manager} sends custom resources a merge patch`)
}

function hasType(body: JsonObject): boolean {
  return typeof body['kind'] === 'string' && typeof body['apiVersion'] === 'string'
}

/**
 * What managedFields say about a patch that may be an apply; null where they say that it is none. An apply that changes
 * nothing keeps its old time, and so does one that a merge of the same manager follows: those two stay ambiguous.
 */
function byManagers(manager: string, { responseObject, time, stageTime }: PatchRequest): PatchTold | null {
  const entries = managersOf(responseObject)
  if (entries === null) return told('ambiguous', 'it may be an apply or a merge, and the answer has no managedFields')
  const own = entries.filter((entry) => isJsonObject(entry) && entry['manager'] === manager)
  const isNow = (entry: JsonObject): boolean => {
    const us = Date.parse(String(entry['time'])) * 1000
    return us >= time - secondUs && us <= (stageTime ?? time) + secondUs
  }
  const by = (operation: string): readonly JsonObject[] =>
    own.filter(isJsonObject).filter((entry) => entry['operation'] === operation)
  if (by('Apply').length === 0) return null
  if (by('Apply').some(isNow) && !by('Update').some(isNow)) {
    return told('apply', `managedFields have an apply of ${manager} at that time`)
  }
  return told('ambiguous', `${manager} applies and may also merge: managedFields do not tell which this was`)
}

function managersOf(object: unknown): readonly unknown[] | null {
  const metadata = isJsonObject(object) ? object['metadata'] : null
  const managers = isJsonObject(metadata) ? metadata['managedFields'] : null
  return Array.isArray(managers) ? managers : null
}

function hasDirective(body: JsonObject): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: body, depth: 0 }]
  let nodes = 0
  for (let next = open.pop(); next !== undefined && nodes < nodesMax; next = open.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null || depth > depthMax) continue
    nodes++
    for (const [key, inner] of Object.entries(value)) {
      if (isDirective(key)) return true
      open.push({ value: inner, depth: depth + 1 })
    }
  }
  return false
}

function isDirective(key: string): boolean {
  return directives.has(key) || directivePrefixes.some((prefix) => key.startsWith(prefix))
}
