// Longer than an API server tries: what it gives up is counted by it, and is what we lack. Only with PLAINTRAIL_LAB=all.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { testLabs } from './lab-for-tests.ts'
import { startLive, storedEvents, storedNames, untilSettled } from './live-lab.ts'
import { startTraffic } from './traffic.ts'

describe.each(testLabs().slice(0, 1))('Kubernetes $version', (tools) => {
  test('away for five minutes: what is missing is what the API server dropped', { timeout: 900_000 }, async () => {
    await using live = await startLive(tools)
    await using traffic = startTraffic(live.plane)
    await sleep(3_000)
    await live.here.stop()
    await sleep(300_000)
    await live.here.start()
    await sleep(3_000)
    await traffic.stop()
    await live.plane.quieten()
    await untilSettled(live, 180_000)
    const { events, errors } = await live.plane.metrics()
    expect(errors['webhook']).toBeGreaterThan(0)
    const dropped = Object.values(errors).reduce((sum, count) => sum + count, 0)
    expect(await storedEvents(live)).toBe(events - dropped)
    // What is stored was done, and nothing is stored that was not.
    const done = new Set(traffic.done())
    expect((await storedNames(live)).filter((name) => !done.has(name))).toEqual([])
  })
})
