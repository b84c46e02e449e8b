// Audit events that nobody here wrote go in through the webhook and come out whole: bytes equal, count equal.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventIdentity } from '@plaintrail/event/identity'
import { profiles } from './profiles.ts'
import { allRequests, eventList, postList, until } from './system.ts'

const folder = join(import.meta.dirname, '../../shared/data')
const patterns = [
  'openshift-cluster-logging-operator/**/*audit*.{log,json}',
  'openshift-cluster-logging-operator/**/log5607_sample.json',
  'falco-trace-files/*.json',
  'audit2rbac/**/*.log',
  'splunk-security-content/*.json',
  'kube-audit-log-tool/*.json',
  'sysdiglabs-aks-audit-log/samples/*.json',
]

/** Every audit event in a file, as the bytes that stand there; envelopes of other systems are opened. */
function eventsIn(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8').replace(/^\u{feff}/u, '')
  const whole = parsed(text)
  const values = whole === undefined ? text.split('\n').map((line) => line.trim()) : [text.trim()]
  return values.flatMap((value) => eventsOf(value, parsed(value)))
}

function eventsOf(text: string, value: unknown): readonly string[] {
  if (!isObject(value)) return []
  if ('auditID' in value) return [text]
  if (Array.isArray(value['records']))
    return value['records'].flatMap((record) => eventsOf(JSON.stringify(record), record))
  const log = isObject(value['properties']) ? value['properties']['log'] : undefined
  if (typeof log === 'string') return eventsOf(log.trim(), parsed(log))
  return []
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const files = globSync(patterns, { cwd: folder })
const here = existsSync(folder)
if (!here) console.warn('SKIPPED: shared/data is not beside the repository, so no real events were replayed')

describe.each(await profiles())('$name', ({ startSystem }) => {
  test.skipIf(!here)('every real event comes back with its own bytes, once', { timeout: 120_000 }, async () => {
    const events = new Map<string, string>()
    let read = 0
    for (const file of files) {
      for (const text of eventsIn(join(folder, file))) {
        read += 1
        events.set(eventIdentity(Buffer.from(text)).toString('hex'), text)
      }
    }
    console.log(`${read} real events in ${files.length} files, ${events.size} of them different`)
    expect(events.size).toBeGreaterThan(180)

    await using system = await startSystem()
    const cluster = await system.addCluster('real')
    const texts = [...events.values()]
    for (let start = 0; start < texts.length; start += 50) {
      expect((await postList(system, cluster, eventList(texts.slice(start, start + 50)))).status).toBe(200)
    }
    const stages = async (): Promise<readonly string[]> =>
      (await allRequests(system)).flatMap((request) => request.stages.map((stage) => stage.id))
    await until(async () => (await stages()).length >= events.size)
    const ids = await stages()
    expect(ids.length).toBe(events.size)
    expect(new Set(ids).size).toBe(events.size)

    let redacted = 0
    const left = new Set(texts)
    for (const id of ids) {
      const raw = await (await system.get(`/v1/events/${id}/raw`)).text()
      if (raw.includes('plaintrail:hmac-sha256:')) redacted += 1
      else expect(left.delete(raw), raw.slice(0, 200)).toBe(true)
    }
    // What is left are those whose secrets were replaced: they can no longer be equal.
    expect(left.size).toBe(redacted)
    expect(redacted).toBeLessThan(20)
    const kept = (await (await system.get('/v1/quarantine')).json()) as { data: unknown[] }
    expect(kept.data).toEqual([])
  })

  test.skipIf(!here)('a malformed trace of an old incident goes to quarantine and harms nothing', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('real')
    const body = readFileSync(join(folder, 'falco-trace-files/fal_01_003.json'))
    expect((await postList(system, cluster, body)).status).toBe(200)
    await until(async () => {
      const { data } = (await (await system.get('/v1/quarantine')).json()) as { data: unknown[] }
      return data.length === 1
    })
  })
})
