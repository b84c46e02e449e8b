// A real API server posts to a real Plaintrail: every step of the week is answered, every event is counted.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { checkAnswers } from './answers.ts'
import { testLabs } from './lab-for-tests.ts'
import { startLive, storedEvents, storedNames, untilSettled } from './live-lab.ts'
import { play } from './play.ts'
import { reportOf } from './report.ts'
import { startTraffic } from './traffic.ts'
import { week } from './week/week.ts'
import { whoOf } from './who.ts'

describe.each(testLabs())('Kubernetes $version', (tools) => {
  test('each step of the week is answered as it was done', { timeout: 600_000 }, async () => {
    await using live = await startLive(tools, ['--audit-webhook-initial-backoff=100ms'])
    const { here, plane } = live
    const steps = await play({ plane, steps: week, progress: () => null })
    await plane.quieten()
    await untilSettled(live)
    const cluster = here.cluster
    const checked = await checkAnswers({ get: here.system.get, who: whoOf(here.system, cluster), cluster, steps })
    expect(checked.deeds.length).toBeGreaterThan(150)
    const wrong = checked.deeds.filter((deed) => deed.wrong.length > 0)
    expect([...wrong, ...checked.unexplained], reportOf(tools.version, checked)).toEqual([])
  })

  test('each event that the API server counts is stored once', { timeout: 300_000 }, async () => {
    await using live = await startLive(tools)
    await using traffic = startTraffic(live.plane)
    await sleep(5_000)
    await traffic.stop()
    await live.plane.quieten()
    await untilSettled(live)
    const { events, errors } = await live.plane.metrics()
    expect(errors).toEqual({})
    expect(await storedEvents(live)).toBe(events)
    expect(await storedNames(live)).toEqual(traffic.done())
  })
})

// One version: what is held here is Plaintrail's part, and it takes a minute.
describe.each(testLabs().slice(0, 1))('Kubernetes $version', (tools) => {
  test('Plaintrail is away for a minute: nothing is lost', { timeout: 600_000 }, async () => {
    await using live = await startLive(tools)
    await using traffic = startTraffic(live.plane)
    await sleep(3_000)
    await live.here.stop()
    await sleep(60_000)
    await live.here.start()
    await sleep(3_000)
    await traffic.stop()
    await live.plane.quieten()
    // The last wait of an API server that was refused is 33.75 s and a fifth.
    await untilSettled(live, 120_000)
    const { events, errors } = await live.plane.metrics()
    expect(errors).toEqual({})
    expect(await storedEvents(live)).toBe(events)
    expect(await storedNames(live)).toEqual(traffic.done())
  })
})
