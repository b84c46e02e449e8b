// The ten questions of an investigation, and what a screen asks beside them, as paths of the API.

import type { SampleName, Samples, Subject } from './samples.ts'

export interface Question {
  readonly name: string
  readonly of: SampleName
  /** Milliseconds, warm, of 99 in 100. */
  readonly aimMs: number
  asked(subject: Subject, endUs: number): Asked
}

export interface Asked {
  readonly path: string
  /** Microseconds since 1970: no partition outside of it is to be read. */
  readonly sinceUs: number
  readonly untilUs: number
}

const allTime = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }
const minuteUs = 60_000_000
const dayUs = 86_400_000_000
/** Of one that names an object, an actor or a namespace. */
const namedMs = 50
/** Of any query over a day. */
const dayMs = 300
/** Of counts of a week. */
const countsMs = 500

export const questions: readonly Question[] = [
  question('last changes of one object', 'change', namedMs, ({ cluster, thing }, endUs) => ({
    q: `cluster:${cluster} kind:${thing.resource} ns:${thing.namespace} name:${thing.name} is:write`,
    ...lastDays(90, endUs),
  })),
  question('all that a person did in a day', 'person', namedMs, ({ actor, timeUs }) => ({
    q: `actor:${actor}`,
    ...dayAround(timeUs),
  })),
  question('who deleted anything in a namespace', 'deletion', namedMs, ({ thing }, endUs) => ({
    q: `verb:delete,deletecollection ns:${thing.namespace}`,
    ...lastDays(30, endUs),
  })),
  question('who read secrets in a namespace', 'shell', namedMs, ({ thing }, endUs) => ({
    q: `kind:secrets is:read is:human ns:${thing.namespace}`,
    ...lastDays(30, endUs),
  })),
  question('denied calls of a service account', 'denial', namedMs, ({ actor }, endUs) => ({
    q: `actor:${actor} is:denied`,
    ...lastDays(30, endUs),
  })),
  question('sessions in a namespace', 'shell', namedMs, ({ thing }, endUs) => ({
    path: '/v1/sessions',
    q: `ns:${thing.namespace}`,
    ...lastDays(30, endUs),
  })),
  question('everything from one IP', 'any', dayMs, ({ ip }, endUs) => ({ q: `ip:${ip}`, ...lastDays(30, endUs) })),
  question('changes in 15 minutes, all clusters', 'change', dayMs, ({ timeUs }) => ({
    q: 'is:write',
    sinceUs: timeUs - 15 * minuteUs,
    untilUs: timeUs,
  })),
  question('first time an actor touched a kind', 'person', namedMs, ({ actor, thing }, endUs) => ({
    q: `actor:${actor} kind:${thing.resource}`,
    more: '&order=asc&limit=1',
    ...lastDays(90, endUs),
  })),
  question('one auditID', 'any', namedMs, ({ auditID }, endUs) => ({ q: `audit:${auditID}`, ...lastDays(90, endUs) })),
  question('what people changed in a day', 'person', dayMs, ({ timeUs }) => ({
    q: 'is:write is:human',
    ...dayAround(timeUs),
  })),
  question('a word in the sentences of a day', 'change', dayMs, ({ thing, timeUs }) => ({
    q: `"${thing.name} in ${thing.namespace}"`,
    ...dayAround(timeUs),
  })),
  question('what an actor did for the first time', 'person', namedMs, ({ actor, timeUs }) => ({
    path: `/v1/actors/${encodeURIComponent(actor)}/firsts`,
    readsAll: true,
    ...dayAround(timeUs),
  })),
  question('histogram of a week', 'any', countsMs, (_, endUs) => ({
    path: '/v1/events/histogram',
    ...lastDays(7, endUs),
  })),
  question('facets of a week', 'any', countsMs, (_, endUs) => ({ path: '/v1/events/facets', ...lastDays(7, endUs) })),
  question('facets of a namespace in a week', 'shell', countsMs, ({ thing }, endUs) => ({
    path: '/v1/events/facets',
    q: `ns:${thing.namespace}`,
    ...lastDays(7, endUs),
  })),
]

interface Asking {
  readonly path?: string
  readonly q?: string
  readonly more?: string
  /** The window is not all that is read: what was before it decides the answer, and who is asked about is looked for. */
  readonly readsAll?: boolean
  readonly sinceUs: number
  readonly untilUs: number
}

function question(
  name: string,
  of: SampleName,
  aimMs: number,
  asking: (subject: Subject, endUs: number) => Asking,
): Question {
  return {
    name,
    of,
    aimMs,
    asked(subject, endUs) {
      const { path = '/v1/events', q, more = '', readsAll = false, sinceUs, untilUs } = asking(subject, endUs)
      const said = q === undefined ? '' : `q=${encodeURIComponent(q)}&`
      const whole = `${path}?${said}since=${timeOf(sinceUs)}&until=${timeOf(untilUs)}${more}`
      return { path: whole, ...(readsAll ? allTime : { sinceUs, untilUs }) }
    },
  }
}

export function drawQuestion(asked: Question, samples: Samples, endUs: number): Asked {
  return asked.asked(samples.draw(asked.of), endUs)
}

function lastDays(days: number, endUs: number): { readonly sinceUs: number; readonly untilUs: number } {
  return { sinceUs: endUs - days * dayUs, untilUs: endUs }
}

/** The day of UTC. */
function dayAround(timeUs: number): { readonly sinceUs: number; readonly untilUs: number } {
  const sinceUs = Math.floor(timeUs / dayUs) * dayUs
  return { sinceUs, untilUs: sinceUs + dayUs }
}

function timeOf(us: number): string {
  return new Date(Math.floor(us / 1_000)).toISOString()
}
