// CliIo: everything outside that the command line touches, so that a test can run it in its own process.
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { openPager } from './open-pager.ts'
import manifest from './package.json' with { type: 'json' }
import { runProgram } from './run-program.ts'

export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths start from. */
  readonly folder: string
  /** Whether kubectl runs it, as `kubectl plaintrail`. */
  readonly isKubectlPlugin: boolean
  /** How it names itself to the server. */
  readonly userAgent: string
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean }
  /** A line that is not shown while it is typed. Only where stdin is a terminal. */
  readonly readSecret: (prompt: string) => Promise<string>
  /** Aborts when somebody presses Ctrl-C, in place of ending the process, until it is disposed. */
  readonly interruption: () => Interruption
  /** What was asked for. */
  readonly stdout: Output
  /** How it went: status, warnings, errors. */
  readonly stderr: Output
  /** A pager on this terminal: a program and its words. Null where there is none. */
  readonly openPager: (command: string) => Promise<Pager | null>
  /** Runs a program on this terminal. Its exit code; null where there is none, or a signal ended it. */
  readonly runProgram: (program: string, words: readonly string[]) => Promise<number | null>
  readonly fetch: typeof fetch
  readonly nowMs: () => number
  /** Returns early where the signal says so. */
  readonly sleepMs: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly isAlive: (pid: number) => boolean
  readonly files: Files
}

export interface Interruption extends Disposable {
  readonly signal: AbortSignal
}

export interface Output {
  readonly isTty: boolean
  /** The width of the terminal in columns; a width that fits most pages where there is no terminal. */
  readonly columns: number
  /** Its height in lines; Infinity where there is no terminal. */
  readonly rows: number
  /** Resolves when there is room for more, and rejects when nobody reads any longer (EPIPE). */
  write(chunk: string | Uint8Array): Promise<void>
}

export interface Pager {
  /** Rejects with EPIPE when the reader has left it. */
  write(chunk: string | Uint8Array): Promise<void>
  /** Resolves when the reader has left. */
  end(): Promise<void>
}

/** Paths are absolute. Everything rejects with Node's own errors. */
export interface Files {
  readText(path: string): Promise<string>
  /** `sizeBytes` is null where it is not known beforehand, as with a pipe. */
  open(path: string): Promise<{ readonly sizeBytes: number | null; readonly chunks: AsyncIterable<Uint8Array> }>
  exists(path: string): Promise<boolean>
  /** What is in a folder, by name; null where the path is no folder. A link to a file is a file, one to a folder is left out. */
  list(path: string): Promise<readonly FolderEntry[] | null>
  makeFolder(path: string): Promise<void>
  /** A new folder that only this user may enter; it goes with all that is in it when it is disposed of. */
  temporaryFolder(): Promise<TemporaryFolder>
  /** Writes a file that is not there yet. */
  create(path: string, text: string, mode: number): Promise<void>
  /** Writes what comes, over what is there, and has it on disk when it returns. */
  write(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Writes a file, its folder too, so that a reader sees the old text or the new one and never a part. */
  replace(path: string, content: string | Uint8Array, mode: number): Promise<void>
}

export interface FolderEntry {
  readonly name: string
  readonly isFolder: boolean
}

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string
}

const columnsDefault = 100
/** Events are nobody else's to read. */
const privateMode = 0o600
const readChunkBytes = 1024 * 1024

export interface Surroundings {
  readonly env: CliIo['env']
  readonly isKubectlPlugin: boolean
}

export function processIo({ env, isKubectlPlugin }: Surroundings): CliIo {
  return {
    env,
    folder: process.cwd(),
    isKubectlPlugin,
    userAgent: `plaintrail/${manifest.version}`,
    get stdin() {
      return process.stdin
    },
    readSecret,
    interruption,
    stdout: outputTo(process.stdout, isatty(1)),
    stderr: outputTo(process.stderr, isatty(2)),
    openPager: (command) => openPager(command, env),
    runProgram: (program, words) => runProgram(program, words, 'inherit'),
    fetch: (...request) => fetch(...request),
    nowMs: Date.now,
    sleepMs: (ms, signal) =>
      sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        if (signal?.aborted !== true) throw error
      }),
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
  async list(path) {
    if (!(await stat(path)).isDirectory()) return null
    const entries = await readdir(path, { withFileTypes: true })
    const isFile = async (name: string): Promise<boolean> =>
      stat(join(path, name)).then(
        (about) => about.isFile(),
        () => false,
      )
    const kept: FolderEntry[] = []
    for (const entry of entries)
      if (!entry.isSymbolicLink() || (await isFile(entry.name)))
        kept.push({ name: entry.name, isFolder: entry.isDirectory() })
    return kept.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true })
  },
  async temporaryFolder() {
    const path = await mkdtemp(join(tmpdir(), 'plaintrail-'))
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
  },
  create: (path, text, mode) => writeFile(path, text, { mode, flag: 'wx' }),
  async write(path, chunks) {
    await using file = await open(path, 'w', privateMode)
    for await (const chunk of chunks) await file.writeFile(chunk)
    await file.sync()
  },
  rename,
  async replace(path, content, mode) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const beside = `${path}.${process.pid}.new`
    // A file that a crash left is not written into: it may have another mode.
    await rm(beside, { force: true })
    try {
      await using file = await open(beside, 'wx', mode)
      await file.writeFile(content)
      await file.sync()
      await rename(beside, path)
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
  },
}

function interruption(): Interruption {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}

async function readSecret(prompt: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const { Writable } = await import('node:stream')
  process.stderr.write(prompt)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    return await lines.question('')
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}

function outputTo(stream: NodeJS.WriteStream, isTty: boolean): Output {
  // Node reports a closed pipe to the write as well; without a listener it would also end the process with a stack.
  stream.on('error', () => {})
  return {
    isTty,
    get columns() {
      return stream.columns > 0 ? stream.columns : columnsDefault
    },
    get rows() {
      return stream.rows > 0 ? stream.rows : Infinity
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
