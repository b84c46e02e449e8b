// realEvents: events that nobody on this project wrote, from shared/data beside the repository; SOURCES.md there says where each comes from.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isWireObject } from '@plaintrail/event/wire-object'

const folder = join(import.meta.dirname, '../../shared/data')

/** Why there are none, for the line that says what a test skipped; null where there are. */
export function whyNoRealEvents(): string | null {
  return existsSync(folder) ? null : `no real events, because ${folder} is not there`
}

export interface RealEvent {
  /** Relative to the folder. */
  readonly file: string
  readonly event: unknown
}

export function realEvents(): readonly RealEvent[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:json|jsonl|log)$/.test(file))
    .flatMap((file) =>
      documentsIn(file).flatMap((document) => [...eventsIn(document)].map((event) => ({ file, event }))),
    )
}

/** What stands in a file of that folder: one JSON value, or one a line; undefined for what is none. */
export function documentsIn(file: string): readonly unknown[] {
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
