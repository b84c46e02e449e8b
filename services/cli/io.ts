// CliIo: everything outside that the command line touches, so that a test can run it in its own process.
import { createReadStream } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'

export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths start from. */
  readonly folder: string
  readonly stdin: AsyncIterable<Uint8Array>
  /** What was asked for. */
  readonly stdout: Output
  /** How it went: status, warnings, errors. */
  readonly stderr: Output
  readonly fetch: typeof fetch
  readonly nowMs: () => number
  readonly sleepMs: (ms: number) => Promise<void>
  readonly isAlive: (pid: number) => boolean
  readonly files: Files
}

export interface Output {
  readonly isTty: boolean
  /** The width of the terminal in columns; a width that fits most pages where there is no terminal. */
  readonly columns: number
  /** Resolves when there is room for more, and rejects when nobody reads any longer (EPIPE). */
  write(chunk: string | Uint8Array): Promise<void>
}

/** Paths are absolute. Everything rejects with Node's own errors. */
export interface Files {
  readText(path: string): Promise<string>
  /** `sizeBytes` is null where it is not known beforehand, as with a pipe. */
  open(path: string): Promise<{ readonly sizeBytes: number | null; readonly chunks: AsyncIterable<Uint8Array> }>
  exists(path: string): Promise<boolean>
  makeFolder(path: string): Promise<void>
  /** Writes a file that is not there yet. */
  create(path: string, text: string, mode: number): Promise<void>
}

const columnsDefault = 100
const readChunkBytes = 1024 * 1024

export function processIo(env: CliIo['env']): CliIo {
  return {
    env,
    folder: process.cwd(),
    stdin: process.stdin,
    stdout: outputTo(process.stdout, isatty(1)),
    stderr: outputTo(process.stderr, isatty(2)),
    fetch: (...request) => fetch(...request),
    nowMs: Date.now,
    sleepMs: (ms) => sleep(ms),
    isAlive,
    files: realFiles,
  }
}

export const realFiles: Files = {
  readText: (path) => readFile(path, 'utf8'),
  async open(path) {
    const about = await stat(path)
    const stream = createReadStream(path, { highWaterMark: readChunkBytes })
    return { sizeBytes: about.isFile() ? about.size : null, chunks: stream }
  },
  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
  async makeFolder(path) {
    await mkdir(path, { recursive: true })
  },
  create: (path, text, mode) => writeFile(path, text, { mode, flag: 'wx' }),
}

function outputTo(stream: NodeJS.WriteStream, isTty: boolean): Output {
  // Node reports a closed pipe to the write as well; without a listener it would also end the process with a stack.
  stream.on('error', () => {})
  return {
    isTty,
    get columns() {
      return stream.columns > 0 ? stream.columns : columnsDefault
    },
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()))
      }),
  }
}

/** Signal 0 asks only; EPERM says that the process is there and somebody else's. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
