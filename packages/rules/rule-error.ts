// RuleError: what is wrong in a rule file, where, and how to mend it.

export interface Place {
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
}

export interface RuleError extends Place {
  readonly message: string
  /** One sentence that says how to mend it; null where the message says all. */
  readonly hint: string | null
}

/** Errors of one file that are told. */
export const errorsMax = 100
/** So many are found, of which the first by place are told. */
const foundMax = 1000

/** Collects what is wrong, in the order of places. `at` is an offset into the text. */
export class Problems {
  private readonly found: RuleError[] = []
  private readonly placeAt: (at: number) => Place

  constructor(placeAt: (at: number) => Place) {
    this.placeAt = placeAt
  }

  add(at: number, message: string, hint: string | null = null): void {
    this.addAt(this.placeAt(at), message, hint)
  }

  addAt({ line, column }: Place, message: string, hint: string | null = null): void {
    if (this.found.length < foundMax) this.found.push({ message, line, column, hint })
  }

  get count(): number {
    return this.found.length
  }

  inOrder(): readonly RuleError[] {
    const sorted = this.found.toSorted((one, other) => one.line - other.line || one.column - other.column)
    return sorted.slice(0, errorsMax)
  }
}
