// Nothing lost, nothing twice: what was answered 200 is there exactly once, whatever was repeated in between.

import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createEventMaker } from './make-events.ts'
import { profiles } from './profiles.ts'
import { allRequests, eventList, postList, until, type System } from './system.ts'

const startUs = Date.parse('2026-11-20T10:00:00Z') * 1_000

function countOf(system: System, cluster: string): Promise<number> {
  return allRequests(system, `&cluster=${cluster}`).then((found) => found.length)
}

describe.each(await profiles())('$name', ({ startSystem }) => {
  test('an EventList posted three times at once, and again after a restart, is stored once', async () => {
    await using first = await startSystem()
    const cluster = await first.addCluster('lab')
    const body = createEventMaker(1, startUs, 500).list(60)
    const answers = await Promise.all([1, 2, 3].map(() => postList(first, cluster, body)))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['', '', ''])
    await until(async () => (await countOf(first, 'lab')) === 60)
    expect(await first.stop()).toBe(0)

    await using second = await startSystem({ dataFolder: first.dataFolder })
    expect((await postList(second, cluster, body)).status).toBe(200)
    const marker = createEventMaker(2, startUs + 60_000_000, 500).list(1)
    expect((await postList(second, cluster, marker)).status).toBe(200)
    await until(async () => (await countOf(second, 'lab')) >= 61)
    expect(await countOf(second, 'lab')).toBe(61)
  })

  test('two different events with one auditID and stage are both there and marked as a conflict', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const auditID = randomUUID()
    const maker = createEventMaker(3, startUs, 500)
    const event = { ...JSON.parse(maker.event()), auditID, verb: 'get' }
    const sameMoment = { ...event, verb: 'delete' }
    const later = { ...JSON.parse(maker.event()), auditID }
    const innocent = maker.event()
    const items = [JSON.stringify(event), JSON.stringify(sameMoment), JSON.stringify(later), innocent]
    expect((await postList(system, cluster, eventList(items))).status).toBe(200)
    await until(async () => (await countOf(system, 'lab')) === 4)
    const found = await allRequests(system)
    expect(found.filter((request) => request.audit.id === auditID).map((request) => request.audit.conflict)).toEqual([
      true,
      true,
      true,
    ])
    expect(found.filter((request) => request.audit.id !== auditID).map((request) => request.audit.conflict)).toEqual([
      false,
    ])
  })

  test('the same event in two clusters is an event of each', async () => {
    await using system = await startSystem()
    const clusters = [await system.addCluster('east'), await system.addCluster('west')]
    const body = createEventMaker(4, startUs, 500).list(3)
    for (const cluster of clusters) expect((await postList(system, cluster, body)).status).toBe(200)
    await until(async () => (await countOf(system, 'east')) === 3 && (await countOf(system, 'west')) === 3)
    const ids = (await allRequests(system)).map((request) => request.id)
    expect(new Set(ids).size).toBe(6)
  })

  test('a log line and the webhook item of one event are one event', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const item = createEventMaker(5, startUs, 500).event()
    const line = item.replace('{', '{"kind":"Event","apiVersion":"audit.k8s.io/v1",')
    expect((await postList(system, cluster, eventList([item]))).status).toBe(200)
    expect((await postList(system, cluster, eventList([line]))).status).toBe(200)
    const marker = createEventMaker(6, startUs + 60_000_000, 500).list(1)
    expect((await postList(system, cluster, marker)).status).toBe(200)
    await until(async () => (await countOf(system, 'lab')) >= 2)
    expect(await countOf(system, 'lab')).toBe(2)
  })
})
