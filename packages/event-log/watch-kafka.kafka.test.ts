import { startKafkaBroker } from '@plaintrail/test/kafka-broker'
import { testKafka } from '@plaintrail/test/kafka-for-tests'
import { createHealth, type Health } from '@plaintrail/runtime/health'
import { expect, test } from 'vitest'
import { makeTopic, silent, testKafkaClient } from './kafka-log-for-tests.ts'
import { watchKafka } from './watch-kafka.ts'

const server = await testKafka()
const wait = { timeout: 40_000 }

test.skipIf(server === null)(
  'a Kafka that hangs is told without a post, and so is its return; a spool keeps the process ready',
  async () => {
    await using stack = new AsyncDisposableStack()
    const broker = stack.use(await startKafkaBroker())
    const kafka = testKafkaClient(broker.brokers)
    await makeTopic(kafka, 'watched.1', 2)
    const watched = (hasSpool: boolean): Health => {
      const health = createHealth()
      stack.use(watchKafka({ kafka, topic: 'watched.1', hasSpool, health, logger: silent }))
      return health
    }
    const [bare, spooled] = [watched(false), watched(true)]
    const state = (health: Health) => health.snapshot().checks['kafka'] ?? { ok: null, detail: '' }
    await expect.poll(() => [state(bare).ok, state(spooled).ok], wait).toEqual([true, true])
    process.kill(broker.pid, 'SIGSTOP')
    await expect.poll(() => state(bare).ok, wait).toBe(false)
    expect(state(bare).detail).toContain('posts are answered 503')
    await expect.poll(() => spooled.snapshot().status, wait).toBe('degraded')
    expect(state(spooled).detail).toContain('posts wait in the spool')
    process.kill(broker.pid, 'SIGCONT')
    await expect.poll(() => [bare.snapshot().status, spooled.snapshot().status], wait).toEqual(['ok', 'ok'])
  },
)
