// The redaction key is tied to the database: with another key the same event would get another identity, and digests of
// the same secret would differ. Postgres keeps a fingerprint from which the key cannot be found.

import { createHmac } from 'node:crypto'
import type { Store } from './open-store.ts'
import { signingKey } from './signing-keys.ts'

export class RedactionKeyDiffers extends Error {
  override name = 'RedactionKeyDiffers'
  readonly code = 'redaction_key_differs'
}

/** The first key that is given is the one. Throws RedactionKeyDiffers for another. */
export async function checkRedactionKey(store: Store, key: Uint8Array): Promise<void> {
  const fingerprint = createHmac('sha256', key).update('plaintrail redaction key').digest()
  const kept = await signingKey(store, 'redaction-key-fingerprint', () => fingerprint)
  if (kept.equals(fingerprint)) return
  throw new RedactionKeyDiffers(
    'could not use the redaction key: this database has events that were redacted with another; bring back the file ' +
      'redaction-key that belongs to it, from the data folder or a backup',
  )
}
