// Story: reads the demo's recorded week and moves it in time, so that it can end a moment ago.
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** The week as recorded: Monday 2026-11-09 up to, and without, the Monday after. RFC 3339 with six digits. */
export const storyStart = '2026-11-09T00:00:00.000000Z'
export const storyEnd = '2026-11-16T00:00:00.000000Z'

/** What the demo asks about first: `plaintrail who deployment/checkout -n shop`. Times are as recorded. */
export const incident = {
  group: 'apps',
  resource: 'deployments',
  namespace: 'shop',
  name: 'checkout',
  /** From the first refused login to the autoscaler's last step. */
  from: '2026-11-12T18:38:00.000000Z',
  until: '2026-11-12T21:45:00.000000Z',
  actor: 'dave@contractor.example',
  peer: '198.51.100.77',
  roleBinding: 'debug-admin',
  secret: 'checkout-db',
  image: 'registry.acme.example/shop/checkout:1.18.3-hotfix',
} as const

/**
 * The shift, in microseconds, with which the story ends at `end` (milliseconds since 1970) or less than a second before:
 * whole seconds, so that a time that Kubernetes cuts to its second stays in the second of its request.
 */
export function shiftTo(end: number): number {
  return Math.floor((end - Date.parse(storyEnd)) / 1000) * 1_000_000
}

export const storyPath = new URL('story.jsonl.gz', import.meta.url)

/** The story takes 8 MB; more than this is not our file. */
const storyBytesMax = 64 * 1024 * 1024

/**
 * The story's EventLists, each the body of one POST as the API server would send it, with every time moved by `shiftUs`
 * microseconds (a whole number, negative for the past). All other bytes are as recorded. Throws when story.jsonl.gz is
 * missing or damaged.
 */
export async function* readStory(shiftUs: number): AsyncGenerator<string, void, undefined> {
  if (!Number.isSafeInteger(shiftUs)) throw new RangeError(`could not shift the story by ${shiftUs}: give whole µs`)
  const bytes = await promisify(gunzip)(await readFile(storyPath), { maxOutputLength: storyBytesMax })
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line !== '') yield shiftTimes(line, shiftUs)
  }
}

/** RFC 3339 in UTC or with an offset, with up to six digits, and with the colons that a URI escapes. */
const time = /(\d{4}-\d\d-\d\d)T(\d\d)(:|%3A)(\d\d)(:|%3A)(\d\d)(?:\.(\d{1,6}))?(?=Z|[+-]\d\d:\d\d)/g

/**
 * Moves each time in a text. A time keeps its form: its offset, its number of digits, its escapes. One in whole seconds
 * is moved and then cut, as metav1.Time cuts what it is given.
 */
export function shiftTimes(text: string, shiftUs: number): string {
  return text.replace(time, (...found: (string | undefined)[]) => {
    const [, date, hours, colon = ':', minutes, , seconds, digits] = found
    const wholeUs = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`) * 1000
    const us = wholeUs + Number((digits ?? '').padEnd(6, '0')) + shiftUs
    const moved = new Date(Math.floor(us / 1_000_000) * 1000).toISOString().slice(0, 19).replaceAll(':', colon)
    if (digits === undefined) return moved
    const micros = us - Math.floor(us / 1_000_000) * 1_000_000
    return `${moved}.${String(micros).padStart(6, '0').slice(0, digits.length)}`
  })
}
