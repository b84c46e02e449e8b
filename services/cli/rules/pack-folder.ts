// packFolder: where the rules lie that come with Plaintrail.
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'

/** In the package beside the program (build.ts puts them there), else in the room that has them. */
const places = ['packs', '../../../packages/rules/packs'] as const

/** Throws CliError. */
export async function packFolder(io: Pick<CliIo, 'files'>): Promise<string> {
  for (const place of places) {
    const folder = join(import.meta.dirname, place)
    if (await io.files.exists(folder)) return folder
  }
  throw new CliError('usage', 'could not find the rules that come with Plaintrail', {
    hint: 'Install it again, or name a folder: plaintrail rules test ./rules',
  })
}
