// Where a running system's embedded Postgres listens, for tests that look into the tables themselves.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from '@plaintrail/store/open-store'
import type { System } from './system.ts'

/** Line 5 of postmaster.pid is the socket folder (src/include/utils/pidfile.h). */
export async function connectionOf(system: System): Promise<Exclude<Connection, string>> {
  const lines = (await readFile(join(system.dataFolder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')
  return { host: lines[4] ?? '', user: 'plaintrail', database: 'plaintrail' }
}
