// parseAnswer: an event parsed without what was sent, where history asks for what was answered alone: half of the bytes.

import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { parsedOf, type ParsedItem } from './parsed-items.ts'

/** As keys of an object alone: in a text the quotes would have a backslash before them. */
const requestKey = ',"requestObject":'
const answerKey = ',"responseObject":'
/** In what stands before the request, where the API server writes the verb. */
const wholeVerbs = ['"verb":"update"', '"verb":"create"']
/** Writes to these answer what they made of the object, whatever was sent. */
const answeringSubresources: ReadonlySet<unknown> = new Set([undefined, '', 'status'])

/**
 * What history is told by it is what it is told by the whole: an update and a create answer with the object, and
 * objectRef has the version that was demanded. The whole where that cannot be seen to hold; null for what is no event.
 */
export function parseAnswer(bytes: Buffer, flags: number): ParsedItem | null {
  const short = withoutRequest(bytes)
  const parsed = short && parsedOf(short, flags)
  return parsed !== null && isAnswered(parsed.raw) ? { ...parsed, bytes: bytes.length } : parsedOf(bytes, flags)
}

/** Cut between the two keys: at two depths that leaves no JSON, and what is no JSON is parsed whole. */
function withoutRequest(bytes: Buffer): Buffer | null {
  const from = bytes.indexOf(requestKey)
  const to = bytes.indexOf(answerKey)
  if (from === -1 || to < from || bytes.includes(requestKey, from + 1) || bytes.includes(answerKey, to + 1)) return null
  const head = bytes.subarray(0, from)
  return wholeVerbs.some((verb) => head.includes(verb)) ? Buffer.concat([head, bytes.subarray(to)]) : null
}

function isAnswered({ verb, objectRef, responseObject }: JsonObject): boolean {
  if (verb !== 'update' && verb !== 'create') return false
  if (!isJsonObject(objectRef) || objectRef['resource'] === 'bindings') return false
  if (!answeringSubresources.has(objectRef['subresource'])) return false
  const metadata = isJsonObject(responseObject) ? responseObject['metadata'] : null
  return isJsonObject(metadata) && typeof metadata['uid'] === 'string' && metadata['uid'] !== ''
}
