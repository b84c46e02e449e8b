// Server: which one to ask, and what a data folder of this machine says about the one that runs from it.
import { join, resolve } from 'node:path'
import { CliError } from './cli-error.ts'
import { readIfThere } from './contexts/read-yaml.ts'
import type { CliIo } from './io.ts'

export interface Server {
  /** Ends with a slash, so that paths can be joined to it. */
  readonly url: URL
  readonly token: string | null
  /** Whether somebody said that the token may go to another machine without TLS. */
  readonly mayBeInsecure: boolean
}

export interface DataFolder {
  readonly path: string
  /** Where its server answers; null when none runs. */
  readonly url: string | null
}

const defaultFolders = ['.plaintrail', '.plaintrail-demo'] as const
const unreadableHint = 'Run this as the user who started the server, or set PLAINTRAIL_TOKEN.'

/**
 * The one given, else the first of the usual ones that a server of this machine runs from, else the first. Where nobody
 * gave it, the folder could be part of a repository that somebody cloned, and must not choose another machine.
 */
export async function findFolder(given: string | null, io: CliIo): Promise<DataFolder> {
  const candidates = given === null ? defaultFolders : [given]
  for (const candidate of candidates) {
    const path = resolve(io.folder, candidate)
    const url = await runningUrl(path, io)
    if (url !== null && (given !== null || isLocal(url))) return { path, url }
  }
  return { path: resolve(io.folder, candidates[0] ?? defaultFolders[0]), url: null }
}

export async function folderToken(folder: string, io: CliIo): Promise<string | null> {
  const token = (await readIfThere(join(folder, 'admin-token'), io, unreadableHint))?.trim() ?? ''
  return token === '' ? null : token
}

/** With a slash at its end. Throws CliError, which says where the address is from. */
export function readUrl(text: string, from: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`)
  const isBare = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (isBare && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new CliError('usage', `could not read the server's URL "${text}" from ${from}`, {
    hint: 'Write something like http://127.0.0.1:7717.',
  })
}

/** Whoever can listen in between reads a token that goes over plain HTTP, and has it. Throws CliError. */
export function refuseOpenToken({ url, token, mayBeInsecure }: Server): void {
  if (token === null || url.protocol === 'https:' || mayBeInsecure || isOfThisMachine(url)) return
  throw new CliError('usage', `could not ask ${url.origin}: the token would go there unencrypted`, {
    hint: 'Ask by https://, as the proxy before the API answers it. If nobody can listen in between,\nsay so: --insecure-http, PLAINTRAIL_INSECURE_HTTP=1, or insecure-http: true of the context.',
  })
}

/** The last two are how a server that listens everywhere says where it is. */
const hostsOfThisMachine: ReadonlySet<string> = new Set(['localhost', '[::1]', '0.0.0.0', '[::]'])

/** A URL's host that ends in a number is an address, so no name of the DNS begins an address of 127.0.0.0/8. */
const isOfThisMachine = ({ hostname }: URL): boolean =>
  hostsOfThisMachine.has(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname)

function isLocal(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && isOfThisMachine(parsed)
}

/** What a running server says of itself in server.json; a crashed one leaves the file behind, so its pid is asked. */
async function runningUrl(folder: string, io: CliIo): Promise<string | null> {
  const text = await readIfThere(join(folder, 'server.json'), io, unreadableHint)
  if (text === null) return null
  const about = parseJson(text)
  if (typeof about !== 'object' || about === null || !('url' in about) || !('pid' in about)) return null
  const { url, pid } = about
  return typeof url === 'string' && typeof pid === 'number' && io.isAlive(pid) ? url : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
