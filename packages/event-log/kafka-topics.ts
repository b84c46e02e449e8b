// ensureTopic: the topic of the log, made where it is missing, and compared with what is wanted where it is there.

import kafkajs, { type Admin, type IResourceConfigEntry, type Kafka } from 'kafkajs'
import type { Logger } from '@plaintrail/runtime/logger'
import { disconnect } from './kafka-connection.ts'

export interface WantedTopic {
  readonly topic: string
  readonly partitions: number
  readonly replication: number
  readonly retentionMs: number
  /** Kafka's max.message.bytes. */
  readonly messageBytesMax: number
}

/** What is there, which may differ from what was wanted. */
export interface FoundTopic {
  readonly partitions: number
  readonly messageBytesMax: number
}

/** Copies that an append waits for, where there are three or more: one broker may be down. */
const copiesInSyncMin = 2
const createMsMax = 10_000

/**
 * Never changes a topic that is there: with another number of partitions, keys would go elsewhere and lanes lose their
 * order. May be called by several processes at once. Rejects where Kafka cannot be asked.
 */
export async function ensureTopic(kafka: Kafka, wanted: WantedTopic, logger: Logger): Promise<FoundTopic> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const names = await admin.listTopics()
    if (!names.includes(wanted.topic)) await create(admin, wanted, logger)
    const found = await describe(admin, wanted, logger)
    compare(wanted, found, logger)
    return found
  } finally {
    await disconnect(admin, logger)
  }
}

async function create(admin: Admin, wanted: WantedTopic, logger: Logger): Promise<void> {
  const { topic, partitions, replication } = wanted
  const isNew = await admin.createTopics({
    timeout: createMsMax,
    waitForLeaders: true,
    topics: [
      { topic, numPartitions: partitions, replicationFactor: replication, configEntries: configEntries(wanted) },
    ],
  })
  if (isNew) logger.info({ topic, partitions, replication }, 'made the topic of the log')
}

function configEntries({ replication, retentionMs, messageBytesMax }: WantedTopic): IResourceConfigEntry[] {
  const entries: Readonly<Record<string, string>> = {
    'cleanup.policy': 'delete',
    'retention.ms': String(retentionMs),
    'max.message.bytes': String(messageBytesMax),
    // Envelopes are compressed: what the producer sends is what is kept.
    'compression.type': 'producer',
    // Retention counts from when it was appended: a spool may hold a post for a day.
    'message.timestamp.type': 'LogAppendTime',
    'min.insync.replicas': String(replication >= 3 ? copiesInSyncMin : 1),
  }
  return Object.entries(entries).map(([name, value]) => ({ name, value }))
}

async function describe(admin: Admin, { topic, messageBytesMax }: WantedTopic, logger: Logger): Promise<FoundTopic> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics.find(({ name }) => name === topic)?.partitions.length ?? 0
  try {
    return { partitions, messageBytesMax: (await messageBytesMaxOf(admin, topic)) ?? messageBytesMax }
  } catch (error) {
    // Asking needs a right of its own (DescribeConfigs), and services that only speak Kafka's protocol may not know it.
    logger.warn({ error, topic, messageBytesMax }, 'could not ask which messages the topic takes; it is taken as set')
    return { partitions, messageBytesMax }
  }
}

async function messageBytesMaxOf(admin: Admin, topic: string): Promise<number | null> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['max.message.bytes'] }],
  })
  const entry = resources[0]?.configEntries.find(({ configName }) => configName === 'max.message.bytes')
  const value = Number(entry?.configValue)
  return value > 0 ? value : null
}

function compare(wanted: WantedTopic, found: FoundTopic, logger: Logger): void {
  const { topic } = wanted
  if (found.partitions !== wanted.partitions) {
    logger.error(
      { topic, wanted: wanted.partitions, found: found.partitions },
      'the topic of the log has another number of partitions than PLAINTRAIL_KAFKA_PARTITIONS says; it is used as it is. To have more, name a new topic with the next number at its end, and the old one in PLAINTRAIL_KAFKA_PREVIOUS_TOPICS',
    )
  }
  if (found.messageBytesMax < wanted.messageBytesMax) {
    logger.error(
      { topic, wanted: wanted.messageBytesMax, found: found.messageBytesMax },
      'the topic of the log takes smaller messages than PLAINTRAIL_KAFKA_MESSAGE_BYTES_MAX says: set max.message.bytes of the topic, or the variable, so that they agree',
    )
  }
}
