// FieldPath: where in an object a value is, with the items of a list by what Kubernetes knows them by.

/** From the root of an object to a value: the root itself is `[]`. */
export type FieldPath = readonly PathSegment[]

export type PathSegment =
  /** The value of a key of an object. */
  | { readonly kind: 'field'; readonly name: string }
  /** The item of a list whose merge keys have these values, in the order of the keys. */
  | { readonly kind: 'item'; readonly keys: readonly ItemKey[] }
  /** The item of a list that has no merge keys, from 0. */
  | { readonly kind: 'index'; readonly index: number }
  /** The item of a set of texts. */
  | { readonly kind: 'member'; readonly value: string }

export interface ItemKey {
  readonly name: string
  readonly value: string | number
}
