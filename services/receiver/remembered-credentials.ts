// rememberedCredentials: the last list of credentials, kept beside the spool, so that a receiver that starts while Postgres is
// away takes in what those it knew post. Digests of tokens with 256 random bits: from the file nobody finds a token.

import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import type { Logger } from '@plaintrail/runtime/logger'
import type { CredentialSource, IngestCredential } from './credentials.ts'

export interface RememberedOptions {
  readonly source: CredentialSource
  readonly file: string
  readonly logger: Logger
}

/** Only the first list may come from the file: while the process runs, it has the last one itself. */
export function rememberedCredentials({ source, file, logger }: RememberedOptions): CredentialSource {
  let written: string | null = null
  return {
    ...source,
    async list() {
      let credentials: readonly IngestCredential[]
      try {
        credentials = await source.list()
      } catch (error) {
        const remembered = written === null ? await read(file) : null
        if (remembered === null) throw error
        written = ''
        logger.warn(
          { error, file, credentials: remembered.length },
          'Postgres is away: going by the credentials of the last run',
        )
        return remembered
      }
      const text = JSON.stringify(credentials.map((one) => ({ ...one, digest: one.digest.toString('hex') })))
      if (text !== written) {
        try {
          await write(file, text)
          written = text
        } catch (error) {
          // Tried again with the next list: a credential that is revoked must not come back with an old file.
          written = ''
          logger.warn({ error, file }, 'could not keep the credentials for a start without Postgres')
        }
      }
      return credentials
    },
  }
}

/** Null where there is none, or it says nothing. */
async function read(file: string): Promise<readonly IngestCredential[] | null> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'))
    return Array.isArray(found) ? found.flatMap(credentialOf) : null
  } catch {
    return null
  }
}

/** Of what `write` wrote, perhaps in another version: an entry that lacks something is none. */
function credentialOf(entry: unknown): readonly IngestCredential[] {
  const { id, clusterUid, clusterName, laneName, digest }: Record<string, unknown> = Object(entry)
  const texts = [id, clusterUid, clusterName, laneName, digest]
  if (!texts.every((text) => typeof text === 'string')) return []
  return [
    {
      id: String(id),
      clusterUid: String(clusterUid),
      clusterName: String(clusterName),
      laneName: String(laneName),
      digest: Buffer.from(String(digest), 'hex'),
    },
  ]
}

/** Whole or not at all; a power cut may leave the list before. */
async function write(file: string, text: string): Promise<void> {
  // Receivers in containers share the folder, and each is process 1.
  const unfinished = `${file}.${randomUUID()}.new`
  try {
    const handle = await open(unfinished, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, file)
  } finally {
    await rm(unfinished, { force: true })
  }
}
