// findingKeys: what a query says of findings, which are made of events after these are stored.
import { asksForOneOf } from './asks-for-one-of.ts'
import type { Query } from './ast.ts'
import type { TextKey } from './qualifiers.ts'

export const findingKeys = ['rule', 'vio', 'severity', 'control'] as const satisfies readonly TextKey[]
export type FindingKey = (typeof findingKeys)[number]

/** Whether it asks what rules found, which no event tells: no rule may ask it, and nobody who follows events as they come. */
export function asksFindings(query: Query): boolean {
  return asksForOneOf(query, keys)
}

const keys: ReadonlySet<TextKey> = new Set(findingKeys)
