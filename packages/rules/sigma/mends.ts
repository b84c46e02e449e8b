// mendedSigma: what rules of Sigma get wrong about Kubernetes' audit log, mended where there is no doubt and told where there is.

import { resourceMeant, verbMeant } from '../audit-words.ts'
import { isPodAlias, sigmaFieldName } from './fields.ts'
import { literalOf, sigmaTests, type SigmaNode, type SigmaTest, type SigmaValue } from './node.ts'
import type { TellSigma } from './note.ts'
import { isAny } from './patterns.ts'

export function mendedSigma(node: SigmaNode, tell: TellSigma): SigmaNode {
  const mended = mendedNode(node, tell)
  propose(sigmaTests(mended), tell)
  return mended
}

function mendedNode(node: SigmaNode, tell: TellSigma): SigmaNode {
  switch (node.kind) {
    case 'and':
    case 'or':
      return { kind: node.kind, parts: node.parts.map((part) => mendedNode(part, tell)) }
    case 'not':
      return { kind: 'not', part: mendedNode(node.part, tell) }
    case 'test':
      return mendedTest(node, tell)
    default:
      return node satisfies never
  }
}

function mendedTest(test: SigmaTest, tell: TellSigma): SigmaTest {
  const field = test.field === null ? null : sigmaFieldName(test.field)
  if (field === 'verb') return withVerbs(test, tell)
  if (field === 'responseStatus.code') return withDecision(test, tell)
  if (field !== null && namesOfUsers.has(field)) return { ...test, values: test.values.map(asKubernetesWrites) }
  if (test.field !== null && isPodAlias(test.field)) {
    tell({
      what: test.field,
      why: 'it is read of what was made, wherever an object runs pods and in containers of all kinds, not of what was asked for alone',
      kind: 'changed',
      at: test.at,
    })
  }
  return field === 'hostPath' && test.values.some(isOfText) ? withPath(test) : test
}

const namesOfUsers: ReadonlySet<string> = new Set(['user.username', 'user.groups', 'impersonatedUser.username'])

/** What begins with it is given by Kubernetes alone, in small letters: an index finds it. */
function asKubernetesWrites(value: SigmaValue): SigmaValue {
  const [first] = value.kind === 'text' ? value.pieces : []
  if (value.kind !== 'text' || typeof first !== 'object' || !/^system:/i.test(first.text)) return value
  const pieces = value.pieces.map((piece) => (typeof piece === 'object' ? { text: piece.text.toLowerCase() } : piece))
  return { ...value, pieces, isCased: true }
}

/** A text that is not just any. */
const isOfText = (value: SigmaValue): boolean =>
  (value.kind === 'text' && !isAny(value.pieces)) || value.kind === 'regex'

/** Of a volume the path; that there is one at all is asked of the volume. */
const withPath = (test: SigmaTest): SigmaTest => ({ ...test, field: 'hostPath.path' })

/** Other names for verbs of the audit log. */
const verbs: ReadonlyMap<string, string> = new Map([['replace', 'update']])

function withVerbs(test: SigmaTest, tell: TellSigma): SigmaTest {
  const values = test.values.map((value): SigmaValue => {
    const other = verbs.get(wordOf(value) ?? '')
    if (other === undefined || value.kind !== 'text') return value
    tell({
      what: `verb ${wordOf(value)}`,
      why: `the audit log has no such verb: it says ${other}`,
      kind: 'changed',
      at: test.at,
    })
    return { ...value, pieces: [{ text: other }] }
  })
  return { ...test, values }
}

const decisions: ReadonlyMap<string, string> = new Map([
  ['allow', 'allow'],
  ['allowed', 'allow'],
  ['forbid', 'forbid'],
  ['deny', 'forbid'],
  ['denied', 'forbid'],
])

/** A code that is a word is the decision of the authorizer. */
function withDecision(test: SigmaTest, tell: TellSigma): SigmaTest {
  const found = test.values.map((value) => decisions.get(wordOf(value) ?? ''))
  const known = found.filter((word) => word !== undefined)
  if (known.length < found.length || known.length === 0) return test
  tell({
    what: `responseStatus.code ${test.values.map((value) => wordOf(value)?.toUpperCase()).join(', ')}`,
    why: `a code is a number: the annotation authorization.k8s.io/decision says ${known.join(', ')}`,
    kind: 'changed',
    at: test.at,
  })
  return {
    ...test,
    field: 'decision',
    values: known.map((word) => ({ kind: 'text', pieces: [{ text: word }], isCased: false })),
  }
}

function wordOf(value: SigmaValue): string | null {
  return value.kind === 'text' ? (literalOf(value.pieces)?.toLowerCase() ?? null) : null
}

/** Requests to these come with a path of their own below the resource. */
const withSubresources: ReadonlyMap<string, string> = new Map([
  ['pods', 'exec, binding, eviction, status'],
  ['serviceaccounts', 'token'],
  ['deployments', 'scale, status'],
  ['replicasets', 'scale, status'],
  ['statefulsets', 'scale, status'],
  ['namespaces', 'status, finalize'],
  ['nodes', 'status, proxy'],
])

/** Maps of Kubernetes' objects, and lists of such. */
const maps: ReadonlySet<string> = new Set(
  'annotations labels matchLabels metadata spec template securityContext capabilities containers initContainers ephemeralContainers volumes volumeMounts hostPath env ports rules subjects roleRef data stringData'.split(
    ' ',
  ),
)
const ofRole = /\brules(?:\[\d*\])?\.(?:verbs|resources|apiGroups|nonResourceURLs)(?:\[\d*\])?$/

/** A word that is no verb, or no resource, of the log. */
function proposeWords(tests: readonly SigmaTest[], tell: TellSigma): void {
  for (const { field, values, at } of tests) {
    const name = field === null ? null : sigmaFieldName(field)
    const meant = name === 'verb' ? verbMeant : name === 'objectRef.resource' ? resourceMeant : null
    if (meant === null) continue
    for (const word of values.map(wordOf)) {
      const said = word === null ? null : meant(word)
      if (said !== null)
        tell({ what: `${name} ${word}`, why: `the audit log never says this: it says ${said}`, kind: 'proposed', at })
    }
  }
}

function proposeOfBodies(tests: readonly SigmaTest[], tell: TellSigma): void {
  for (const { field, values, at } of tests) {
    if (field === null || !/^(?:kubernetes\.audit\.)?(?:request|response)Object\b/.test(field)) continue
    const last = /([^.[\]]+)(?:\[\d*\])?$/.exec(field)?.[1] ?? ''
    if (maps.has(last) && values.some(isOfText))
      tell({
        what: field.slice(0, 100),
        why: 'it is a map, or a list of such, and no text: this finds nothing. Name what is in it',
        kind: 'proposed',
        at,
      })
    if (ofRole.test(field) && values.some((value) => value.kind === 'text' && isAny(value.pieces)))
      tell({
        what: `${field.slice(0, 100)} *`,
        why: String.raw`a star is any value: for the star that a role has write \*`,
        kind: 'proposed',
        at,
      })
  }
}

function propose(tests: readonly SigmaTest[], tell: TellSigma): void {
  proposeWords(tests, tell)
  proposeOfBodies(tests, tell)
  const of = (name: string): readonly SigmaTest[] =>
    tests.filter(({ field }) => field !== null && sigmaFieldName(field) === name)
  const words = (found: readonly SigmaTest[]): readonly (string | null)[] =>
    found.flatMap(({ values }) => values.map(wordOf))
  const verbTests = of('verb')
  const asked = words(verbTests)
  const subresources = of('objectRef.subresource')
  const [verb] = verbTests
  const isConnect = words(subresources).some((word) => word === 'exec' || word === 'attach' || word === 'portforward')
  if (verb !== undefined && isConnect && asked.includes('create') && !asked.includes('get'))
    tell({
      what: 'verb create',
      why: 'kubectl since 1.30 opens shells with a get, which this does not find: add get to the verbs',
      kind: 'proposed',
      at: verb.at,
    })
  const [code] = of('responseStatus.code')
  const isOk = code?.values.every((value) => value.kind === 'number' && value.value === 200) ?? false
  if (code !== undefined && isOk && asked.includes('create') && subresources.length === 0)
    tell({
      what: 'responseStatus.code 200',
      why: 'what is created is answered with 201, which this does not find: ask for both',
      kind: 'proposed',
      at: code.at,
    })
  const isWrite = asked.some((word) => word === 'create' || word === 'update' || word === 'patch')
  const resource = of('objectRef.resource').find((test) =>
    test.values.some((value) => withSubresources.has(wordOf(value) ?? '')),
  )
  if (resource === undefined || subresources.length > 0 || !isWrite) return
  const word =
    wordOf(resource.values.find((value) => withSubresources.has(wordOf(value) ?? '')) ?? { kind: 'none' }) ?? ''
  tell({
    what: `objectRef.resource ${word}`,
    why: `requests to its subresources (${withSubresources.get(word)}) are found as well: ask for objectRef.subresource: null`,
    kind: 'proposed',
    at: resource.at,
  })
}
