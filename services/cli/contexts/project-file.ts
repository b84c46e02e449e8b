// readProject: what a folder, or one above it, says about questions that are asked in it.
import { dirname, join } from 'node:path'
import type { CliIo } from '../io.ts'
import { readDefaults, type Defaults } from './config-file.ts'
import { isObject, readYaml, textIn } from './read-yaml.ts'

/**
 * A project chooses one of its reader's contexts by name and can never name a server: whoever clones a repository must
 * not send a token to whom it says.
 */
export interface Project {
  readonly path: string
  readonly context: string | null
  readonly defaults: Defaults
}

const fileName = '.plaintrail.yaml'
/** No path of a person is deeper. */
const foldersMax = 64

/** The nearest one. Throws CliError where it cannot be read. */
export async function readProject(io: CliIo): Promise<Project | null> {
  let folder = io.folder
  for (let depth = 0; depth < foldersMax; depth++) {
    const path = join(folder, fileName)
    const document = await readYaml(path, io)
    if (document !== null) {
      const value: unknown = document.toJS()
      const context = isObject(value) ? textIn(value, 'context') : null
      return { path, context, defaults: readDefaults(isObject(value) ? value['defaults'] : null) }
    }
    const parent = dirname(folder)
    if (parent === folder) return null
    folder = parent
  }
  return null
}
