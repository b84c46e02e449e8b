// openLogBytes: the bytes of a log file or of stdin, unpacked where they are gzip.
import { resolve } from 'node:path'
import { Readable, pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'

export interface LogBytes {
  readonly label: string
  /** As the file is on disk; null where it is not known. */
  readonly sizeBytes: number | null
  /** Of the file on disk, so that it can be compared with its size. */
  readonly readBytes: () => number
  /** Throws CliError when the file cannot be read to its end. */
  readonly chunks: AsyncIterable<Uint8Array>
}

const gzipMagic = [0x1f, 0x8b] as const

/** `-` is stdin. Whether it is gzip is told by its first bytes and not by its name. Throws CliError. */
export async function openLogBytes(name: string, io: CliIo): Promise<LogBytes> {
  const file = name === '-' ? { sizeBytes: null, chunks: io.stdin } : await openFile(name, io)
  let readBytes = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of file.chunks) {
      readBytes += chunk.length
      yield chunk
    }
  }
  return {
    label: name === '-' ? 'stdin' : name,
    sizeBytes: file.sizeBytes,
    readBytes: () => readBytes,
    chunks: explained(unpacked(counted()), name),
  }
}

async function openFile(name: string, io: CliIo): ReturnType<CliIo['files']['open']> {
  try {
    return await io.files.open(resolve(io.folder, name))
  } catch (error) {
    throw unreadable(name, error)
  }
}

async function* unpacked(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Uint8Array = new Uint8Array()
  while (first.length < gzipMagic.length) {
    const next = await chunks.next()
    if (next.done === true) break
    first = Buffer.concat([first, next.value])
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield first
    yield* chunks
  }
  if (!gzipMagic.every((byte, index) => first[index] === byte)) yield* whole()
  // The iterator below throws whatever goes wrong; pipeline only has to pass it on.
  else yield* pipeline(Readable.from(whole()), createGunzip(), () => {})
}

async function* explained(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    throw unreadable(name, error)
  }
}

function unreadable(name: string, error: unknown): CliError {
  const why = error instanceof Error ? error.message : String(error)
  return new CliError('usage', `could not read ${name}: ${why}`, { cause: error })
}
