// SpoolWriter: appends to the spool's own folder, many at a time with one fsync.

import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { SpoolFile, type WaitingRecord } from './spool-file.ts'
import type { SpoolFolder } from './spool-folder.ts'
import { encodeRecordHeader, fileHeadBytes, frameHeadBytes } from './spool-record.ts'

/** Written with one fsync; one record alone may be larger. */
const groupBytesMax = 8 * 1024 * 1024
const groupRecordsMax = 256
/** What is tried on a disk that refused, to see whether it takes writes again. */
const probeBytesMax = 1024 * 1024

export interface SpoolWriterOptions {
  readonly folder: SpoolFolder
  readonly fileBytesMax: number
  /** A new file, before its first record is in it. */
  readonly onFile: (file: SpoolFile) => void
  /** After each group, whether it is on disk or was refused. */
  readonly onSettled: () => void
  /** What could not be tidied up; nothing acknowledged depends on it. */
  readonly onTrouble: (error: unknown, what: string) => void
}

export class SpoolWriter {
  /** Taken in and not on disk yet. */
  readonly waiting = { records: 0, bytes: 0 }
  /** What the disk said last, when it refused. */
  refusal: Error | null = null
  /** Groups written so far, each with one fsync. */
  groups = 0
  readonly #options: SpoolWriterOptions
  readonly #queue: Waiting[] = []
  #refusedBytes = 0
  #current: SpoolFile | null = null
  #running: Promise<void> | null = null
  #isWriting = false
  #shouldLeave = false

  constructor(options: SpoolWriterOptions) {
    this.#options = options
  }

  /** Returns when the record is on disk; rejects with what the disk said, and then it is not in the spool. */
  append(record: WaitingRecord): Promise<void> {
    const done = Promise.withResolvers<void>()
    const bytes = recordBytes(record)
    this.#queue.push({ ...record, bytes, done })
    this.waiting.records++
    this.waiting.bytes += bytes
    this.#running ??= this.#run()
    return done.promise
  }

  /** Nothing is written to the file any more: the next record begins another. */
  leaveFile(): void {
    this.#shouldLeave = this.#isWriting
    if (this.#isWriting || this.#current === null) return
    this.#current.isSealed = true
    this.#current = null
  }

  /** Where the disk refused: writes and deletes a file, and forgets the refusal when that works. */
  async probe(): Promise<void> {
    if (this.refusal === null || this.#running !== null) return
    const before = this.refusal
    const after = await tryToWrite(this.#options.folder.path, Math.min(this.#refusedBytes, probeBytesMax))
    if (this.refusal === before) this.refusal = after
  }

  /** Waits for what was taken in. */
  async close(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // Appends that come in the same turn share the first group, too.
    await Promise.resolve()
    for (let isLast = false; !isLast;) {
      const group = takeGroup(this.#queue)
      const bytes = group.reduce((sum, record) => sum + record.bytes, 0)
      this.#isWriting = true
      this.refusal = await this.#write(group, bytes)
      this.#isWriting = false
      this.#refusedBytes = bytes
      this.waiting.records -= group.length
      this.waiting.bytes -= bytes
      for (const { done } of group) {
        if (this.refusal === null) done.resolve()
        else done.reject(this.refusal)
      }
      isLast = this.#queue.length === 0
      // What onSettled appends has a run of its own.
      if (isLast) this.#running = null
      if (this.#shouldLeave) this.leaveFile()
      this.#options.onSettled()
    }
  }

  async #write(group: readonly Waiting[], bytes: number): Promise<Error | null> {
    try {
      const file = await this.#fileFor(bytes)
      await file.append(group)
      this.groups++
      return null
    } catch (error) {
      await this.#abandonFile()
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  async #fileFor(bytes: number): Promise<SpoolFile> {
    const { folder, fileBytesMax, onFile } = this.#options
    if (this.#current !== null && this.#current.end > fileHeadBytes && this.#current.end + bytes > fileBytesMax) {
      this.#current.isSealed = true
      this.#current = null
    }
    if (this.#current === null) {
      this.#current = await SpoolFile.create(folder, folder.nextFilePath())
      onFile(this.#current)
    }
    return this.#current
  }

  /** After a failed fsync the system may call pages clean that never reached the disk: the file is not written again. */
  async #abandonFile(): Promise<void> {
    const file = this.#current
    this.#current = null
    try {
      await file?.seal()
    } catch (error) {
      const what = 'could not cut a refused record off a spool file: the next opening judges it'
      this.#options.onTrouble(error, what)
    }
  }
}

interface Waiting extends WaitingRecord {
  readonly bytes: number
  readonly done: PromiseWithResolvers<void>
}

/** What a record takes on disk. */
export function recordBytes({ header, envelope }: WaitingRecord): number {
  return frameHeadBytes + encodeRecordHeader(header).length + envelope.length
}

function takeGroup(queue: Waiting[]): readonly Waiting[] {
  let bytes = 0
  let count = 0
  for (const record of queue) {
    bytes += record.bytes
    if (count > 0 && (bytes > groupBytesMax || count >= groupRecordsMax)) break
    count++
  }
  return queue.splice(0, count)
}

/** What the disk says; null when it takes the bytes. */
async function tryToWrite(folder: string, bytes: number): Promise<Error | null> {
  const path = join(folder, 'probe')
  try {
    const handle = await open(path, 'w', 0o600)
    try {
      await handle.writeFile(Buffer.alloc(bytes, 1))
      await handle.datasync()
    } finally {
      await handle.close()
      await unlink(path)
    }
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
