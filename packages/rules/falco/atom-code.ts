// falcoAtomCode: a comparison of Falco as a CEL expression.

import { compileCel } from '@plaintrail/cel/compile-cel'
import { FalcoProblem, type FalcoAtom, type FalcoOperator } from './condition.ts'
import type { FieldCode, FieldValue, Level, Reading } from './field-code.ts'
import { falcoFieldCode, likelyFalcoField } from './fields.ts'

/** What an expression calls a list: the list itself, or a parameter. */
export type ListCode = (values: readonly string[], list: string | null) => string

/** Throws FalcoProblem where there is no such field, or it cannot be compared like that. */
export function falcoAtomCode(atom: FalcoAtom, reading: Reading, listCode: ListCode): string {
  const { field, at } = atom
  const code = falcoFieldCode(
    isPartOfGroups(atom) ? { ...field, name: 'ka.user.groups', argument: null } : field,
    reading,
  )
  if (code === null) {
    const meant = likelyFalcoField(field.name)
    const proposal = meant === null ? '' : `: is it ${meant}?`
    throw new FalcoProblem(`there is nothing like the field ${shownField(atom)} here${proposal}`, at)
  }
  const test = new Comparison(withoutEmpty(atom), reading, listCode)
  const inner = code.kind === 'map' ? test.ofMap(code) : code.kind === 'list' ? test.ofList(code) : test.of(code.value)
  return code.guard === null ? inner : `${code.guard} && ${grouped(inner)}`
}

/** A word in the JSON of all groups is in one of them. */
const isPartOfGroups = ({ field, operator, values }: FalcoAtom): boolean =>
  (field.name === 'jevt.value' || field.name === 'json.value') &&
  field.argument === '/user/groups' &&
  (operator === 'contains' || operator === 'icontains') &&
  values.every((value) => /^[\w:.@/-]+$/.test(value))

const shownField = ({ field: { name, argument } }: FalcoAtom): string =>
  argument === null ? name : `${name}[${argument}]`

/** In parentheses where it is several things that hold together or apart. */
export const grouped = (code: string): string => (isChain(code) ? `(${code})` : code)

/** Whether `&&` or `||` stands in it outside of parentheses and quotes. */
function isChain(code: string): boolean {
  let depth = 0
  for (const [sign] of code.matchAll(/"(?:[^"\\]|\\.)*"|[()[\]{}]|&&|\|\|/g)) {
    if (sign === '(' || sign === '[' || sign === '{') depth += 1
    else if (sign === ')' || sign === ']' || sign === '}') depth -= 1
    else if (depth === 0 && !sign.startsWith('"')) return true
  }
  return false
}

const quoted = (value: string): string => JSON.stringify(value)

type ListField = Extract<FieldCode, { readonly kind: 'list' }>

class Comparison {
  private readonly atom: FalcoAtom
  private readonly reading: Reading
  private readonly listCode: ListCode

  constructor(atom: FalcoAtom, reading: Reading, listCode: ListCode) {
    this.atom = atom
    this.reading = reading
    this.listCode = listCode
  }

  of(value: FieldValue): string {
    const { operator, values, field, list } = this.atom
    const { optional, text, type } = value
    if (operator === 'exists')
      return optional !== null ? `${optional}.hasValue()` : type === 'json' ? 'true' : `${text ?? ''} != ""`
    if (type === 'json') throw this.problem('is a JSON text to Falco, of which only `exists` is carried over')
    const isSame = operator === '=' || operator === 'in' || operator === 'intersects'
    if (type === 'bool' && optional !== null && isSame && values.length === 1 && values[0] === 'true')
      return `${optional}.orValue(false)`
    const own = textOf(value)
    const changed = field.change === null ? own : `${own}.${field.change === 'tolower' ? 'lowerAscii' : 'upperAscii'}()`
    if (isSame && this.reading === 'kept' && values.includes(''))
      throw this.problem('is compared with nothing, and what is empty is not told from what is not there')
    const numeric = numbersOf(operator, values, this.reading)
    if (numeric !== null) return `${changed}.matches("^-?[0-9]{1,15}$") && int(${changed}) ${numeric}`
    const compared = this.compared(changed, { operator, values, list })
    // To Falco nothing is less than a text, or like a pattern, that is not there.
    const isThere = optional === null ? `${own} != ""` : `${optional}.hasValue()`
    return mayBeNothing.has(operator) ? `${isThere} && ${compared}` : compared
  }

  private compared(text: string, { operator, values, list }: Pick<FalcoAtom, 'operator' | 'values' | 'list'>): string {
    const value = this.valueOf()
    switch (operator) {
      case '=':
        return `${text} == ${quoted(value)}`
      case 'in':
      case 'intersects':
        return values.length === 1 ? `${text} == ${quoted(value)}` : `${text} in ${this.listCode(values, list)}`
      case '<':
      case '<=':
      case '>':
      case '>=':
        return `${text} ${operator} ${quoted(value)}`
      case 'contains':
        return `${text}.contains(${quoted(value)})`
      case 'bcontains':
        return `${text}.contains(${quoted(this.textOfBytes(value))})`
      case 'icontains':
        return `${text}.lowerAscii().contains(${quoted(lower(value))})`
      case 'startswith':
        return `${text}.startsWith(${quoted(value)})`
      case 'bstartswith':
        return `${text}.startsWith(${quoted(this.textOfBytes(value))})`
      case 'endswith':
        return `${text}.endsWith(${quoted(value)})`
      case 'glob':
      case 'iglob': {
        const pattern = operator === 'glob' ? globPattern(value) : `(?i:${globPattern(value)})`
        this.refuseWrong(pattern)
        return matching(text, pattern)
      }
      case 'regex':
        this.refuseWrong(value)
        return matching(text, value)
      case 'pmatch':
        this.refuseWrong(pathPattern(values))
        return matching(text, pathPattern(values))
      case '!=':
      case 'exists':
        throw new RangeError(`could not write ${operator} as a comparison: it is taken apart before`)
      default:
        return operator satisfies never
    }
  }

  /** Any of its items, or, with `in`, all of them and at least one. */
  ofList({ levels, value }: ListField): string {
    if (this.atom.operator !== 'in') return this.anyOf(levels, value)
    const exists = new Comparison({ ...this.atom, operator: 'exists', values: [] }, this.reading, this.listCode)
    const isThere = exists.of(value)
    const test = value.optional === null ? this.of(value) : `!${isThere} || ${grouped(this.of(value))}`
    return `${exists.anyOf(levels, value)} && ${allOf(levels, test)}`
  }

  private anyOf(levels: readonly Level[], value: FieldValue): string {
    const [last] = levels.slice(-1)
    const { operator, values, field } = this.atom
    const isPlain = value.optional === null && value.type === 'text' && field.change === null && last?.when === null
    if (last !== undefined && isPlain && (operator === 'intersects' || operator === '=') && values.length === 1)
      return nested('exists', levels.slice(0, -1), `${quoted(this.valueOf())} in ${last.over}`)
    return nested('exists', levels, this.of(value))
  }

  /** Any name or text in it holds one of the values; Falco looks into the JSON of the whole. */
  ofMap({ optional }: { readonly optional: string }): string {
    const { operator, values, field } = this.atom
    if (operator === 'exists') return `${optional}.hasValue()`
    const isWord = values.every((value) => value !== '' && !/["\\:{}\n]/.test(value))
    if ((operator !== 'contains' && operator !== 'icontains') || !isWord || field.change !== null)
      throw this.problem('is a JSON text to Falco, of which `exists`, and `contains` of a plain word, are carried over')
    const by = operator === 'contains' ? '' : '.lowerAscii()'
    const words = operator === 'contains' ? values : values.map(lower)
    const word = words.length === 1 ? quoted(words[0] ?? '') : 'w'
    // A patch takes a name away with null.
    const ofValue = `v${by}.contains(${word})`
    const test = `k${by}.contains(${word}) || ${this.reading === 'kept' ? `type(v) == string && ${ofValue}` : ofValue}`
    const each = words.length === 1 ? test : `[${words.map(quoted).join(', ')}].exists(w, ${test})`
    return `${optional}.orValue({}).exists(k, v, ${each})`
  }

  /** The only one. */
  private valueOf(): string {
    return this.atom.values[0] ?? ''
  }

  private refuseWrong(pattern: string): void {
    const compiled = compileCel(matching('""', pattern), { variables: {} })
    if (!compiled.ok)
      throw this.problem(`is compared with a pattern that cannot be read: ${compiled.errors[0]?.message}`)
  }

  private textOfBytes(hex: string): string {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    const text = /^(?:[0-9a-fA-F]{2})+$/.test(hex) ? new TextDecoder().decode(bytes) : '\u{fffd}'
    if (text.includes('\u{fffd}')) throw this.problem(`is compared with bytes that are no text: ${hex.slice(0, 40)}`)
    return text
  }

  private problem(why: string): FalcoProblem {
    return new FalcoProblem(`${shownField(this.atom)} ${why}`, this.atom.at)
  }
}

/** Comparisons that may hold of an empty text. */
const mayBeNothing: ReadonlySet<FalcoOperator> = new Set(['<', '<=', 'glob', 'iglob', 'regex', 'pmatch'])
const everyText: ReadonlySet<FalcoOperator> = new Set([
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  '>=',
])

/** What holds of every text asks whether there is one. */
function withoutEmpty(atom: FalcoAtom): FalcoAtom {
  const isEvery = everyText.has(atom.operator) && atom.values.includes('')
  return isEvery ? { ...atom, operator: 'exists', values: [] } : atom
}

function textOf({ optional, type, text }: FieldValue): string {
  if (text !== null) return type === 'any' || type === 'number' ? `string(${text})` : text
  const value = `${optional ?? ''}.orValue("")`
  return type === 'text' ? value : `string(${value})`
}

/** What stands after the number; null where it is no comparison of numbers. */
function numbersOf(operator: FalcoOperator, values: readonly string[], reading: Reading): string | null {
  const isOrder = operator === '<' || operator === '<=' || operator === '>' || operator === '>='
  const [value = ''] = values
  return isOrder && reading === 'mended' && /^-?\d{1,15}$/.test(value) ? `${operator} ${Number(value)}` : null
}

function nested(macro: 'exists' | 'all', levels: readonly Level[], test: string): string {
  return levels.reduceRight((inner, { over, as, when }) => {
    if (when === null) return `${over}.${macro}(${as}, ${inner})`
    return macro === 'exists'
      ? `${over}.exists(${as}, ${when} && ${grouped(inner)})`
      : `${over}.all(${as}, !(${when}) || ${inner})`
  }, test)
}

const allOf = (levels: readonly Level[], test: string): string => nested('all', levels, test)

const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** All of the text, as Falco's `regex` means it. */
const matching = (text: string, pattern: string): string => `${text}.matches(${quoted(`^(?:${pattern})$`)})`

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

/** `*`, `?` and sets, as a shell has them. */
function globPattern(glob: string, any = '.'): string {
  return glob.replaceAll(/\\(.)|\[(!?)((?:\]|[^\]])[^\]]*)\]|[\s\S]/g, (sign, escaped, not, set) => {
    if (typeof escaped === 'string') return literal(escaped)
    if (typeof set === 'string') return `[${not === '!' ? '^' : ''}${set.replaceAll(/[\\[\]^&~]/g, String.raw`\$&`)}]`
    if (sign === '*') return `(?s:${any}*)`
    return sign === '?' ? `(?s:${any})` : literal(sign)
  })
}

/** A path is one of these or below one. */
function pathPattern(paths: readonly string[]): string {
  const each = paths.map((path) => globPattern(path.replace(/(?<=.)\/+$/, ''), '[^/]'))
  return `(?:${each.join('|')})(?:/.*)?`
}
