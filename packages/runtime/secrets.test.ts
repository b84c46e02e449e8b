// One process makes the secrets of an installation; the others are given the folder and only read it.

import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openAdminToken, openSecrets, readSecrets } from './secrets.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-secrets-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('what one process made, the others have, and nothing is written by them', async () => {
  const folder = await newFolder()
  const made = await openSecrets(folder)
  expect((await stat(join(folder, 'redaction-key'))).mode & 0o777).toBe(0o600)
  const before = await readdir(folder, { recursive: true })

  const [one, two] = await Promise.all([readSecrets(folder), readSecrets(folder)])
  expect(one.redactionKey).toEqual(made.redactionKey)
  const certificates = await Promise.all(
    [one, two].map(({ certificateAuthority }) => certificateAuthority.serverCertificate(['audit.example'])),
  )
  const root = new X509Certificate(made.certificateAuthority.certificatePem)
  for (const { cert } of certificates) {
    const certificate = new X509Certificate(cert)
    expect(certificate.verify(root.publicKey)).toBe(true)
    expect(certificate.checkHost('audit.example')).toBe('audit.example')
  }
  // The same for as long as the process runs, unless another name is asked for.
  expect(await one.certificateAuthority.serverCertificate(['audit.example'])).toEqual(certificates[0])
  expect(await one.certificateAuthority.serverCertificate(['other.example'])).not.toEqual(certificates[0])
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(before.toSorted())
})

test('a folder that has not all of it says what to do, and nothing is made up', async () => {
  const folder = await newFolder()
  await expect(readSecrets(folder)).rejects.toThrow(/run the role migrate/)
  await writeFile(join(folder, 'redaction-key'), 'short')
  await expect(readSecrets(folder)).rejects.toThrow(/32 bytes/)
  await openSecrets(await newFolder())
  expect(await readdir(folder)).toEqual(['redaction-key'])
})

test('whoever has the folder is let in: a token that was revoked is not used again, and another stands in its place', async () => {
  const folder = await newFolder()
  const revoked = new Set<string>()
  let made = 0
  const open = async (): Promise<string> =>
    await openAdminToken(folder, {
      make: () => `ptr_${(made += 1)}`,
      letIn: (token) => Promise.resolve(!revoked.has(token)),
    })
  expect([await open(), await open()]).toEqual(['ptr_1', 'ptr_1'])
  revoked.add('ptr_1')
  expect([await open(), await open()]).toEqual(['ptr_2', 'ptr_2'])
  expect(await readFile(join(folder, 'admin-token'), 'utf8')).toBe('ptr_2\n')
  expect((await stat(join(folder, 'admin-token'))).mode & 0o777).toBe(0o600)
  await rm(join(folder, 'admin-token'))
  expect(await open()).toBe('ptr_3')
  revoked.add('ptr_3').add('ptr_4')
  await expect(open()).rejects.toThrow(/take admin-token away/)
})
