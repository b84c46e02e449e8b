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

/** Collects what is wrong. `at` is an offset into the text. */
export class Problems {
  private readonly found: RuleError[] = []
  private readonly placeAt: (at: number) => Place
  /** How many there are, also of those that are not kept. */
  count = 0

  constructor(placeAt: (at: number) => Place) {
    this.placeAt = placeAt
  }

  add(at: number, message: string, hint: string | null = null): void {
    // To find a place takes as long as its line.
    if (this.isFull) this.count += 1
    else this.addAt(this.placeAt(at), message, hint)
  }

  addAt({ line, column }: Place, message: string, hint: string | null = null): void {
    if (!this.isFull) this.found.push({ message, line, column, hint })
    this.count += 1
  }

  private get isFull(): boolean {
    return this.found.length === errorsMax
  }

  /** By place. */
  inOrder(): readonly RuleError[] {
    return this.found.toSorted((one, other) => one.line - other.line || one.column - other.column)
  }
}
