// findSessions: shells and other connections into running things, each with its end, or with why its end is not known.

import type { StoredEvent } from '@plaintrail/event/event'
import { and, matches, or, within, type Query } from '@plaintrail/query/ast'
import type { Order } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { sql, type SQL } from 'drizzle-orm'
import { budgetOf, type Budget } from './budget.ts'
import { pageMsMax, QuestionTooLong } from './find-events.ts'
import { positionOf, type EventPosition, type WhereIn } from './find-records.ts'
import type { Store } from './open-store.ts'
import { queryConditions } from './query-conditions.ts'
import { readRequests, type RequestReader } from './read-requests.ts'
import { hasEnd, sessionOf, type Session, type SessionState } from './session.ts'
import { storedEvents, type FoundEvent } from './stored-events.ts'
import { takeSnapshot } from './take-snapshot.ts'
import { unseenEnds } from './unseen-ends.ts'

export interface SessionQuestion {
  /** Asks for requests; of these, sessions are answered. */
  readonly query: Query
  /** In which a session begins. */
  readonly window: Window
  readonly order: Order
  /** At least 1. */
  readonly limit: number
  readonly after: EventPosition | null
  readonly snapshot: Snapshot | null
  /** Null for all of them. */
  readonly state: SessionState | null
  /** What is open is open now: microseconds since 1970. */
  readonly nowUs: number
  readonly budget?: Budget
}

export interface FoundSessions {
  readonly sessions: readonly Session[]
  readonly next: EventPosition | null
  readonly snapshot: Snapshot
  /** The budget was spent: the next page goes on from where it got to. */
  readonly isPartial: boolean
}

/**
 * By the time at which they were asked for. Rejects as findEvents does. What was refused is no session: it never began.
 */
export async function findSessions(store: Store, scope: Scope, question: SessionQuestion): Promise<FoundSessions> {
  const budget = question.budget ?? budgetOf(pageMsMax)
  const query = and([question.query, connections])
  // In this order, as findEvents does.
  const snapshot = question.snapshot ?? (await takeSnapshot(store, scope, query))
  const conditions = await queryConditions(store, scope, query)
  if (conditions === null) return { sessions: [], next: null, snapshot, isPartial: false }
  const where: WhereIn = (stretch) => sql`${conditions.where(stretch)} and ${mayBe(question.state)}`
  const asked = { ...question, snapshot, budget }
  const reader = await readRequests(store, { ...conditions, where }, asked, question.limit + 1)
  const found = await readSessions(store, reader, question)
  const page = found.slice(0, question.limit)
  const last = page.at(-1)
  if (found.length > page.length && last)
    return { ...pageOf(page), next: positionOf(last.record), snapshot, isPartial: false }
  if (reader.isAtEnd()) return { ...pageOf(page), next: null, snapshot, isPartial: false }
  return { ...pageOf(page), next: reader.position(), snapshot, isPartial: true }
}

const pageOf = (found: readonly Found[]): Pick<FoundSessions, 'sessions'> => ({
  sessions: found.map(({ session }) => session),
})

/**
 * A proxied request is a session only where the connection was upgraded (101 Switching Protocols): any other is over as
 * soon as it is answered. A panic ends what had begun.
 */
const connections = and([
  matches('class', [['connect']]),
  or([
    matches('sub', [['exec'], ['attach'], ['portforward']]),
    and([matches('sub', [['proxy']]), within('code', [{ min: 101, max: 101 }])]),
  ]),
  or([matches('outcome', [['success'], ['pending']]), matches('stage', [['Panic']])]),
])

/** What has ended has a last stage that says so, and few sessions have none: the others need not be read. */
function mayBe(state: SessionState | null): SQL {
  return state === 'open' || state === 'unknown' ? sql`e.stage not in ('c', 'p')` : sql`true`
}

interface Found {
  readonly record: FoundEvent['record']
  readonly session: Session
}

async function readSessions(
  store: Store,
  reader: RequestReader,
  { limit, state, nowUs }: SessionQuestion,
): Promise<readonly Found[]> {
  const begin = reader.position()
  const found: Found[] = []
  while (found.length <= limit && !reader.isAtEnd() && !reader.isSpent()) {
    const requests = await reader.next()
    const events = await storedEvents(store, requests)
    const sessions = await sessionsOf(store, requests, events, nowUs)
    found.push(...sessions.filter(({ session }) => state === null || session.state === state))
  }
  if (reader.isAtEnd() || reader.position() !== begin) return found
  throw new QuestionTooLong('could not read even the first events in the time that a question has; narrow the window')
}

async function sessionsOf(
  store: Store,
  requests: readonly FoundEvent[],
  events: readonly StoredEvent[],
  nowUs: number,
): Promise<readonly Found[]> {
  const unended = requests.flatMap(({ record }, index) => (hasEnd(events[index]) ? [] : [record]))
  const unseen = await unseenEnds(store, unended, nowUs)
  return requests.flatMap(({ record }, index) => {
    const event = events[index]
    const session = event && sessionOf(event, unseen.get(record) ?? null)
    return session ? [{ record, session }] : []
  })
}
