// kafkaSettings: where Kafka is, what its topic is like, and how to come in. Of receiver and worker alike.

import {
  boolean,
  bytes,
  choice,
  duration,
  integer,
  list,
  path,
  text,
  url,
  type Config,
} from '@plaintrail/runtime/config'

export const kafkaSettings = {
  kafkaBrokers: {
    env: 'PLAINTRAIL_KAFKA_BROKERS',
    parse: someBrokers,
    default: null,
    required: true,
    describe: 'Brokers to begin with, as host:port between commas; the cluster names the others.',
  },
  kafkaTopic: {
    env: 'PLAINTRAIL_KAFKA_TOPIC',
    parse: topicName,
    default: 'plaintrail.audit.1',
    describe:
      'Topic of the log, made where it is missing. The number at its end is its generation: another number of partitions is another topic.',
  },
  kafkaPreviousTopics: {
    env: 'PLAINTRAIL_KAFKA_PREVIOUS_TOPICS',
    parse: (value: string) => list(value).map(topicName),
    default: '',
    describe: 'Topics of earlier generations, between commas, that are still read until nothing is left in them.',
  },
  kafkaPartitions: {
    env: 'PLAINTRAIL_KAFKA_PARTITIONS',
    parse: integer(1, 1_000),
    default: '12',
    describe: 'Partitions of a topic that is made: at most so many workers share the work.',
  },
  kafkaReplication: {
    env: 'PLAINTRAIL_KAFKA_REPLICATION',
    parse: integer(1, 9),
    default: '3',
    describe: 'Copies of each partition of a topic that is made; with 3 or more, an append is on 2 brokers at least.',
  },
  kafkaRetentionMs: {
    env: 'PLAINTRAIL_KAFKA_RETENTION',
    parse: duration,
    default: '7d',
    describe: 'How long a topic that is made keeps its messages: workers that are down for longer lose events.',
  },
  kafkaMessageBytesMax: {
    env: 'PLAINTRAIL_KAFKA_MESSAGE_BYTES_MAX',
    parse: bytes,
    default: '16MiB',
    describe: 'max.message.bytes of the topic; a compressed list that is longer is split.',
  },
  kafkaGroup: {
    env: 'PLAINTRAIL_KAFKA_GROUP',
    parse: text,
    default: 'plaintrail-worker',
    describe: 'Consumer group in which workers share partitions. How far they came is in Postgres, not in the group.',
  },
  kafkaTls: {
    env: 'PLAINTRAIL_KAFKA_TLS',
    parse: boolean,
    default: 'false',
    describe: 'Whether to speak TLS to the brokers; their certificates are always verified.',
  },
  kafkaTlsCa: {
    env: 'PLAINTRAIL_KAFKA_TLS_CA',
    parse: path,
    default: null,
    describe: 'File of the authorities that sign the brokers, in PEM; without it, those that Node knows.',
  },
  kafkaTlsCert: {
    env: 'PLAINTRAIL_KAFKA_TLS_CERT',
    parse: path,
    default: null,
    describe: 'File of the certificate to show to the brokers, in PEM.',
  },
  kafkaTlsKey: {
    env: 'PLAINTRAIL_KAFKA_TLS_KEY',
    parse: path,
    default: null,
    describe: 'File of the key of that certificate, in PEM.',
  },
  kafkaSaslMechanism: {
    env: 'PLAINTRAIL_KAFKA_SASL_MECHANISM',
    parse: choice('none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'),
    default: 'none',
    describe:
      'How to say who comes: none, plain (Event Hubs, Confluent), scram-sha-256, scram-sha-512 (MSK) or oauthbearer.',
  },
  kafkaSaslUser: {
    env: 'PLAINTRAIL_KAFKA_SASL_USER',
    parse: text,
    default: null,
    describe: 'Name for plain and scram; for Event Hubs it is $ConnectionString.',
  },
  kafkaSaslPassword: {
    env: 'PLAINTRAIL_KAFKA_SASL_PASSWORD',
    parse: text,
    default: null,
    secret: true,
    describe: 'Password for plain and scram.',
  },
  kafkaOauthTokenUrl: {
    env: 'PLAINTRAIL_KAFKA_OAUTH_TOKEN_URL',
    parse: url,
    default: null,
    describe: 'Where oauthbearer asks for its token, by the grant client_credentials.',
  },
  kafkaOauthClientId: {
    env: 'PLAINTRAIL_KAFKA_OAUTH_CLIENT_ID',
    parse: text,
    default: null,
    describe: 'Client id for that token.',
  },
  kafkaOauthClientSecret: {
    env: 'PLAINTRAIL_KAFKA_OAUTH_CLIENT_SECRET',
    parse: text,
    default: null,
    secret: true,
    describe: 'Client secret for that token.',
  },
  kafkaOauthScope: {
    env: 'PLAINTRAIL_KAFKA_OAUTH_SCOPE',
    parse: text,
    default: null,
    describe: 'Scope to ask for with that token.',
  },
  kafkaOauthTokenFile: {
    env: 'PLAINTRAIL_KAFKA_OAUTH_TOKEN_FILE',
    parse: path,
    default: null,
    describe: 'File that holds a token for oauthbearer, read anew whenever one is needed; instead of the URL.',
  },
} as const

export type KafkaConfig = Config<typeof kafkaSettings>

/** What a topic may be called (Kafka allows more), with the number of its generation at the end. */
function topicName(value: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.\d{1,9}$/.test(value)) {
    throw new Error('must be letters, digits, dots, dashes and a number at the end, such as plaintrail.audit.1')
  }
  return value
}

function someBrokers(value: string): readonly string[] {
  const brokers = list(value)
  if (brokers.length === 0 || !brokers.every((broker) => /^\S+:\d{1,5}$/.test(broker))) {
    throw new Error('must be brokers as host:port between commas, such as kafka-0:9092,kafka-1:9092')
  }
  return brokers
}
