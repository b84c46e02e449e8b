// slowSigma: what a detection says of an event, read from the specification alone: the whole event is walked, test by test.

import type { SigmaNode, SigmaPiece, SigmaTest, SigmaValue } from './node.ts'
import { sigmaFieldName } from './fields.ts'

/** Of an event that was recorded whole. What stands at a path, through lists of any depth. */
export function slowSigma(node: SigmaNode, raw: unknown): boolean {
  switch (node.kind) {
    case 'and':
      return node.parts.every((part) => slowSigma(part, raw))
    case 'or':
      return node.parts.some((part) => slowSigma(part, raw))
    case 'not':
      return !slowSigma(node.part, raw)
    case 'test':
      return ofTest(node, raw)
    default:
      return node satisfies never
  }
}

const small = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

function ofTest({ field, values }: SigmaTest, raw: unknown): boolean {
  if (field === null) return values.some((value) => texts(raw).some((text) => isIn(value, text)))
  const found = valuesAt(raw, sigmaFieldName(field))
  return values.some((value) => {
    if (value.kind === 'none') return found.length === 0
    if (value.kind === 'field')
      return found.some((one) =>
        valuesAt(raw, sigmaFieldName(value.other)).some((other) => compared(value.how, String(one), String(other))),
      )
    return found.some((one) => holds(value, one))
  })
}

function compared(how: Extract<SigmaValue, { kind: 'field' }>['how'], one: string, other: string): boolean {
  const [a, b] = [small(one), small(other)]
  if (how === 'is') return a === b
  return how === 'contains' ? a.includes(b) : how === 'startsWith' ? a.startsWith(b) : a.endsWith(b)
}

/** Texts, numbers and words; what is empty is not there. */
function valuesAt(raw: unknown, path: string): readonly unknown[] {
  if (path === 'decision') return valuesAt(raw, 'annotations.authorization.k8s.io/decision')
  const keyed = /^(annotations|.*\.(?:annotations|labels|data))\.(.+)$/.exec(path)
  const names = keyed === null ? path.split('.') : [...(keyed[1] ?? '').split('.'), keyed[2] ?? '']
  let found: readonly unknown[] = [raw]
  for (const name of names) {
    const maps = found.flatMap((one) => (Array.isArray(one) ? one : [one]))
    found = maps.flatMap((one: unknown) =>
      typeof one === 'object' && one !== null && !Array.isArray(one) && Object.hasOwn(one, name)
        ? [(one as Record<string, unknown>)[name]]
        : [],
    )
  }
  return found.flatMap((one) => (Array.isArray(one) ? one : [one])).filter((one) => one !== null && one !== '')
}

function holds(value: SigmaValue, one: unknown): boolean {
  switch (value.kind) {
    case 'exists':
      return true
    case 'number':
      return one === value.value || one === String(value.value)
    case 'bool':
      return one === value.value || (typeof one === 'string' && small(one) === String(value.value))
    case 'compare':
      return (
        typeof one === 'number' &&
        { '<': one < value.than, '<=': one <= value.than, '>': one > value.than, '>=': one >= value.than }[
          value.operator
        ]
      )
    case 'text':
      if (value.pieces.length === 1 && value.pieces[0] === 'any') return true
      if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') return false
      if (typeof one !== 'string' && value.pieces.some((piece) => typeof piece === 'string')) return false
      return like(value.pieces, String(one), value.isCased)
    case 'regex':
      return typeof one === 'string' && regexOf(value.pattern).test(one)
    case 'network': {
      const [, a, b] = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(String(one)) ?? []
      return a !== undefined && value.network.startsWith(`${a}.${b}.`)
    }
    case 'none':
    case 'field':
    case 'time':
      return false
    default:
      return value satisfies never
  }
}

function regexOf(pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? []
  return new RegExp(rest, `u${flags}`)
}

function like(pieces: readonly SigmaPiece[], text: string, isCased: boolean): boolean {
  const [first, ...rest] = pieces
  if (first === undefined) return text === ''
  if (first === 'one') return text !== '' && like(rest, [...text].slice(1).join(''), isCased)
  if (first === 'any')
    return Array.from({ length: text.length + 1 }, (_, at) => text.slice(at)).some((end) => like(rest, end, isCased))
  const [own, wanted] = isCased ? [text, first.text] : [small(text), small(first.text)]
  return own.startsWith(wanted) && like(rest, text.slice(wanted.length), isCased)
}

function isIn(value: SigmaValue, text: string): boolean {
  if (value.kind !== 'text') return false
  return like(['any', ...value.pieces, 'any'], text, value.isCased)
}

function texts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(texts)
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, member]) => [name, ...texts(member)])
  return [String(value)]
}
