// openPager: a program that people read in, as less, on the terminal of this process.
import type { Writable } from 'node:stream'
import type { CliIo, Pager } from './io.ts'

/** As git has it: a text of one screen is only printed, colours are colours, and what was read stays on the screen. */
const lessOptions = 'FRX'

/** `command` is a program and its words, and no shell reads it. Null where there is none. Ctrl-C is the pager's while it runs. */
export async function openPager(command: string, env: CliIo['env']): Promise<Pager | null> {
  const { spawn } = await import('node:child_process')
  const [program = '', ...words] = command.split(/\s+/)
  const child = spawn(program, words, {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS: lessOptions, LV: '-c', ...env },
  })
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()))
  const isStarted = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true))
    child.once('error', () => resolve(false))
  })
  if (!isStarted) return null
  const ignored = (): void => {}
  process.on('SIGINT', ignored)
  // Who leaves before the end breaks the pipe: it is reported to the write as well.
  child.stdin.on('error', ignored)
  return {
    write: (chunk) => written(child.stdin, chunk),
    async end() {
      child.stdin.end()
      await ended
      process.off('SIGINT', ignored)
    },
  }
}

function written(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}
