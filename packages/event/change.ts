// What a request sets: its body as pieces of the object it is meant for, whatever form the patch has.

import { queryValues } from './request-uri.ts'
import { isWireObject, type WireObject } from './wire-object.ts'

/** Operations of a JSON patch after these are not read. */
const operationsMax = 64
/** A JSON pointer with more steps is not read. */
const pointerStepsMax = 32

/** Field managers of kubectl's commands that patch and do not apply. */
const patchingManagers: ReadonlySet<string> = new Set(['kubectl-client-side-apply', 'kubectl-edit', 'kubectl-patch'])

/** A piece of an object: what one operation or the whole body sets. Null stands for removal. */
export type Change = WireObject

/**
 * The body itself, or for a JSON patch (always an array) one piece an operation: `{op: replace, path: /spec/replicas,
 * value: 5}` is `{spec: {replicas: 5}}`. An index is a key like any other, so a list may show as an object of items.
 */
export function changesOf(body: unknown): readonly Change[] {
  if (isWireObject(body)) return [body]
  if (!Array.isArray(body)) return []
  return body.slice(0, operationsMax).flatMap((operation) => {
    const change = isWireObject(operation) ? changeOf(operation) : null
    return change === null ? [] : [change]
  })
}

/**
 * Whether the patch looks like a server-side apply, whose body is all that the client owns and not only what is new.
 * The content type is not recorded; but `force` is for applies only, and an apply needs a field manager and a kind.
 */
export function isApply(requestURI: string, body: unknown): boolean {
  if (!isWireObject(body) || typeof body['kind'] !== 'string' || typeof body['apiVersion'] !== 'string') return false
  if (queryValues(requestURI, 'force').length > 0) return true
  const manager = queryValues(requestURI, 'fieldManager')[0]
  return manager !== undefined && !patchingManagers.has(manager)
}

/** What stands at `path` in `piece`, or undefined. */
export function valueAt(piece: unknown, ...path: readonly string[]): unknown {
  let value = piece
  for (const key of path) {
    if (!isWireObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** The text that stands at `path` in `piece`, empty where there is none. */
export function textAt(piece: unknown, ...path: readonly string[]): string {
  const value = valueAt(piece, ...path)
  return typeof value === 'string' ? value : ''
}

/** The items of a list, also where a JSON patch names them by index. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isWireObject(value) ? Object.values(value) : []
}

function changeOf(operation: WireObject): Change | null {
  const op = operation['op']
  const path = operation['path']
  if (op !== 'add' && op !== 'replace' && op !== 'remove') return null
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) return null
  const steps = path.split('/', pointerStepsMax + 2).slice(1)
  if (steps.length > pointerStepsMax) return null
  let piece: unknown = op === 'remove' ? null : operation['value']
  for (const step of steps.toReversed()) piece = { [unescapedStep(step)]: piece }
  return isWireObject(piece) ? piece : null
}

/** RFC 6901: `~1` is a slash and `~0` a tilde, read in this order. */
function unescapedStep(step: string): string {
  return step.includes('~') ? step.replaceAll('~1', '/').replaceAll('~0', '~') : step
}
