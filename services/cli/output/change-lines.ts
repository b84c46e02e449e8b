// changeLines: changes of fields as a unified text: where, what it was, and what it is.
import type { Change } from '../history-answers.ts'
import { terminalText } from './terminal-text.ts'

export interface ChangeLine {
  readonly kind: 'where' | 'before' | 'after' | 'same'
  /** Safe to print, with `@@`, `-`, `+` or a blank before it. */
  readonly text: string
}

/** Turns a value into YAML lines that are safe to print. */
export type YamlOf = (value: unknown) => string

/** Lines around what differs in a long text. */
const contextLines = 3

/** Fields that stand beside one another have one line above them. */
export function changeLines(changes: readonly Change[], yamlOf: YamlOf): readonly ChangeLine[] {
  const lines: ChangeLine[] = []
  let place: string | null = null
  for (const change of changes) {
    const { parent, last } = splitPath(change.path)
    if (parent !== place) lines.push({ kind: 'where', text: `@@ ${terminalText(parent) || 'the whole object'} @@` })
    place = parent
    lines.push(...linesOf(change, last, yamlOf))
  }
  return lines
}

/**
 * The last name or bracket of a path, and what is before it: `spec.containers[api]` and `image`; a quoted name in a
 * bracket is that name. Paths are written by packages/history/field-path.ts.
 */
export function splitPath(path: string): { readonly parent: string; readonly last: string } {
  const found = /(?:\.?[A-Za-z_$][\w$-]*|\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\])$/.exec(path)
  if (found === null) return { parent: '', last: path }
  const [segment] = found
  return { parent: path.slice(0, found.index), last: nameIn(segment) }
}

function nameIn(segment: string): string {
  if (!segment.startsWith('["')) return segment.replace(/^\./, '')
  try {
    return String(JSON.parse(segment.slice(1, -1)))
  } catch {
    return segment
  }
}

function linesOf({ op, from, to }: Change, name: string, yamlOf: YamlOf): readonly ChangeLine[] {
  if (op === 'replace' && isLongText(from) && isLongText(to)) return textLines(from, to, name)
  const before = op === 'add' ? [] : fieldLines(name, from, yamlOf)
  const after = op === 'remove' ? [] : fieldLines(name, to, yamlOf)
  return [
    ...before.map((text) => ({ kind: 'before', text: `-  ${text}` }) as const),
    ...after.map((text) => ({ kind: 'after', text: `+  ${text}` }) as const),
  ]
}

/** An item of a list is named by its bracket, and its fields stand below it. */
function fieldLines(name: string, value: unknown, yamlOf: YamlOf): readonly string[] {
  const label = terminalText(name)
  const lines = yamlOf(value).trimEnd().split('\n')
  const isOne = lines.length === 1 && (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
  if (label === '') return lines
  return isOne ? [`${label}: ${lines[0] ?? ''}`] : [`${label}:`, ...lines.map((line) => `  ${line}`)]
}

const isLongText = (value: unknown): value is string => typeof value === 'string' && value.includes('\n')

/** What is the same at the beginning and at the end of both is left out, but for a few lines. */
function textLines(from: string, to: string, name: string): readonly ChangeLine[] {
  const [before, after] = [linesIn(from), linesIn(to)]
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const kept = (kind: ChangeLine['kind'], sign: string, lines: readonly string[]): readonly ChangeLine[] =>
    lines.map((line) => ({ kind, text: `${sign}    ${terminalText(line)}` }))
  const behind = before.length - end
  return [
    { kind: 'same', text: `   ${terminalText(name)}: |` },
    ...kept('same', ' ', before.slice(Math.max(0, start - contextLines), start)),
    ...kept('before', '-', before.slice(start, behind)),
    ...kept('after', '+', after.slice(start, after.length - end)),
    ...kept('same', ' ', before.slice(behind, behind + contextLines)),
  ]
}

/** A last line without its end is another text than one with it. */
function linesIn(text: string): readonly string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : [...lines.slice(0, -1), `${lines.at(-1) ?? ''} (no line end)`]
}
