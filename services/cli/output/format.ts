// parseFormat: what -o and --json ask for.
import { CliError } from '../cli-error.ts'
import { parsePath, parseTemplate, type Path, type TemplatePart } from './json-path.ts'

export const plainFormats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'name', 'csv', 'sentence'] as const

interface CustomColumn {
  readonly title: string
  readonly path: Path
}

type PlainFormat = (typeof plainFormats)[number]

export type Format =
  | { readonly [Kind in PlainFormat]: { readonly kind: Kind } }[PlainFormat]
  | { readonly kind: 'jsonpath'; readonly template: readonly TemplatePart[] }
  | { readonly kind: 'custom-columns'; readonly columns: readonly CustomColumn[] }
  /** `--json id,actor.name`: those fields of each item. */
  | { readonly kind: 'fields'; readonly paths: readonly Path[] }

/** Throws CliError. */
export function parseFormat(text: string): Format {
  const plain = plainFormats.find((kind) => kind === text)
  if (plain !== undefined) return { kind: plain }
  const equals = text.indexOf('=')
  const [name, rest] = equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
  if (name === 'jsonpath' && rest !== '') return { kind: 'jsonpath', template: parseTemplate(rest) }
  if (name === 'custom-columns' && rest !== '') return { kind: 'custom-columns', columns: rest.split(',').map(column) }
  throw new CliError('usage', `could not read the format "${text}"`, {
    hint: `It can be ${plainFormats.join(', ')}, jsonpath={.data[*].id} or custom-columns=WHO:.actor.name,WHAT:.sentence.`,
  })
}

/** `id,actor.name`. Throws CliError. */
export function parseFields(text: string): Format {
  const paths = text.split(',').map((field) => parsePath(field.trim()))
  if (paths.every((path) => path.length > 0 && path.every((step) => step.kind === 'name')))
    return { kind: 'fields', paths }
  throw new CliError('usage', `could not read --json "${text}"`, {
    hint: 'Name fields with dots and commas: --json id,actor.name',
  })
}

function column(text: string): CustomColumn {
  const colon = text.indexOf(':')
  if (colon > 0)
    return { title: text.slice(0, colon), path: parsePath(text.slice(colon + 1).replaceAll(/^\{|\}$/g, '')) }
  throw new CliError('usage', `could not read the column "${text}"`, {
    hint: 'Write TITLE:.path, such as WHO:.actor.name.',
  })
}
