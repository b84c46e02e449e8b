// Kafka for the tests of every room: one broker a run, started when the first test asks.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { kafkaJars, startKafkaBroker } from './kafka-broker.ts'
import { missing } from './required.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for the brokers of this run. */
    readonly kafkaDoor: string
  }
}

export interface TestKafka {
  readonly brokers: readonly string[]
  /** A name that nobody else uses; its number at the end is the generation. */
  topic(): string
}

/** Null where Kafka cannot be had on this machine: the caller skips. */
export async function testKafka(): Promise<TestKafka | null> {
  const answer = await fetch(inject('kafkaDoor'))
  const brokers = await answer.text()
  if (answer.status === 404) return null
  if (!answer.ok) throw new Error(brokers)
  return { brokers: brokers.split(','), topic: () => `test-${randomBytes(6).toString('hex')}.1` }
}

/** Called by vitest before a run, and what it returns after. Test files ask over HTTP, as they do for Postgres. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<StartedKafka | null> | undefined
  const door = createServer((_request, response) => {
    started ??= startForRun()
    started.then(
      (kafka) => (kafka === null ? response.writeHead(404).end() : response.end(kafka.brokers.join(','))),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await once(door.listen(0, '127.0.0.1'), 'listening')
  const address = door.address()
  project.provide('kafkaDoor', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  return async () => {
    door.close()
    door.closeAllConnections()
    await (await started?.catch(() => null))?.stop()
  }
}

interface StartedKafka {
  readonly brokers: readonly string[]
  stop(): Promise<void>
}

/** `KAFKA_BROKERS` names another one, where topics may be made. */
async function startForRun(): Promise<StartedKafka | null> {
  const given = process.env['KAFKA_BROKERS'] ?? ''
  if (given !== '') {
    console.error(`kafka for tests: ${given}, of KAFKA_BROKERS`)
    return { brokers: given.split(','), stop: async () => undefined }
  }
  try {
    console.error(`kafka for tests: the jars in ${await kafkaJars()}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return missing('kafka', `no KAFKA_BROKERS, and no broker from Maven Central with Java 17 and mvn: ${reason}`)
  }
  const broker = await startKafkaBroker()
  return { brokers: broker.brokers, stop: async () => await broker[Symbol.asyncDispose]() }
}
