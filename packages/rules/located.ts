// Located: what a YAML document says, with the place of everything in it, and with its aliases resolved.
import type { WrittenScalar } from './scalar-offsets.ts'

export type Located = LocatedMap | LocatedList | LocatedText | LocatedScalar

interface Placed {
  /** Offset of its first character. */
  readonly from: number
  /** Values in it, itself counted, as often as aliases repeat them. */
  readonly size: number
  /** Levels of maps and lists in it; 0 for a scalar. */
  readonly height: number
}
export interface LocatedMap extends Placed {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, LocatedEntry>
}
export interface LocatedEntry {
  /** Of its key. */
  readonly from: number
  readonly value: Located
}
interface LocatedList extends Placed {
  readonly kind: 'list'
  readonly items: readonly Located[]
}
export interface LocatedText extends Placed {
  readonly kind: 'text'
  readonly text: string
  readonly style: WrittenScalar['style']
}
interface LocatedScalar extends Placed {
  readonly kind: 'scalar'
  readonly value: number | boolean | null
}

/** As JSON.parse would give it; `__proto__` is a name like others. */
export function jsonOf(located: Located): unknown {
  switch (located.kind) {
    case 'map':
      return Object.fromEntries([...located.entries].map(([name, { value }]) => [name, jsonOf(value)]))
    case 'list':
      return located.items.map(jsonOf)
    case 'text':
      return located.text
    case 'scalar':
      return located.value
    default:
      return located satisfies never
  }
}

/** For sentences: `a list`, `the number 3`. */
export function kindWords(located: Located): string {
  if (located.kind !== 'scalar') return located.kind === 'text' ? 'a text' : `a ${located.kind}`
  const { value } = located
  if (value === null) return 'nothing'
  return typeof value === 'number' ? `the number ${value}` : String(value)
}
