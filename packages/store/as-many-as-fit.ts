// asManyAsFit: the items of a page that ends before it is too large.

import type { RuleTold } from './rule-told.ts'

/** Of one page, in UTF-16 units of what rules say: one may say 200 KB, and each of its findings says it again. */
export const toldCharsMax = 8 * 1024 * 1024

/** All of them, or the first ones; of some at least one. */
export function asManyAsFit<T extends { readonly told: Partial<RuleTold> }>(items: readonly T[]): readonly T[] {
  let chars = 0
  const tooMany = items.findIndex(({ told }, index) => {
    chars += JSON.stringify(told).length
    return index > 0 && chars > toldCharsMax
  })
  return tooMany === -1 ? items : items.slice(0, tooMany)
}
