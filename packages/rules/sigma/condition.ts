// parseSigmaCondition: `selection and not 1 of filter_*`, as a tree over the names of selections.

export type SigmaCondition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SigmaCondition[] }
  | { readonly kind: 'not'; readonly part: SigmaCondition }
  | { readonly kind: 'named'; readonly name: string; readonly at: number }
  /** One or all of the selections whose names fit; `them` is all but those that begin with `_`. */
  | { readonly kind: 'of'; readonly quantity: 'one' | 'all'; readonly pattern: string; readonly at: number }

/** `at` is an offset into the condition. */
export class ConditionProblem extends Error {
  override name = 'ConditionProblem'
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** Characters of a condition, and groups within groups. */
const [charactersMax, depthMax] = [16 * 1024, 64]

/** Throws ConditionProblem. */
export function parseSigmaCondition(text: string): SigmaCondition {
  if (text.length > charactersMax) throw new ConditionProblem(`it has more than ${charactersMax} characters`, 0)
  const reader = new ConditionReader(text)
  const condition = reader.alternatives(0)
  reader.end()
  return condition
}

interface Word {
  readonly text: string
  readonly at: number
}

class ConditionReader {
  private readonly words: readonly Word[]
  private readonly length: number
  private next = 0

  constructor(text: string) {
    this.words = [...text.matchAll(/[()|]|[^\s()|]+/g)].map((found) => ({ text: found[0], at: found.index }))
    this.length = text.length
  }

  alternatives(depth: number): SigmaCondition {
    if (depth > depthMax) throw this.problem(`it is nested more than ${depthMax} deep`)
    const parts = [this.together(depth)]
    while (this.takes('or')) parts.push(this.together(depth))
    return joined('or', parts)
  }

  end(): void {
    const word = this.words[this.next]
    if (word === undefined) return
    if (word.text === '|')
      throw this.problem('what is counted after "|" is no part of Sigma any more: write a correlation')
    throw this.problem(`"${word.text.slice(0, 40)}" is not expected here`)
  }

  private together(depth: number): SigmaCondition {
    const parts = [this.single(depth)]
    while (this.takes('and')) parts.push(this.single(depth))
    return joined('and', parts)
  }

  private single(depth: number): SigmaCondition {
    let isNegated = false
    while (this.takes('not')) isNegated = !isNegated
    const part = this.group(depth)
    return isNegated ? { kind: 'not', part } : part
  }

  private group(depth: number): SigmaCondition {
    if (this.takes('(')) {
      const inside = this.alternatives(depth + 1)
      if (!this.takes(')')) throw this.problem('")" is expected here')
      return inside
    }
    const word = this.words[this.next]
    if (word === undefined || /^(?:[()|]|and|or)$/i.test(word.text)) throw this.problem('a selection is expected here')
    this.next += 1
    return this.quantified(word) ?? { kind: 'named', name: word.text, at: word.at }
  }

  /** Null where it is a name. */
  private quantified({ text, at }: Word): SigmaCondition | null {
    const isOf = this.words[this.next]?.text.toLowerCase() === 'of'
    if (!isOf) return null
    if (!/^(?:1|any|all)$/i.test(text))
      throw new ConditionProblem(`"${text.slice(0, 40)} of" is no part of Sigma: it has "1 of" and "all of"`, at)
    this.next += 1
    const pattern = this.words[this.next]
    if (pattern === undefined || /^[()|]$/.test(pattern.text))
      throw this.problem('names of selections are expected here')
    this.next += 1
    return { kind: 'of', quantity: text.toLowerCase() === 'all' ? 'all' : 'one', pattern: pattern.text, at }
  }

  private takes(wanted: string): boolean {
    if (this.words[this.next]?.text.toLowerCase() !== wanted) return false
    this.next += 1
    return true
  }

  private problem(message: string): ConditionProblem {
    return new ConditionProblem(message, this.words[this.next]?.at ?? this.length)
  }
}

function joined(kind: 'and' | 'or', parts: readonly SigmaCondition[]): SigmaCondition {
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : { kind, parts }
}

/** Those that a pattern of `1 of …` means, in the order of the file. */
export function selectionsMeant(pattern: string, names: readonly string[]): readonly string[] {
  if (pattern.toLowerCase() === 'them') return names.filter((name) => !name.startsWith('_'))
  const pieces = pattern.split('*')
  return names.filter((name) => fits(name, pieces))
}

function fits(name: string, pieces: readonly string[]): boolean {
  const [first = '', ...more] = pieces
  if (more.length === 0) return name === first
  const last = more.at(-1) ?? ''
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let at = first.length
  for (const piece of more.slice(0, -1)) {
    const found = name.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return at <= name.length - last.length
}
