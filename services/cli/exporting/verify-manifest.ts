// verifyManifest: that a manifest is whole, is of this export, and names the very files that are here.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { isManifest, type ExportManifest } from '../answers.ts'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'
import { digestOf, safeName } from './fetch-parts.ts'

export interface ManifestPlace {
  readonly io: CliIo
  readonly folder: string
  readonly exportId: string
}

/** Throws CliError with the code `integrity`. */
export async function verifyManifest(value: unknown, { io, folder, exportId }: ManifestPlace): Promise<ExportManifest> {
  if (!isManifest(value)) throw broken('it has not the shape of one')
  const { sha256, ...rest } = value
  const digest = createHash('sha256').update(canonicalJson(rest)).digest('hex')
  if (digest !== sha256) throw broken(`its own SHA-256 is ${digest}, and it says ${sha256}`)
  if (value.id !== exportId) throw broken(`it is of ${value.id}`)
  for (const [index, part] of value.parts.entries()) {
    if (part.number !== index + 1) throw broken(`part ${index + 1} is not in it`)
    const found = await digestOf(join(folder, safeName(part.name)), io)
    if (found !== part.sha256)
      throw broken(
        `${part.name} ${found === null ? 'is not here' : `has the SHA-256 ${found}, and it says ${part.sha256}`}`,
      )
  }
  return value
}

/** RFC 8785, of what JSON can hold. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}

function broken(why: string): CliError {
  return new CliError('integrity', `the manifest does not fit: ${why}`, {
    hint: 'Fetch it again into an empty folder. If that does not help, the files on the server have changed.',
  })
}
