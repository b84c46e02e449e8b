// What was touched: objectRef, completed by what the answer says where the request could not know it yet.

import type { ObjectRef } from './event.ts'
import { isWireObject, readText, type Marks, type WireObject } from './wire-object.ts'

const nameCharsMax = 512
const uidCharsMax = 256

/** The fields of an event that name an object. */
interface ObjectSources {
  readonly verb: string
  readonly objectRef: WireObject | null
  readonly requestObject: unknown
  readonly responseObject: unknown
  readonly responseStatus: WireObject | null
}

/** Subresources whose answer is the parent object, or a Scale, which carries the parent's name and uid. */
const parentShown: ReadonlySet<string> = new Set([
  '',
  'status',
  'scale',
  'ephemeralcontainers',
  'resize',
  'finalize',
  'approval',
])
/** Kinds of answers that are not the object asked for, though some have a name or a uid of their own. */
const otherKinds: ReadonlySet<unknown> = new Set([
  'Status',
  'Table',
  'List',
  'PartialObjectMetadataList',
  'TokenRequest',
  'Binding',
  'Eviction',
  'DeleteOptions',
])

/** Null for a request to no resource. Sets `generateName` where the API server made the name. */
export function objectRefOf(sources: ObjectSources, marks: Marks): ObjectRef | null {
  const { objectRef } = sources
  if (objectRef === null) return null
  const resource = readText(objectRef['resource'], nameCharsMax, marks)
  if (resource === '') return null
  const apiGroup = readText(objectRef['apiGroup'], nameCharsMax, marks)
  const subresource = readText(objectRef['subresource'], nameCharsMax, marks)
  const namespace = readText(objectRef['namespace'], nameCharsMax, marks)
  const name = readText(objectRef['name'], nameCharsMax, marks)
  const shown = parentShown.has(subresource) ? metadataShown(sources.responseObject) : null
  return {
    apiGroup,
    apiVersion: readText(objectRef['apiVersion'], nameCharsMax, marks),
    resource,
    subresource,
    // A Namespace object's ref has its own name as namespace; a search for what is in that namespace must not find it.
    namespace: resource === 'namespaces' && apiGroup === '' ? '' : namespace,
    name: name === '' && subresource === '' && sources.verb === 'create' ? generatedName(sources, shown, marks) : name,
    uid: uidOf(sources, name, shown, marks),
  }
}

/** The name that a create without one was given: by the object made, or by the Status of its failure. */
function generatedName(sources: ObjectSources, shown: WireObject | null, marks: Marks): string {
  const name =
    readText(shown?.['name'], nameCharsMax, marks) || readText(detailsOf(sources)?.['name'], nameCharsMax, marks)
  const asked = metadataOf(sources.requestObject)?.['generateName']
  if (name !== '' || (typeof asked === 'string' && asked !== '')) marks.generateName = true
  return name
}

/**
 * The uid of the object in the answer, else the one in the Status of a delete, else that of objectRef, which comes last
 * because it is only what the client believed.
 */
function uidOf(sources: ObjectSources, name: string, shown: WireObject | null, marks: Marks): string | null {
  const sameObject = shown !== null && (name === '' || shown['name'] === name)
  const answered = sameObject ? shown['uid'] : sources.verb === 'delete' ? detailsOf(sources)?.['uid'] : undefined
  const uid = readText(answered, uidCharsMax, marks) || readText(sources.objectRef?.['uid'], uidCharsMax, marks)
  return uid === '' ? null : uid
}

/** The metadata of the object in the answer; null where the answer is something else. */
function metadataShown(responseObject: unknown): WireObject | null {
  return isWireObject(responseObject) && !otherKinds.has(responseObject['kind']) ? metadataOf(responseObject) : null
}

function metadataOf(body: unknown): WireObject | null {
  const metadata = isWireObject(body) ? body['metadata'] : null
  return isWireObject(metadata) ? metadata : null
}

/** The details of the Status: the answer itself where it is one, else responseStatus, which is there at any level. */
function detailsOf(sources: ObjectSources): WireObject | null {
  const { responseObject, responseStatus } = sources
  const status = isWireObject(responseObject) && responseObject['kind'] === 'Status' ? responseObject : responseStatus
  const details = status?.['details']
  return isWireObject(details) ? details : null
}
