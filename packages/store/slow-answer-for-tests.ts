// slowAnswer: which requests a query means, the slow way: every item is read and judged by itself. It is written apart from
// the SQL and shares none of its code, so that the two can be held against each other.

import { eventIdentity, eventKey, formatEventId } from '@plaintrail/event/identity'
import type { Event, Stage } from '@plaintrail/event/event'
import { normalize } from '@plaintrail/event/normalize'
import { resourcesNamed } from '@plaintrail/event/resources'
import { sentence } from '@plaintrail/event/sentence'
import type { Matches, Query, Within } from '@plaintrail/query/ast'
import type { Window } from '@plaintrail/query/window'
import { isImage, type SlowField } from './slow-fields-for-tests.ts'

/** One item as it was posted, read by `normalize` alone. */
export interface SlowItem {
  readonly id: string
  readonly key: string
  readonly cluster: string
  readonly receivedUs: number
  readonly event: Event
  readonly sentence: string
  /** What the stages of one request have in common. */
  readonly request: string
  /** What it changed, where history was followed. */
  readonly fields?: readonly SlowField[]
  /** Whose name is said beside it, where events were attributed; null where nobody is named. */
  readonly initiator?: string | null
  /** In which findings it counts, where rules judged it. */
  readonly findings?: readonly SlowFinding[]
}

export interface SlowFinding {
  readonly id: string
  readonly rule: string
  readonly severity: string
  readonly controls: readonly string[]
}

export function slowItem(
  text: string,
  cluster: { readonly uid: string; readonly name: string },
  receivedUs: number,
): SlowItem {
  const event = normalize(JSON.parse(text))
  if (!event) throw new Error('every item of these tests is an event')
  const key = eventKey(eventIdentity(Buffer.from(text)), Buffer.from(cluster.uid.replaceAll('-', ''), 'hex'))
  const { auditID, time, actor, verb, requestURI } = event
  return {
    id: formatEventId(event.time, key),
    key: Buffer.from(key).toString('hex'),
    cluster: cluster.name,
    receivedUs,
    event,
    sentence: sentence(event),
    request: JSON.stringify([cluster.name, auditID, time, actor.name, actor.type, verb, requestURI]),
  }
}

/** The ids of the events that stand for the requests meant, in order. */
export function slowAnswer(
  items: readonly SlowItem[],
  query: Query,
  window: Window,
  order: 'asc' | 'desc',
): readonly string[] {
  const stages = stagesThatMay(query)
  const shown: SlowItem[] = []
  for (const own of Map.groupBy(items, ({ request }) => request).values()) {
    const isOne = new Set(own.map(({ event }) => event.stage)).size === own.length
    for (const together of isOne ? [own] : own.map((item) => [item])) {
      const asked = together.filter(({ event }) => stages.has(event.stage))
      const last = asked.toSorted((a, b) => rankOf(a) - rankOf(b)).at(-1)
      if (last && isMeant(last, query)) shown.push(last)
    }
  }
  const inWindow = shown.filter(({ event }) => event.time >= window.sinceUs && event.time < window.untilUs)
  const ordered = inWindow.toSorted((a, b) => a.event.time - b.event.time || (a.key < b.key ? -1 : 1))
  return (order === 'asc' ? ordered : ordered.toReversed()).map(({ id }) => id)
}

const stageOrder: readonly Stage[] = ['Unknown', 'RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']
const rankOf = ({ event }: SlowItem): number => stageOrder.indexOf(event.stage)

/** Terms that are not about stages, of which every combination of yes and no is tried. */
const otherTermsMax = 12

/** The stages with which some event could match, whatever else it is. */
function stagesThatMay(query: Query): ReadonlySet<Stage> {
  const others = countOthers(query)
  if (others > otherTermsMax) throw new Error(`could not try all of 2^${others} combinations: ask a shorter query`)
  return new Set(
    stageOrder.filter((stage) => {
      for (let combination = 0; combination < 2 ** others; combination++) {
        let term = 0
        const isTrue = judge(query, (leaf) =>
          leaf.kind === 'matches' && leaf.key === 'stage'
            ? leaf.values.some(([value]) => value === stage)
            : (combination & (1 << term++)) !== 0,
        )
        if (isTrue) return true
      }
      return false
    }),
  )
}

/** What is asked of one changed field, and not each for itself. */
interface OfOneField {
  readonly kind: 'field'
  readonly parts: readonly Query[]
}

type Leaf = Exclude<Query, { readonly kind: 'and' | 'or' | 'not' }> | OfOneField

const isOfField = (query: Query, keys: readonly string[] = ['changed', 'to', 'from_value']): boolean =>
  query.kind === 'matches' && keys.includes(query.key)

function ofOneField(parts: readonly Query[]): readonly Query[] {
  if (!parts.some((part) => isOfField(part))) return []
  return parts.filter((part) => isOfField(part) || (part.kind === 'not' && isOfField(part.part, ['to', 'from_value'])))
}

/** Every leaf is asked, each time in the same order. */
function judge(query: Query, holds: (leaf: Leaf) => boolean): boolean {
  switch (query.kind) {
    case 'and': {
      const together = ofOneField(query.parts)
      const others = query.parts.filter((part) => !together.includes(part)).map((part) => judge(part, holds))
      return (together.length === 0 || holds({ kind: 'field', parts: together })) && others.every(Boolean)
    }
    case 'or':
      return query.parts.map((part) => judge(part, holds)).some(Boolean)
    case 'not':
      return !judge(query.part, holds)
    default:
      return holds(query)
  }
}

function countOthers(query: Query): number {
  let count = 0
  judge(query, (leaf) => {
    if (leaf.kind !== 'matches' || leaf.key !== 'stage') count += 1
    return true
  })
  return count
}

/** Whether the item itself matches, whatever other stages its request has. */
export function isMeant(item: SlowItem, query: Query): boolean {
  return judge(query, (leaf) => {
    switch (leaf.kind) {
      case 'matches':
        return hasOne(item, leaf)
      case 'within':
        return isIn(item, leaf)
      case 'field':
        return hasField(item, leaf)
      default:
        return containing(leaf.text).test(item.sentence)
    }
  })
}

function hasField({ fields = [] }: SlowItem, { parts }: OfOneField): boolean {
  const paths = parts.filter((part) => part.kind === 'matches' && part.key === 'changed')
  const values = parts.filter((part) => !paths.includes(part))
  const meets = (field: SlowField, part: Query): boolean => {
    if (part.kind === 'not') return !meets(field, part.part)
    return part.kind === 'matches' && isSuchField(field, part)
  }
  return (paths.length === 0 ? [null] : paths).every((path) =>
    fields.some(
      (field) =>
        !field.isOnlyImage && (path === null || meets(field, path)) && values.every((value) => meets(field, value)),
    ),
  )
}

function isSuchField(field: SlowField, { key, values }: Matches): boolean {
  return values.some((value) => {
    if (key === 'changed') {
      const isNaming = value.join('').includes('[')
      const pieces = value.map((piece, at) =>
        (at === 0 ? `.${piece}` : piece).replaceAll('[', '.[').replace('..[', '.['),
      )
      return new RegExp(`${escaped(pieces)}\\.`, 's').test(isNaming ? field.named : field.plain)
    }
    const text = key === 'to' ? field.to : field.from
    return value.join('*') === '' ? text === null || text === '' : text !== null && whole(value).test(text)
  })
}

const typesOf: Readonly<Record<string, readonly string[]>> = {
  human: ['human'],
  bot: ['service-account'],
  controller: ['control-plane'],
  node: ['node'],
  anonymous: ['anonymous', 'failed-authentication'],
}
const flagsOf: Readonly<Record<string, readonly (keyof Event['flags'])[]>> = {
  truncated: ['truncated'],
  dryrun: ['dryRun'],
  created: ['created'],
  redacted: ['redacted'],
  'failed-open': ['failedOpen'],
  odd: ['malformed', 'oddTime', 'duplicateKeys'],
}

function hasOne(item: SlowItem, { kind, key, values }: Matches): boolean {
  const { cluster, event, fields = [], findings = [] } = item
  const { object, actor, client, source } = event
  const oneOf = (...texts: readonly string[]): boolean =>
    values.some((value) => texts.some((text) => whole(value).test(text)))
  const isNone = values.some((value) => value.length === 1 && value[0] === '')
  switch (key) {
    case 'cluster':
      return oneOf(cluster)
    case 'actor':
      return oneOf(actor.name)
    case 'as':
      return event.impersonated === null ? isNone : oneOf(event.impersonated.name)
    case 'initiator': {
      const { initiator = null } = item
      return initiator === null ? isNone : oneOf(initiator)
    }
    case 'group':
      return oneOf(...actor.groups)
    case 'is':
      return values.some(
        ([word]) =>
          typesOf[word]?.includes(actor.type) === true ||
          (word === 'impersonated' && event.impersonated !== null) ||
          (word === 'chosen-id' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(event.auditID)) ||
          flagsOf[word]?.some((flag) => event.flags[flag] === true) === true,
      )
    case 'verb':
      return oneOf(small(event.verb))
    case 'class':
      return oneOf(event.class)
    case 'outcome':
      return oneOf(event.outcome)
    case 'stage':
      return oneOf(event.stage)
    case 'level':
      return oneOf(event.level)
    case 'kind':
      return object !== null && values.some((value) => isOfKind(value, object))
    case 'ns': {
      if (object === null) return false
      const isNamespace = object.apiGroup === '' && object.resource === 'namespaces'
      return (
        (isNone && (object.namespace === '' || isNamespace)) || (object.namespace !== '' && oneOf(object.namespace))
      )
    }
    case 'name': {
      const name = object === null ? event.path : object.name
      return name === '' ? isNone && object !== null : oneOf(name)
    }
    case 'sub':
      return object !== null && oneOf(object.subresource)
    case 'uid':
      return object !== null && object.uid !== null && /^[0-9a-f-]{36}$/.test(object.uid) && oneOf(object.uid)
    case 'reason':
      return event.reason !== '' && values.some((value) => containing(value).test(event.reason))
    case 'client':
      return client.name !== null && oneOf(small(client.name))
    case 'user-agent':
      return values.some((value) => containing(value).test(client.userAgent))
    case 'ip':
      return source.peer !== null && isInOne(source.peer, values)
    case 'claimed':
      return source.claimed.some((address) => isInOne(address, values))
    case 'audit':
      return oneOf(event.auditID)
    case 'changed':
    case 'to':
    case 'from_value':
      return hasField(item, { kind: 'field', parts: [{ kind, key, values }] })
    case 'image':
      return fields.some((field) => isImage(field) && field.to !== null && oneOf(field.to))
    case 'rule':
      return oneOf(...findings.map(({ rule }) => rule))
    case 'vio':
      return oneOf(...findings.map(({ id }) => id))
    case 'severity':
      return oneOf(...findings.map(({ severity }) => severity))
    case 'control':
      return oneOf(...findings.flatMap(({ controls }) => controls))
    default:
      return key satisfies never
  }
}

function isIn({ event, receivedUs }: SlowItem, { key, values }: Within): boolean {
  const time = event.flags.oddTime === true ? null : event.time
  const numbers = {
    code: event.code,
    took: time === null || event.stageTime === null ? null : event.stageTime - time,
    created: time,
    seen: receivedUs,
  }
  const number = numbers[key]
  return number !== null && values.some(({ min, max }) => number >= (min ?? -Infinity) && number <= (max ?? Infinity))
}

function isOfKind(value: readonly string[], { resource, apiGroup }: NonNullable<Event['object']>): boolean {
  if (value.length > 1) return whole(value).test(resource) || whole(value).test(`${resource}.${apiGroup}`)
  const named = resourcesNamed(value[0] ?? '')
  return named.some((one) => one.resource === resource && (one.group === null || one.group === apiGroup))
}

const small = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

const escaped = (pieces: readonly string[]): string =>
  pieces.map((piece) => piece.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('.*')

const whole = remembered((pieces) => new RegExp(`^${escaped(pieces)}$`, 's'))

/** Both cases of A to Z, and of no other letter: the flag `i` without `u` would also fold others. */
const containing = remembered(
  (pieces) =>
    new RegExp(
      escaped(pieces).replaceAll(/(?<!\\)[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`),
      's',
    ),
)

/** Each value is compared with thousands of texts. */
function remembered(make: (pieces: readonly string[]) => RegExp): (pieces: readonly string[]) => RegExp {
  const known = new WeakMap<readonly string[], RegExp>()
  return (pieces) => {
    const expression = known.get(pieces) ?? make(pieces)
    known.set(pieces, expression)
    return expression
  }
}

function isInOne(address: string, networks: readonly (readonly string[])[]): boolean {
  const bits = bitsOf(address)
  return networks.some(([network = '']) => {
    const [base = '', length] = network.split('/')
    const wanted = bitsOf(base)
    return bits.length === wanted.length && bits.startsWith(wanted.slice(0, Number(length ?? bits.length)))
  })
}

/** Zeros and ones: 32 of IPv4, also where it stands within IPv6, and 128 of IPv6. */
function bitsOf(address: string): string {
  const binary = (number: number, width: number): string => number.toString(2).padStart(width, '0')
  const dotted = /^(.*:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const last =
    dotted === null
      ? ''
      : dotted
          .slice(2)
          .map((part) => binary(Number(part), 8))
          .join('')
  if (dotted !== null && dotted[1] === undefined) return last
  const groups = dotted === null ? address : (dotted[1] ?? '').replace(/(?<!:):$/, '')
  const [head = '', tail] = groups.split('::')
  const read = (text: string): string =>
    text
      .split(':')
      .filter((group) => group !== '')
      .map((group) => binary(Number.parseInt(group, 16), 16))
      .join('')
  const [first, rest] = [read(head), read(tail ?? '') + last]
  const bits = first + '0'.repeat(128 - first.length - rest.length) + rest
  return bits.startsWith('0'.repeat(80) + '1'.repeat(16)) ? bits.slice(96) : bits
}
