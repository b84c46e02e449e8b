// Signing keys: 32 random bytes for each purpose, made once and shared by every process of an installation.

import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { signingKey as table } from './schema.ts'

export const signingKeyBytes = 32

/** Two processes that ask at the same moment get the same key. */
export async function signingKey(
  store: Store,
  name: string,
  random: (bytes: number) => Buffer = randomBytes,
): Promise<Buffer> {
  await store.db
    .insert(table)
    .values({ name, bytes: random(signingKeyBytes) })
    .onConflictDoNothing()
  const [found] = await store.db.select({ bytes: table.bytes }).from(table).where(eq(table.name, name))
  if (!found) throw new Error(`could not make the signing key ${name}: its row vanished`)
  return found.bytes
}
