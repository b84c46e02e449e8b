// readYaml: a YAML file of this machine. The library is loaded only where there is such a file.
import type { Document } from 'yaml'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'

/** A file of people is small; more is none. */
const charactersMax = 1024 * 1024

/** Null where there is no file. Throws CliError where there is one that cannot be read. */
export async function readYaml(path: string, io: CliIo): Promise<Document | null> {
  const text = await readIfThere(path, io)
  if (text === null) return null
  if (text.length > charactersMax)
    throw new CliError('usage', `could not read ${path}: it is longer than ${charactersMax} characters`)
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const [error] = document.errors
  if (error === undefined) return document
  throw new CliError('usage', `could not read ${path}: ${error.message.split('\n')[0]}`, {
    hint: 'Mend it, or move it away.',
    cause: error,
  })
}

export async function readIfThere(
  path: string,
  io: CliIo,
  hint = 'Mend its permissions, or move it away.',
): Promise<string | null> {
  try {
    return await io.files.readText(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw new CliError('usage', `could not read ${path}`, { hint, cause: error })
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A text, or a number that somebody wrote without quotes; null where there is none. */
export function textIn(value: Readonly<Record<string, unknown>>, name: string): string | null {
  const text = value[name]
  if (typeof text === 'number') return String(text)
  return typeof text === 'string' && text !== '' ? text : null
}
