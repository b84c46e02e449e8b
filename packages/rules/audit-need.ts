// auditNeed: what an audit policy has to record so that a rule can be judged, as narrowly as its match says it.

import { groupsOf, resourcesNamed } from '@plaintrail/event/resources'
import type { Query } from '@plaintrail/query/ast'

export type NeededLevel = 'Metadata' | 'Request' | 'RequestResponse'

/** As a rule of audit.k8s.io/v1 Policy says it; null is all of them. Sorted and without repeats. */
export interface AuditNeed {
  readonly level: NeededLevel
  readonly verbs: readonly string[] | null
  /** `pods`, `pods/exec` with its group. */
  readonly resources: readonly { readonly group: string; readonly resource: string }[] | null
  readonly namespaces: readonly string[] | null
}

const verbsOfClass: Readonly<Record<string, readonly string[]>> = {
  read: ['get', 'list', 'watch'],
  write: ['create', 'update', 'patch', 'delete', 'deletecollection'],
}

/** Writes whose request has the whole object. */
const wholeInRequest: ReadonlySet<string> = new Set(['create', 'update'])
/** Read of the object as it is after the write. */
const ofObject = /^\/(?:object|podSpec|containers|certificateRequest|request)(?:\/|$)/

/**
 * `lacks` are what evaluations lacked (Missing.what of evaluation.ts); none is about an event that nothing was recorded of.
 * What a match says in other ways than by verbs, classes, kinds, subresources and namespaces makes it no narrower.
 */
export function auditNeed(match: Query, lacks: readonly string[]): AuditNeed {
  const { verbs, kinds, subs, namespaces } = shapeOf(match)
  return {
    level: levelFor(lacks, verbs),
    verbs: verbs === null ? null : sorted(verbs),
    resources: kinds === null ? null : resourcesOf(kinds, subs),
    // '' is what stands in no namespace, and such a rule of a policy says it so too.
    namespaces: namespaces === null ? null : sorted(namespaces),
  }
}

function levelFor(lacks: readonly string[], verbs: ReadonlySet<string> | null): NeededLevel {
  if (lacks.length === 0) return 'Metadata'
  if (!lacks.every((what) => ofObject.test(what))) return 'RequestResponse'
  if (lacks.every((what) => what.startsWith('/request'))) return 'Request'
  return verbs !== null && [...verbs].every((verb) => wholeInRequest.has(verb)) ? 'Request' : 'RequestResponse'
}

/** What an event must be of to match, each null where anything may be. */
interface Shape {
  readonly verbs: ReadonlySet<string> | null
  /** `GROUP/RESOURCE` */
  readonly kinds: ReadonlySet<string> | null
  readonly subs: ReadonlySet<string> | null
  readonly namespaces: ReadonlySet<string> | null
}

const shapeKeys = ['verbs', 'kinds', 'subs', 'namespaces'] as const
const anything: Shape = { verbs: null, kinds: null, subs: null, namespaces: null }

function shapeOf(query: Query): Shape {
  switch (query.kind) {
    case 'and':
      return query.parts.map(shapeOf).reduce((one, other) => joined(one, other, inBoth), anything)
    case 'or':
      return query.parts.map(shapeOf).reduce((one, other) => joined(one, other, inEither))
    case 'matches':
      return ofTerm(query)
    case 'not':
    case 'says':
    case 'within':
      return anything
    default:
      return query satisfies never
  }
}

function ofTerm({ key, values }: Extract<Query, { kind: 'matches' }>): Shape {
  const exact = values.every((value) => value.length === 1) ? values.map(([text]) => text) : null
  if (exact === null) return anything
  switch (key) {
    case 'verb':
      return { ...anything, verbs: new Set(exact) }
    case 'class': {
      const known = exact.map((name) => verbsOfClass[name])
      return known.every((verbs) => verbs !== undefined) ? { ...anything, verbs: new Set(known.flat()) } : anything
    }
    case 'kind':
      return { ...anything, kinds: new Set(exact.flatMap(kindsNamed)) }
    case 'sub':
      return { ...anything, subs: new Set(exact) }
    case 'ns':
      return { ...anything, namespaces: new Set(exact) }
    default:
      return anything
  }
}

function kindsNamed(text: string): readonly string[] {
  const named = resourcesNamed(text).flatMap(({ group, resource }) =>
    (group === null ? groupsOf(resource) : [group]).map((one) => ({ group: one, resource })),
  )
  // Nothing has been served of `extensions` since Kubernetes 1.22.
  const isOld = ({ group, resource }: (typeof named)[number]): boolean =>
    group === 'extensions' && named.some((other) => other.resource === resource && other.group !== group)
  return named.filter((one) => !isOld(one)).map(({ group, resource }) => `${group}/${resource}`)
}

type Joins = (one: ReadonlySet<string> | null, other: ReadonlySet<string> | null) => ReadonlySet<string> | null

const inBoth: Joins = (one, other) =>
  one === null || other === null ? (one ?? other) : new Set([...one].filter((text) => other.has(text)))
const inEither: Joins = (one, other) => (one === null || other === null ? null : new Set([...one, ...other]))

function joined(one: Shape, other: Shape, joins: Joins): Shape {
  const parts = shapeKeys.map((key) => [key, joins(one[key], other[key])] as const)
  return { ...anything, ...Object.fromEntries(parts) }
}

function resourcesOf(
  kinds: ReadonlySet<string>,
  subs: ReadonlySet<string> | null,
): readonly { readonly group: string; readonly resource: string }[] {
  const after = subs === null ? [''] : sorted(subs).map((sub) => (sub === '' ? '' : `/${sub}`))
  return sorted(kinds).flatMap((kind) => {
    const slash = kind.indexOf('/')
    return after.map((sub) => ({ group: kind.slice(0, slash), resource: `${kind.slice(slash + 1)}${sub}` }))
  })
}

const sorted = (values: ReadonlySet<string>): readonly string[] => [...values].toSorted()
