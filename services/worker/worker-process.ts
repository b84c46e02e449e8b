// The worker as a process of its own: its log is Kafka, and how far it came in it is in Postgres.

import { hostname } from 'node:os'
import type { LogReader } from '@plaintrail/event-log/event-log'
import { kafkaConnection, kafkaConnectionOf } from '@plaintrail/event-log/kafka-connection'
import { startKafkaReader } from '@plaintrail/event-log/kafka-reader'
import type { Config } from '@plaintrail/runtime/config'
import type { Ground, Started } from '@plaintrail/runtime/run-process'
import { recordLogLoss } from '@plaintrail/store/gaps'
import { logPositions } from '@plaintrail/store/log-positions'
import { openStore, type Store } from '@plaintrail/store/open-store'
import type { BatchWriter } from '@plaintrail/store/store-batch'
import { watchStore } from '@plaintrail/store/watch-store'
import type { workerProcessSettings } from './config.ts'
import { rulesOptions } from './start-rules.ts'
import { startWorker } from './worker.ts'

/** One batch is committed while the next is prepared, and positions are asked for beside both. */
const connectionsMax = 4
const heartbeatsASession = 10

/** For tests: a part wrapped in another. */
export interface WorkerOverrides {
  readonly wrapReader?: (reader: LogReader) => LogReader
  readonly wrapWriter?: (writer: BatchWriter, store: Store) => BatchWriter
}

export async function startWorkerProcess(
  config: Config<typeof workerProcessSettings>,
  ground: Ground,
  { wrapReader = (reader) => reader, wrapWriter = (writer) => writer }: WorkerOverrides = {},
): Promise<Started> {
  const { logger, health } = ground
  await using stack = new AsyncDisposableStack()
  const store = stack.use(
    openStore(config.databaseUrl, {
      connectionsMax,
      // A batch that waits for a lock waits: the log keeps what is behind it.
      statementMs: 0,
      applicationName: 'plaintrail worker',
      onIdleError: (error) => logger.warn({ error }, 'a connection to Postgres broke'),
    }),
  )
  stack.use(watchStore({ store, health }))
  const topics = [config.kafkaTopic, ...config.kafkaPreviousTopics]
  const reader = stack.use(
    await startKafkaReader({
      ...ground,
      kafka: kafkaConnection(kafkaConnectionOf(config, `plaintrail-worker-${hostname()}-${process.pid}`), logger),
      topics,
      group: config.kafkaGroup,
      sessionMs: config.kafkaSessionMs,
      heartbeatMs: Math.ceil(config.kafkaSessionMs / heartbeatsASession),
      loadPositions: (topic, partitions) => logPositions(store, topic, partitions),
      onLost: (loss) =>
        void recordLogLoss(store, loss, Date.now() * 1_000).catch((error: unknown) =>
          logger.error({ error, ...loss }, 'could not record that Kafka deleted what nobody had read'),
        ),
    }),
  )
  stack.use(
    startWorker({
      ...ground,
      store,
      reader: wrapReader(reader),
      wrapWriter: (writer) => wrapWriter(writer, store),
      history: config.history === 'on' ? config.databaseUrl : null,
      rules: rulesOptions(config.databaseUrl, config),
    }),
  )
  const kept = stack.move()
  return { ready: `reading ${topics.join(', ')}`, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
