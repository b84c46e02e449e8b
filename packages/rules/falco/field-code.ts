// FieldCode: a field of Falco as parts of an expression.

/** `kept`: as Falco reads it, what it gets wrong included. */
export type Reading = 'mended' | 'kept'

/** A value of JSON that may not be there. */
export interface FieldValue {
  /** An optional; null where `text` is always there, and empty for none. */
  readonly optional: string | null
  /** Of `json`, which Falco reads as a text, there is only to be asked whether it is there. */
  readonly type: 'text' | 'bool' | 'number' | 'any' | 'json'
  /** What it is where it is not there. */
  readonly text: string | null
}

export type FieldCode =
  | { readonly kind: 'text'; readonly value: FieldValue; readonly guard: string | null }
  /** Items within items: each of `over`, where `when` holds. */
  | {
      readonly kind: 'list'
      readonly levels: readonly Level[]
      readonly value: FieldValue
      readonly guard: string | null
    }
  /** A map of texts that Falco reads as one JSON text. */
  | { readonly kind: 'map'; readonly optional: string; readonly guard: string | null }

export interface Level {
  readonly over: string
  readonly as: string
  readonly when: string | null
}

export const present = (text: string): FieldCode => ({
  kind: 'text',
  value: { optional: null, type: 'text', text },
  guard: null,
})
export const maybe = (
  optional: string,
  type: FieldValue['type'] = 'text',
  guard: string | null = null,
  text: string | null = null,
): FieldCode => ({ kind: 'text', value: { optional, type, text }, guard })
