// leafFields: the fields of a state that have a value of their own, with their paths as diffObjects writes them.

import { isBuiltInType } from './built-in-types.ts'
import { depthMax } from './diff-objects.ts'
import type { FieldPath, PathSegment } from './field-path.ts'
import { isJsonObject, memberOf, type JsonObject } from './json-values.ts'
import { hidden, isDigest, maskSecrets, openly, secrecyBelow, secrecyOf, type Secrecy } from './mask-secrets.ts'
import { itemKeys, listShape } from './merge-keys.ts'
import { isNoise } from './noise.ts'

export interface LeafField {
  readonly path: FieldPath
  /** A text, a number, a boolean, null, or an empty object or list; as it may be shown: a secret is `(hidden)`. */
  readonly value: unknown
  readonly noise: boolean
  readonly secret: boolean
}

export interface LeafFields {
  readonly fields: readonly LeafField[]
  /** There are more than were asked for. */
  readonly isCut: boolean
}

export interface LeafOptions {
  readonly withNoise: boolean
  readonly fieldsMax: number
}

/** In the order of the object. What lies deeper than `depthMax` is one value. Linear in what is walked; never throws. */
export function leafFields(object: JsonObject, { withNoise, fieldsMax }: LeafOptions): LeafFields {
  const kind = memberOf(object, 'kind')
  const walk: Walk = {
    path: [],
    fields: [],
    isCut: false,
    kind: typeof kind === 'string' ? kind : '',
    isBuiltIn: isBuiltInType(memberOf(object, 'apiVersion')),
    withNoise,
    fieldsMax,
  }
  visit(walk, object, openly)
  return { fields: walk.fields, isCut: walk.isCut }
}

interface Walk extends LeafOptions {
  /** Of what is visited now. */
  readonly path: PathSegment[]
  readonly fields: LeafField[]
  isCut: boolean
  readonly kind: string
  readonly isBuiltIn: boolean
}

function visit(walk: Walk, value: unknown, secrecy: Secrecy): void {
  if (walk.isCut) return
  const noise = isNoise(walk.path, value, walk.kind)
  if (noise && !walk.withNoise) return
  if (walk.path.length < depthMax && Array.isArray(value) && value.length > 0) visitItems(walk, value, secrecy)
  else if (walk.path.length < depthMax && isJsonObject(value) && Object.keys(value).length > 0) {
    const own = secrecyOf(secrecy, memberOf(value, 'kind'))
    for (const [name, member] of Object.entries(value)) {
      below(walk, { kind: 'field', name }, member, secrecyBelow(own, name))
    }
  } else note(walk, value, noise, secrecy)
}

function visitItems(walk: Walk, list: readonly unknown[], secrecy: Secrecy): void {
  const shape = listShape([list], walk)
  for (const [index, item] of list.entries()) {
    const keys = shape.by === 'keys' ? itemKeys(item, shape.keys) : null
    if (keys !== null) below(walk, { kind: 'item', keys }, item, secrecy)
    else if (shape.by === 'member') below(walk, { kind: 'member', value: String(item) }, item, secrecy)
    else below(walk, { kind: 'index', index }, item, secrecy)
  }
}

function below(walk: Walk, segment: PathSegment, value: unknown, secrecy: Secrecy): void {
  walk.path.push(segment)
  visit(walk, value, secrecy)
  walk.path.pop()
}

function note(walk: Walk, value: unknown, noise: boolean, secrecy: Secrecy): void {
  if (walk.fields.length >= walk.fieldsMax) {
    walk.isCut = true
    return
  }
  const secret = secrecy.isInside || isDigest(value)
  walk.fields.push({ path: [...walk.path], value: secret ? hidden : maskSecrets(value, secrecy), noise, secret })
}
