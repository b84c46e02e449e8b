// kubectlLine: a kubectl command as one line for a POSIX shell, of words that nobody can mistake for other words.

import type { Actor, Event } from '@plaintrail/event/event'
import { knownResources } from '@plaintrail/event/known-resources'
import { shellCommand } from './shell-words.ts'

/** In characters. A longer one ends with `…` and is then never sure. */
export const commandCharsMax = 300

/** What of a call every kubectl command needs; an Event has it. */
export type KubectlCall = Pick<
  Event,
  'verb' | 'class' | 'object' | 'path' | 'requestURI' | 'detail' | 'impersonated' | 'flags' | 'client'
> & {
  /** What was sent; undefined where it is not there. */
  readonly requestObject: unknown
  /** False where the groups that were acted as are not known, though the identity is. */
  readonly knowsGroups?: boolean
}

export interface LikelyCommand {
  /** `kubectl scale deployment/api --replicas=5 -n shop`, at most `commandCharsMax` characters. `…` is what is not known. */
  readonly line: string
  /** No other command of kubectl makes this call, however its flags and names are spelled. */
  readonly sure: boolean
  /** `scale`, `set image`. */
  readonly subcommand: string
  /** What was sent is known. */
  readonly isSeen: boolean
}

interface Words {
  readonly subcommand: string
  readonly words: readonly string[]
  /** There was more that is not known: `…` stands behind the words. */
  readonly more?: boolean
  /** Null for none, where the object or the flag says all. */
  readonly namespace?: string | null
  /** What stands behind `--`. */
  readonly run?: readonly string[]
  readonly sure?: boolean
}

/** Null where a name could be taken for a flag, or cannot be shown in printable ASCII. */
export function kubectlLine(call: KubectlCall, asked: Words): LikelyCommand | null {
  const { subcommand, words, more = false, run, sure = false } = asked
  const namespace = asked.namespace === undefined ? (call.object?.namespace ?? '') : (asked.namespace ?? '')
  if (namespace !== '' && !isPlainName(namespace)) return null
  const flags = [...(namespace === '' ? [] : ['-n', namespace]), ...dryRun(call), ...asWords(call.impersonated)]
  const parts = [
    shellCommand(['kubectl', ...subcommand.split(' '), ...words]),
    ...(more ? ['…'] : []),
    ...(flags.length === 0 ? [] : [shellCommand(flags)]),
    ...(run === undefined ? [] : ['--', shellCommand(run)]),
  ]
  if (parts.includes(null)) return null
  const line = parts.join(' ')
  const isWhole = line.length <= commandCharsMax
  const isKnown = !more && call.requestURI !== '' && call.knowsGroups !== false
  return {
    line: isWhole ? line : `${line.slice(0, commandCharsMax - 1)}…`,
    sure: sure && isWhole && isKnown,
    subcommand,
    isSeen: call.requestObject !== undefined,
  }
}

/** A name that is no flag and holds nothing that means something else: names of Roles may hold colons. */
export const isPlainName = (name: string): boolean => /^\w[\w.:@-]*$/.test(name)

/** Groups of Kubernetes itself, whose resources kubectl finds by their short form; those of add-ons need their group. */
const ownGroup = /^(?:|apps|batch|autoscaling|policy|extensions|[a-z.]+\.k8s\.io)$/
const lentNames = new Set(['metrics.k8s.io', 'events.k8s.io', 'extensions'])

/** `pods`, `widgets.acme.io`; null where it is no word. */
export function resourceWord({ apiGroup, resource }: Resource): string | null {
  const isOwn = ownGroup.test(apiGroup) && !lentNames.has(apiGroup)
  const word = isOwn && known.has(`${apiGroup}/${resource}`) ? resource : [resource, apiGroup].filter(Boolean).join('.')
  return isPlainName(word) ? word : null
}

/** `deployment/api`, `widgets.acme.io/w`; null where one of them is no word. */
export function objectWord(object: Resource & { readonly name: string }): string | null {
  const word = resourceWord(object)
  if (word === null || !isPlainName(object.name)) return null
  return `${word === object.resource ? (known.get(`${object.apiGroup}/${word}`) ?? word) : word}/${object.name}`
}

type Resource = { readonly apiGroup: string; readonly resource: string }

const known: ReadonlyMap<string, string> = new Map(
  knownResources.map(({ group, resource, kind }) => [`${group}/${resource}`, kind.toLowerCase()]),
)

const dryRun = ({ flags }: KubectlCall): readonly string[] => (flags.dryRun === true ? ['--dry-run=server'] : [])

/** Groups that the API server adds by itself to whom somebody acts as (kubernetes/apiserver, filters/impersonation.go). */
const isAdded = (group: string): boolean =>
  group === 'system:authenticated' || /^system:serviceaccounts(:|$)/.test(group)

function asWords(impersonated: Pick<Actor, 'name' | 'groups'> | null): readonly string[] {
  if (impersonated === null) return []
  const groups = impersonated.groups.filter((group) => !isAdded(group))
  return [`--as=${impersonated.name}`, ...groups.map((group) => `--as-group=${group}`)]
}

/** What stands at a path of a body; undefined where there is none. */
export function bodyAt(body: unknown, ...path: readonly string[]): unknown {
  let value = body
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}

/** Whether a body holds these members and no others. */
export function hasOnly(body: unknown, ...names: readonly string[]): boolean {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false
  const own = Object.keys(body)
  return own.length === names.length && names.every((name) => own.includes(name))
}
