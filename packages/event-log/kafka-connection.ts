// kafkaConnection: from settings to a client of Kafka whose lines go to our logger and whose known faults are mended.

import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { Kafka, logLevel, type LogEntry, type RetryOptions, type SASLOptions } from 'kafkajs'
import type { Logger } from '@plaintrail/runtime/logger'
import { mendRequestQueue } from './kafka-request-queue.ts'
import type { KafkaConfig } from './kafka-settings.ts'
import { kafkaToken, type KafkaTokenSource } from './kafka-token.ts'

export interface KafkaConnection {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Null for none; an empty object trusts the authorities that Node knows. */
  readonly tls: KafkaTls | null
  readonly sasl: KafkaSasl | null
}

/** Contents, in PEM. */
export interface KafkaTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly username: string
      readonly password: string
    }
  | { readonly mechanism: 'oauthbearer'; readonly token: KafkaTokenSource }

const connectMsMax = 2_000
const requestMsMax = 5_000
/** A few and soon: whoever calls has its own bound, and says how it goes on. */
const retry: RetryOptions = { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 }

export function kafkaConnection(connection: KafkaConnection, logger: Logger): Kafka {
  mendRequestQueue()
  const { brokers, clientId, tls, sasl } = connection
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ssl: tls === null ? false : tlsOptions(tls),
    ...(sasl === null ? {} : { sasl: saslOptions(sasl) }),
    connectionTimeout: connectMsMax,
    authenticationTimeout: requestMsMax,
    requestTimeout: requestMsMax,
    retry,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => logEntry(logger, entry),
  })
}

/** Throws where a file cannot be read or a setting that the mechanism needs is missing. */
export function kafkaConnectionOf(config: KafkaConfig, clientId: string): KafkaConnection {
  return { brokers: config.kafkaBrokers, clientId, tls: tlsOf(config), sasl: saslOf(config) }
}

function tlsOf(config: KafkaConfig): KafkaTls | null {
  if (!config.kafkaTls) return null
  const { kafkaTlsCa: ca, kafkaTlsCert: cert, kafkaTlsKey: key } = config
  return {
    ...(ca === null ? {} : { ca: readFileSync(ca, 'utf8') }),
    ...(cert === null ? {} : { cert: readFileSync(cert, 'utf8') }),
    ...(key === null ? {} : { key: readFileSync(key, 'utf8') }),
  }
}

function saslOf(config: KafkaConfig): KafkaSasl | null {
  const { kafkaSaslMechanism: mechanism } = config
  if (mechanism === 'none') return null
  if (mechanism === 'oauthbearer') return { mechanism, token: tokenSourceOf(config) }
  const { kafkaSaslUser: username, kafkaSaslPassword: password } = config
  if (username === null || password === null) {
    throw new Error(
      `could not connect to Kafka: ${mechanism} needs PLAINTRAIL_KAFKA_SASL_USER and PLAINTRAIL_KAFKA_SASL_PASSWORD`,
    )
  }
  return { mechanism, username, password }
}

function tokenSourceOf(config: KafkaConfig): KafkaTokenSource {
  if (config.kafkaOauthTokenFile !== null) return { kind: 'file', path: config.kafkaOauthTokenFile }
  const { kafkaOauthTokenUrl: url, kafkaOauthClientId: clientId, kafkaOauthClientSecret: clientSecret } = config
  if (url === null || clientId === null || clientSecret === null) {
    throw new Error(
      'could not connect to Kafka: oauthbearer needs PLAINTRAIL_KAFKA_OAUTH_TOKEN_FILE, or _TOKEN_URL, _CLIENT_ID and _CLIENT_SECRET',
    )
  }
  return { kind: 'endpoint', url, clientId, clientSecret, scope: config.kafkaOauthScope }
}

function tlsOptions({ ca, cert, key }: KafkaTls): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

function saslOptions(sasl: KafkaSasl): SASLOptions {
  if (sasl.mechanism === 'oauthbearer') {
    return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await kafkaToken(sasl.token) }) }
  }
  const { mechanism, username, password } = sasl
  if (mechanism === 'plain') return { mechanism, username, password }
  if (mechanism === 'scram-sha-256') return { mechanism, username, password }
  return { mechanism, username, password }
}

/**
 * One level lower than kafkajs means it: what it calls an error is an attempt that it repeats, and who waits for it says
 * when it is one. Only fields that name things: `error` and `stack` would say the same again.
 */
function logEntry(logger: Logger, { level, namespace, log }: LogEntry): void {
  const { message, groupId, broker, clientId, topic, partition, retryCount } = log as LogEntry['log'] &
    Readonly<Record<string, unknown>>
  const error = log['error'] instanceof Error ? log['error'].message : log['error']
  const fields = { kafka: namespace, reason: error, groupId, broker, clientId, topic, partition, retryCount }
  const line = `kafka: ${message}`
  if (level === logLevel.ERROR) logger.warn(fields, line)
  else logger.debug(fields, line)
}

/** kafkajs can wait for ever when its broker is gone: after this the rest is left to the end of the process. */
const disconnectMsMax = 5_000

/** Rejects never; says so where it was not done in time. */
export async function disconnect(part: { disconnect(): Promise<void> }, logger: Logger): Promise<void> {
  const late = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => late.resolve('late'), disconnectMsMax)
  try {
    if ((await Promise.race([part.disconnect(), late.promise])) === 'late') {
      logger.warn({ disconnectMsMax }, 'could not disconnect from Kafka in time: its sockets are left open')
    }
  } catch (error) {
    logger.warn({ error }, 'could not disconnect from Kafka in good order')
  } finally {
    clearTimeout(timer)
  }
}
