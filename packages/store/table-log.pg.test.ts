// The table log keeps the contract of a log.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { eventLogContract } from '@plaintrail/event-log/event-log-contract'
import { migrate } from './migrate.ts'
import { openStore } from './open-store.ts'
import { makePartitionsAhead } from './partitions.ts'
import { tableLogReader, tableLogWriter } from './table-log.ts'

eventLogContract(async () => {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  await migrate(database.connection)
  const store = stack.use(
    openStore(database.connection, { connectionsMax: 8, statementMs: 0, applicationName: 'test' }),
  )
  await makePartitionsAhead(store, Date.now() * 1_000)
  const kept = stack.move()
  return {
    writer: tableLogWriter(store),
    reader: tableLogReader(store),
    async commit(entries) {
      const ids = entries.map(({ position }) => position.offset)
      await store.pool.query('delete from segment_queue where segment_id = any($1::int8[])', [ids])
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
})
