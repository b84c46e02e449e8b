// Patches as an API server makes them, written apart from what makes patches: RFC 6902, RFC 7386, strategic merge.

import { isDeepStrictEqual } from 'node:util'
import type { JsonPatchOperation } from './json-patch.ts'

type Members = Record<string, unknown>

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function define(object: Members, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}

/** Throws where a test fails or a place is not there. */
export function patchedByJson(object: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const root = { '': structuredClone(object) }
  for (const { op, path, value } of operations) {
    const tokens = path.split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = tokens.pop() ?? ''
    const parent = tokens.reduce<unknown>(childOf, root)
    if (Array.isArray(parent)) patchList(parent, last, op, value)
    else if (isMembers(parent)) patchMembers(parent, last, op, value)
    else throw new Error(`nothing at ${path}`)
  }
  return root['']
}

function childOf(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return parent[Number(token)] as unknown
  if (isMembers(parent) && Object.hasOwn(parent, token)) return parent[token]
  throw new Error(`nothing under ${token}`)
}

function patchList(list: unknown[], token: string, op: string, value: unknown): void {
  const index = token === '-' ? list.length : Number(token)
  if (index >= list.length + (op === 'add' ? 1 : 0)) throw new Error(`no place ${token}`)
  if (op === 'test' && !isDeepStrictEqual(list[index], value)) throw new Error(`test failed at ${token}`)
  if (op === 'add') list.splice(index, 0, structuredClone(value))
  if (op === 'remove') list.splice(index, 1)
  if (op === 'replace') list[index] = structuredClone(value)
}

function patchMembers(object: Members, name: string, op: string, value: unknown): void {
  if (op !== 'add' && !Object.hasOwn(object, name)) throw new Error(`no member ${name}`)
  if (op === 'test' && !isDeepStrictEqual(object[name], value)) throw new Error(`test failed at ${name}`)
  if (op === 'remove') delete object[name]
  if (op === 'add' || op === 'replace') define(object, name, structuredClone(value))
}

export function patchedByMerge(object: unknown, patch: unknown): unknown {
  if (!isMembers(patch)) return structuredClone(patch)
  const merged: Members = isMembers(object) ? { ...object } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else define(merged, name, patchedByMerge(Object.hasOwn(merged, name) ? merged[name] : undefined, value))
  }
  return merged
}

const keys: Readonly<Record<string, string>> = {
  containers: 'name',
  env: 'name',
  volumes: 'name',
  ports: 'containerPort',
}

/** Knows the merge keys of a pod template, and the set of finalizers. */
export function patchedStrategically(object: unknown, patch: unknown): unknown {
  if (!isMembers(patch)) return structuredClone(patch)
  const merged: Members = isMembers(object) ? { ...object } : {}
  for (const [name, value] of Object.entries(patch)) {
    const there = Object.hasOwn(merged, name) ? merged[name] : undefined
    const [directive, listName] = name.split('/')
    if (directive === '$deleteFromPrimitiveList' && listName !== undefined) {
      merged[listName] = listOf(merged[listName]).filter((item) => !listOf(value).includes(item))
    } else if (value === null) delete merged[name]
    else if (Array.isArray(value) && name === 'finalizers')
      merged[name] = [...new Set([...listOf(there), ...listOf(value)])]
    else if (Array.isArray(value) && Array.isArray(there) && Object.hasOwn(keys, name)) {
      merged[name] = mergedLists(there, value, keys[name] ?? '')
    } else define(merged, name, patchedStrategically(there, value))
  }
  return merged
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function mergedLists(list: readonly unknown[], patch: readonly unknown[], key: string): unknown[] {
  const isDirective = (item: unknown): boolean => isMembers(item) && item['$patch'] === 'replace'
  if (patch.some(isDirective)) return patch.filter((item) => !isDirective(item))
  const merged = [...list]
  for (const item of patch) {
    if (!isMembers(item)) throw new Error('an item without a key')
    const index = merged.findIndex((one) => isMembers(one) && one[key] === item[key])
    if (item['$patch'] === 'delete') merged.splice(index, index < 0 ? 0 : 1)
    else if (index < 0) merged.push(item)
    else merged[index] = patchedStrategically(merged[index], item)
  }
  return merged
}
