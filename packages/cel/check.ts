// Names and kinds, before evaluation. What is read from an event may be anything (`dyn`); what is known is held to it.

import { depthMax, patternsMax } from './bounds.ts'
import { CelProblem } from './cel-problem.ts'
import { nearestName } from './nearest-name.ts'
import { accepts, type Functions, type StaticKind } from './overload.ts'
import { patternOf, type PatternsByText } from './patterns.ts'
import { functionOf, typeNamed } from './resolve.ts'
import type { Call, Macro, Node } from './syntax.ts'
import { Failure, kindOf } from './value.ts'

/** Functions whose second argument is a regular expression. */
const takesPattern = new Set(['matches', 'find', 'findAll'])

const tooMany = new Failure(`there are more than ${patternsMax} regular expressions`)

export interface Scope {
  readonly variables: Readonly<Record<string, StaticKind>>
  readonly functions: Functions
  readonly locals: readonly string[]
  /** Filled by the check: the regular expressions that stand in the text. */
  readonly patterns: PatternsByText
}

/** The kind that an expression gives; what is wrong is added to `problems`. */
export function check(node: Node, scope: Scope, problems: CelProblem[]): StaticKind {
  return new Checker(scope, problems).kind(node, scope.locals)
}

class Checker {
  private readonly scope: Scope
  private readonly problems: CelProblem[]
  private depth = 0

  constructor(scope: Scope, problems: CelProblem[]) {
    this.scope = scope
    this.problems = problems
  }

  kind(node: Node, locals: readonly string[]): StaticKind {
    this.depth += 1
    // The parser bounds its own recursion; brackets around long chains can still be deeper than each is alone.
    if (this.depth > depthMax) {
      throw new CelProblem(`the expression is nested deeper than ${depthMax} levels`, node.from, 'split it')
    }
    const kind = this.kindAt(node, locals)
    this.depth -= 1
    return kind
  }

  private kindAt(node: Node, locals: readonly string[]): StaticKind {
    switch (node.type) {
      case 'literal':
        return kindOf(node.value)
      case 'name':
        return this.name(node.name, node.from, locals)
      case 'select':
        return this.select(node, locals)
      case 'has':
        this.holds(this.kind(node.operand, locals), ['map', 'optional'], 'has() asks for a field of', node.from)
        return 'bool'
      case 'index':
        return this.index(node, locals)
      case 'call':
        return this.call(node, locals)
      case 'chain':
        for (const operand of node.operands) this.condition(operand, locals, node.name)
        return 'bool'
      case 'ternary':
        this.condition(node.condition, locals, '? :')
        return this.same(this.kind(node.yes, locals), this.kind(node.no, locals), node.no.from)
      case 'list':
        for (const { node: item, isOptional } of node.items) this.optional(item, isOptional, locals)
        return 'list'
      case 'map':
        for (const { key, value, isOptional } of node.entries) {
          this.holds(this.kind(key, locals), ['string', 'int', 'uint', 'bool'], 'a key cannot be', key.from)
          this.optional(value, isOptional, locals)
        }
        return 'map'
      default:
        return this.macro(node, locals)
    }
  }

  private name(name: string, from: number, locals: readonly string[]): StaticKind {
    if (locals.includes(name)) return 'dyn'
    const { variables } = this.scope
    if (Object.hasOwn(variables, name)) return variables[name] ?? 'dyn'
    if (typeNamed(name) !== undefined) return 'type'
    const near = nearestName(name, [...locals, ...Object.keys(variables)])
    const known = Object.keys(variables).join(', ')
    return this.wrong(
      `there is no variable "${name}"`,
      from,
      near === undefined ? (known === '' ? undefined : `there are ${known}`) : `did you mean "${near}"?`,
    )
  }

  private select(node: Node & { type: 'select' }, locals: readonly string[]): StaticKind {
    if (typeNamed(node, [...locals, ...Object.keys(this.scope.variables)]) !== undefined) return 'type'
    const kind = this.kind(node.operand, locals)
    this.holds(kind, ['map', 'optional'], 'there are no fields in', node.operand.from)
    return node.isOptional || kind === 'optional' ? 'optional' : 'dyn'
  }

  private index(node: Node & { type: 'index' }, locals: readonly string[]): StaticKind {
    const kind = this.kind(node.operand, locals)
    this.holds(kind, ['map', 'list', 'optional'], 'there are no items in', node.operand.from)
    const key = this.kind(node.index, locals)
    if (kind === 'list') this.holds(key, ['int', 'uint', 'double'], 'items have numbers, not', node.index.from)
    return node.isOptional || kind === 'optional' ? 'optional' : 'dyn'
  }

  private call(node: Call, locals: readonly string[]): StaticKind {
    const { name, isMethod, args } = functionOf(node, this.scope.functions, [
      ...locals,
      ...Object.keys(this.scope.variables),
    ])
    const kinds = args.map((arg) => this.kind(arg, locals))
    if (name === '==' || name === '!=') {
      const [left = 'dyn', right = 'dyn'] = kinds
      this.same(left, right, node.from)
      return 'bool'
    }
    const candidates = this.scope.functions.candidates(name, isMethod, args.length)
    if (candidates.length === 0) return this.noFunction(name, isMethod, node)
    const fitting = candidates.filter(({ takes }) => takes.every((wanted, at) => accepts(wanted, kinds[at] ?? 'dyn')))
    const [first] = fitting
    if (first === undefined) {
      return this.wrong(
        `${told(name)} does not take ${kinds.join(' and ')}`,
        node.from,
        `it takes ${candidates.map(({ takes }) => takes.join(' and ')).join('; or ')}`,
      )
    }
    if (takesPattern.has(name)) this.pattern(args.at(1))
    return fitting.every(({ gives }) => gives === first.gives) ? first.gives : 'dyn'
  }

  /** A pattern that stands in the text is made here, once. */
  private pattern(node: Node | undefined): void {
    if (node?.type !== 'literal' || typeof node.value !== 'string') return
    const { patterns } = this.scope
    if (patterns.has(node.value)) return
    const made = patterns.size < patternsMax ? patternOf(node.value) : tooMany
    if (made instanceof Failure) this.wrong(made.says, node.from, 'patterns are those of RE2: no look-around')
    else patterns.set(node.value, made)
  }

  private noFunction(name: string, isMethod: boolean, node: Call): StaticKind {
    const { functions } = this.scope
    const [other] = functions.named(name)
    if (other === undefined) {
      const near = nearestName(name, functions.names())
      return this.wrong(
        `there is no function "${name}"`,
        node.from,
        near === undefined ? undefined : `did you mean "${near}"?`,
      )
    }
    const takes = other.takes.slice(other.isMethod ? 1 : 0).join(', ')
    const form = other.isMethod ? `value.${name}(${takes})` : `${name}(${takes})`
    return this.wrong(
      `${name}() is not called ${isMethod === other.isMethod ? 'with so many arguments' : 'like that'}`,
      node.from,
      `write ${form}`,
    )
  }

  private macro(node: Macro, locals: readonly string[]): StaticKind {
    const { name } = node
    const range = this.kind(node.range, locals)
    const isOptional = name === 'optMap' || name === 'optFlatMap'
    if (isOptional) this.holds(range, ['optional'], `${name}() is of optionals, not of`, node.range.from)
    else if (name !== 'bind')
      this.holds(range, ['list', 'map'], `${name}() goes over lists and maps, not`, node.range.from)
    const inner = [...locals, ...node.variables]
    if (node.filter !== undefined) this.condition(node.filter, inner, name)
    if (name === 'all' || name === 'exists' || name === 'exists_one' || name === 'filter') {
      this.condition(node.body, inner, name)
      return name === 'filter' ? 'list' : 'bool'
    }
    const body = this.kind(node.body, inner)
    if (name === 'bind') return body
    if (name === 'transformMapEntry') this.holds(body, ['map'], 'an entry is a map, not', node.body.from)
    if (name === 'optFlatMap') this.holds(body, ['optional'], 'optFlatMap() takes an optional, not', node.body.from)
    if (isOptional) return 'optional'
    return name === 'map' || name === 'transformList' ? 'list' : 'map'
  }

  private optional(node: Node, isOptional: boolean, locals: readonly string[]): void {
    const kind = this.kind(node, locals)
    if (isOptional) this.holds(kind, ['optional'], '"?" takes an optional, not', node.from)
  }

  private condition(node: Node, locals: readonly string[], where: string): void {
    this.holds(this.kind(node, locals), ['bool'], `${where} takes conditions, not`, node.from)
  }

  private same(left: StaticKind, right: StaticKind, from: number): StaticKind {
    if (left === right) return left
    if (left !== 'dyn' && right !== 'dyn' && left !== 'null' && right !== 'null') {
      this.wrong(`${left} and ${right} are never equal`, from, 'convert one: int(), double(), string(), or dyn()')
    }
    return 'dyn'
  }

  private holds(kind: StaticKind, wanted: readonly StaticKind[], says: string, from: number): void {
    if (kind !== 'dyn' && !wanted.includes(kind)) this.wrong(`${says} ${kind}`, from)
  }

  private wrong(says: string, from: number, hint?: string): StaticKind {
    this.problems.push(new CelProblem(says, from, hint))
    return 'dyn'
  }
}

/** How a call is named in an error: functions with brackets, operators by their sign. */
const told = (name: string): string => (/^\w/.test(name) && name !== 'in' ? `${name}()` : `"${name}"`)
