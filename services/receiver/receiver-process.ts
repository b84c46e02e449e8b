// The receiver as a process of its own: its log is Kafka, with a spool on disk for when Kafka is not available.

import { hostname } from 'node:os'
import { join } from 'node:path'
import type { LogWriter } from '@plaintrail/event-log/event-log'
import { kafkaConnection, kafkaConnectionOf } from '@plaintrail/event-log/kafka-connection'
import { kafkaLogWriter } from '@plaintrail/event-log/kafka-writer'
import { openSpooledLog } from '@plaintrail/spool/spooled-log'
import { watchKafka } from '@plaintrail/event-log/watch-kafka'
import type { Config } from '@plaintrail/runtime/config'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Ground, Started } from '@plaintrail/runtime/run-process'
import { readSecrets } from '@plaintrail/runtime/secrets'
import { openStore, type Store } from '@plaintrail/store/open-store'
import { checkRedactionKey, RedactionKeyDiffers } from '@plaintrail/store/redaction-key'
import type { receiverProcessSettings } from './config.ts'
import { startReceiver } from './receiver.ts'

/** For tests: a part wrapped in another. */
export interface ReceiverOverrides {
  readonly wrapLog?: (log: LogWriter) => LogWriter
}

/** For credentials and gaps; events go to Kafka. */
const connectionsMax = 2
const statementMsMax = 15_000

export async function startReceiverProcess(
  config: Config<typeof receiverProcessSettings>,
  ground: Ground,
  overrides: ReceiverOverrides = {},
): Promise<Started> {
  const { logger, metrics, health } = ground
  await using stack = new AsyncDisposableStack()
  const secrets = await readSecrets(config.secretsFolder)
  const store = stack.use(
    openStore(config.databaseUrl, {
      connectionsMax,
      statementMs: statementMsMax,
      applicationName: 'plaintrail receiver',
      onIdleError: (error) => logger.warn({ error }, 'a connection to Postgres broke'),
    }),
  )
  await refuseOtherKey(store, secrets.redactionKey, logger)
  const kafka = kafkaConnection(kafkaConnectionOf(config, `plaintrail-receiver-${hostname()}`), logger)
  const { kafkaTopic: topic, kafkaMessageBytesMax: messageBytesMax } = config
  const writer = stack.use(kafkaLogWriter({ kafka, topic, messageBytesMax, logger }))
  const { spoolFolder: folder, spoolBytesMax: bytesMax, spoolAgeMsMax: ageMsMax } = config
  stack.use(watchKafka({ kafka, topic, hasSpool: folder !== null, health, logger }))
  const log =
    folder === null
      ? writer
      : stack.use(await openSpooledLog({ log: writer, folder, bytesMax, ageMsMax, logger, metrics, health }))
  const wrapLog = overrides.wrapLog ?? ((wrapped: LogWriter) => wrapped)
  const remembered = folder === null ? {} : { credentialsFile: join(folder, 'credentials.json') }
  const receiver = stack.use(
    await startReceiver(config, { ...ground, ...secrets, ...remembered, store, log: wrapLog(log) }),
  )
  const kept = stack.move()
  return { ready: `ingest by TLS on port ${receiver.port}`, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** With another key the same event would get another identity. While Postgres is away nobody can tell, and posts come first. */
async function refuseOtherKey(store: Store, key: Uint8Array, logger: Logger): Promise<void> {
  try {
    await checkRedactionKey(store, key)
  } catch (error) {
    if (error instanceof RedactionKeyDiffers) throw error
    logger.warn({ error }, 'could not compare the redaction key with that of the database; going on with it')
  }
}
