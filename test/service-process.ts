// One process of the distributed profile, as a test starts, kills and starts it again.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Role = 'receiver' | 'worker' | 'api' | 'jobrunner'

export interface ServiceProcess extends AsyncDisposable {
  readonly role: Role
  readonly pid: number
  /** Of /healthz, /readyz and /metrics; another one after each start. */
  readonly operationsUrl: string
  readonly isRunning: boolean
  /** All that it has written since the first start. */
  output(): string
  /** Again, with the same settings. Rejects when it does not get ready. */
  start(): Promise<void>
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>
  /** Without waiting: SIGSTOP and SIGCONT. */
  signal(signal: NodeJS.Signals): void
}

export interface ServiceOptions {
  readonly env: Readonly<Record<string, string>>
  /** What to run in place of services/<role>/main.ts. */
  readonly entry?: string
  /** What stands before node: `faketime -f +3600s`, `ip netns exec name`. */
  readonly before?: readonly string[]
}

const readyMsMax = 60_000
/** Compiled once for all processes of all tests: a start then costs a third less. */
export const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'plaintrail-compile-cache') }
const ready = /^plaintrail \S+ ready: .*?(http:\/\/\S+)\/readyz$/gm

/** Started when it returns. */
export async function startService(role: Role, options: ServiceOptions): Promise<ServiceProcess> {
  const entry = options.entry ?? join(import.meta.dirname, `../services/${role}/main.ts`)
  let child: ChildProcess
  let output = ''
  let operationsUrl = ''
  const start = async (): Promise<void> => {
    const [command, ...rest] = [...(options.before ?? []), process.execPath, entry]
    const own = spawn(command, rest, {
      env: { ...process.env, ...compileCache, PLAINTRAIL_OPERATIONS_PORT: '0', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = own
    const readyBefore = [...output.matchAll(ready)].length
    const keep = (chunk: Buffer): void => void (output += chunk.toString())
    own.stdout.on('data', keep)
    own.stderr.on('data', keep)
    const deadline = Date.now() + readyMsMax
    while (Date.now() < deadline && own.exitCode === null && own.signalCode === null) {
      const said = [...output.matchAll(ready)]
      if (said.length > readyBefore) {
        operationsUrl = said.at(-1)?.[1] ?? ''
        return
      }
      await sleep(20)
    }
    own.kill('SIGKILL')
    throw new Error(`the ${role} did not get ready:\n${output.slice(-4_000)}`)
  }
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (isRunning()) {
      const gone = once(child, 'exit')
      child.kill(signal)
      // One that was stopped hears nothing else.
      child.kill('SIGCONT')
      await gone
    }
    return child.exitCode
  }
  await start()
  return {
    role,
    get pid() {
      return child.pid ?? 0
    },
    get operationsUrl() {
      return operationsUrl
    },
    get isRunning() {
      return isRunning()
    },
    output: () => output,
    start,
    end,
    signal: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      const slow = setTimeout(() => child.kill('SIGKILL'), 30_000)
      await end('SIGTERM')
      clearTimeout(slow)
    },
  }
}
