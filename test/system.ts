// The real thing for tests: services/standalone as a process of its own, driven over HTTP, killed and started again.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoredEvent } from '@plaintrail/event/event'
import type { Connection } from '@plaintrail/store/open-store'

export interface SystemOptions {
  /** A folder of the test's own; without it, a temporary one that goes when the system is disposed. */
  readonly dataFolder?: string
  readonly env?: Readonly<Record<string, string>>
  /** What to run in place of services/standalone/main.ts. */
  readonly entry?: string
}

/** What a person or a program asks of a running system, whatever it is made of. */
export interface Asking {
  readonly url: string
  readonly adminToken: string
  get(path: string): Promise<Response>
  post(path: string, body: unknown): Promise<Response>
  addCluster(name: string): Promise<AddedCluster>
}

/** Either profile. */
export interface System extends Asking, AsyncDisposable {
  /** Where API servers post; `ca` in PEM where that is TLS. */
  readonly ingest: { readonly url: string; readonly ca: string | null }
  /** By TLS. */
  readonly ingestPort: number
  readonly dataFolder: string
  connection(): Promise<Connection>
  /** All that its processes have written to standard output and error. */
  output(): string
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
}

type EmbeddedConnection = Exclude<Connection, string>

export interface EmbeddedSystem extends System {
  readonly pid: number
  connection(): Promise<EmbeddedConnection>
  /** SIGKILL to Node alone; Postgres is orphaned. */
  killNode(): Promise<void>
}

export interface AddedCluster {
  readonly name: string
  readonly ingest: { readonly url: string; readonly token: string }
  readonly kubeconfig: string
  readonly audit_policy: string
  readonly flags: Readonly<Record<string, string>>
}

/** Others may pass through: as root, Postgres runs as another user and then keeps its data in here. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-test-'))
  await chmod(folder, 0o711)
  return folder
}

const standaloneMain = join(import.meta.dirname, '../services/standalone/main.ts')
/** As in package.json's `start`. */
const nodeFlags = ['--v8-pool-size=1']
const readyMsMax = 60_000
const ready = /^plaintrail ready at (\S+) \(ingest by TLS on port (\d+)\)/m

export async function startSystem(options: SystemOptions = {}): Promise<EmbeddedSystem> {
  const temporary = options.dataFolder === undefined
  const dataFolder = options.dataFolder ?? (await temporaryFolder())
  const child = spawn(process.execPath, [...nodeFlags, options.entry ?? standaloneMain], {
    env: {
      ...process.env,
      PLAINTRAIL_DATA: dataFolder,
      PLAINTRAIL_PORT: '0',
      PLAINTRAIL_INGEST_PORT: '0',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [url, port] = await untilReady(child, () => output)
  const adminToken = (await readFile(join(dataFolder, 'admin-token'), 'utf8')).trim()
  const stop = async (): Promise<number | null> => await end(child, 'SIGTERM')
  return {
    ...askingWith(url, adminToken),
    ingest: { url, ca: null },
    ingestPort: port,
    dataFolder,
    pid: child.pid ?? 0,
    connection: () => embeddedConnection(dataFolder),
    output: () => output,
    killNode: async () => void (await end(child, 'SIGKILL')),
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      if (temporary) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Line 5 of postmaster.pid is the socket folder (src/include/utils/pidfile.h). */
async function embeddedConnection(dataFolder: string): Promise<EmbeddedConnection> {
  const lines = (await readFile(join(dataFolder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')
  return { host: lines[4] ?? '', user: 'plaintrail', database: 'plaintrail' }
}

export function askingWith(url: string, adminToken: string): Asking {
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url + path, { ...init, headers: { authorization: `Bearer ${adminToken}`, ...init.headers } })
  const post = (path: string, body: unknown): Promise<Response> =>
    ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  return {
    url,
    adminToken,
    get: (path) => ask(path),
    post,
    async addCluster(name) {
      const response = await post('/v1/clusters', { name })
      if (response.status !== 201) throw new Error(`could not add ${name}: ${response.status} ${await response.text()}`)
      return (await response.json()) as AddedCluster
    },
  }
}

async function untilReady(child: ChildProcess, output: () => string): Promise<[string, number]> {
  const deadline = Date.now() + readyMsMax
  while (Date.now() < deadline) {
    const found = ready.exec(output())
    if (found?.[1] && found[2]) return [found[1], Number(found[2])]
    if (child.exitCode !== null) break
    await sleep(20)
  }
  child.kill('SIGKILL')
  throw new Error(`plaintrail did not get ready:\n${output()}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  return child.exitCode
}

const agent = new Agent({ keepAlive: true })

export async function postList(
  system: Pick<System, 'ingest'>,
  cluster: Pick<AddedCluster, 'name' | 'ingest'>,
  body: string | Uint8Array,
): Promise<Response> {
  const headers = { authorization: `Bearer ${cluster.ingest.token}`, 'content-type': 'application/json' }
  return await postTo(system, `/v1/ingest/k8s/${cluster.name}?timeout=30s`, { headers, body: Buffer.from(body) })
}

interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly method?: string
}

/** To where API servers post. By node:https where that is TLS: fetch has no way to name an authority. */
export async function postTo(
  { ingest: { url, ca } }: Pick<System, 'ingest'>,
  path: string,
  { headers = {}, body, method = 'POST' }: PostOptions,
): Promise<Response> {
  if (ca === null)
    return await fetch(url + path, { method, headers, redirect: 'manual', ...(method === 'GET' ? {} : { body }) })
  return await new Promise((resolve, reject) => {
    const length = { 'content-length': String(body.length) }
    const sent = request(url + path, { method, ca, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const answered = Object.entries(response.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ])
        resolve(new Response(Buffer.concat(chunks), { status: response.statusCode ?? 0, headers: answered }))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

export function eventList(items: readonly string[]): string {
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(',')}]}`
}

/** Every request in the store, oldest first, by walking all pages. */
export async function allRequests(system: System, parameters = ''): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = []
  let path: string | null = `/v1/events?since=1970-01-01&until=2100-01-01&order=asc&limit=1000${parameters}`
  while (path !== null) {
    const response: Response = await system.get(path)
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
    const page = (await response.json()) as { data: StoredEvent[]; next_cursor: string | null }
    found.push(...page.data)
    path = page.next_cursor === null ? null : `/v1/events?cursor=${encodeURIComponent(page.next_cursor)}`
  }
  return found
}

/** Waits until what was accepted is visible: the log's queue is empty. */
export async function untilDrained(system: System, msMax = 60_000): Promise<void> {
  await until(async () => {
    const text = await (await system.get('/metrics')).text()
    const depth = /^plaintrail_log_queue_segments (\d+)/m.exec(text)?.[1]
    return depth === '0'
  }, msMax)
}

/** Asks again until it is true. The queue gauge is read every 2 s, so callers ask for the thing itself where they can. */
export async function until(isSo: () => Promise<boolean>, msMax = 30_000): Promise<void> {
  const deadline = Date.now() + msMax
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`did not become true within ${msMax} ms`)
    await sleep(50)
  }
}
