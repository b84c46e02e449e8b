// chainLine: how an object that a controller made goes back to what somebody did, in one line.
import { shortName } from '@plaintrail/event/resources'
import { isStoredEvent } from '../answers.ts'
import type { Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import type { TracedEvent } from '../history-answers.ts'
import { didWords, objectWords } from '../output/event-words.ts'
import { behindWords } from '../output/initiator-words.ts'
import { displayWidth, terminalText, truncated } from '../output/terminal-text.ts'
import type { Session } from '../session.ts'
import type { ObjectPlace } from './find-object.ts'

/** Owners nest four deep at most; each link is one request. */
const linksMax = 6

/**
 * `po/api-7c9f-x2x ← rs/api-7c9f ← deploy/api: image api:1.9, 14m ago by alice@acme.io (certain)`; null where the
 * object was not made by a controller, or nobody is known to be behind it. Safe to print.
 */
export async function chainLine(
  session: Session,
  api: Api,
  { group, resource, name }: ObjectPlace,
  events: readonly TracedEvent[],
): Promise<string | null> {
  const made = events.find(
    ({ verb, outcome, object }) => verb === 'create' && outcome === 'success' && !object?.subresource,
  )
  const initiator = made?.initiator
  if (made === undefined || initiator == null || initiator.kind === 'unknown') return null
  const links = initiator.chain.filter(({ event }) => event !== made.id).slice(0, linksMax)
  if (links.length === 0 || initiator.name === made.actor.name) return null
  const causes = await Promise.all(links.map(({ event }) => eventOf(api, event)))
  const steps = causes.flatMap((cause, index) => [cause === null ? (links[index]?.what ?? '?') : objectWords(cause)])
  const first = causes.at(-1) ?? null
  const by = behindWords({ name: initiator.name, as: null })
  const from = terminalText(`${shortName(group, resource)}/${name}`)
  // Two links may lead to one event, such as an eviction by what it deleted and by who asked for it.
  const words = [from, ...steps.map(terminalText)].filter((word, at, all) => word !== all[at - 1])
  const way = words.join(' ← ')
  const who = `by ${by} (${initiator.confidence})`
  if (first === null) return `${way} ${who}`
  const end = `, ${first.time === null ? '' : session.when(first.time)} ${who}`
  return `${way}: ${fitted(session, deedWords(first), displayWidth(`${way}: ${end}`))}${end}`
}

/** A deed that is cut to less than this says nothing. */
const deedWidthMin = 20

/** Cut to what the terminal has left beside `taken` columns; whole where there is none. */
function fitted({ io: { stdout } }: Session, deed: string, taken: number): string {
  return stdout.isTty ? truncated(deed, Math.max(deedWidthMin, stdout.columns - taken)) : deed
}

function deedWords(event: TracedEvent): string {
  const { change } = event
  return change == null || change.summary === '' ? didWords(event) : terminalText(change.summary)
}

/** Null where it is past retention, or may not be read. */
async function eventOf(api: Api, id: string): Promise<TracedEvent | null> {
  try {
    const { value } = await api.get('/v1/events/{id}', { path: { id } })
    return isStoredEvent(value) ? value : null
  } catch (error) {
    if (error instanceof CliError && (error.code === 'not_found' || error.code === 'denied')) return null
    throw error
  }
}
