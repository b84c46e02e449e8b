import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { expect, test } from 'vitest'
import { readPackFile } from './pack-for-tests.ts'
import type { ParsedRule } from './parse-rules.ts'
import { testRule } from './rule-tests.ts'

/** Of expected-findings.json: rules that find an event even so, with the reason; all others must not. */
interface FoundEvenSo {
  readonly evenOfComponents: readonly Reasoned[]
  readonly evenRefused: readonly Reasoned[]
  readonly evenTriedOut: readonly Reasoned[]
}

interface Reasoned {
  readonly why: string
  readonly rules: readonly string[]
}

const expected = JSON.parse(readFileSync(join(import.meta.dirname, 'expected-findings.json'), 'utf8')) as FoundEvenSo
const folder = join(import.meta.dirname, 'packs')
const rules = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => readPackFile(file, readFileSync(join(folder, file), 'utf8')).rules)

/** Another event like one that must match; null where there is no such thing. */
type Variant = (event: JsonObject) => JsonObject | null

const components = [
  { username: 'system:kube-controller-manager', groups: ['system:authenticated'] },
  { username: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  { username: 'system:node:node-a', groups: ['system:nodes', 'system:authenticated'] },
  {
    username: 'system:serviceaccount:kube-system:generic-garbage-collector',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  },
]

const byComponent = components.map((user): Variant => (event) => ({ ...without(event, 'impersonatedUser'), user }))

const refused: Variant = (event) => ({
  ...without(event, 'responseObject'),
  stage: 'ResponseComplete',
  responseStatus: { code: 403, status: 'Failure', reason: 'Forbidden' },
  annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
})

const triedOut: Variant = (event) => {
  const { verb, objectRef } = event
  const isWrite = verb === 'create' || verb === 'update' || verb === 'patch'
  const isConnection = isJsonObject(objectRef) && connections.includes(objectRef['subresource'])
  return isWrite && !isConnection ? { ...event, requestURI: '/?dryRun=All' } : null
}

const connections: readonly unknown[] = ['exec', 'attach', 'portforward', 'proxy']

const without = (event: JsonObject, field: string): JsonObject =>
  Object.fromEntries(Object.entries(event).filter(([name]) => name !== field))

/** Names of rules that have a test whose events, so changed, are found still. */
function foundIn(variants: readonly Variant[]): readonly string[] {
  const found = rules.filter((parsed) => variants.some((variant) => findsStill(parsed, variant)))
  return found.map(({ rule }) => rule.name).toSorted()
}

function findsStill({ rule, tests }: ParsedRule, variant: Variant): boolean {
  return tests.some((one) => {
    if (one.given.kind !== 'events' || one.expect.findings === 0) return false
    const events = one.given.events.map(variant).filter((event) => event !== null)
    if (events.length < one.given.events.length) return false
    const changed = { ...one, given: { kind: 'events', events }, expect: { ...one.expect, findings: 0 } } as const
    const results = testRule({ rule, tests: [changed] }, { readFixture: () => null })
    return results.some(({ says }) => says.some((line) => line.startsWith('expected 0 findings')))
  })
}

const listed = (reasons: readonly Reasoned[]): readonly string[] => reasons.flatMap((reason) => reason.rules).toSorted()
/** Each rule is run some times. */
const timeoutMs = 60_000

test(
  'what a rule finds it does not find of a component of the cluster, unless that is listed with its reason',
  () => {
    expect(foundIn(byComponent)).toEqual(listed(expected.evenOfComponents))
  },
  timeoutMs,
)

test(
  'what was refused is no deed, unless that is listed with its reason',
  () => {
    expect(foundIn([refused])).toEqual(listed(expected.evenRefused))
  },
  timeoutMs,
)

test(
  'what was only tried out is no deed, unless that is listed with its reason',
  () => {
    expect(foundIn([triedOut])).toEqual(listed(expected.evenTriedOut))
  },
  timeoutMs,
)
