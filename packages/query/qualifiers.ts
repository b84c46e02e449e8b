// qualifiers: every word that may stand before a colon, what it takes and what it means. Data; docs/query.md shows it.
import { eventClasses, levels, outcomes, stages } from '@plaintrail/event/event'
import { severities } from './severities.ts'

/** Keys of a Query that hold texts, and those that hold numbers, in the order in which a query is written. */
export const textKeys = [
  'cluster',
  'actor',
  'as',
  'initiator',
  'group',
  'is',
  'verb',
  'class',
  'kind',
  'ns',
  'name',
  'sub',
  'uid',
  'outcome',
  'stage',
  'level',
  'reason',
  'client',
  'user-agent',
  'ip',
  'claimed',
  'audit',
  'changed',
  'from_value',
  'to',
  'image',
  'rule',
  'vio',
  'severity',
  'control',
] as const
export const numberKeys = ['code', 'took', 'created', 'seen'] as const
export type TextKey = (typeof textKeys)[number]
export type NumberKey = (typeof numberKeys)[number]
export const astKeys: readonly (TextKey | NumberKey)[] = [...textKeys, ...numberKeys]

/** How a value is read; `key` is where it goes in a Query. */
export type Takes =
  /** A name or a glob; the case counts unless `ignoresCase`. An empty one asks for events that have none. */
  | { readonly kind: 'name'; readonly key: TextKey; readonly allowsEmpty: boolean; readonly ignoresCase: boolean }
  /** A name or a glob, in which `sa:NAMESPACE/NAME` is a service account. */
  | { readonly kind: 'identity'; readonly key: TextKey }
  /** A whole text: no glob, because only equality is indexed. */
  | { readonly kind: 'exact'; readonly key: TextKey }
  /** A text that occurs anywhere in the event's, A to Z being a to z. */
  | { readonly kind: 'part'; readonly key: TextKey }
  | { readonly kind: 'choice'; readonly key: TextKey; readonly choices: readonly string[] }
  /** A choice whose words are in an order, least first: `>=high` is those from there on. */
  | { readonly kind: 'rank'; readonly key: TextKey; readonly choices: readonly string[] }
  /** A resource as kubectl names it, or a glob over `resource` and `resource.group`. */
  | { readonly kind: 'resource'; readonly key: TextKey }
  /** Where in an object something is, without the names of list items or with them; or a glob. */
  | { readonly kind: 'path'; readonly key: TextKey }
  /** An address or a network. */
  | { readonly kind: 'network'; readonly key: TextKey }
  | { readonly kind: 'number'; readonly key: NumberKey; readonly min: number; readonly max: number }
  | { readonly kind: 'duration'; readonly key: NumberKey }
  /** A time, a comparison with one, or a stretch. */
  | { readonly kind: 'time'; readonly key: NumberKey }
  /** One time: where a stretch begins, itself in it, or where it ends, itself not in it. */
  | { readonly kind: 'since' | 'until'; readonly key: NumberKey }
  /** Words that stand for other qualifiers; see is-words.ts. */
  | { readonly kind: 'is' }
  /** KIND/NAME. */
  | { readonly kind: 'object' }
  /** Not yet: whatever it is. */
  | { readonly kind: 'anything' }

export interface Qualifier {
  readonly key: string
  /** Other words for the key. */
  readonly aliases: readonly string[]
  readonly takes: Takes
  /** What an event must have. */
  readonly description: string
  readonly examples: readonly string[]
  /** `now`, or what it waits for, as the end of "… is not available yet: it needs". */
  readonly availability: 'now' | { readonly needs: string }
}

const name = (key: TextKey): Takes => ({ kind: 'name', key, allowsEmpty: false, ignoresCase: false })
const nameOrNone = (key: TextKey): Takes => ({ kind: 'name', key, allowsEmpty: true, ignoresCase: false })
const word = (key: TextKey): Takes => ({ kind: 'name', key, allowsEmpty: false, ignoresCase: true })
const choice = (key: TextKey, choices: readonly string[]): Takes => ({ kind: 'choice', key, choices })

type Row = readonly [key: string, takes: Takes, description: string, example: string, ...aliases: string[]]

const rowsNow: readonly Row[] = [
  ['cluster', name('cluster'), 'the cluster', 'cluster:eks-*'],
  ['actor', { kind: 'identity', key: 'actor' }, 'who asked', 'actor:sa:ci/*', 'user', 'by'],
  ['as', { kind: 'identity', key: 'as' }, 'whom the actor acted as; `as:""` nobody', 'as:system:admin'],
  ['initiator', { kind: 'identity', key: 'initiator' }, 'who is behind it; `initiator:""` nobody', 'initiator:alice@*'],
  ['group', name('group'), 'a group of the actor', 'group:sre'],
  ['is', { kind: 'is' }, 'one of the words below', 'is:human'],
  ['verb', word('verb'), "Kubernetes' verb", 'verb:patch,update'],
  ['class', choice('class', eventClasses), 'what kind of thing was done', 'class:connect'],
  ['kind', { kind: 'resource', key: 'kind' }, 'the kind, as kubectl names it', 'kind:deploy,sts', 'resource', 'res'],
  ['ns', nameOrNone('ns'), 'the namespace; `ns:""` in none', 'ns:prod-*', 'namespace'],
  ['name', nameOrNone('name'), 'the name of the object', 'name:api'],
  ['obj', { kind: 'object' }, 'kind and name of the object', 'obj:deploy/api', 'object'],
  ['uid', { kind: 'exact', key: 'uid' }, 'the uid of the object', 'uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7'],
  ['sub', nameOrNone('sub'), 'the subresource; `sub:""` none', 'sub:exec', 'subresource'],
  ['outcome', choice('outcome', outcomes), 'how it ended', 'outcome:denied,rejected'],
  ['stage', choice('stage', stages), 'the stage of the request', 'stage:Panic'],
  ['level', choice('level', levels), 'how much the API server recorded', 'level:RequestResponse'],
  ['reason', { kind: 'part', key: 'reason' }, 'a part of why it was allowed or refused', 'reason:"ClusterRoleBinding"'],
  ['client', word('client'), 'the program that the user agent claims', 'client:kubectl'],
  ['user-agent', { kind: 'part', key: 'user-agent' }, 'a part of the user agent', '-user-agent:argocd', 'ua'],
  ['ip', { kind: 'network', key: 'ip' }, 'the address that the API server saw', '-ip:10.0.0.0/8'],
  ['claimed', { kind: 'network', key: 'claimed' }, 'an address that was only claimed', 'claimed:203.0.113.9'],
  ['audit', { kind: 'exact', key: 'audit' }, 'the auditID', 'audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5', 'auditid'],
  ['code', { kind: 'number', key: 'code', min: 100, max: 999 }, 'the HTTP status', 'code:>=400'],
  ['took', { kind: 'duration', key: 'took' }, 'how long the request or session lasted', 'took:>10m'],
  ['created', { kind: 'time', key: 'created' }, 'the time of the request', 'created:2026-11-01..2026-11-05', 'time'],
  ['after', { kind: 'since', key: 'created' }, 'this time or a later one', 'after:2026-11-01', 'since'],
  ['before', { kind: 'until', key: 'created' }, 'an earlier time', 'before:-1h', 'until'],
  ['on', { kind: 'time', key: 'created' }, 'the same as `created`', 'on:2026-11-20', 'at'],
  ['seen', { kind: 'time', key: 'seen' }, 'when Plaintrail took it in', 'seen:>-5m'],
  ['changed', { kind: 'path', key: 'changed' }, 'a field that changed', 'changed:spec.replicas', 'field'],
  ['to', nameOrNone('to'), 'the new value of a changed field; `to:""` none', 'to:0'],
  ['from_value', nameOrNone('from_value'), 'its old value; `from_value:""` none', 'from_value:5'],
  ['image', name('image'), 'an image of a container, new with this write', 'image:*/api:1.9*'],
  ['rule', name('rule'), 'a part in a finding of this rule', 'rule:exec-into-prod'],
  ['vio', { kind: 'exact', key: 'vio' }, 'a part in this finding', 'vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN', 'finding'],
  [
    'severity',
    { kind: 'rank', key: 'severity', choices: severities },
    'a part in a finding so severe',
    'severity:>=high',
  ],
  ['control', name('control'), 'a part in a finding about this control', 'control:pci:10.2.1.2'],
]

const changes = 'the history of objects'

type LaterRow = readonly [key: string, description: string, needs: string, example: string, ...aliases: string[]]

const rowsLater: readonly LaterRow[] = [['label', 'a label of the object at the time', changes, 'label:team=payments']]

export const qualifiers: readonly Qualifier[] = [
  ...rowsNow.map(([key, takes, description, example, ...aliases]) => ({
    key,
    aliases,
    takes,
    description,
    examples: [example],
    availability: 'now' as const,
  })),
  ...rowsLater.map(([key, description, needs, example, ...aliases]) => ({
    key,
    aliases,
    takes: { kind: 'anything' } as const,
    description,
    examples: [example],
    availability: { needs },
  })),
]

const byWord = new Map(qualifiers.flatMap((one) => [one.key, ...one.aliases].map((word) => [word, one] as const)))

/** Words of other tools for our keys, so that who types them is told ours. */
const otherWords: ReadonlyMap<string, string> = new Map([
  ['username', 'actor'],
  ['impersonated', 'as'],
  ['behind', 'initiator'],
  ['type', 'kind'],
  ['status', 'code'],
  ['decision', 'outcome'],
  ['result', 'outcome'],
  ['from', 'after'],
  ['agent', 'user-agent'],
  ['duration', 'took'],
  ['received', 'seen'],
  ['source', 'ip'],
  ['sourceips', 'ip'],
  ['id', 'audit'],
])

/** The qualifier of a key or an alias in any case, or null. */
export function qualifierOf(word: string): Qualifier | null {
  return byWord.get(word.toLowerCase()) ?? null
}

/** Every word that is compared with one that is no key, and the key that it means. */
export const wordsForKeys: ReadonlyMap<string, string> = new Map([
  ...[...byWord].map(([word, { key }]) => [word, key] as const),
  ...otherWords,
])
