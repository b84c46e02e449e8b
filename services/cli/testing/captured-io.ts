// captureIo: the outside of the command line for a test: real files and real requests, output that can be looked at.
import { runCli } from '../cli.ts'
import { openPager } from '../open-pager.ts'
import { runProgram } from '../run-program.ts'
import { realFiles, type CliIo, type Output } from '../io.ts'

export interface Captured {
  readonly code: number
  readonly out: string
  readonly outBytes: Buffer
  readonly err: string
  /** The waits that were asked for; none was waited. */
  readonly sleepsMs: readonly number[]
}

export interface Surroundings {
  readonly server?: string
  readonly env?: Readonly<Record<string, string>>
  readonly isTty?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly stdin?: readonly Uint8Array[]
  readonly folder?: string
  readonly isAlive?: (pid: number) => boolean
  readonly fetch?: typeof fetch
  readonly isKubectlPlugin?: boolean
  /** What is typed where a secret is asked for. */
  readonly secret?: string
  /** Ctrl-C. */
  readonly interrupted?: AbortSignal
}

const now = Date.parse('2026-11-20T14:17:22Z')

/** Runs the command line as a shell would. */
export async function plaintrail(args: readonly string[], surroundings: Surroundings = {}): Promise<Captured> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const sleepsMs: number[] = []
  const { isTty = false, columns = 100, rows = Infinity, server } = surroundings
  const capture = (chunks: Buffer[]): Output => ({
    isTty,
    columns,
    rows,
    write: async (chunk) => void chunks.push(Buffer.from(chunk)),
  })
  const io: CliIo = {
    env: {
      ...(server === undefined ? {} : { PLAINTRAIL_SERVER: server, PLAINTRAIL_TOKEN: 'ptr_test' }),
      ...surroundings.env,
    },
    folder: surroundings.folder ?? '/nonexistent',
    isKubectlPlugin: surroundings.isKubectlPlugin ?? false,
    userAgent: 'plaintrail/test',
    stdin: Object.assign(streamOf(surroundings.stdin ?? []), { isTTY: surroundings.secret !== undefined }),
    readSecret: async () => surroundings.secret ?? '',
    interruption: () => ({
      signal: surroundings.interrupted ?? new AbortController().signal,
      [Symbol.dispose]() {},
    }),
    stdout: capture(out),
    stderr: capture(err),
    openPager: (command) => openPager(command, surroundings.env ?? {}),
    runProgram: (program, words) => runProgram(program, words, (chunk) => void out.push(chunk)),
    fetch: surroundings.fetch ?? ((...request) => fetch(...request)),
    nowMs: () => now,
    sleepMs: async (ms) => void sleepsMs.push(ms),
    isAlive: surroundings.isAlive ?? (() => true),
    files: realFiles,
  }
  const code = await runCli(args, io)
  const outBytes = Buffer.concat(out)
  return { code, out: outBytes.toString(), outBytes, err: Buffer.concat(err).toString(), sleepsMs }
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}
