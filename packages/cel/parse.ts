// From text to tree, by precedence. Recursion is bounded by depthMax.

import { depthMax } from './bounds.ts'
import { CelProblem } from './cel-problem.ts'
import { lex, numberIn, type Token } from './lex.ts'
import { macroOf } from './macros.ts'
import type { ListNode, MapNode, Node } from './syntax.ts'

/** Words that may not name a variable. */
const reserved = new Set(
  'as break const continue else false for function if import in let loop null package namespace return true var void while'.split(
    ' ',
  ),
)

/** How strongly each binary operator binds. && and || are chains, the ternary stands above. */
const strength: Readonly<Record<string, number>> = {
  '<': 1,
  '<=': 1,
  '>': 1,
  '>=': 1,
  '==': 1,
  '!=': 1,
  in: 1,
  '+': 2,
  '-': 2,
  '*': 3,
  '/': 3,
  '%': 3,
}

/**
 * The tree of an expression.
 * @throws CelProblem with its offset
 */
export function parse(text: string): Node {
  const parser = new Parser(lex(text))
  const node = parser.expression()
  parser.end()
  return node
}

class Parser {
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  expression(): Node {
    this.deeper()
    const condition = this.chain('||')
    let node = condition
    if (this.takes('?')) {
      const yes = this.chain('||')
      this.expect(':', 'a condition is written: condition ? one : other')
      const no = this.expression()
      node = { type: 'ternary', condition, yes, no, from: condition.from, to: no.to }
    }
    this.depth -= 1
    return node
  }

  end(): void {
    const token = this.peek()
    if (token.type !== 'end') throw new CelProblem(`"${shown(token)}" is not expected here`, token.from)
  }

  private chain(name: '&&' | '||'): Node {
    const next = (): Node => (name === '||' ? this.chain('&&') : this.binary(1))
    const first = next()
    const operands = [first]
    while (this.takes(name)) operands.push(next())
    const last = operands.at(-1) ?? first
    return operands.length === 1 ? first : { type: 'chain', name, operands, from: first.from, to: last.to }
  }

  /** Operators of at least this strength. A chain of n of them is n levels deep, and bounded as such. */
  private binary(least: number): Node {
    let left = this.unary()
    const before = this.depth
    for (;;) {
      const { text, type } = this.peek()
      const own = type === 'sign' || text === 'in' ? strength[text] : undefined
      if (own === undefined || own < least) break
      this.at += 1
      this.deeper()
      const right = this.binary(own + 1)
      left = { type: 'call', name: text, target: undefined, args: [left, right], from: left.from, to: right.to }
    }
    this.depth = before
    return left
  }

  private unary(): Node {
    const sign = this.peek()
    if (sign.type !== 'sign' || (sign.text !== '!' && sign.text !== '-')) return this.member()
    this.at += 1
    const next = this.peek()
    if (sign.text === '-' && next.type === 'number') {
      this.at += 1
      return this.memberOf({ type: 'literal', value: numberIn(next, true), from: sign.from, to: next.to })
    }
    this.deeper()
    const operand = this.unary()
    this.depth -= 1
    const name = sign.text === '!' ? '!' : 'neg'
    return { type: 'call', name, target: undefined, args: [operand], from: sign.from, to: operand.to }
  }

  private member(): Node {
    return this.memberOf(this.primary())
  }

  private memberOf(first: Node): Node {
    let node = first
    const before = this.depth
    for (;;) {
      const from = node.from
      if (this.takes('.')) {
        const isOptional = this.takes('?')
        const { name, to } = this.field()
        if (!isOptional && this.peekIs('(')) node = this.call(name, node, from)
        else node = { type: 'select', operand: node, field: name, isOptional, from, to }
      } else if (this.takes('[')) {
        const isOptional = this.takes('?')
        const index = this.expression()
        node = { type: 'index', operand: node, index, isOptional, from, to: this.expect(']').to }
      } else break
      this.deeper()
    }
    this.depth = before
    return node
  }

  private field(): { readonly name: string; readonly to: number } {
    const token = this.peek()
    if (token.type !== 'word' && token.type !== 'quoted') {
      throw new CelProblem('a field is expected after "."', token.from, "other names are written: value['a-b']")
    }
    if (['in', 'true', 'false', 'null'].includes(token.text)) {
      throw new CelProblem(`"${token.text}" is no field`, token.from, `write ["${token.text}"]`)
    }
    this.at += 1
    return { name: token.type === 'quoted' ? token.text.slice(1, -1) : token.text, to: token.to }
  }

  private call(name: string, target: Node | undefined, from: number): Node {
    const opening = this.expect('(')
    const args: Node[] = []
    while (!this.peekIs(')')) {
      args.push(this.expression())
      if (!this.takes(',')) break
      if (this.peekIs(')')) throw new CelProblem('an argument is expected after ","', this.peek().from)
    }
    const { to } = this.expect(')', 'each bracket must be closed')
    const call = { type: 'call', name, target, args, from, to } as const
    return macroOf(call, opening.from) ?? call
  }

  private primary(): Node {
    const token = this.peek()
    this.at += 1
    const { from, to, text, type } = token
    if (type === 'literal') return { type: 'literal', value: token.value, from, to }
    if (type === 'number') return { type: 'literal', value: numberIn(token, false), from, to }
    if (type === 'word') return this.word(token)
    if (text === '(') {
      const node = this.expression()
      const closing = this.expect(')', 'each bracket must be closed')
      return { ...node, from, to: closing.to }
    }
    if (text === '[') return this.list(from)
    if (text === '{') return this.map(from)
    // A name with a leading dot is looked for at the root: here all are.
    if (text === '.' && this.peek().type === 'word') return this.primary()
    throw new CelProblem(
      type === 'end' ? 'the expression ends too early' : `a value is expected, not "${shown(token)}"`,
      from,
    )
  }

  private word({ text, from, to }: Token): Node {
    if (text === 'true' || text === 'false') return { type: 'literal', value: text === 'true', from, to }
    if (text === 'null') return { type: 'literal', value: null, from, to }
    if (reserved.has(text)) throw new CelProblem(`"${text}" is a reserved word`, from, 'choose another name')
    return this.peekIs('(') ? this.call(text, undefined, from) : { type: 'name', name: text, from, to }
  }

  private list(from: number): ListNode {
    const items: { node: Node; isOptional: boolean }[] = []
    while (!this.peekIs(']')) {
      const isOptional = this.takes('?')
      items.push({ node: this.expression(), isOptional })
      if (!this.takes(',')) break
    }
    return { type: 'list', items, from, to: this.expect(']', 'each bracket must be closed').to }
  }

  private map(from: number): MapNode {
    const entries: { key: Node; value: Node; isOptional: boolean }[] = []
    while (!this.peekIs('}')) {
      const isOptional = this.takes('?')
      const key = this.expression()
      this.expect(':', 'a map is written: {"key": value}')
      entries.push({ key, value: this.expression(), isOptional })
      if (!this.takes(',')) break
    }
    return { type: 'map', entries, from, to: this.expect('}', 'each bracket must be closed').to }
  }

  private deeper(): void {
    this.depth += 1
    if (this.depth <= depthMax) return
    throw new CelProblem(
      `the expression is nested deeper than ${depthMax} levels`,
      this.peek().from,
      'split it, or ask "value in [a, b, c]"',
    )
  }

  private peek(): Token {
    const token = this.tokens[Math.min(this.at, this.tokens.length - 1)]
    if (token === undefined) throw new CelProblem('the expression is empty', 0)
    return token
  }

  private peekIs(sign: string): boolean {
    const token = this.peek()
    return token.type === 'sign' && token.text === sign
  }

  private takes(sign: string): boolean {
    const is = this.peekIs(sign)
    if (is) this.at += 1
    return is
  }

  private expect(sign: string, hint?: string): Token {
    const token = this.peek()
    if (!this.takes(sign)) {
      const found = token.type === 'end' ? 'the expression ends' : `"${shown(token)}" stands`
      throw new CelProblem(`"${sign}" is expected where ${found}`, token.from, hint)
    }
    return token
  }
}

const shown = ({ type, text }: Token): string => (type === 'literal' ? 'a string' : type === 'end' ? 'the end' : text)
