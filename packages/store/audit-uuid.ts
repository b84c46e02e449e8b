// auditUuid: the 16 bytes under which an auditID stands in the event table.

import { hash } from 'node:crypto'

/** The auditID itself, or half of its SHA-256: a client may send any text as Audit-ID. */
export function auditUuid(auditID: string): Buffer {
  return uuidBytes(auditID) ?? Buffer.from(hash('sha256', auditID).slice(0, 32), 'hex')
}

/** Null for anything but a lower-case UUID: another spelling must come back as it was sent. */
export function uuidBytes(text: string): Buffer | null {
  if (text.length !== 36) return null
  const bytes = Buffer.allocUnsafe(16)
  let at = 0
  for (let index = 0; index < 36; index += 2) {
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (text.charCodeAt(index) !== hyphen) return null
      index += 1
    }
    const high = hexValue(text.charCodeAt(index))
    const low = hexValue(text.charCodeAt(index + 1))
    if (high < 0 || low < 0) return null
    bytes[at++] = high * 16 + low
  }
  return bytes
}

const hyphen = 0x2d

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
}
