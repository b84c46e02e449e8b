// fetchPart: one file of an export on this machine, whole and with the digest that the server promised.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ExportPart } from '../answers.ts'
import type { Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'
import { terminalText } from '../output/terminal-text.ts'

/** A part has at most 32 MiB before compression; who gets less than that in ten minutes should try elsewhere. */
const partMsMax = 600_000
const attemptsMax = 2

export interface FetchingPlace {
  readonly io: CliIo
  readonly api: Api
  readonly folder: string
  readonly exportId: string
  readonly signal: AbortSignal
}

/**
 * Returns whether it was fetched: a file that is there already, with the right digest, is left as it is. A file under
 * the part's own name is whole; what is being written has another name. Throws CliError.
 */
export async function fetchPart(place: FetchingPlace, part: ExportPart): Promise<boolean> {
  const path = join(place.folder, safeName(part.name))
  if ((await digestOf(path, place.io)) === part.sha256) return false
  for (let attempt = 1; ; attempt++) {
    const digest = await fetchOnce(place, part, `${path}.part`)
    if (digest === part.sha256) break
    if (attempt === attemptsMax)
      throw new CliError('integrity', `${part.name} is not what the server promised: its SHA-256 is ${digest}`, {
        hint: `It should be ${part.sha256}. What came is in ${path}.part; something on the way changes it.`,
      })
  }
  await place.io.files.rename(`${path}.part`, path)
  return true
}

/** Null where there is no such file. */
export async function digestOf(path: string, io: CliIo): Promise<string | null> {
  if (!(await io.files.exists(path))) return null
  const hash = createHash('sha256')
  const { chunks } = await io.files.open(path)
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** A name from a server is a name in the folder and no path. */
export function safeName(name: string): string {
  if (/^\w[\w.-]{0,199}$/.test(name)) return name
  throw new CliError('integrity', `could not write a file under the name "${terminalText(name)}"`, {
    hint: 'The server gave it. Is it a Plaintrail server?',
  })
}

async function fetchOnce(
  { io, api, exportId, signal }: FetchingPlace,
  part: ExportPart,
  path: string,
): Promise<string> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(partMsMax)])
  const inPath = { id: exportId, n: String(part.number) }
  const { body } = await api.stream('/v1/exports/{id}/parts/{n}', { signal: within }, { path: inPath })
  const hash = createHash('sha256')
  await io.files.write(path, hashed(body, hash))
  return hash.digest('hex')
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}
