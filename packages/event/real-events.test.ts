// Real events that nobody on this project wrote, from shared/data beside the repository; SOURCES.md there says where each comes from.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { normalize } from './normalize.ts'
import { sentence } from './sentence.ts'
import { isWireObject } from './wire-object.ts'

const folder = join(import.meta.dirname, '../../../shared/data')
const absent = !existsSync(folder)
if (absent) console.warn(`skipped: no real events, because ${folder} is not there`)

interface Found {
  readonly file: string
  readonly event: unknown
}

function realEvents(): readonly Found[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:json|jsonl|log)$/.test(file))
    .flatMap((file) =>
      documentsIn(file).flatMap((document) => [...eventsIn(document)].map((event) => ({ file, event }))),
    )
}

function documentsIn(file: string): readonly unknown[] {
  const text = readFileSync(join(folder, file), 'utf8').replace(/^\u{feff}/u, '')
  const whole = parsed(text)
  return whole === undefined ? text.split('\n').map(parsed) : [whole]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Events stand alone, in lists, inside envelopes, and as lines of text inside fields. */
function* eventsIn(value: unknown): Generator {
  if (Array.isArray(value)) for (const item of value) yield* eventsIn(item)
  if (typeof value === 'string' && value.includes('"auditID"')) {
    for (const line of value.split('\n')) yield* eventsIn(parsed(line))
  }
  if (!isWireObject(value)) return
  if (typeof value['auditID'] === 'string') yield value
  else for (const field of Object.values(value)) yield* eventsIn(field)
}

test.skipIf(absent)('every real event is read whole, has a class and makes a sentence', () => {
  const found = realEvents()
  expect(found.length).toBeGreaterThan(200)
  for (const { file, event: sent } of found) {
    const event = normalize(sent)
    if (event === null) throw new Error(`no event in ${file}`)
    const { verb, object, flags } = event
    expect({ file, malformed: flags.malformed, oddTime: flags.oddTime }).toEqual({ file })
    expect({ file, class: event.class }).toEqual({
      file,
      class: expectedClass(verb, object?.resource, object?.subresource),
    })
    expect(event.stage).not.toBe('Unknown')
    expect(event.actor.name).not.toBe('')
    expect(sentence(event)).not.toMatch(/undefined|null|NaN|^someone/)
  }
})

/** Told once more, from what these events are known to hold. */
function expectedClass(verb: string, resource: string | undefined, subresource: string | undefined): string {
  if (resource === undefined) return 'other'
  if (subresource === 'exec' || subresource === 'attach') return 'connect'
  if (resource === 'subjectaccessreviews') return 'read'
  return ['get', 'list', 'watch'].includes(verb) ? 'read' : 'write'
}

test.skipIf(absent)('the OpenShift capture ends as its codes and decisions say', () => {
  const log = 'openshift-cluster-logging-operator/test/functional/filters/apiaudit/vrl/testdata/audit_in.log'
  const events = documentsIn(log)
    .map((document) => normalize(document))
    .filter((event) => event !== null)
  const counts = Object.groupBy(events, (event) => event.outcome)
  expect(events.length).toBe(100)
  expect(counts.denied).toBeUndefined()
  expect(counts.rejected?.map((event) => event.code).toSorted()).toEqual([
    403, 403, 403, 403, 404, 404, 404, 409, 409, 409, 409,
  ])
  const named = events.filter((event) => event.flags.generateName === true)
  expect(named.every((event) => event.object?.resource === 'pods' && event.object.name !== '')).toBe(true)
})
