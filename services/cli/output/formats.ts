// printAnswer: what the API answered in the format that was asked for.
import { Document, visit } from 'yaml'
import type { Answer } from '../api-client.ts'
import { terminalJson, terminalText } from './terminal-text.ts'

export const formats = ['table', 'json', 'jsonl', 'yaml', 'name'] as const
export type Format = (typeof formats)[number]

/** `items` are what `jsonl` prints one a line; `names` is what `name` prints. */
export interface Printable {
  readonly answer: Answer
  readonly items: readonly unknown[]
  readonly names: readonly string[]
}

/** The text of an answer in any format but the table, which is each command's own. */
export function formatAnswer(format: Exclude<Format, 'table'>, { answer, items, names }: Printable): string {
  switch (format) {
    case 'json':
      return `${indentedJson(terminalJson(answer.text.trim()))}\n`
    case 'jsonl':
      return items.map((item) => `${terminalJson(JSON.stringify(item))}\n`).join('')
    case 'yaml':
      return yamlText(answer.value)
    case 'name':
      return names.map((name) => `${terminalText(name)}\n`).join('')
    default:
      return format satisfies never
  }
}

/** The same JSON over lines. Numbers and strings stay as they are written: JSON.parse would round an int64. */
export function indentedJson(json: string): string {
  let text = ''
  let depth = 0
  let isEmpty = false
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs)) {
    const isEnd = token === '}' || token === ']'
    if (isEnd) depth -= 1
    if (isEnd ? !isEmpty : isEmpty) text += `\n${'  '.repeat(depth)}`
    text += token === ':' ? ': ' : token
    isEmpty = token === '{' || token === '['
    if (isEmpty) depth += 1
    if (token === ',') text += `\n${'  '.repeat(depth)}`
  }
  return text
}

/** YAML in which unsafe characters are escapes, for which their strings stand in double quotes. */
function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === 'string' && terminalText(scalar.value) !== scalar.value) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return terminalJson(document.toString({ lineWidth: 0 }))
}
