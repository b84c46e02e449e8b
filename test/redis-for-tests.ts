// Redis for the tests of every room: one server a run, started when the first test asks; and servers of their own for those
// that break theirs.

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { missing } from './required.ts'
import { freePorts } from './free-ports.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for the URL of the Redis of this run. */
    readonly redisDoor: string
  }
}

export interface TestRedis {
  readonly url: string
  /** Of one test: nobody else uses keys with it. */
  readonly prefix: string
}

export interface RedisServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGTERM. */
  stop(): Promise<void>
  /** Again, on the same port and folder; without persistence everything is gone. */
  start(): Promise<void>
  /** FLUSHALL. */
  flush(): Promise<void>
}

export interface RedisOptions {
  /** Where it appends every write to a file and fsyncs it; without it, nothing is kept. */
  readonly folder?: string
  readonly port?: number
  readonly settings?: Readonly<Record<string, string>>
}

const readyMsMax = 10_000
/** Packages of Debian 12 and 13; what else redis-server needs is on every machine with apt. */
const packages = ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2', 'libatomic1']
const cache = join(import.meta.dirname, '../node_modules/.cache/plaintrail/redis')
const run = promisify(execFile)

/** Null where Redis cannot be had on this machine: the caller skips. */
export async function testRedis(): Promise<TestRedis | null> {
  const answer = await fetch(inject('redisDoor'))
  const url = await answer.text()
  if (answer.status === 404) return null
  if (!answer.ok) throw new Error(url)
  return { url, prefix: `test-${randomBytes(6).toString('hex')}` }
}

/** A server of the caller's own. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const binary = await redisBinary()
  if (binary === null) throw new Error('could not start Redis: there is none on this machine')
  return await startServer(binary, options)
}

/** Called by vitest before a run, and what it returns after. Test files ask over HTTP, as they do for Postgres. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<{ readonly url: string; stop(): Promise<void> } | null> | undefined
  const door = createServer((_request, response) => {
    started ??= startForRun()
    started.then(
      (server) => (server === null ? response.writeHead(404).end() : response.end(server.url)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await once(door.listen(0, '127.0.0.1'), 'listening')
  project.provide('redisDoor', `http://127.0.0.1:${portOf(door.address())}`)
  return async () => {
    door.close()
    door.closeAllConnections()
    await (await started?.catch(() => null))?.stop()
  }
}

async function startForRun(): Promise<{ readonly url: string; stop(): Promise<void> } | null> {
  const given = process.env['REDIS_URL']
  if (given !== undefined && given !== '') {
    console.error('redis for tests: the one of REDIS_URL')
    return { url: given, stop: async () => undefined }
  }
  const binary = await redisBinary()
  if (binary === null) return null
  console.error(`redis for tests: ${binary.path}`)
  const server = await startServer(binary, {})
  return { url: server.url, stop: async () => await server[Symbol.asyncDispose]() }
}

interface RedisBinary {
  readonly path: string
  /** Of its own shared libraries, for one that is not installed. */
  readonly libraries: string | null
}

/** Null, and said on standard error, where there is none. */
async function redisBinary(): Promise<RedisBinary | null> {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path))
  if (onPath !== undefined) return { path: onPath, libraries: null }
  if (process.platform !== 'linux') return missing('redis', 'no redis-server on the PATH, and no REDIS_URL')
  try {
    return await unpackedBinary()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return missing('redis', `no redis-server on the PATH, no REDIS_URL, and no package of Debian: ${reason}`)
  }
}

/** Debian's packages, unpacked beside node_modules: nothing is installed, and nobody need be root. */
async function unpackedBinary(): Promise<RedisBinary> {
  if (!existsSync(cache)) {
    await mkdir(join(cache, '..'), { recursive: true })
    // Made elsewhere and then renamed: another run may do the same, and a broken download is no cache.
    const folder = await mkdtemp(`${cache}-`)
    try {
      await download(folder)
      for (const name of await readdir(folder)) {
        if (name.endsWith('.deb')) await run('dpkg-deb', ['-x', join(folder, name), folder])
      }
      await binaryIn(folder)
      await rename(folder, cache).catch((error: unknown) => {
        if (!existsSync(cache)) throw error
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return await binaryIn(cache)
}

async function download(folder: string): Promise<void> {
  const get = (options: readonly string[]) => run('apt-get', [...options, 'download', ...packages], { cwd: folder })
  try {
    await get([])
  } catch {
    // No package lists here, as in most images: lists of our own, which only this folder has.
    await mkdir(join(folder, 'lists/partial'), { recursive: true })
    const own = ['-o', `Dir::State::Lists=${join(folder, 'lists')}`, '-o', `Dir::Cache=${folder}`]
    await run('apt-get', [...own, 'update'])
    await get(own)
    await rm(join(folder, 'lists'), { recursive: true })
  }
}

/** Throws when one of its libraries is missing. */
async function binaryIn(folder: string): Promise<RedisBinary> {
  // redis-server is a link to this one, which takes its name from how it is called.
  const path = join(folder, 'usr/bin/redis-server')
  const [machine = ''] = await readdir(join(folder, 'usr/lib')).then((names) =>
    names.filter((name) => name.endsWith('-linux-gnu')),
  )
  const libraries = join(folder, 'usr/lib', machine)
  const { stdout } = await run('ldd', [path], { env: { ...process.env, LD_LIBRARY_PATH: libraries } })
  const lacking = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1])
  if (lacking.length > 0) throw new Error(`redis-server lacks ${lacking.join(', ')}`)
  return { path, libraries }
}

async function startServer(binary: RedisBinary, given: RedisOptions): Promise<RedisServer> {
  const port = given.port ?? (await freePorts(1))[0] ?? 0
  const folder = given.folder ?? (await mkdtemp(join(tmpdir(), 'plaintrail-redis-')))
  const keep = given.folder === undefined ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', 'always']
  const options = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    'maxmemory-policy': 'noeviction',
    ...given.settings,
  }
  const args = [...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]), ...keep]
  const env = { ...process.env, ...(binary.libraries === null ? {} : { LD_LIBRARY_PATH: binary.libraries }) }
  let child: ChildProcess
  const start = async (): Promise<void> => {
    child = spawn(binary.path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await untilAnswers(port, child, () => output)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    start,
    flush: async () => void (await command(port, 'FLUSHALL')),
    async [Symbol.asyncDispose]() {
      await end('SIGTERM')
      if (given.folder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilAnswers(port: number, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + readyMsMax
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await command(port, 'PING').catch(() => '')
    if (answer.startsWith('+PONG')) return
    await sleep(20)
  }
  child.kill('SIGKILL')
  throw new Error(`could not start Redis on port ${port}:\n${output()}`)
}

/** One inline command, and the first bytes of its answer. */
async function command(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write(`${text}\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.toString()
  } finally {
    socket.destroy()
  }
}

/** Of a server that listens on TCP. */
function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  return address.port
}
