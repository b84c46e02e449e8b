// showExternally: two states of an object in the program that a person compares files with, as kubectl has it.
import { join } from 'node:path'
import { CliError } from './cli-error.ts'
import type { CliIo } from './io.ts'
import { yamlText } from './output/yaml-text.ts'

export interface Compared {
  /** Null for a state that is not there: then there is no file. */
  readonly before: unknown
  readonly after: unknown
  /** Of the file in both folders: `apps.v1.Deployment.shop.checkout`. */
  readonly name: string
}

const privateMode = 0o600
/** diff(1) and those like it: 0 the same, 1 different, more is trouble. */
const troubleMin = 2

/**
 * The words behind the program's name are given to it, then two folders with one file each. No shell reads them. Throws
 * CliError where there is no such program, or it failed.
 */
export async function showExternally(io: CliIo, command: string, { before, after, name }: Compared): Promise<void> {
  const [program = '', ...words] = command.split(/\s+/)
  await using folder = await io.files.temporaryFolder()
  const sides = [
    { path: join(folder.path, 'before'), object: before },
    { path: join(folder.path, 'after'), object: after },
  ]
  for (const { path, object } of sides) {
    await io.files.makeFolder(path)
    if (object !== null)
      await io.files.create(join(path, fileName(name)), yamlText(object, { isSorted: true }), privateMode)
  }
  const code = await io.runProgram(program, [...words, ...sides.map(({ path }) => path)])
  if (code !== null && code < troubleMin) return
  throw new CliError('usage', `could not show the difference with "${program}": ${ending(code)}`, {
    hint: 'It is named by PLAINTRAIL_EXTERNAL_DIFF, or KUBECTL_EXTERNAL_DIFF.',
  })
}

/** Names of objects have no slash, but whoever wrote an audit event may have written any. */
const fileName = (name: string): string => name.replaceAll(/[^\w.-]/g, '_').slice(0, 200)

const ending = (code: number | null): string =>
  code === null ? 'it is not there, or was ended by a signal' : `it ended with ${code}`
