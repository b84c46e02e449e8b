// The object key: 64 bits that stand for cluster, group, resource, namespace and name, so that one index finds an object.

import { hash } from 'node:crypto'

export interface ObjectName {
  /** UUID of the cluster. */
  readonly cluster: string
  readonly apiGroup: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
}

/** Readers also compare the name, so a collision can cost time but never show another object's events. */
export function objectKey(object: ObjectName): bigint {
  const text = [object.cluster, object.apiGroup, object.resource, object.namespace, object.name].join('\0')
  return BigInt.asIntN(64, BigInt(`0x${hash('sha256', text).slice(0, 16)}`))
}
