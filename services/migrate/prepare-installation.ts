// Prepare an installation: what the processes of the distributed profile find when they start. Safe to run again at any time,
// while they work.

import { mkdir } from 'node:fs/promises'
import { kafkaConnection, kafkaConnectionOf } from '@plaintrail/event-log/kafka-connection'
import { ensureTopic } from '@plaintrail/event-log/kafka-topics'
import { migrateJobs } from '@plaintrail/jobs/postgres-jobs'
import { lockFolder } from '@plaintrail/runtime/folder-lock'
import { createLogger } from '@plaintrail/runtime/logger'
import { openAdminToken, openSecrets } from '@plaintrail/runtime/secrets'
import { adminTokens } from '@plaintrail/store/api-tokens'
import { migrate } from '@plaintrail/store/migrate'
import { openStore } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { checkRedactionKey } from '@plaintrail/store/redaction-key'
import type { MigrateConfig } from './config.ts'

/** `say` is told of each step. */
export async function prepareInstallation(config: MigrateConfig, say: (line: string) => void): Promise<void> {
  const logger = createLogger('plaintrail migrate', { level: config.logLevel, destination: process.stderr })
  await using stack = new AsyncDisposableStack()
  await mkdir(config.secretsFolder, { recursive: true, mode: 0o700 })
  stack.use(await lockFolder(config.secretsFolder))

  await migrate(config.databaseUrl, { onApplied: (name) => say(`schema: ${name}`) })
  await migrateJobs(config.databaseUrl)
  const options = { connectionsMax: 2, statementMs: 0, applicationName: 'plaintrail migrate' }
  const store = stack.use(openStore(config.databaseUrl, options))
  await makePartitionsAhead(store, Date.now() * 1_000)
  say('schema: ready')

  const secrets = await openSecrets(config.secretsFolder)
  await checkRedactionKey(store, secrets.redactionKey)
  await openAdminToken(config.secretsFolder, adminTokens(store))
  say(`secrets: ready in ${config.secretsFolder}`)

  const kafka = kafkaConnection(kafkaConnectionOf(config, 'plaintrail-migrate'), logger)
  const { partitions } = await ensureTopic(
    kafka,
    {
      topic: config.kafkaTopic,
      partitions: config.kafkaPartitions,
      replication: config.kafkaReplication,
      retentionMs: config.kafkaRetentionMs,
      messageBytesMax: config.kafkaMessageBytesMax,
    },
    logger,
  )
  say(`topic: ${config.kafkaTopic} has ${partitions} partitions`)
}
