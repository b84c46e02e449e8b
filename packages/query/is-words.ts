// isWords: the words of `is:`, what each means, and which of them have to wait. Rows and events in memory are asked by the same.
import type { ActorType, FlagName } from '@plaintrail/event/event'
import type { TextKey } from './qualifiers.ts'

export interface IsWord {
  readonly word: string
  /** Goes on after "the request". */
  readonly description: string
  /** The qualifier that it is short for; `is` itself where there is no other. */
  readonly key: TextKey
  readonly value: string
  readonly availability: 'now' | { readonly needs: string }
}

const now = (word: string, description: string, key: TextKey = 'is', value: string = word): IsWord => ({
  word,
  description,
  key,
  value,
  availability: 'now',
})
const later = (word: string, description: string, needs: string): IsWord => ({
  ...now(word, description),
  availability: { needs },
})

export const isWords: readonly IsWord[] = [
  now('read', 'looked at something', 'class'),
  now('write', 'changed something or tried to', 'class'),
  now('connect', 'went into something running: exec, attach, port-forward, proxy', 'class'),
  now('success', 'went well', 'outcome'),
  now('denied', 'was refused by login or authorization', 'outcome'),
  now('rejected', 'was refused by admission, validation or a conflict', 'outcome'),
  now('error', 'failed by a fault', 'outcome'),
  now('pending', 'has no answer yet', 'outcome'),
  now('human', 'was made by a person (actor type human)'),
  now('bot', 'was made by a service account (actor type service-account)'),
  now('controller', 'was made by a part of the control plane (actor type control-plane)'),
  now('node', 'was made by a node (actor type node)'),
  now('anonymous', 'was made by nobody known (actor type anonymous or failed-authentication)'),
  now('impersonated', 'was made in another\'s name: the opposite of `as:""`'),
  now('truncated', 'has no bodies: the API server left them out (flag truncated)'),
  now('dryrun', 'changed nothing: dryRun=All (flag dryRun)'),
  now('created', 'made its object, whatever the verb (flag created)'),
  now('redacted', 'held a secret, which is not kept (flag redacted)'),
  now('failed-open', 'went past an admission webhook that failed (flag failedOpen)'),
  now('odd', 'was logged as no API server writes it (flags duplicateKeys, malformed and oddTime)'),
  now('chosen-id', 'has an auditID that no API server makes: the client chose it'),
  later('first-seen', 'was the first of its actor and kind', 'the memory of what each actor did before'),
  later('declared', 'does what a declared source says', 'declared sources such as Git'),
  later(
    'breakglass',
    'was made with an identity that is kept for emergencies',
    'the list of identities for emergencies',
  ),
]

export function isWordOf(word: string): IsWord | null {
  const lower = word.toLowerCase()
  return isWords.find((known) => known.word === lower) ?? null
}

/** Any of these types of actor is what the words mean, or any of these flags; other words mean neither. */
export const actorTypesOf = (words: readonly string[]): readonly ActorType[] =>
  words.flatMap((word) => typesByWord.get(word) ?? [])
export const flagsOf = (words: readonly string[]): readonly FlagName[] =>
  words.flatMap((word) => flagsByWord.get(word) ?? [])

const typesByWord: ReadonlyMap<string, readonly ActorType[]> = new Map([
  ['human', ['human']],
  ['bot', ['service-account']],
  ['controller', ['control-plane']],
  ['node', ['node']],
  ['anonymous', ['anonymous', 'failed-authentication']],
])
const flagsByWord: ReadonlyMap<string, readonly FlagName[]> = new Map([
  ['truncated', ['truncated']],
  ['dryrun', ['dryRun']],
  ['created', ['created']],
  ['redacted', ['redacted']],
  ['failed-open', ['failedOpen']],
  ['odd', ['duplicateKeys', 'malformed', 'oddTime']],
])
