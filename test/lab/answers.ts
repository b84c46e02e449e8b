// checkAnswers: what Plaintrail answers about each step of the week, held against what was really done.

import type { StoredEvent } from '@plaintrail/event/event'
import type { PlayedStep } from './play.ts'
import { people } from './week/people.ts'
import type { Deed } from './week/step.ts'

export interface AnswersOptions {
  /** GET of Plaintrail's API. */
  readonly get: (path: string) => Promise<Response>
  /** `plaintrail who TYPE/NAME -n NS -c CLUSTER --all -o json`: the ids of the events that it names. */
  readonly who: (object: DeedObject) => Promise<ReadonlySet<string>>
  readonly cluster: string
  readonly steps: readonly PlayedStep[]
}

export interface CheckedDeed {
  readonly step: PlayedStep
  readonly deed: Deed
  /** Those that say what the deed says, oldest first. */
  readonly answered: readonly StoredEvent[]
  /** Empty where the answer is right. */
  readonly wrong: readonly string[]
}

export interface CheckedAnswers {
  readonly deeds: readonly CheckedDeed[]
  /** Changes and connections of people that no step says they made. */
  readonly unexplained: readonly StoredEvent[]
}

/** A deed's object in its parts. */
interface DeedObject {
  /** `deployments.apps`. */
  readonly kind: string
  readonly namespace: string
  /** Empty for a list; may end in `*`. */
  readonly name: string
  readonly subresource: string
}

/** An answer's time may be so far outside the time of its step; play.ts leaves more between two steps. */
const slackUs = 100_000
/** A controller may still be at work when the next step has begun. */
const controllersUs = 60_000_000

export async function checkAnswers(options: AnswersOptions): Promise<CheckedAnswers> {
  const explained = new Set<string>()
  const deeds: CheckedDeed[] = []
  const named = new Map<string, ReadonlySet<string>>()
  for (const step of options.steps) {
    for (const deed of step.did) {
      const answered = (await eventsOf(options, step, deed)).filter((event) => says(event, deed))
      for (const { id } of answered) explained.add(id)
      const wrong = [...wrongCount(deed, answered), ...(await wrongWho(options, named, deed, answered))]
      deeds.push({ step, deed, answered, wrong })
    }
  }
  return { deeds, unexplained: (await everythingOfPeople(options)).filter(({ id }) => !explained.has(id)) }
}

function objectOf(deed: Deed): DeedObject | null {
  if (deed.object === undefined) return null
  const [kind = '', namespace = '', name = '', subresource = ''] = deed.object.split('/')
  return { kind, namespace, name, subresource }
}

/** Asked as a person would ask: actor, verb, object and time, in plain parameters. */
async function eventsOf(options: AnswersOptions, step: PlayedStep, deed: Deed): Promise<readonly StoredEvent[]> {
  const object = objectOf(deed)
  const lateUs = deed.times === 'some' ? controllersUs : slackUs
  const parameters = new URLSearchParams({
    cluster: options.cluster,
    actor: deed.actor,
    verb: deed.verb,
    since: shifted(step.began, -slackUs),
    until: shifted(step.ended, lateUs),
    order: 'asc',
    limit: '1000',
  })
  if (object !== null) {
    parameters.set('kind', object.kind)
    parameters.set('ns', object.namespace)
    parameters.set('sub', object.subresource)
    if (object.name !== '') parameters.set('name', object.name)
  }
  const found = await askAll(options, parameters)
  return found.filter((event) => (object === null ? event.path === deed.path : isNamed(event, object)))
}

const isNamed = (event: StoredEvent, object: DeedObject): boolean =>
  event.object !== null && (object.name === '' ? event.object.name === '' : true)

async function askAll(options: AnswersOptions, parameters: URLSearchParams): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = []
  let path: string | null = `/v1/events?${parameters.toString()}`
  while (path !== null) {
    const response = await options.get(path)
    if (response.status !== 200) throw new Error(`could not ask ${path}: ${response.status} ${await response.text()}`)
    const page = (await response.json()) as { data: StoredEvent[]; next_cursor: string | null }
    found.push(...page.data)
    path = page.next_cursor === null ? null : `/v1/events?cursor=${encodeURIComponent(page.next_cursor)}`
  }
  return found
}

/** Whether the answer tells the deed, in every part that is told. */
function says(event: StoredEvent, deed: Deed): boolean {
  return (
    event.actor.name === deed.actor &&
    event.verb === deed.verb &&
    event.actor.as === (deed.as ?? null) &&
    event.class === deed.class &&
    event.outcome === deed.outcome &&
    event.code === deed.code &&
    event.flags.includes('dryRun') === (deed.dryRun === true) &&
    event.flags.includes('created') === (deed.created === true) &&
    (deed.client === undefined || event.source.client.name === deed.client)
  )
}

function wrongCount(deed: Deed, answered: readonly StoredEvent[]): readonly string[] {
  if (deed.lost !== undefined) return answered.length === 0 ? [] : ['it was answered, though it cannot be known']
  if (deed.times === 'some') return answered.length > 0 ? [] : ['no event says so']
  const times = deed.times ?? 1
  return answered.length === times ? [] : [`${answered.length} events say so, not ${times}`]
}

async function wrongWho(
  options: AnswersOptions,
  named: Map<string, ReadonlySet<string>>,
  deed: Deed,
  answered: readonly StoredEvent[],
): Promise<readonly string[]> {
  const object = objectOf(deed)
  if (object === null || object.name === '' || object.name.includes('*') || answered.length === 0) return []
  const key = JSON.stringify([object.kind, object.namespace, object.name])
  const ids = named.get(key) ?? (await options.who(object))
  named.set(key, ids)
  return answered.every(({ id }) => ids.has(id)) ? [] : ['plaintrail who does not name it']
}

/** The observer is the lab itself: it looks, makes tokens and tries out. */
async function everythingOfPeople(options: AnswersOptions): Promise<readonly StoredEvent[]> {
  const [first, last] = [options.steps[0], options.steps.at(-1)]
  if (first === undefined || last === undefined) return []
  const parameters = new URLSearchParams({
    cluster: options.cluster,
    actor: Object.values(people)
      .map(({ user }) => user)
      .filter((user) => user !== people.observer.user)
      .join(','),
    class: 'write,connect',
    since: first.began,
    until: shifted(last.ended, slackUs),
    limit: '1000',
  })
  return await askAll(options, parameters)
}

const shifted = (time: string, byUs: number): string => new Date(Date.parse(time) + byUs / 1_000).toISOString()
