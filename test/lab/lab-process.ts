// startProcess: a program of the lab, its output in a file, ended when the lab ends.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

export interface LabProcess extends AsyncDisposable {
  readonly name: string
  readonly pid: number
  readonly isRunning: boolean
  end(signal: NodeJS.Signals): Promise<void>
  signal(signal: NodeJS.Signals): void
}

export interface ProcessOptions {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  /** Where its output goes, after what is there. */
  readonly log: string
  /** Asked until it is true, every 200 ms. */
  readonly isReady: () => Promise<boolean>
}

const readyMsMax = 120_000
/** An API server gives what runs a minute. */
const stopMsMax = 90_000
const logCharacters = 4_000

/** Ready when it returns. Rejects, with the end of its output, when the program ends before or takes over two minutes. */
export async function startProcess(options: ProcessOptions): Promise<LabProcess> {
  const log = openSync(options.log, 'a')
  const child = spawn(options.program, options.args, { stdio: ['ignore', log, log] })
  // Else a program that is not there would end the lab without a word of what it was.
  let failure: Error | null = null
  child.once('error', (error) => (failure = error))
  const deadline = Date.now() + readyMsMax
  while (!(await options.isReady().catch(() => false))) {
    if (failure !== null || hasEnded(child) || Date.now() > deadline) {
      child.kill('SIGKILL')
      const tail = (await readFile(options.log, 'utf8')).slice(-logCharacters)
      throw new Error(`could not start ${options.name}; its output ends with:\n${tail}`, { cause: failure })
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded(child)) return
    const gone = once(child, 'exit')
    child.kill(signal)
    const slow = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
    await gone
    clearTimeout(slow)
  }
  return {
    name: options.name,
    pid: child.pid ?? 0,
    get isRunning() {
      return !hasEnded(child)
    },
    end,
    signal: (signal) => void child.kill(signal),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null
