// Whether a write was only tried out: told from where each kind of write reads its dryRun, never from a lookalike.

import { valueAt } from './change.ts'
import type { ObjectRef, Stage } from './event.ts'
import { queryValues } from './request-uri.ts'
import { isWireObject } from './wire-object.ts'

/** A write of class `write`; reads and connections have no dry run, whatever their query says. */
export interface Write {
  readonly verb: string
  readonly stage: Stage
  readonly object: ObjectRef
  readonly requestURI: string
  readonly requestObject: unknown
  /** The event would hold the request's body if there was one: level, truncation and size did not take it away. */
  readonly bodyKept: boolean
}

/**
 * True only where nothing can have changed, because what is a dry run is hidden from history and rules. A token request
 * ignores dryRun and mints a real token (kubernetes pkg/registry/core/serviceaccount/storage/token.go); an eviction takes
 * it from the query or from the body (…/core/pod/storage/eviction.go); creates, updates and patches from the query.
 */
export function isDryRun(write: Write): boolean {
  const { verb, object } = write
  if (object.subresource === 'token') return false
  if (verb === 'delete' || verb === 'deletecollection') return isDryDelete(write)
  if (object.subresource === 'eviction' && asksDryRun(valueAt(write.requestObject, 'deleteOptions'))) return true
  return queryAsks(write)
}

/**
 * A delete reads its options from the body, and from the query only where there is no body (apiserver
 * pkg/endpoints/handlers/delete.go). A body that cannot be seen may overrule the query, so then it is no dry run.
 */
function isDryDelete(write: Write): boolean {
  const { requestObject } = write
  if (isWireObject(requestObject)) return asksDryRun(requestObject)
  const noBody = requestObject === undefined || requestObject === null
  return noBody && write.bodyKept && write.stage === 'ResponseComplete' && queryAsks(write)
}

function queryAsks({ requestURI }: Write): boolean {
  return queryValues(requestURI, 'dryRun').includes('All')
}

function asksDryRun(options: unknown): boolean {
  const dryRun = valueAt(options, 'dryRun')
  return Array.isArray(dryRun) && dryRun.includes('All')
}
