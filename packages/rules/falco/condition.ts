// parseFalcoCondition: the condition of a Falco rule as a tree, with the names of macros still in it.

/** What a comparison compares: `tolower(ka.uri.param[command])` has all three. */
export interface FalcoField {
  readonly name: string
  readonly argument: string | null
  readonly change: 'tolower' | 'toupper' | null
}

export const falcoOperators = [
  '=',
  '!=',
  '<=',
  '<',
  '>=',
  '>',
  'exists',
  'in',
  'intersects',
  'pmatch',
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  'glob',
  'iglob',
  'regex',
] as const
export type FalcoOperator = (typeof falcoOperators)[number]

export interface FalcoAtom {
  readonly kind: 'atom'
  readonly field: FalcoField
  readonly operator: FalcoOperator
  /** Of `exists` none; names of lists among them. */
  readonly values: readonly string[]
  /** The list that they all come from, where it is one. */
  readonly list: string | null
  /** Offset into the text. */
  readonly at: number
}

export type FalcoCondition =
  | FalcoAtom
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FalcoCondition[] }
  | { readonly kind: 'not'; readonly part: FalcoCondition }
  /** A macro. */
  | { readonly kind: 'named'; readonly name: string; readonly at: number }
  | { readonly kind: 'always'; readonly holds: boolean }

/** In place of an offset into a condition: it is about the rule as a whole. */
export const ofRule = -1

/** What cannot be read or carried over. `at` is an offset into the text, or `ofRule`. */
export class FalcoProblem extends Error {
  override name = 'FalcoProblem'
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** Characters of one condition, what is appended to it included. */
const conditionCharactersMax = 64 * 1024
/** Groups within groups. */
const depthMax = 64

/** Throws FalcoProblem. */
export function parseFalcoCondition(text: string): FalcoCondition {
  if (text.length > conditionCharactersMax)
    throw new FalcoProblem(`a condition has more than ${conditionCharactersMax} characters`, 0)
  const reader = new ConditionReader(text)
  const condition = reader.alternatives(0)
  reader.end()
  return condition
}

const noComment = 'a condition has no comments: put it above, as one of the file'

const word = /[A-Za-z_][A-Za-z0-9_.-]*/y
/** Of a value without quotes. */
const bare = /[^\s()"',]+/y
const blank = /\s*/y
const changes = ['tolower', 'toupper'] as const

class ConditionReader {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  alternatives(depth: number): FalcoCondition {
    if (depth > depthMax) throw this.problem(`a condition is nested more than ${depthMax} deep`)
    const parts = [this.together(depth)]
    while (this.takesWord('or')) parts.push(this.together(depth))
    return joinedFalco('or', parts)
  }

  end(): void {
    if (this.peeks('#')) throw this.problem(noComment)
    if (this.at < this.text.length)
      throw this.problem(`"${this.text.slice(this.at, this.at + 20)}" is not expected here`)
  }

  private together(depth: number): FalcoCondition {
    const parts = [this.single(depth)]
    while (this.takesWord('and')) parts.push(this.single(depth))
    return joinedFalco('and', parts)
  }

  private single(depth: number): FalcoCondition {
    let isNegated = false
    while (this.takesWord('not')) isNegated = !isNegated
    const part = this.group(depth)
    return isNegated ? { kind: 'not', part } : part
  }

  private group(depth: number): FalcoCondition {
    if (!this.takes('(')) return this.comparison()
    const inside = this.alternatives(depth + 1)
    if (!this.takes(')')) throw this.problem('")" is expected here')
    return inside
  }

  private comparison(): FalcoCondition {
    this.skip()
    const at = this.at
    const name = this.matched(word)
    if (name === null)
      throw this.problem(this.peeks('#') ? noComment : 'a field or the name of a macro is expected here')
    const field = this.fieldNamed(name, at)
    const operator = this.operator()
    if (operator === null) {
      if (!name.includes('.') && field.change === null && field.argument === null) return { kind: 'named', name, at }
      throw this.problem(`an operator is expected after ${name}`)
    }
    const values = operator === 'exists' ? [] : this.values()
    return { kind: 'atom', field, operator, values, list: null, at }
  }

  private fieldNamed(name: string, at: number): FalcoField {
    const change = changes.find((one) => one === name) ?? null
    if (this.text[this.at] === '(' || (change !== null && this.peeks('('))) {
      if (change === null) throw new FalcoProblem(`there is nothing here for ${name}(…)`, at)
      this.takes('(')
      this.skip()
      const inner = this.matched(word)
      if (inner === null) throw this.problem('a field is expected here')
      const field = this.fieldNamed(inner, at)
      if (!this.takes(')')) throw this.problem('")" is expected here')
      return { ...field, change }
    }
    return { name, argument: this.text[this.at] === '[' ? this.argument() : null, change: null }
  }

  private argument(): string {
    this.at += 1
    const quote = this.text[this.at]
    const argument = quote === '"' || quote === "'" ? this.quoted(quote) : this.until(']')
    if (this.text[this.at] !== ']') throw this.problem('"]" is expected here')
    this.at += 1
    return argument
  }

  private until(sign: string): string {
    const end = this.text.indexOf(sign, this.at)
    if (end === -1) throw this.problem(`"${sign}" is expected here`)
    const found = this.text.slice(this.at, end)
    this.at = end
    return found
  }

  private operator(): FalcoOperator | null {
    this.skip()
    if (this.takes('==')) return '='
    const sign = falcoOperators.find((one) => !/[a-z]/.test(one) && this.text.startsWith(one, this.at))
    if (sign !== undefined) {
      this.at += sign.length
      return sign
    }
    return falcoOperators.find((one) => /[a-z]/.test(one) && this.takesWord(one)) ?? null
  }

  private values(): readonly string[] {
    if (!this.takes('(')) return [this.value()]
    const values: string[] = []
    if (this.takes(')')) return values
    do values.push(this.value())
    while (this.takes(','))
    if (!this.takes(')')) throw this.problem('"," or ")" is expected here')
    return values
  }

  private value(): string {
    this.skip()
    const quote = this.text[this.at]
    if (quote === '"' || quote === "'") return this.quoted(quote)
    const at = this.at
    const found = this.matched(bare)
    if (found === null) throw this.problem('a value is expected here')
    if (found === 'val' && this.text[this.at] === '(')
      throw new FalcoProblem('a field is compared with another field, which a rule here cannot do', at)
    return found
  }

  /** A backslash takes the quote, or a backslash, as it is. */
  private quoted(quote: string): string {
    const from = this.at
    let value = ''
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const sign = this.text[this.at] ?? ''
      if (sign === quote) {
        this.at += 1
        return value
      }
      const next = this.text[this.at + 1]
      const isEscaped = sign === '\\' && (next === quote || next === '\\')
      value += isEscaped ? next : sign
      if (isEscaped) this.at += 1
    }
    throw new FalcoProblem('this quote does not end', from)
  }

  private takesWord(wanted: string): boolean {
    this.skip()
    if (!this.text.startsWith(wanted, this.at) || /[\w.-]/.test(this.text[this.at + wanted.length] ?? '')) return false
    this.at += wanted.length
    return true
  }

  private takes(sign: string): boolean {
    if (!this.peeks(sign)) return false
    this.at += sign.length
    return true
  }

  private peeks(sign: string): boolean {
    this.skip()
    return this.text.startsWith(sign, this.at)
  }

  private skip(): void {
    this.matched(blank)
  }

  private matched(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found === null) return null
    this.at += found[0].length
    return found[0]
  }

  private problem(message: string): FalcoProblem {
    return new FalcoProblem(message, this.at)
  }
}

/** Flat; one part is itself. */
export function joinedFalco(kind: 'and' | 'or', parts: readonly FalcoCondition[]): FalcoCondition {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]))
  const [only] = flat
  return only !== undefined && flat.length === 1 ? only : { kind, parts: flat }
}

/** All of its comparisons, in order. */
export function falcoAtoms(condition: FalcoCondition): readonly FalcoAtom[] {
  switch (condition.kind) {
    case 'atom':
      return [condition]
    case 'not':
      return falcoAtoms(condition.part)
    case 'and':
    case 'or':
      return condition.parts.flatMap(falcoAtoms)
    case 'named':
    case 'always':
      return []
    default:
      return condition satisfies never
  }
}
