// findingId: which finding it is, for ever, as people and URLs have it.

import { hash } from 'node:crypto'
import { decodeBase32, encodeBase32 } from '@plaintrail/event/base32'

const prefix = 'fnd_'
const bytesInId = 16

/** Of a cluster (its uid), a rule by its name and a group: values of the rule's `groupBy` in their order. */
export function findingId(clusterUid: string, rule: string, group: readonly (string | null)[]): string {
  return formatFindingId(hash('sha256', JSON.stringify([clusterUid, rule, group]), 'buffer'))
}

/** `fnd_` and 26 characters of Crockford's base32 over 16 bytes. */
export function formatFindingId(bytes: Uint8Array): string {
  return prefix + encodeBase32(bytes.subarray(0, bytesInId))
}

/** The 16 bytes; null unless formatFindingId could have made the id: it has one spelling. */
export function parseFindingId(id: string): Buffer | null {
  return id.startsWith(prefix) ? decodeBase32(id.slice(prefix.length), bytesInId) : null
}
