// The two profiles, for tests that must pass on both: describe.each(await profiles())('$name', …).

import { createTestDatabase, type TestDatabase } from './postgres-for-tests.ts'
import { startDistributedSystem, type Outside } from './distributed-system.ts'
import { testKafka } from './kafka-for-tests.ts'
import { testRedis } from './redis-for-tests.ts'
import { startSystem, type System, type SystemOptions } from './system.ts'

export interface Profile {
  readonly name: 'embedded' | 'distributed'
  startSystem(options?: SystemOptions): Promise<System>
}

/** The distributed one is left out, and said to be, where Kafka or Redis cannot be had. */
export async function profiles(): Promise<readonly Profile[]> {
  const embedded: Profile = { name: 'embedded', startSystem }
  const [kafka, redis] = await Promise.all([testKafka(), testRedis()])
  if (kafka === null || redis === null) return [embedded]
  /** By data folder, so that a system can be stopped and started again on what it left. */
  const outsides = new Map<
    string,
    { readonly outside: Outside; readonly prefix: string; readonly database: TestDatabase }
  >()
  let started = 0
  return [
    embedded,
    {
      name: 'distributed',
      async startSystem(options = {}) {
        const before = options.dataFolder === undefined ? undefined : outsides.get(options.dataFolder)
        const database = before?.database ?? (await createTestDatabase())
        const outside = before?.outside ?? {
          databaseUrl: database.connection,
          brokers: kafka.brokers,
          redisUrl: redis.url,
          topic: kafka.topic(),
        }
        const prefix = before?.prefix ?? `${redis.prefix}-${(started += 1)}`
        const system = await startDistributedSystem({
          ...options,
          outside,
          env: { PLAINTRAIL_REDIS_PREFIX: prefix, ...options.env },
        })
        outsides.set(system.dataFolder, { outside, prefix, database })
        return system
      },
    },
  ]
}
