// answerText: what the API answered, as text for programs.
import type { Answer } from '../api.ts'
import { CliError } from '../cli-error.ts'
import type { Format } from './format.ts'
import { fillTemplate, valuesAt, type Path } from './json-path.ts'
import { terminalJson, terminalText } from './terminal-text.ts'
import type { View } from './view.ts'

/** An answer and the things in it, one after another. */
export interface Printable<T> {
  readonly answer: Answer
  readonly items: readonly T[]
}

export type TextFormat = Exclude<Format, { readonly kind: 'table' | 'wide' | 'csv' | 'custom-columns' }>

/** Throws CliError where the view has no such text. */
export async function answerText<T>(
  format: TextFormat,
  { answer, items }: Printable<T>,
  { nameOf, sentenceOf }: Pick<View<T>, 'nameOf' | 'sentenceOf'>,
): Promise<string> {
  switch (format.kind) {
    case 'json':
      return `${indentedJson(terminalJson(answer.text.trim()))}\n`
    case 'jsonl':
      return items.map((item) => `${terminalJson(JSON.stringify(item))}\n`).join('')
    case 'yaml':
      // A fifth of the start-up time, for those who want it.
      return (await import('./yaml-text.ts')).yamlText(answer.value)
    case 'name':
      return items.map((item) => `${terminalText(nameOf(item))}\n`).join('')
    case 'sentence':
      if (sentenceOf === undefined)
        throw new CliError('usage', 'could not print sentences: only events have them', {
          hint: 'Leave out -o sentence.',
        })
      return items.map((item) => `${terminalText(sentenceOf(item))}\n`).join('')
    case 'jsonpath':
      return safeLines(fillTemplate(format.template, withItems(answer.value, items)))
    case 'fields':
      return `${terminalJson(
        JSON.stringify(
          items.map((item) => onlyFields(item, format.paths)),
          null,
          2,
        ),
      )}\n`
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

/** Those who know kubectl write `.items`, which a list of ours calls `.data`: both are there. */
function withItems(value: unknown, items: readonly unknown[]): unknown {
  return typeof value === 'object' && value !== null && 'data' in value ? { ...value, items } : value
}

/** A template's own line ends and tabs stay; anything else that could steer a terminal is an escape. */
function safeLines(text: string): string {
  const safe = text.split('\n').map((line) => line.split('\t').map(terminalText).join('\t'))
  return safe.at(-1) === '' ? safe.join('\n') : `${safe.join('\n')}\n`
}

type Json = { [name: string]: unknown }

/** The fields at the paths, where they were; null where there is none, so that each item has the same. */
function onlyFields(item: unknown, paths: readonly Path[]): Json {
  const kept: Json = {}
  for (const path of paths) {
    const [value = null] = valuesAt(item, path)
    const names = path.flatMap((step) => (step.kind === 'name' ? [step.name] : []))
    const last = names.at(-1) ?? ''
    let place = kept
    for (const name of names.slice(0, -1)) {
      const inside = place[name]
      place = isJson(inside) ? inside : (place[name] = {})
    }
    place[last] = value
  }
  return kept
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
