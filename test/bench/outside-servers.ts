// The servers of the distributed profile on this machine: Kafka, Redis, and a Postgres with the embedded one's settings.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@plaintrail/embedded-postgres/embedded-postgres'
import type { Outside } from '../distributed-system.ts'
import { startKafkaBroker, type KafkaBroker } from '../kafka-broker.ts'
import { startRedis } from '../redis-for-tests.ts'
import { temporaryFolder } from '../system.ts'

export interface OutsideServers extends AsyncDisposable {
  readonly outside: Outside
  readonly kafka: KafkaBroker
  readonly postmasterPid: number
  /** Of the messages in the topic's log: what Kafka keeps beside them has a fixed size. */
  kafkaBytes(): number
}

const topic = 'bench.1'

/** Rejects where one of them cannot be had. */
export async function startOutsideServers(): Promise<OutsideServers> {
  await using stack = new AsyncDisposableStack()
  const folder = async (): Promise<string> => {
    const made = await temporaryFolder()
    stack.defer(() => rm(made, { recursive: true, force: true }))
    return made
  }
  const [kafkaFolder, postgresFolder] = [await folder(), await folder()]
  const kafka = stack.use(await startKafkaBroker({ folder: kafkaFolder }))
  const redis = stack.use(await startRedis())
  const postgres = stack.use(await startEmbeddedPostgres({ dataFolder: postgresFolder }))
  const { host, user, database } = postgres.connection
  const pidFile = readFileSync(join(postgresFolder, 'postgres/data/postmaster.pid'), 'utf8')
  const kept = stack.move()
  return {
    outside: {
      databaseUrl: `postgresql://${user}@${encodeURIComponent(host)}/${database}`,
      brokers: kafka.brokers,
      redisUrl: redis.url,
      topic,
    },
    kafka,
    postmasterPid: Number(pidFile.split('\n')[0]),
    kafkaBytes: () => logBytes(join(kafkaFolder, 'data')),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function logBytes(folder: string): number {
  const logs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.startsWith(`${topic}-`) && path.endsWith('.log'),
  )
  return logs.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0)
}
