// parseTemplate: the JSONPath of kubectl (`{.data[*].id}`), as much of it as prints fields of an answer.
import { CliError } from '../cli-error.ts'

type Step =
  | { readonly kind: 'name'; readonly name: string }
  /** From the end where it is negative. */
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'every' }

export type Path = readonly Step[]

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'range'; readonly path: Path; readonly parts: readonly TemplatePart[] }

/** Deeper than any template that a person writes. */
const rangeDepthMax = 16

/** `{.data[*].id}{"\n"}`, `{range .data[*]}{.id} {.sentence}{"\n"}{end}`. Throws CliError. */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const open: { readonly path: Path; readonly parts: TemplatePart[] }[] = [{ path: [], parts: [] }]
  const add = (part: TemplatePart): void => void open.at(-1)?.parts.push(part)
  // Braces within quotes do not end a block.
  for (const [whole, block] of template.matchAll(/\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^{}"'])*)\}|[^{]+|\{/gs)) {
    if (whole === '{') throw unreadable(template, 'a { has no }')
    if (block === undefined) {
      add({ kind: 'text', text: whole })
      continue
    }
    const word = block.trim()
    if (word.startsWith('"') || word.startsWith("'")) add({ kind: 'text', text: quoted(template, word) })
    else if (word === 'end') {
      const closed = open.length > 1 ? open.pop() : undefined
      if (closed === undefined) throw unreadable(template, '{end} has no {range}')
      add({ kind: 'range', ...closed })
    } else if (/^range\s/.test(word)) {
      if (open.length > rangeDepthMax)
        throw unreadable(template, `it has more than ${rangeDepthMax} ranges in one another`)
      open.push({ path: parsePath(word.slice('range'.length).trim()), parts: [] })
    } else add({ kind: 'path', path: parsePath(word) })
  }
  if (open.length > 1) throw unreadable(template, '{range} has no {end}')
  return open[0]?.parts ?? []
}

/** `.actor.name`, `$.data[0]`, `['audit'].id`, `data[*].id`. Throws CliError. */
export function parsePath(text: string): Path {
  const steps: Step[] = []
  const step = /\.?\*|\.?\[\*\]|\[(-?\d{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]|\.?((?:[^.[\]\\\s{}()?@$*]|\\.)+)/y
  step.lastIndex = /^[$@]/.test(text) ? 1 : 0
  // A path of nothing but a dot is the whole.
  if (text.slice(step.lastIndex) === '.') return steps
  while (step.lastIndex < text.length) {
    const from = step.lastIndex
    const found = step.exec(text)
    if (found === null) throw unreadable(text, `"${text.slice(from, from + 20)}" cannot stand there`)
    const [whole, index, single, double, name] = found
    if (index !== undefined) steps.push({ kind: 'index', index: Number(index) })
    else if (whole.endsWith('*') || whole.endsWith('[*]')) steps.push({ kind: 'every' })
    else steps.push({ kind: 'name', name: single ?? double ?? (name ?? '').replaceAll(/\\(.)/g, '$1') })
  }
  return steps
}

/** Every value that the path leads to; none where it leads nowhere. */
export function valuesAt(value: unknown, path: Path): readonly unknown[] {
  return path.reduce<readonly unknown[]>((values, step) => values.flatMap((one) => [...stepInto(one, step)]), [value])
}

/** Several values of one path are put together with spaces, as kubectl does it. */
export function fillTemplate(parts: readonly TemplatePart[], value: unknown): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text
      if (part.kind === 'path') return valuesAt(value, part.path).map(plainText).join(' ')
      return valuesAt(value, part.path)
        .map((one) => fillTemplate(part.parts, one))
        .join('')
    })
    .join('')
}

export function plainText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function* stepInto(value: unknown, step: Step): Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return
  if (step.kind === 'every') yield* Object.values(value)
  else if (step.kind === 'index') {
    const found: unknown = Array.isArray(value) ? value.at(step.index) : undefined
    if (found !== undefined) yield found
  } else if (Object.hasOwn(value, step.name)) {
    const found = Object.entries(value).find(([name]) => name === step.name)
    if (found !== undefined) yield found[1]
  }
}

function quoted(template: string, word: string): string {
  if (word.length < 2 || word.at(-1) !== word[0]) throw unreadable(template, `${word} is not one text in quotes`)
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
  return word.slice(1, -1).replaceAll(/\\(.)/gs, (_whole, character: string) => escapes[character] ?? character)
}

function unreadable(text: string, why: string): CliError {
  return new CliError('usage', `could not read the JSONPath "${text}": ${why}`, {
    hint: 'Names, [0], [*] and {range} are understood: {range .data[*]}{.id}{"\\n"}{end}. For more, pipe -o json to jq.',
  })
}
