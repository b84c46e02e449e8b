// RedactionEdits: the byte ranges of one event that are to be replaced, and the JSON pointer of each.
import { pointerOf } from './json-pointer.ts'
import type { Span } from './json-spans.ts'

export interface RedactionEdit {
  /** Places in the item's bytes. */
  readonly start: number
  readonly end: number
  /** RFC 6901, from the event's root. */
  readonly pointer: string
  /** A whole JSON value, or a part of a string, such as one parameter of a URI. */
  readonly range: 'value' | 'part'
}

/** A key of 100 KB above 5,000 values would otherwise make 500 MB of pointers; what is not listed is seen in the bytes. */
const pointersMax = 1_000
const pointerLengthMax = 1_024

export class RedactionEdits {
  readonly #edits: RedactionEdit[] = []
  readonly #path: string[] = []

  /** Whatever `visit` adds is below `key`. */
  below(key: string | number, visit: () => void): void {
    this.#path.push(String(key))
    visit()
    this.#path.pop()
  }

  /** The key of the object or array that holds what is visited. */
  get parentKey(): string {
    return this.#path.at(-2) ?? ''
  }

  /**
   * Hides the value. Of an object every value below is hidden and the keys stay. A null stays too: it is no secret, and
   * in a merge patch it says that the key was deleted.
   */
  hide(span: Span): void {
    if (span.type === 'object') {
      for (const { key, value } of span.members) this.below(key, () => this.hide(value))
    } else if (span.type !== 'null') {
      this.#add(span.start, span.end, 'value')
    }
  }

  /** Hides a range inside the string that is visited. */
  hidePart(start: number, end: number): void {
    if (start < end) this.#add(start, end, 'part')
  }

  /** In the order of the bytes, none inside another. */
  toList(): readonly RedactionEdit[] {
    const sorted = this.#edits.toSorted((a, b) => a.start - b.start || b.end - a.end)
    let last = 0
    return sorted.filter((edit) => {
      const isNew = edit.start >= last
      if (isNew) last = edit.end
      return isNew
    })
  }

  #add(start: number, end: number, range: RedactionEdit['range']): void {
    const isListed = this.#edits.length < pointersMax
    const pointer = isListed ? pointerOf(this.#path).slice(0, pointerLengthMax) : ''
    this.#edits.push({ start, end, pointer, range })
  }
}
