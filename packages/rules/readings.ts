// readingOf: what a term of a query reads of a subject, by the names that expressions have for it.

import type { Matches, Query, Within } from '@plaintrail/query/ast'
import type { Subject } from './subject.ts'

export interface Reading {
  /** A JSON pointer into the variables of expressions. */
  readonly pointer: string
  /** Null where it is not known. */
  readonly value: unknown
}

export function readingOf(term: Query, subject: Subject): Reading {
  switch (term.kind) {
    case 'matches':
      return { pointer: pointers[term.key], value: textRead(term.key, subject) }
    case 'within':
      return { pointer: pointers[term.key], value: numberRead(term.key, subject) }
    case 'says':
      return { pointer: '/event/sentence', value: subject.sentence }
    case 'and':
    case 'or':
    case 'not':
      return { pointer: '/event', value: null }
    default:
      return term satisfies never
  }
}

type Key = Matches['key'] | Within['key']

const pointers: Readonly<Record<Key, string>> = {
  cluster: '/event/cluster',
  actor: '/actor/name',
  as: '/impersonated/name',
  initiator: '/initiator/name',
  group: '/actor/groups',
  is: '/actor/type',
  verb: '/event/verb',
  class: '/event/class',
  kind: '/event/resource',
  ns: '/event/namespace',
  name: '/event/name',
  sub: '/event/subresource',
  uid: '/event/uid',
  outcome: '/event/outcome',
  stage: '/event/stage',
  level: '/event/level',
  reason: '/event/reason',
  client: '/event/client/name',
  'user-agent': '/event/userAgent',
  ip: '/event/peer',
  claimed: '/event/claimed',
  audit: '/event/auditID',
  changed: '/diff',
  from_value: '/diff',
  to: '/diff',
  image: '/diff',
  rule: '/event',
  vio: '/event',
  severity: '/event',
  control: '/event',
  code: '/event/code',
  took: '/event/stageTime',
  created: '/event/time',
  seen: '/event',
}

function textRead(key: Matches['key'], { cluster, event, changes, initiator }: Subject): unknown {
  const { object, actor } = event
  switch (key) {
    case 'cluster':
      return cluster
    case 'actor':
      return actor.name
    case 'as':
      return event.impersonated?.name ?? null
    case 'initiator':
      return initiator.isKnown ? initiator.value.name : null
    case 'group':
      return actor.groups
    case 'is':
      return [actor.type, ...Object.keys(event.flags)]
    case 'kind':
      return object === null ? null : [object.resource, object.apiGroup].filter((part) => part !== '').join('.')
    case 'ns':
      return object?.namespace ?? null
    case 'name':
      return object === null ? event.path : object.name
    case 'sub':
      return object?.subresource ?? null
    case 'uid':
      return object?.uid ?? null
    case 'client':
      return event.client.name
    case 'user-agent':
      return event.client.userAgent
    case 'ip':
      return event.source.peer
    case 'claimed':
      return event.source.claimed
    case 'audit':
      return event.auditID
    case 'changed':
    case 'from_value':
    case 'to':
    case 'image':
      return changes.isKnown ? changes.value : null
    case 'rule':
    case 'vio':
    case 'severity':
    case 'control':
      return null
    default:
      return event[key]
  }
}

function numberRead(key: Within['key'], { event, receivedUs }: Subject): number | null {
  switch (key) {
    case 'code':
      return event.code
    case 'took':
      return event.stageTime === null ? null : event.stageTime - event.time
    case 'created':
      return event.flags.oddTime === true ? null : event.time
    case 'seen':
      return receivedUs
    default:
      return key satisfies never
  }
}
