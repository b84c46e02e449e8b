// A receiver that is cut off from Kafka and from nothing else: it is in a network namespace of its own, and its link to the broker
// goes down without a word. Not in the short form (vitest.config.ts).

import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { freePorts } from '../free-ports.ts'
import { startKafkaBroker, type KafkaBroker } from '../kafka-broker.ts'
import { testKafka } from '../kafka-for-tests.ts'
import { seededRandom } from '../random.ts'
import { testRedis } from '../redis-for-tests.ts'
import { startFaultSystem, startServers } from './fault-system.ts'
import { acknowledgedMs, report, seed, shape, underLoad } from './under-load.ts'

const here = (await testKafka()) !== null && (await testRedis()) !== null && canMakeNetworks()
const cutMs = Math.min(shape.outageMs, 30_000)

/** Addresses that only this machine and its namespace have. */
const kafkaLink = { outside: '10.211.7.1', inside: '10.211.7.2' }
const postLink = { outside: '10.211.8.1', inside: '10.211.8.2' }

function canMakeNetworks(): boolean {
  if (process.getuid?.() === 0 && spawnSync('ip', ['netns', 'list']).status === 0) return true
  console.warn('SKIPPED: the test of a receiver that is cut off needs root and iproute2')
  return false
}

interface Namespace extends Disposable {
  readonly name: string
  cut(): void
  heal(): void
}

function namespace(): Namespace {
  const name = `plaintrail${process.pid}`
  const ip = (...args: readonly string[]): void => void execFileSync('ip', args, { stdio: 'pipe' })
  const links = [
    { device: 'ptkafka', ...kafkaLink },
    { device: 'ptpost', ...postLink },
  ]
  ip('netns', 'add', name)
  ip('-n', name, 'link', 'set', 'lo', 'up')
  for (const { device, outside, inside } of links) {
    ip('link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}-in`, 'netns', name)
    ip('addr', 'add', `${outside}/30`, 'dev', device)
    ip('link', 'set', device, 'up')
    ip('-n', name, 'addr', 'add', `${inside}/30`, 'dev', `${device}-in`)
    ip('-n', name, 'link', 'set', `${device}-in`, 'up')
  }
  return {
    name,
    cut: () => ip('link', 'set', 'ptkafka', 'down'),
    heal: () => ip('link', 'set', 'ptkafka', 'up'),
    [Symbol.dispose]() {
      for (const { device } of links) spawnSync('ip', ['link', 'del', device])
      spawnSync('ip', ['netns', 'del', name])
    },
  }
}

/** It is known by one address to the receiver in the namespace, and by another to all others. */
async function brokerOn(address: string): Promise<{ readonly kafka: KafkaBroker; readonly brokers: string }> {
  const [port = 0, linkPort = 0, controller = 0] = await freePorts(3)
  const listeners = `PLAINTEXT://127.0.0.1:${port},LINK://${address}:${linkPort}`
  const kafka = await startKafkaBroker({
    port,
    settings: {
      listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': listeners,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,LINK:PLAINTEXT,CONTROLLER:PLAINTEXT',
    },
  })
  return { kafka, brokers: `${address}:${linkPort}` }
}

describe.skipIf(!here)('a receiver that is cut off from Kafka', () => {
  test('acknowledges from its spool, and what it took is there once', { timeout: 600_000 }, async () => {
    using network = namespace()
    await using others = await startServers()
    await using stack = new AsyncDisposableStack()
    const { kafka, brokers } = await brokerOn(kafkaLink.outside)
    stack.use(kafka)
    await using faulty = await startFaultSystem({ ...others, kafka }, { receivers: 1 })
    const [port = 0] = await freePorts(1)
    await faulty.system.add('receiver', {
      before: ['ip', 'netns', 'exec', network.name],
      env: {
        PLAINTRAIL_KAFKA_BROKERS: brokers,
        PLAINTRAIL_INGEST_PORT: String(port),
        PLAINTRAIL_INGEST_HOST: postLink.inside,
        PLAINTRAIL_INGEST_URL: `https://${postLink.inside}:${port}`,
      },
    })
    const targets = (): readonly string[] => [`https://${postLink.inside}:${port}`]
    const outcome = await underLoad({ faulty, random: seededRandom(seed), journals: [], targets }, async () => {
      await sleep(3_000)
      network.cut()
      await sleep(cutMs)
      network.heal()
      await sleep(3_000)
    })
    report('cut off from Kafka', outcome)
    expect(outcome.verdict).toEqual([])
    expect(outcome.journal.hung).toBe(0)
    expect(outcome.journal.busy).toBe(0)
    expect(acknowledgedMs(outcome.journal).length).toBe(outcome.journal.batches.length)
  })
})
