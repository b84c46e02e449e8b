// findServer: which server to ask, and with which token.
import { join, resolve } from 'node:path'
import { CliError } from './cli-error.ts'
import type { CliConfig } from './config.ts'
import type { CliIo } from './io.ts'

export interface Server {
  /** Ends with a slash, so that paths can be joined to it. */
  readonly url: URL
  readonly token: string | null
}

const defaultUrl = 'http://127.0.0.1:7717'
const defaultFolders = ['.plaintrail', '.plaintrail-demo'] as const

/**
 * A folder given by `--data` wins over the environment, and PLAINTRAIL_SERVER and PLAINTRAIL_TOKEN over the folders that
 * are looked for. A token found in a folder goes only to the server that runs from that folder, or to the one on this
 * machine's default port. Throws CliError.
 */
export async function findServer(config: CliConfig, dataOption: string | null, io: CliIo): Promise<Server> {
  const given = dataOption ?? config.dataFolder
  const folder = await findFolder(given === null ? defaultFolders : [given], io)
  if (dataOption !== null || config.server === null)
    return { url: readUrl(folder.url ?? defaultUrl), token: config.token ?? (await readToken(folder.path, io)) }
  const url = readUrl(config.server)
  if (config.token !== null) return { url, token: config.token }
  const isOfFolder = config.dataFolder !== null || (folder.url !== null && readUrl(folder.url).origin === url.origin)
  return { url, token: isOfFolder ? await readToken(folder.path, io) : null }
}

interface DataFolder {
  readonly path: string
  /** Where its server answers; null when none runs. */
  readonly url: string | null
}

/** The first folder that a server runs from, else the first. */
async function findFolder(candidates: readonly string[], io: CliIo): Promise<DataFolder> {
  for (const candidate of candidates) {
    const path = resolve(io.folder, candidate)
    const url = await runningUrl(path, io)
    if (url !== null) return { path, url }
  }
  return { path: resolve(io.folder, candidates[0] ?? defaultFolders[0]), url: null }
}

/** What a running server says of itself in server.json; a crashed one leaves the file behind, so its pid is asked. */
async function runningUrl(folder: string, io: CliIo): Promise<string | null> {
  const text = await readIfThere(join(folder, 'server.json'), io)
  if (text === null) return null
  const about = parseJson(text)
  if (typeof about !== 'object' || about === null || !('url' in about) || !('pid' in about)) return null
  const { url, pid } = about
  return typeof url === 'string' && typeof pid === 'number' && io.isAlive(pid) ? url : null
}

async function readToken(folder: string, io: CliIo): Promise<string | null> {
  const token = (await readIfThere(join(folder, 'admin-token'), io))?.trim() ?? ''
  return token === '' ? null : token
}

async function readIfThere(path: string, io: CliIo): Promise<string | null> {
  try {
    return await io.files.readText(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw new CliError('usage', `could not read ${path}`, {
      hint: 'Run this as the user who started the server, or set PLAINTRAIL_TOKEN.',
      cause: error,
    })
  }
}

function readUrl(text: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new CliError('usage', `could not read the server's URL "${text}"`, {
    hint: 'Set PLAINTRAIL_SERVER to something like http://127.0.0.1:7717.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
