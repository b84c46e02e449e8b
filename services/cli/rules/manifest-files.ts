// manifestFiles: the manifests of folders, as events of their creation.
import { readManifests } from '@plaintrail/rules/read-manifests'
import type { FileEvents } from '@plaintrail/rules/event-file'
import type { CliIo } from '../io.ts'
import { attempt, filesBelow, shownPath } from './read-rule-files.ts'

export interface ManifestFile extends FileEvents {
  readonly file: string
}

/** Of a folder the .yaml, .yml and .json files in it and below. Throws CliError where a path cannot be read. */
export async function* manifestFiles(
  io: Pick<CliIo, 'files' | 'folder'>,
  paths: readonly string[],
): AsyncGenerator<ManifestFile> {
  for (const { path } of await filesBelow(io, paths, /\.(?:ya?ml|json)$/i)) {
    const file = shownPath(io.folder, path)
    const text = await attempt(`could not read ${file}`, () => io.files.readText(path))
    yield { file, ...readManifests(text) }
  }
}
