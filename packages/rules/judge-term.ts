// judgeTerm: one term of a query, asked of an event in memory: as packages/store/term-condition.ts asks it of a row.

import type { Event, ObjectRef } from '@plaintrail/event/event'
import { resourcesNamed } from '@plaintrail/event/resources'
import type { Matches, Pattern, Range, Says, Within } from '@plaintrail/query/ast'
import { actorTypesOf, flagsOf } from '@plaintrail/query/is-words'
import { imageOf } from './judge-field.ts'
import type { Asked, Truth } from './judge-query.ts'
import { isInOne } from './networks.ts'
import { inSmallLetters, isOneOf, occursIn } from './patterns.ts'
import { whyDryRunOpen, whyNameless, whyNoUid, whyUntold } from './recorded.ts'

type EventJudge = (event: Event) => Truth

export function judgeTerm(term: Matches | Within | Says): Asked {
  switch (term.kind) {
    case 'matches':
      return judgeMatches(term)
    case 'within':
      return within(term)
    case 'says':
      return says(term)
    default:
      return term satisfies never
  }
}

/** What is always recorded. */
const certain = (judge: EventJudge, cost: number): Asked => ({
  judge: ({ event }) => judge(event),
  missing: none,
  cost,
})

const none = (): readonly never[] => []

/** What `why` says is not known of some events. */
const open = (what: string, judge: EventJudge, why: (event: Event) => string | null, cost: number): Asked => ({
  judge: ({ event }) => judge(event),
  missing: ({ event }) => [{ what, because: why(event) ?? 'it was not recorded' }],
  cost,
})

function judgeMatches(term: Matches): Asked {
  const { key, values } = term
  switch (key) {
    case 'cluster': {
      const holds = isOneOf(values)
      return { judge: ({ cluster }) => holds(cluster), missing: none, cost: 2 }
    }
    case 'is':
      return is(values.map(([word]) => word))
    case 'kind':
      return ofObject(isOfKind(values), 3)
    case 'ns':
      return ofObject(isInNamespace(values), 4)
    case 'sub': {
      const holds = isOneOf(values)
      return ofObject(({ subresource }) => holds(subresource), 2)
    }
    case 'name':
      return named(values)
    case 'uid':
      return hasUid(values)
    case 'image':
      return imageOf(term)
    case 'initiator':
      return initiatedBy(values)
    case 'changed':
    case 'to':
    case 'from_value':
      throw new RangeError(`could not ask an event for ${key}: judge-field.ts does`)
    case 'rule':
    case 'vio':
    case 'severity':
    case 'control':
      throw new RangeError(`could not ask an event for ${key}: findings are made of what rules say of events`)
    default:
      return certain(...ofText(key, values))
  }
}

type PlainKey =
  | 'actor'
  | 'as'
  | 'group'
  | 'verb'
  | 'class'
  | 'outcome'
  | 'stage'
  | 'level'
  | 'reason'
  | 'client'
  | 'user-agent'
  | 'ip'
  | 'claimed'
  | 'audit'

function ofText(key: PlainKey, values: readonly Pattern[]): readonly [judge: EventJudge, cost: number] {
  const holds = isOneOf(values)
  switch (key) {
    case 'actor':
      return [({ actor }) => holds(actor.name), 4]
    case 'as': {
      const isNone = hasEmpty(values)
      return [({ impersonated }) => (impersonated === null ? isNone : holds(impersonated.name)), 3]
    }
    case 'group':
      return [({ actor }) => actor.groups.some(holds), 6]
    case 'verb':
      return [({ verb }) => holds(inSmallLetters(verb)), 2]
    case 'class':
      return [(event) => holds(event.class), 1]
    case 'outcome':
      return [({ outcome }) => holds(outcome), 1]
    case 'stage':
      return [({ stage }) => holds(stage), 1]
    case 'level':
      return [({ level }) => holds(level), 1]
    case 'reason': {
      const occurs = occursIn(values)
      return [({ reason }) => reason !== '' && occurs(reason), 10]
    }
    case 'client':
      return [({ client }) => client.name !== null && client.name !== '' && holds(inSmallLetters(client.name)), 5]
    case 'user-agent': {
      const occurs = occursIn(values)
      return [({ client }) => occurs(client.userAgent), 10]
    }
    case 'ip': {
      const isIn = isInOne(values.map(([network]) => network))
      return [({ source }) => source.peer !== null && isIn(source.peer), 30]
    }
    case 'claimed': {
      const isIn = isInOne(values.map(([network]) => network))
      return [({ source }) => source.claimed.some(isIn), 31]
    }
    case 'audit':
      return [({ auditID }) => holds(auditID), 3]
    default:
      return key satisfies never
  }
}

const hasEmpty = (values: readonly Pattern[]): boolean =>
  values.some(([first, ...more]) => first === '' && !more.length)

const ofObject = (holds: (object: ObjectRef) => boolean, cost: number): Asked =>
  certain(({ object }) => object !== null && holds(object), cost)

function isOfKind(values: readonly Pattern[]): (object: ObjectRef) => boolean {
  const named = values.filter((value) => value.length === 1).flatMap(([kind]) => resourcesNamed(kind))
  const groups = Map.groupBy(named, ({ resource }) => resource)
  const globs = values.filter((value) => value.length > 1)
  const isLike = isOneOf(globs)
  return ({ resource, apiGroup }) =>
    groups.get(resource)?.some(({ group }) => group === null || group === apiGroup) === true ||
    (globs.length > 0 && (isLike(resource) || isLike(`${resource}.${apiGroup}`)))
}

/** The API server gives a Namespace, which stands in none, its own name as its namespace. */
function isInNamespace(values: readonly Pattern[]): (object: ObjectRef) => boolean {
  const holds = isOneOf(values)
  const isNone = hasEmpty(values)
  return ({ namespace, apiGroup, resource }) =>
    namespace === '' ? isNone : holds(namespace) || (isNone && resource === 'namespaces' && apiGroup === '')
}

/** The name that the API server makes of generateName stands in the answer alone. */
function named(values: readonly Pattern[]): Asked {
  const holds = isOneOf(values)
  const isNone = hasEmpty(values)
  return open(
    'name',
    (event) => {
      const name = event.object === null ? event.path : event.object.name
      if (name !== '') return holds(name)
      return whyNameless(event) === null ? isNone && event.object !== null : null
    },
    whyNameless,
    4,
  )
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function hasUid(values: readonly Pattern[]): Asked {
  const holds = isOneOf(values.filter(([text]) => uuid.test(text)))
  return open(
    'uid',
    (event) => {
      const { object } = event
      if (object === null) return false
      if (object.uid !== null) return holds(object.uid)
      return whyNoUid(event) === null ? false : null
    },
    whyNoUid,
    3,
  )
}

/** As API servers write it: staging/src/k8s.io/apiserver/pkg/endpoints/filters/audit_init.go makes it with uuid.New. */
const madeID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

function is(words: readonly string[]): Asked {
  const types: ReadonlySet<string> = new Set(actorTypesOf(words))
  const flags = flagsOf(words)
  const [isImpersonated, isDryRun] = [words.includes('impersonated'), words.includes('dryrun')]
  const isChosen = words.includes('chosen-id')
  return open(
    'is:dryrun',
    (event) => {
      if (types.has(event.actor.type) || (isImpersonated && event.impersonated !== null)) return true
      for (const flag of flags) if (event.flags[flag] === true) return true
      if (isChosen && !madeID.test(event.auditID)) return true
      return isDryRun && whyDryRunOpen(event) !== null ? null : false
    },
    whyDryRunOpen,
    1,
  )
}

/** The empty value asks for events that nobody is known to be behind. */
function initiatedBy(values: readonly Pattern[]): Asked {
  const holds = isOneOf(values)
  const isNone = hasEmpty(values)
  return {
    judge: ({ initiator }) => {
      if (!initiator.isKnown) return null
      return initiator.value.name === '' ? isNone : holds(initiator.value.name)
    },
    missing: ({ initiator }) => (initiator.isKnown ? [] : [{ what: 'initiator', because: initiator.because }]),
    cost: 200,
  }
}

function within({ key, values }: Within): Asked {
  const isIn = (number: number | null): boolean => number !== null && values.some((range) => holdsIn(range, number))
  switch (key) {
    case 'code':
      return certain(({ code }) => isIn(code), 2)
    case 'created':
      return certain((event) => isIn(timeOf(event)), 2)
    case 'took':
      return certain((event) => {
        const time = timeOf(event)
        return time !== null && event.stageTime !== null && isIn(event.stageTime - time)
      }, 2)
    case 'seen':
      return { judge: ({ receivedUs }) => isIn(receivedUs), missing: none, cost: 2 }
    default:
      return key satisfies never
  }
}

const holdsIn = ({ min, max }: Range, number: number): boolean =>
  (min === null || number >= min) && (max === null || number <= max)

/** The time of an event that has no usable one is 0, and no time at all. */
const timeOf = ({ flags, time }: Event): number | null => (flags.oddTime === true ? null : time)

/** A sentence without what the bodies say is another sentence. To tell it costs 10 µs. */
function says({ text }: Says): Asked {
  const occurs = occursIn([text])
  return {
    judge: (subject) => (whyUntold(subject.event) === null ? occurs(subject.sentence) : null),
    missing: (subject) => [{ what: 'sentence', because: whyUntold(subject.event) ?? 'it was not recorded' }],
    cost: 100,
  }
}
