// queriesAbout: random queries about what is in some events, so that they mean something, on either side.

import type { Event } from '@plaintrail/event/event'
import { and, not, or, type Query } from '@plaintrail/query/ast'
import { isWords } from '@plaintrail/query/is-words'
import { parseQuery } from '@plaintrail/query/parse-query'
import { QueryError } from '@plaintrail/query/query-error'

/** A seeded one, so that a failure can be had again. */
interface Random {
  below(below: number): number
  pick<T>(from: readonly [T, ...T[]]): T
}

type TextOf = (event: Event, random: Random) => string

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** A name, or a glob that it is like. */
function globbed(text: string, random: Random): string {
  const [from, to] = [random.below(text.length + 1), random.below(text.length + 1)].toSorted((a, b) => a - b)
  switch (random.below(4)) {
    case 0:
      return `${quoted(text.slice(0, to))}*`
    case 1:
      return `*${quoted(text.slice(from))}`
    case 2:
      return `${quoted(text.slice(0, from))}*${quoted(text.slice(to ?? 0))}`
    default:
      return quoted(text)
  }
}

const namesOf: Readonly<Record<string, (event: Event) => string | null | undefined>> = {
  actor: ({ actor }) => actor.name,
  as: ({ impersonated }) => impersonated?.name ?? '',
  group: ({ actor }) => actor.groups[0],
  verb: ({ verb }) => verb,
  kind: ({ object }) => object?.resource,
  ns: ({ object }) => object?.namespace ?? '',
  name: ({ object }) => object?.name ?? '',
  sub: ({ object }) => object?.subresource ?? '',
  client: ({ client }) => client.name,
  reason: ({ reason }) => reason.slice(0, 40),
  'user-agent': ({ client }) => client.userAgent.slice(0, 40),
  initiator: ({ actor }) => actor.name,
}
const words = isWords.filter(({ availability }) => availability === 'now').map(({ word }) => word)
const fields = [
  'changed:spec.replicas',
  'changed:replicas to:0',
  'changed:replicas -to:0,1',
  'changed:spec.template',
  'changed:image,labels',
  'changed:containers[api].image',
  'changed:containers[].image -from_value:*:1.8',
  'changed:*image*',
  'to:5 from_value:3',
  'to:""',
  '-to:*',
  'from_value:"" to:*',
  'changed:resources changed:verbs to:secrets',
  '(changed:resources to:secrets) (changed:verbs to:list)',
  'image:*',
  'image:*api*',
  'image:*/api:1.9*',
]
const numbers = [
  'code:>=400',
  'code:2xx',
  'code:200',
  'took:>1ms',
  'took:<1ms',
  'after:2026-11-20',
  'before:2026-11-26T14:50:00Z',
]
const networks = [
  'ip:10.0.0.0/8',
  'ip:127.0.0.1',
  'ip:10.1.2.3',
  'ip:2001:db8::/32',
  'ip:0.0.0.0/0',
  'ip:::/0',
  'claimed:203.0.113.0/24',
]
const kinds = ['deploy', 'po,svc', 'Pod', '*.apps', 'pods.v1', 'events.v1', 'deployments.apps', 'cm']

const terms: readonly TextOf[] = [
  ...Object.entries(namesOf).map(([key, nameOf]): TextOf => (event, random) => {
    const name = nameOf(event) ?? 'none'
    return `${key}:${name === '' ? '""' : globbed(name, random)}`
  }),
  (_event, random) => `is:${random.pick(['human', ...words])}`,
  (_event, random) => random.pick(['changed:spec', ...fields]),
  (_event, random) => random.pick(['code:404', ...numbers]),
  (_event, random) => random.pick(['ip:10.0.0.1', ...networks]),
  (_event, random) => `kind:${random.pick(['po', ...kinds])}`,
  ({ outcome, stage, level }, random) => random.pick([`outcome:${outcome}`, `stage:${stage}`, `level:${level}`]),
  ({ auditID }) => `audit:${quoted(auditID)}`,
  ({ object }) => `uid:${quoted(object?.uid ?? 'nothing')}`,
]

/** `sentenceOf` is for free text; null where none is to be asked for. */
export function queriesAbout(
  events: readonly [Event, ...Event[]],
  random: Random,
  { count, sentenceOf }: { readonly count: number; readonly sentenceOf: ((event: Event) => string) | null },
): readonly Query[] {
  const leaf = (): Query => {
    const event = random.pick(events)
    const isText = sentenceOf !== null && random.below(12) === 0
    const term = terms[random.below(terms.length)]
    return parsed(isText ? quoted(sliceOf(sentenceOf(event), random)) : (term?.(event, random) ?? 'code:200'))
  }
  const tree = (depth: number): Query => {
    const kind = depth === 0 ? 0 : random.below(4)
    if (kind === 1) return and(some(() => tree(depth - 1), random))
    if (kind === 2) return or(some(() => tree(depth - 1), random))
    return kind === 3 ? not(tree(depth - 1)) : leaf()
  }
  return Array.from({ length: count }, () => tree(3))
}

const some = <T>(make: () => T, random: Random): readonly T[] => Array.from({ length: 1 + random.below(3) }, make)

function sliceOf(text: string, random: Random): string {
  const from = random.below(Math.max(1, text.length - 6))
  return text.slice(from, from + 4 + random.below(12)).trim() || 'created'
}

/** What no query can say becomes one that asks for a code. */
function parsed(text: string): Query {
  try {
    return parseQuery(text, 0)
  } catch (error) {
    if (error instanceof QueryError) return parseQuery('code:200', 0)
    throw error
  }
}
