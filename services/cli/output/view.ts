// View: how a list of one kind of thing is shown, whatever the format.
import type { Look } from './look.ts'

interface Column<T> {
  readonly title: string
  /** Safe to print on a terminal. */
  readonly cell: (item: T) => string
  readonly look?: Look
  /** Only in `-o wide` and `-o csv`. */
  readonly isWide?: boolean
  /** Never cut, however narrow the terminal is. */
  readonly isWhole?: boolean
}

export interface View<T> {
  readonly columns: readonly Column<T>[]
  /** What `-o name` prints, and what other commands take. */
  readonly nameOf: (item: T) => string
  /** What `-o sentence` prints, where there is such a thing. */
  readonly sentenceOf?: (item: T) => string
}
