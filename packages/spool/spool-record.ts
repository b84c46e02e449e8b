// The bytes of a spool file: its head, and the frame around each record.
//
//   file   "PTSPOOL1" ‖ salt (8) ‖ crc32 of both ‖ 0 (4) ‖ drained up to (u64) ‖ crc32 of salt and that ‖ 0 (4) ‖ frames
//   frame  salt (8) ‖ u32 length of header ‖ u32 length of envelope ‖ crc32 of both ‖ crc32 of the frame so far
//          ‖ header (JSON) ‖ envelope
//
// The salt is random for each file, so what a sender puts into a body can never pass for a frame of the file it is in.

import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { AppendHeader } from '@plaintrail/event-log/event-log'

const magic = Buffer.from('PTSPOOL1')
export const fileHeadBytes = 40
export const frameHeadBytes = 24
export const saltBytes = 8
/** A cluster's UUID, a lane's name and two numbers: nothing that we write comes near it. */
export const recordHeaderBytesMax = 4_000
/** Where the file's head says how far it is drained. */
export const progressOffset = 24

export interface FileHead {
  readonly salt: Buffer
  /** What stands before it is in the log. Where nothing valid is said: the first frame. */
  readonly drainedTo: number
}

export interface FrameHead {
  readonly headerBytes: number
  readonly envelopeBytes: number
  readonly checksum: number
}

export function newSalt(): Buffer {
  return randomBytes(saltBytes)
}

export function encodeFileHead(salt: Buffer): Buffer {
  const head = Buffer.alloc(fileHeadBytes)
  magic.copy(head)
  salt.copy(head, 8)
  head.writeUInt32LE(crc32(head.subarray(0, 16)), 16)
  encodeProgress(salt, fileHeadBytes).copy(head, progressOffset)
  return head
}

/** Null when the bytes are no head of ours. */
export function decodeFileHead(head: Buffer): FileHead | null {
  if (head.length < fileHeadBytes || !head.subarray(0, 8).equals(magic)) return null
  if (crc32(head.subarray(0, 16)) !== head.readUInt32LE(16)) return null
  const salt = Buffer.from(head.subarray(8, 16))
  const drainedTo = Number(head.readBigUInt64LE(progressOffset))
  const isWhole = encodeProgress(salt, drainedTo).equals(head.subarray(progressOffset, progressOffset + 12))
  return { salt, drainedTo: isWhole && drainedTo >= fileHeadBytes ? drainedTo : fileHeadBytes }
}

/** Written in place over the old one: a torn one fails its checksum, and the file is drained from its first frame. */
export function encodeProgress(salt: Buffer, drainedTo: number): Buffer {
  const progress = Buffer.alloc(12)
  progress.writeBigUInt64LE(BigInt(drainedTo))
  progress.writeUInt32LE(crc32(progress.subarray(0, 8), crc32(salt)), 8)
  return progress
}

export function encodeRecordHeader({ cluster, lane, receivedAtUs, bodyBytes }: AppendHeader): Buffer {
  return Buffer.from(JSON.stringify({ cluster, lane, receivedAtUs, bodyBytes }))
}

/** The frame's head; header and envelope follow it. */
export function encodeFrameHead(salt: Buffer, header: Uint8Array, envelope: Uint8Array): Buffer {
  const head = Buffer.alloc(frameHeadBytes)
  salt.copy(head)
  head.writeUInt32LE(header.length, 8)
  head.writeUInt32LE(envelope.length, 12)
  head.writeUInt32LE(crc32(envelope, crc32(header)), 16)
  head.writeUInt32LE(crc32(head.subarray(0, 20)), 20)
  return head
}

/** Null when no frame of this file begins here. */
export function decodeFrameHead(salt: Buffer, bytes: Buffer): FrameHead | null {
  if (bytes.length < frameHeadBytes || !bytes.subarray(0, saltBytes).equals(salt)) return null
  if (crc32(bytes.subarray(0, 20)) !== bytes.readUInt32LE(20)) return null
  const headerBytes = bytes.readUInt32LE(8)
  if (headerBytes > recordHeaderBytesMax) return null
  return { headerBytes, envelopeBytes: bytes.readUInt32LE(12), checksum: bytes.readUInt32LE(16) }
}

/** Null when the bytes are not those that were framed. */
export function decodeRecord(frame: FrameHead, header: Buffer, envelope: Buffer): AppendHeader | null {
  return crc32(envelope, crc32(header)) === frame.checksum ? decodeRecordHeader(header) : null
}

/** Null when it is no header: where the envelope is not read, nothing else has vouched for its bytes. */
export function decodeRecordHeader(header: Buffer): AppendHeader | null {
  try {
    const { cluster, lane, receivedAtUs, bodyBytes }: Record<string, unknown> = Object(
      JSON.parse(header.toString('utf8')),
    )
    if (typeof cluster !== 'string' || typeof lane !== 'string') return null
    if (typeof receivedAtUs !== 'number' || typeof bodyBytes !== 'number') return null
    return { cluster, lane, receivedAtUs, bodyBytes }
  } catch {
    return null
  }
}
