// unifiedText: two states of an object as YAML, compared by lines.

import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { stringify } from 'yaml'
import { alignedStates } from './aligned-states.ts'
import { isJsonObject } from './json-values.ts'

export interface UnifiedOptions {
  /** Shows what is hidden otherwise: noise.ts. */
  readonly withNoise?: boolean
  /** Lines around a change that are shown with it; 3 unless said otherwise. */
  readonly context?: number
  /** What stands behind `---` and `+++`: one line each. */
  readonly names?: { readonly before: string; readonly after: string }
}

export interface UnifiedText {
  /** Empty where nothing changed that is shown. Ends with a line feed otherwise. */
  readonly text: string
  /**
   * `whole`: all that is the same is there as context. `changed`: the states are so large that only objects and lists
   * with a change in them were compared. `none`: even these are too large, or too different; there is no text.
   */
  readonly extent: 'whole' | 'changed' | 'none'
}

/** Objects, lists and plain values in both states: above, only what changed is written as YAML (0.3 s for 20,000). */
export const valuesMax = 20_000
/** Lines that differ. */
const editsMax = 2_000

/**
 * What a person reads: a unified diff of the YAML of both states. Keys stand in the order of their names, as
 * `kubectl get -o yaml` writes them; lists, amounts, noise and secrets are as `alignedStates` has them, so that a line
 * that is not marked is the same in both. `undefined` is a state that is not there. A text that YAML 1.1 would read as
 * something else (`yes`, `012`) is quoted. Never throws; at most some two seconds, also on 5 MB.
 */
export function unifiedText(before: unknown, after: unknown, options: UnifiedOptions = {}): UnifiedText {
  const isLarge = isMoreThan([before, after], valuesMax)
  const extent = isLarge ? 'changed' : 'whole'
  const states = alignedStates(before, after, { withNoise: options.withNoise ?? false, onlyChanged: isLarge })
  if (states.isSame) return { text: '', extent }
  if (isLarge && isMoreThan([states.before, states.after], valuesMax)) return { text: '', extent: 'none' }
  const text = createTwoFilesPatch(
    oneLine(options.names?.before ?? 'before'),
    oneLine(options.names?.after ?? 'after'),
    yamlOf(states.before),
    yamlOf(states.after),
    undefined,
    undefined,
    { context: options.context ?? 3, maxEditLength: editsMax, headerOptions: FILE_HEADERS_ONLY },
  )
  return text === undefined ? { text: '', extent: 'none' } : { text, extent }
}

/** The YAML of a state, as the texts above are of; empty for a state that is not there. */
export const yamlOf = (state: unknown): string =>
  state === undefined ? '' : stringify(state, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })

const oneLine = (name: string): string => name.replaceAll(/[\p{C}\u2028\u2029]+/gu, ' ').trim()

function isMoreThan(values: unknown[], most: number): boolean {
  let count = 0
  const stack = [...values]
  while (stack.length > 0) {
    const value = stack.pop()
    if (++count > most) return true
    if (Array.isArray(value)) for (const item of value) stack.push(item)
    else if (isJsonObject(value)) for (const member of Object.values(value)) stack.push(member)
  }
  return false
}
