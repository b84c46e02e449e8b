// For tests: a token by any name, also one that nobody could add.

import { randomUUID } from 'node:crypto'
import type { Store } from './open-store.ts'
import { apiToken } from './schema.ts'

/** Makes sure that the token with this digest lets in. */
export async function ensureApiToken(
  store: Store,
  token: { readonly name: string; readonly digest: Buffer },
): Promise<void> {
  await store.db
    .insert(apiToken)
    .values({ id: randomUUID(), ...token })
    .onConflictDoNothing({ target: apiToken.digest })
}
