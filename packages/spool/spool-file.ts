// SpoolFile: one append-only file of the spool, which knows how far it is on disk and how far it is drained.

import { open, rename, unlink, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { AppendHeader } from '@plaintrail/event-log/event-log'
import type { SpoolFolder } from './spool-folder.ts'
import {
  decodeFileHead,
  decodeFrameHead,
  decodeRecord,
  decodeRecordHeader,
  encodeFileHead,
  encodeFrameHead,
  encodeProgress,
  encodeRecordHeader,
  fileHeadBytes,
  frameHeadBytes,
  newSalt,
  progressOffset,
  recordHeaderBytesMax,
  saltBytes,
  type FrameHead,
} from './spool-record.ts'
import { syncFolder } from '@plaintrail/runtime/sync-folder'

/** Read at once when the next frame is searched behind damaged bytes. */
const searchBytes = 1024 * 1024

export interface SpoolRecord {
  readonly kind: 'record'
  readonly header: AppendHeader
  /** Empty where the content was not asked for. */
  readonly envelope: Buffer
  /** Where it begins, and where the next one does. */
  readonly offset: number
  readonly next: number
}

/** Bytes that are no record, up to the next readable record or the file's end. */
export interface SpoolDamage {
  readonly kind: 'damage'
  readonly offset: number
  readonly next: number
}

export interface WaitingRecord {
  readonly header: AppendHeader
  readonly envelope: Uint8Array
}

/** Written by the group commit alone, read and drained by the drain alone. */
export class SpoolFile {
  readonly folder: SpoolFolder
  /** What is on disk for certain, in bytes from the file's beginning. Nothing behind it is read. */
  end = fileHeadBytes
  /** On disk and not drained. */
  records = 0
  /** Receive time of the oldest of them; of the last one drained where the next is not read yet. */
  oldestUs: number | null = null
  /** Nothing is written to it any more. */
  isSealed = false
  isDamaged = false
  drainedTo: number
  /** Damaged bytes that the drain has met: where each stretch begins and ends. */
  readonly damage = new Map<number, number>()
  #path: string
  #savedTo: number
  readonly #handle: FileHandle
  readonly #salt: Buffer

  private constructor(folder: SpoolFolder, path: string, handle: FileHandle, salt: Buffer, drainedTo: number) {
    this.folder = folder
    this.#path = path
    this.#handle = handle
    this.#salt = salt
    this.drainedTo = drainedTo
    this.#savedTo = drainedTo
  }

  get path(): string {
    return this.#path
  }

  /** Its head and its name are on disk when it returns, before any record is in it. */
  static async create(folder: SpoolFolder, path: string): Promise<SpoolFile> {
    const salt = newSalt()
    const handle = await open(path, 'wx+', 0o600)
    try {
      await writeAll(handle, [encodeFileHead(salt)], 0)
      await handle.datasync()
      await syncFolder(dirname(path))
    } catch (error) {
      await handle.close()
      await unlink(path)
      throw error
    }
    return new SpoolFile(folder, path, handle, salt, fileHeadBytes)
  }

  /**
   * Opens a file that an earlier process wrote, and counts what is in it. In the newest file of a folder, which a crash
   * can have torn, every checksum is read and the torn tail is cut. Null when its head says that it is no file of ours.
   */
  static async open(folder: SpoolFolder, path: string, isNewest: boolean): Promise<SpoolFile | null> {
    const handle = await open(path, 'r+')
    try {
      const { size } = await handle.stat()
      const head = decodeFileHead(await readUpTo(handle, 0, fileHeadBytes))
      if (head === null) {
        await handle.close()
        return null
      }
      const drainedTo = head.drainedTo <= size ? head.drainedTo : fileHeadBytes
      const file = new SpoolFile(folder, path, handle, head.salt, drainedTo)
      file.isSealed = true
      file.end = size
      await file.#count(isNewest)
      return file
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async #count(isNewest: boolean): Promise<void> {
    for (let offset = this.drainedTo; offset < this.end;) {
      const found = await this.read(offset, isNewest)
      if (found === null) break
      offset = found.next
      if (found.kind === 'record') {
        this.oldestUs ??= found.header.receivedAtUs
        this.records++
      } else if (found.next < this.end || !isNewest) {
        this.isDamaged = true
      } else {
        await this.#handle.truncate(found.offset)
        await this.#handle.datasync()
        this.end = found.offset
      }
    }
  }

  /** Returns when the records are on disk. After a rejection only `seal` may follow: what was written is not known. */
  async append(group: readonly WaitingRecord[]): Promise<void> {
    const parts = group.flatMap(({ header, envelope }) => {
      const headerBytes = encodeRecordHeader(header)
      return [encodeFrameHead(this.#salt, headerBytes, envelope), headerBytes, envelope]
    })
    const length = await writeAll(this.#handle, parts, this.end)
    // fdatasync(2) writes the file's new size too, since the data could not be read without it.
    await this.#handle.datasync()
    this.end += length
    this.records += group.length
    this.oldestUs ??= group[0]?.header.receivedAtUs ?? null
  }

  /** Cuts away what a failed append may have left. A crash before that leaves a tail that the next opening judges. */
  async seal(): Promise<void> {
    this.isSealed = true
    await this.#handle.truncate(this.end)
  }

  /** What stands at the offset; null at the end. Only with `withContent` is the envelope read and its checksum known. */
  async read(offset: number, withContent: boolean): Promise<SpoolRecord | SpoolDamage | null> {
    if (offset >= this.end) return null
    const start = await this.#readWithin(offset, frameHeadBytes + recordHeaderBytesMax)
    const frame = decodeFrameHead(this.#salt, start)
    const next = frame === null ? Infinity : offset + frameHeadBytes + frame.headerBytes + frame.envelopeBytes
    if (frame === null || next > this.end) {
      return { kind: 'damage', offset, next: await this.#search(offset + 1) }
    }
    const headerEnd = frameHeadBytes + frame.headerBytes
    const envelope = withContent ? await this.#readRest(offset, start, headerEnd, frame) : Buffer.alloc(0)
    const headerBytes = start.subarray(frameHeadBytes, headerEnd)
    const header = withContent ? decodeRecord(frame, headerBytes, envelope) : decodeRecordHeader(headerBytes)
    if (header === null) return { kind: 'damage', offset, next }
    return { kind: 'record', header, envelope, offset, next }
  }

  async #readRest(offset: number, start: Buffer, headerEnd: number, frame: FrameHead): Promise<Buffer> {
    const envelope = Buffer.allocUnsafe(frame.envelopeBytes)
    const known = start.copy(envelope, 0, headerEnd)
    if (known === envelope.length) return envelope
    const length = await readInto(this.#handle, envelope.subarray(known), offset + headerEnd + known)
    return envelope.subarray(0, known + length)
  }

  /** The next offset with a frame's head that can be read, or the end. */
  async #search(from: number): Promise<number> {
    for (let offset = from; offset < this.end; offset += searchBytes) {
      const bytes = await this.#readWithin(offset, searchBytes + saltBytes - 1)
      for (let at = bytes.indexOf(this.#salt); at !== -1; at = bytes.indexOf(this.#salt, at + 1)) {
        const frame = decodeFrameHead(this.#salt, await this.#readWithin(offset + at, frameHeadBytes))
        if (frame === null) continue
        if (offset + at + frameHeadBytes + frame.headerBytes + frame.envelopeBytes <= this.end) return offset + at
      }
    }
    return this.end
  }

  #readWithin(offset: number, length: number): Promise<Buffer> {
    return readUpTo(this.#handle, offset, Math.min(length, this.end - offset))
  }

  /** The offset itself, or the end of the damage that was found there. */
  behindDamage(offset: number): number {
    let at = offset
    for (let next = this.damage.get(at); next !== undefined; next = this.damage.get(at)) at = next
    return at
  }

  /**
   * Remembers how far it is drained, in its head. Not synced: a killed process loses none of it, and a power cut makes
   * no more than this file be drained again, which the worker drops.
   */
  async saveProgress(): Promise<void> {
    if (this.#savedTo === this.drainedTo) return
    const drainedTo = this.drainedTo
    await writeAll(this.#handle, [encodeProgress(this.#salt, drainedTo)], progressOffset)
    this.#savedTo = drainedTo
  }

  /** Bytes drained since they were last remembered. */
  get unsavedBytes(): number {
    return this.drainedTo - this.#savedTo
  }

  /** Its name says it from now on, so that no later opening deletes it for being drained. */
  async markDamaged(): Promise<void> {
    this.isDamaged = true
    const path = this.#path.replace(/\.spool$/, '.damaged')
    if (path === this.#path) return
    await rename(this.#path, path)
    this.#path = path
    await syncFolder(dirname(path))
  }

  /** Deletes it, or puts it aside when some of it could not be read. A crash before that drains it once more. */
  async remove(damagedFolder: string): Promise<void> {
    await this.close()
    if (this.isDamaged) {
      await rename(this.#path, join(damagedFolder, `${this.folder.name}-${basename(this.#path)}`))
      await syncFolder(damagedFolder)
    } else {
      await unlink(this.#path)
    }
    await syncFolder(dirname(this.#path))
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

/** Returns the number of bytes, all of which are written. */
async function writeAll(handle: FileHandle, parts: readonly Uint8Array[], position: number): Promise<number> {
  let waiting = parts.filter((part) => part.length > 0)
  let at = position
  while (waiting.length > 0) {
    const { bytesWritten } = await handle.writev(waiting, at)
    at += bytesWritten
    waiting = after(waiting, bytesWritten)
  }
  return at - position
}

function after(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  let left = written
  return parts.flatMap((part) => {
    const taken = Math.min(left, part.length)
    left -= taken
    return taken === part.length ? [] : [part.subarray(taken)]
  })
}

async function readUpTo(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length))
  return bytes.subarray(0, await readInto(handle, bytes, position))
}

async function readInto(handle: FileHandle, bytes: Buffer, position: number): Promise<number> {
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, position + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return length
}
