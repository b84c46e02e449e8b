// Ids of exports: `exp_` and a UUID of version 7 (RFC 9562 section 5.7) in hex, so that they sort by time.

import { randomBytes } from 'node:crypto'

const prefix = 'exp_'

export function newUuid7(nowMs: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x70
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  return uuidOf(bytes.toString('hex'))
}

export function formatExportId(uuid: string): string {
  return prefix + uuid.replaceAll('-', '')
}

/** Null for what formatExportId did not make. */
export function parseExportId(id: string): string | null {
  const [, hex] = /^exp_([\da-f]{32})$/.exec(id) ?? []
  return hex === undefined ? null : uuidOf(hex)
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
