import { randomBytes } from 'node:crypto'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { openStore } from './open-store.ts'
import { checkRedactionKey, RedactionKeyDiffers } from './redaction-key.ts'

test('a database knows its redaction key again and refuses another', async () => {
  await using database = await createTestDatabase()
  await migrate(database.connection)
  await using store = openStore(database.connection, { connectionsMax: 2, statementMs: 0, applicationName: 'test' })
  const key = randomBytes(32)
  await checkRedactionKey(store, key)
  await checkRedactionKey(store, key)
  await expect(checkRedactionKey(store, randomBytes(32))).rejects.toBeInstanceOf(RedactionKeyDiffers)
  const { rows } = await store.pool.query<{ bytes: Buffer }>('select bytes from signing_key')
  expect(rows.some(({ bytes }) => bytes.equals(key))).toBe(false)
})
