// activitySentence: what was done in a stretch of work, in one line: `14 minutes, 3 namespaces, read 4 secrets, exec twice`.

import { plainWord } from '@plaintrail/event/plain-text'
import { kindOf } from '@plaintrail/event/resources'
import type { ActivityCall } from './activity-call.ts'

export interface ActivityCounts {
  /** Answered reads; discovery is none. */
  readonly reads: number
  /** Writes that were done; dry runs are none. */
  readonly changes: number
  /** Connections that were let in. */
  readonly connections: number
  /** Refused by authentication or authorization, of any class. */
  readonly denied: number
  /** Changes and connections that ended otherwise: by admission, validation, a conflict, a fault, or for want of the object. */
  readonly failed: number
  readonly dry_runs: number
  /** Secrets that were read by name, each once. */
  readonly secrets_read: number
  /** Lists and watches of secrets, each of which shows all that it matched. */
  readonly secret_lists: number
}

/** Kinds of change that are named; of the others it is said how many there are. */
const changesNamedMax = 4
const kindsNamedMax = 3
const identitiesMax = 2
const nameCharsMax = 80

export function countsOf(calls: readonly ActivityCall[]): ActivityCounts {
  const count = (is: (call: ActivityCall) => boolean): number => calls.filter(is).length
  return {
    reads: count(isAnsweredRead),
    changes: count(isChange),
    connections: count(isConnection),
    denied: count(({ outcome }) => outcome === 'denied'),
    failed: count(isFailed),
    dry_runs: count(({ isDryRun }) => isDryRun),
    secrets_read: distinct(calls.filter((call) => isOfSecrets(call) && call.verb === 'get')),
    secret_lists: count((call) => isOfSecrets(call) && (call.verb === 'list' || call.verb === 'watch')),
  }
}

const isAnsweredRead = (call: ActivityCall): boolean => call.class === 'read' && call.outcome === 'success'
const isChange = (call: ActivityCall): boolean => call.class === 'write' && call.outcome === 'success' && !call.isDryRun
// A shell that has not ended is pending, as far as its class goes.
const isConnection = (call: ActivityCall): boolean =>
  call.class === 'connect' && (call.outcome === 'success' || call.outcome === 'pending')
// That a read finds nothing is no failure: kubectl looks before it creates, and until what it deletes is gone.
const isFailed = (call: ActivityCall): boolean =>
  (call.class === 'write' || call.class === 'connect') && (call.outcome === 'rejected' || call.outcome === 'error')
const isOfSecrets = (call: ActivityCall): boolean =>
  isAnsweredRead(call) && call.object?.resource === 'secrets' && call.object.apiGroup === ''

/** `calls` in the order of time, from first to last; `durationUs` from the first to the end of the last. */
export function activitySentence(calls: readonly ActivityCall[], durationUs: number): string {
  const counts = countsOf(calls)
  const done = [
    ...secretWords(counts),
    ...connectionWords(calls),
    ...changeWords(calls),
    ...counted(counts.dry_runs, 'dry run', 'dry runs'),
    ...(counts.denied > 0 ? [`${counts.denied} refused`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
  ]
  const told = done.length > 0 ? done : readWords(calls)
  return [durationWords(durationUs), ...placeWords(calls), ...identityWords(calls), ...told].join(', ')
}

/** In two units at most: `14 minutes`, `2 hours 5 minutes`. */
function durationWords(us: number): string {
  const seconds = Math.round(us / 1_000_000)
  if (seconds < 1) return 'a moment'
  if (seconds < 60) return countedWord(seconds, 'second', 'seconds')
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return countedWord(minutes, 'minute', 'minutes')
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours < 48) return [countedWord(hours, 'hour', 'hours'), ...counted(rest, 'minute', 'minutes')].join(' ')
  return countedWord(Math.round(hours / 24), 'day', 'days')
}

function placeWords(calls: readonly ActivityCall[]): readonly string[] {
  const clusters = new Set(calls.map(({ cluster }) => cluster)).size
  const namespaces = [...new Set(calls.map(({ object }) => object?.namespace ?? '').filter((name) => name !== ''))]
  const [only = ''] = namespaces
  const inThem =
    namespaces.length === 1 ? [`in ${plainWord(only, nameCharsMax)}`] : counted(namespaces.length, '', 'namespaces')
  return [...(clusters > 1 ? [`${clusters} clusters`] : []), ...inThem]
}

function identityWords(calls: readonly ActivityCall[]): readonly string[] {
  const names = [...new Set(calls.flatMap((call) => (call.as === null ? [] : [call.as])))]
  if (names.length === 0) return []
  const shown = names.slice(0, identitiesMax).map((name) => plainWord(name, nameCharsMax))
  const more = names.length - shown.length
  return [`acting as ${shown.join(' and ')}${more === 0 ? '' : ` and ${more} more`}`]
}

function secretWords({ secrets_read, secret_lists }: ActivityCounts): readonly string[] {
  return [
    ...(secrets_read > 0 ? [`read ${oneOrMore(secrets_read, 'secret', 'secrets')}`] : []),
    ...(secret_lists > 0 ? [`listed secrets ${times(secret_lists)}`] : []),
  ]
}

const connectionNames: readonly (readonly [subresource: string, word: string])[] = [
  ['exec', 'exec'],
  ['attach', 'attached'],
  ['portforward', 'forwarded a port'],
  ['proxy', 'reached through the API server'],
]

function connectionWords(calls: readonly ActivityCall[]): readonly string[] {
  const connections = calls.filter(isConnection)
  return connectionNames.flatMap(([subresource, word]) => {
    const count = connections.filter(({ object }) => object?.subresource === subresource).length
    return count === 0 ? [] : [`${word} ${times(count)}`]
  })
}

/** Each kind of change to each kind of object, with how many objects there were; those of most objects first. */
function changeWords(calls: readonly ActivityCall[]): readonly string[] {
  const changes = Map.groupBy(
    calls.filter(isChange),
    (call) => `${changeWord(call)} ${call.object?.apiGroup}/${call.object?.resource}`,
  )
  const told = [...changes.values()].map((same) => ({ same, count: distinct(same) }))
  const inOrder = told.toSorted((one, other) => other.count - one.count)
  const named = inOrder.slice(0, changesNamedMax)
  const rest = inOrder.slice(changesNamedMax).reduce((sum, { same }) => sum + same.length, 0)
  return [
    ...named.flatMap(({ same, count }) => kindWords(same, count)),
    ...counted(rest, 'other change', 'other changes'),
  ]
}

function kindWords(same: readonly ActivityCall[], count: number): readonly string[] {
  const [first] = same
  if (first === undefined) return []
  const { apiGroup, resource } = first.object ?? { apiGroup: '', resource: '' }
  const many = plainWord(resource, nameCharsMax)
  const word = changeWord(first)
  if (word === 'deleted all') return [`${word} ${many}${same.length === 1 ? '' : ` ${times(same.length)}`}`]
  return [`${word} ${oneOrMore(count, plainWord(kindOf(apiGroup, resource).toLowerCase(), nameCharsMax), many)}`]
}

/** What was done to the object, in one word or two. */
function changeWord({ verb, isCreated, object }: ActivityCall): string {
  if (object?.subresource === 'eviction') return 'evicted'
  if (object?.subresource === 'token') return 'issued tokens for'
  if (object?.subresource === 'approval') return 'approved or denied'
  if (object?.subresource === 'binding') return 'bound'
  if (verb === 'deletecollection') return 'deleted all'
  if (isCreated || (verb === 'create' && object?.subresource === '')) return 'created'
  return verb === 'delete' ? 'deleted' : 'changed'
}

/** Where nothing was done but to look. */
function readWords(calls: readonly ActivityCall[]): readonly string[] {
  const reads = calls.filter(isAnsweredRead)
  if (reads.length === 0) return ['asked for no object']
  const byKind = Map.groupBy(reads, ({ object }) => object?.resource ?? '')
  const kinds = [...byKind].toSorted(([, one], [, other]) => other.length - one.length).map(([kind]) => kind)
  const shown = kinds.slice(0, kindsNamedMax).map((kind) => plainWord(kind, nameCharsMax))
  const more = kinds.length - shown.length
  return [`only read ${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`]
}

/** Objects, each once; what was made without a name counts each time. */
function distinct(calls: readonly ActivityCall[]): number {
  const names = calls.map(({ id, cluster, object }) =>
    object === null || object.name === ''
      ? id
      : JSON.stringify([cluster, object.apiGroup, object.resource, object.namespace, object.name]),
  )
  return new Set(names).size
}

const countedWord = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
const counted = (count: number, one: string, many: string): readonly string[] =>
  count === 0 ? [] : [countedWord(count, one, many)]
const oneOrMore = (count: number, one: string, many: string): string =>
  count === 1 ? `one ${one}` : `${count} ${many}`
const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`)
