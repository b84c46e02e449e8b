// What an evaluation gives.

import type { Value } from './value.ts'

export type CelResult =
  | { readonly kind: 'value'; readonly value: Value }
  /** What went wrong, and where in the text. Never to be taken for false. */
  | { readonly kind: 'error'; readonly says: string; readonly at: { readonly line: number; readonly column: number } }
  | { readonly kind: 'over-budget' }
  /** What was not recorded and would have to be known. */
  | { readonly kind: 'unknown'; readonly paths: readonly string[] }
