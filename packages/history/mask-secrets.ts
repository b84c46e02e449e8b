// maskChanges: changes as they may be shown: that a secret changed, and never its value.

import { sensitiveKeys, sensitiveKinds } from '@plaintrail/event/sensitive-words'
import type { Change } from './diff-objects.ts'
import { isJsonObject, memberOf } from './json-values.ts'

/** Stands in the place of each secret value. */
export const hidden = '(hidden)'

/**
 * The changes, in their order, with `hidden` for every value of those that are marked as secret: all that is below
 * `data` and `stringData` of a Secret, tokens, and the digests that redaction put in the place of what an operator hides
 * (packages/event/redact.ts). Names of keys and lengths of lists stay. No change is left out: that a value changed is
 * what is shown.
 */
export function maskChanges(changes: readonly Change[]): readonly Change[] {
  return changes.map((change) => {
    if (change.secret === undefined) return change
    const secrecy = change.secret === 'whole' ? inside : everyKey
    return {
      ...change,
      ...('from' in change && { from: maskSecrets(change.from, secrecy) }),
      ...('to' in change && { to: maskSecrets(change.to, secrecy) }),
    }
  })
}

/** What is secret at a place of an object. */
export interface Secrecy {
  /** Below one of these everything is; in lower case. */
  readonly keys: ReadonlySet<string>
  /** The place is below one. */
  readonly isInside: boolean
}

/** Nothing is secret but digests, and what a nested object's kind makes so. */
export const openly: Secrecy = { keys: new Set(), isInside: false }
const inside: Secrecy = { keys: new Set(), isInside: true }
const everyKey: Secrecy = { keys: new Set(Object.values(sensitiveKeys).flat()), isInside: false }

/** What is secret in an object that has one of these kinds: what was so around it, and its own. */
export function secrecyOf(outer: Secrecy, ...kinds: readonly unknown[]): Secrecy {
  const sensitivities = kinds.flatMap((kind) => (typeof kind === 'string' ? (sensitiveKinds.get(kind) ?? []) : []))
  if (sensitivities.length === 0 || outer.isInside) return outer
  return { keys: new Set([...outer.keys, ...sensitivities.flatMap((one) => sensitiveKeys[one])]), isInside: false }
}

/** What is secret in the member `name`. */
export const secrecyBelow = (outer: Secrecy, name: string): Secrecy =>
  !outer.isInside && outer.keys.size > 0 && outer.keys.has(name.toLowerCase()) ? inside : outer

const digest = /plaintrail:hmac-sha256:[\w-]{43}/

/** Whether a text is, or holds, what redaction wrote in the place of a secret. */
export const isDigest = (value: unknown): boolean => typeof value === 'string' && digest.test(value)

/** Of a value at a place with this secrecy: all of it is secret, a part of it, or nothing. Linear. */
export function secretPartOf(value: unknown, secrecy: Secrecy): 'whole' | 'part' | 'none' {
  if (secrecy.isInside || isDigest(value)) return 'whole'
  const places: [unknown, Secrecy][] = [[value, secrecy]]
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const [part, outer] = place
    if (outer.isInside || isDigest(part)) return 'part'
    if (Array.isArray(part)) for (const item of part) places.push([item, outer])
    else if (isJsonObject(part)) {
      const own = secrecyOf(outer, memberOf(part, 'kind'))
      for (const [name, member] of Object.entries(part)) places.push([member, secrecyBelow(own, name)])
    }
  }
  return 'none'
}

/** Deeper than this, all of a value that holds a secret is hidden. */
const levelsMax = 100

/** The value with `hidden` in the place of each secret; the keys and lengths of what is secret stay. */
export function maskSecrets(value: unknown, secrecy: Secrecy = openly, levels = levelsMax): unknown {
  if (levels === 0) return hidden
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, secrecy, levels - 1))
  if (!isJsonObject(value)) return secrecy.isInside || isDigest(value) ? hidden : value
  const own = secrecyOf(secrecy, memberOf(value, 'kind'))
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [
    name,
    maskSecrets(member, secrecyBelow(own, name), levels - 1),
  ])
  return Object.fromEntries(members)
}
