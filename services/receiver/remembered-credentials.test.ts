// A receiver that starts while Postgres is away.

import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@plaintrail/runtime/logger'
import { expect, onTestFinished, test } from 'vitest'
import type { CredentialSource, IngestCredential } from './credentials.ts'
import { rememberedCredentials } from './remembered-credentials.ts'

const logger = createLogger('test', { level: 'silent' })
const known: IngestCredential = {
  id: 'one',
  clusterUid: 'uid',
  clusterName: 'lab',
  laneName: 'main',
  digest: randomBytes(32),
}

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-credentials-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'credentials.json')
}

const there = (credentials: readonly IngestCredential[]): CredentialSource => ({
  list: () => Promise.resolve(credentials),
  isWriter: () => Promise.resolve(false),
  findCluster: () => Promise.resolve(null),
})
const away: CredentialSource = { ...there([]), list: () => Promise.reject(new Error('connection refused')) }

test('it goes by the list that the last run had', async () => {
  const file = await newFile()
  await rememberedCredentials({ source: there([known]), file, logger }).list()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await rememberedCredentials({ source: away, file, logger }).list()).toEqual([known])
})

test('a list that Postgres gave wins, and an outage later does not bring back an older one', async () => {
  const file = await newFile()
  await rememberedCredentials({ source: there([known]), file, logger }).list()
  const state = { source: there([]) }
  const switched: CredentialSource = { ...away, list: () => state.source.list() }
  const remembered = rememberedCredentials({ source: switched, file, logger })
  expect(await remembered.list()).toEqual([])
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual([])
  state.source = away
  await expect(remembered.list()).rejects.toThrow('connection refused')
})

test('without a file, or with one that says nothing, it says that Postgres is away', async () => {
  const file = await newFile()
  await expect(rememberedCredentials({ source: away, file, logger }).list()).rejects.toThrow('connection refused')
  await writeFile(file, '[{"id":"half"')
  await expect(rememberedCredentials({ source: away, file, logger }).list()).rejects.toThrow('connection refused')
})
