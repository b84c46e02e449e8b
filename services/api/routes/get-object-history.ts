// GET /v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/history: what was done to one object, newest first.

import type { Request } from 'express'
import { and, everything, matches, type Query } from '@plaintrail/query/ast'
import { queryOfParameters } from '@plaintrail/query/query-of-parameters'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { cursorKeyFor, listQuestion, urlParameters, type ListQuestion } from '../list-question.ts'
import { objectSegment } from '../named-object.ts'
import { sendEvents } from '../send-events.ts'

/** What the path says. */
const saidByPath = ['cluster', 'kind', 'ns', 'name', 'obj']

export function getObjectHistory(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const question = listQuestion(urlParameters(request), cursorKeyFor(parts, caller), {
      list: 'history',
      nowUs: parts.nowUs(),
      sinceUs: 0,
      defaults: (asked) => (asksForClass(asked) ? everything : changes),
      fixed: { query: objectOf(request), parameters: saidByPath },
    })
    await sendEvents(parts, response, caller, withChanges(question))
  }
}

/** A history says what each event changed, who is behind it, and what rules found in it, whether or not it is asked for. */
function withChanges(question: ListQuestion): ListQuestion {
  return { ...question, include: [...new Set([...question.include, ...beside])] }
}

const beside = ['changes', 'initiator', 'findings'] as const

/** Changes and connections, unless the query says something of classes itself. */
const changes = matches('class', [['connect'], ['write']])

function asksForClass(query: Query): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.parts.some(asksForClass)
    case 'not':
      return asksForClass(query.part)
    case 'matches':
      return query.key === 'class'
    case 'within':
    case 'says':
      return false
    default:
      return query satisfies never
  }
}

/** Names in a path are whole: a `*` in one is a `*`. */
function objectOf(request: Request): Query {
  const [cluster, group, resource, ns, name] = ['cluster', 'group', 'resource', 'ns', 'name'].map((part) =>
    objectSegment(request, part),
  )
  const kind = `${resource}.${group === 'core' ? 'v1' : group}`.replaceAll(/[\\,]/g, String.raw`\$&`)
  return and([
    matches('cluster', [[cluster ?? '']]),
    queryOfParameters({ kind }, 0),
    matches('ns', [[ns === '_' ? '' : (ns ?? '')]]),
    matches('name', [[name ?? '']]),
  ])
}
