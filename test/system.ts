// The real thing for tests: services/standalone as a process of its own, driven over HTTP, killed and started again.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoredEvent } from '@plaintrail/event/event'

export interface SystemOptions {
  /** A folder of the test's own; without it, a temporary one that goes when the system is disposed. */
  readonly dataFolder?: string
  readonly env?: Readonly<Record<string, string>>
  /** What to run in place of services/standalone/main.ts. */
  readonly entry?: string
}

export interface System extends AsyncDisposable {
  readonly url: string
  readonly ingestPort: number
  readonly adminToken: string
  readonly dataFolder: string
  readonly pid: number
  /** All that the process has written to standard output and error. */
  output(): string
  /** SIGKILL to Node alone; Postgres is orphaned. */
  killNode(): Promise<void>
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
  get(path: string): Promise<Response>
  post(path: string, body: unknown): Promise<Response>
  addCluster(name: string): Promise<AddedCluster>
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

export async function startSystem(options: SystemOptions = {}): Promise<System> {
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
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url + path, { ...init, headers: { authorization: `Bearer ${adminToken}`, ...init.headers } })
  const stop = async (): Promise<number | null> => await end(child, 'SIGTERM')
  return {
    url,
    ingestPort: port,
    adminToken,
    dataFolder,
    pid: child.pid ?? 0,
    output: () => output,
    killNode: async () => void (await end(child, 'SIGKILL')),
    stop,
    get: (path) => ask(path),
    post: (path, body) =>
      ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    async addCluster(name) {
      const response = await ask('/v1/clusters', {
        method: 'POST',
        body: JSON.stringify({ name }),
        headers: { 'content-type': 'application/json' },
      })
      if (response.status !== 201) throw new Error(`could not add ${name}: ${response.status} ${await response.text()}`)
      return (await response.json()) as AddedCluster
    },
    async [Symbol.asyncDispose]() {
      await stop()
      if (temporary) await rm(dataFolder, { recursive: true, force: true })
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

export function postList(system: System, cluster: AddedCluster, body: string | Uint8Array): Promise<Response> {
  return fetch(`${system.url}/v1/ingest/k8s/${cluster.name}?timeout=30s`, {
    method: 'POST',
    body: Buffer.from(body),
    headers: { authorization: `Bearer ${cluster.ingest.token}`, 'content-type': 'application/json' },
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
