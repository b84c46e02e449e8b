// From a posted body to the bytes that go into the log: items found, secrets replaced, compressed once.

import { createHmac } from 'node:crypto'
import { redactEventList, type RedactionPath } from '@plaintrail/event/redact'
import { scanEventList } from '@plaintrail/event/scan'
import type { IngestCredential } from './credentials.ts'
import { encodeParts, type EncodedPart } from './split-long.ts'

export interface TakenIn {
  /** One, or several in order where the list is very long or large. */
  readonly envelopes: readonly EncodedPart[]
  readonly items: number
  readonly problems: readonly string[]
  readonly redacted: number
}

export interface TakeInOptions {
  /** 32 bytes, never rotated: each cluster's key is derived from it. */
  readonly redactionKey: Uint8Array
  readonly redactionPaths: readonly RedactionPath[]
  /** What the log takes at once. */
  readonly envelopeBytesMax: number
}

export type TakeIn = (body: Uint8Array, credential: IngestCredential, receivedAtUs: number) => Promise<TakenIn>

export function createTakeIn(options: TakeInOptions): TakeIn {
  const keys = new Map<string, Uint8Array>()
  const keyOf = (clusterUid: string): Uint8Array => {
    const known = keys.get(clusterUid)
    if (known) return known
    const key = createHmac('sha256', options.redactionKey).update(`cluster ${clusterUid}`).digest()
    keys.set(clusterUid, key)
    return key
  }
  return async (body, credential, receivedAtUs) => {
    const scan = scanEventList(body)
    const redacted = redactEventList(body, scan, { key: keyOf(credential.clusterUid), paths: options.redactionPaths })
    const header = {
      cluster: credential.clusterUid,
      lane: credential.laneName,
      receivedAtUs,
      credential: credential.id,
      problems: scan.problems,
      redactions: redacted.redactions,
      duplicateKeys: scan.duplicateKeys,
    }
    const whole = { header, bounds: redacted.bounds, body: redacted.body }
    return {
      envelopes: await encodeParts(whole, options.envelopeBytesMax),
      items: redacted.bounds.length / 2,
      problems: scan.problems.map((problem) => problem.reason),
      redacted: redacted.redactions.length,
    }
  }
}
