// Secrets: what an installation keeps in a folder, made once: the admin token, the redaction key, the certificate
// authority. One process makes them; in the distributed profile the others are handed the same folder and only read it.

import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  openCertificateAuthority,
  openSharedCertificateAuthority,
  type CertificateAuthority,
} from './certificate-authority.ts'
import { path } from './config.ts'
import { privateFile } from './private-file.ts'

export const secretsSettings = {
  secretsFolder: {
    env: 'PLAINTRAIL_SECRETS',
    parse: path,
    default: '/var/lib/plaintrail/secrets',
    describe:
      'Folder with the admin token, the redaction key and the certificate authority. The role migrate makes what is missing; the other roles read it. Keep it with your back-ups.',
  },
} as const

export interface Secrets {
  /** 32 bytes, never rotated. */
  readonly redactionKey: Buffer
  readonly certificateAuthority: CertificateAuthority
}

const redactionKeyBytes = 32

/** Makes what is missing. The caller sees to it that no other process does so at the same time. */
export async function openSecrets(folder: string): Promise<Secrets> {
  return {
    redactionKey: await privateFile(join(folder, 'redaction-key'), () => randomBytes(redactionKeyBytes)),
    certificateAuthority: await openCertificateAuthority(join(folder, 'ca')),
  }
}

export interface AdminTokens {
  readonly make: () => string
  /** Makes sure that the token lets in; false where it was revoked, which is for ever. */
  readonly letIn: (token: string) => Promise<boolean>
}

/** Whoever has the folder is let in: where there is no token in it, or one that was revoked, there is another one now. */
export async function openAdminToken(folder: string, { make, letIn }: AdminTokens): Promise<string> {
  const file = join(folder, 'admin-token')
  const open = async (): Promise<string> =>
    (await privateFile(file, () => Buffer.from(`${make()}\n`))).toString().trim()
  const token = await open()
  if (await letIn(token)) return token
  // A crash between the two leaves no file, and the next start makes it.
  await rm(file, { force: true })
  const another = await open()
  if (await letIn(another)) return another
  throw new Error(`could not make another admin token in ${folder}: take admin-token away and start again`)
}

/** Makes nothing. Rejects with what is missing, and how it comes to be there. */
export async function readSecrets(folder: string): Promise<Secrets> {
  try {
    const redactionKey = await readFile(join(folder, 'redaction-key'))
    if (redactionKey.length !== redactionKeyBytes) throw new Error(`redaction-key is not of ${redactionKeyBytes} bytes`)
    return { redactionKey, certificateAuthority: await openSharedCertificateAuthority(join(folder, 'ca')) }
  } catch (cause) {
    throw new Error(
      `could not read the secrets in ${folder}: run the role migrate on the same folder first, or set PLAINTRAIL_SECRETS` +
        ` (${cause instanceof Error ? cause.message : String(cause)})`,
      { cause },
    )
  }
}
