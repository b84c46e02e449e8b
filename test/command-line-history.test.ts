// The command line over the history of a real week: what it says an object was is what kubectl got then.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { plaintrail as run, type Done } from './command-line.ts'
import { corpusOf, corpusVersions } from './corpus.ts'
import { allRequests, postList, startSystem, until, type System } from './system.ts'

type Fields = Readonly<Record<string, unknown>>

/** What kubectl got, of which these tests look at the parts that a person wrote. */
interface Got {
  readonly step: string
  readonly version: string
  readonly spec: unknown
  readonly labels: unknown
}

const corpus = corpusOf(corpusVersions().at(-1) ?? '')
/** Every state of shop/api that kubectl got, each once. */
const states = corpus.steps
  .flatMap(({ name, state }) => gotOf(name, state?.['deployments.apps/shop/api']))
  .filter(({ version }, at, all) => version !== all[at - 1]?.version)
/** Starting a system takes long on a machine that does other things. */
const startMsMax = 180_000

function gotOf(step: string, manifest: unknown): readonly Got[] {
  if (manifest == null) return []
  const { metadata, spec } = manifest as { readonly metadata: Fields; readonly spec: unknown }
  return [{ step, version: String(metadata['resourceVersion']), spec, labels: metadata['labels'] }]
}

const versionAfter = (step: string): string => `rv:${states.find((got) => got.step === step)?.version}`

let system: System
const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')
const plaintrail = (...args: readonly string[]): Promise<Done> => run({ dataFolder: system.dataFolder }, ...args)
const ask = async <T>(...args: readonly string[]): Promise<T> => {
  const { code, out, err } = await plaintrail(...args, '-o', 'json')
  expect([0, 1], err).toContain(code)
  return JSON.parse(out) as T
}

interface Revisions {
  readonly data: readonly {
    readonly event: string
    readonly resource_version: number | null
    readonly summary: string
  }[]
  readonly meta: { readonly history: { readonly complete: boolean } }
}
const revisions = (...more: readonly string[]): Promise<Revisions> =>
  ask('history', 'deploy/api', '-n', 'shop', '--limit', '1000', ...more)

beforeAll(async () => {
  system = await startSystem()
  const cluster = await system.addCluster('lab')
  for (const list of corpus.lists) await postList(system, cluster, list)
  const posted = corpus.lists.flatMap((list) => (JSON.parse(list) as { items: unknown[] }).items).length
  await until(async () => (await allRequests(system)).flatMap(({ stages }) => stages).length >= posted, 60_000)
  await until(async () => (await revisions()).meta.history.complete, 120_000)
}, startMsMax)

afterAll(async () => {
  await system[Symbol.asyncDispose]()
}, startMsMax)

test('get has every state that kubectl got, by its version', { timeout: 120_000 }, async () => {
  expect(states.length).toBeGreaterThan(8)
  for (const got of states) {
    const told = await ask<unknown>('get', 'deploy/api', '-n', 'shop', '--at', `rv:${got.version}`)
    expect(gotOf(got.step, told)).toEqual([got])
  }
})

test('history has a line for each write that meant something, the newest first', async () => {
  const { data } = await revisions('--all')
  const versions = data.flatMap(({ resource_version: version }) => (version === null ? [] : [version]))
  expect(versions).toEqual(versions.toSorted((a, b) => b - a))
  expect(versions).toEqual(expect.arrayContaining(states.map(({ version }) => Number(version))))
  const { out } = await plaintrail('history', 'deploy/api', '-n', 'shop')
  expect(out).toMatch(/ bob@acme\.io +image api:1\.9 → api:2\.0 +exact +kubectl 1\.37 /)
  expect(out).toMatch(/ alice@acme\.io +created +exact /)
  expect(out).toMatch(/status updates and the like not shown \(--all\)/)
})

test('diff tells what changed between two steps, and the exit code that something did', async () => {
  const done = await plaintrail('diff', 'deploy/api', '-n', 'shop', versionAfter('scale'), versionAfter('set-image'))
  expect(done.code, done.err).toBe(1)
  const [before, after, ...changes] = lines(done.out)
  expect(before).toMatch(/^--- shop\/api @ \S+Z {2}/)
  expect(after).toMatch(/^\+\+\+ shop\/api @ \S+Z {2}.*\[exact\]$/)
  expect(changes).toEqual([
    '@@ spec.template.spec.containers[api] @@',
    '-  image: registry.acme.io/api:1.9',
    '+  image: registry.acme.io/api:2.0',
  ])
  const last = await plaintrail('diff', 'deploy/api', '-n', 'shop')
  expect(last.out).toMatch(
    / bob@acme\.io {2}kubectl 1\.29 {2}\[exact\]\n[^]*\n\+ {2}image: registry\.acme\.io\/api:2\.1\n$/,
  )
  const same = await plaintrail('diff', 'deploy/api', '-n', 'shop', versionAfter('scale'), versionAfter('scale'))
  expect(same).toMatchObject({ code: 0, out: '' })
  const unified = await plaintrail('diff', 'deploy/api', versionAfter('scale'), versionAfter('set-image'), '--unified')
  expect(unified.out).toMatch(/^@@ -\d+,7 \+\d+,7 @@$/m)
})

test('blame names who set each field last', async () => {
  const { out, code, err } = await plaintrail('blame', 'deploy/api', '-n', 'shop')
  expect(code, err).toBe(0)
  expect(out).toMatch(/^bob@acme\.io .* spec\.template\.spec\.containers\[api\]\.image: registry\.acme\.io\/api:2\.1$/m)
  expect(out).not.toMatch(/managedFields|status\./)
})

test('undo prints a command that takes a change back, and says what somebody changed since', async () => {
  const { data } = await revisions()
  const set = data.find(({ summary }) => summary === 'image api:1.8 → api:2.1')
  const { out, code, err } = await plaintrail('undo', 'deploy/api', set?.event ?? '', '-n', 'shop')
  expect(code, err).toBe(0)
  expect(out).toContain('\nkubectl set image deployments.apps/api api=registry.acme.io/api:1.8 --namespace=shop\n')
  const first = data.find(({ summary }) => summary === 'image api:1.9 → api:2.0')
  const late = await plaintrail('undo', 'deploy/api', first?.event ?? '', '-n', 'shop')
  expect(late.code).toBe(3)
  expect(late.err).toContain('! spec.template.spec.containers[api].image: ')
})
test('who says what differs, and goes back from a pod to a person', async () => {
  const { out } = await plaintrail('who', 'deploy/api', '-n', 'shop', '--limit', '200')
  expect(out).toMatch(/ bob@acme\.io +image api:1\.9 → api:2\.0 +kubectl 1\.37 /)
  const query = 'kind:pods ns:shop name:api-* verb:create outcome:success actor:*:replicaset-controller'
  const name = 'jsonpath={.items[0].object.name}'
  const made = await plaintrail('events', query, '--since', '2014-01-01', '--order', 'asc', '-o', name)
  const back = /^po\/api-\S+ ← rs\/api-\S+ ← deploy\/api: .* by alice@acme\.io \(certain\)$/
  // Who is behind an event is found after it is stored.
  const told = async (): Promise<string | undefined> =>
    lines((await plaintrail('who', `pod/${made.out.trim()}`, '-n', 'shop')).out)[1]
  await until(async () => back.test((await told()) ?? ''), 60_000).catch(async () => expect(await told()).toMatch(back))
  const history = await plaintrail('history', `pod/${made.out.trim()}`, '-n', 'shop')
  expect(history.out).toMatch(/ alice@acme\.io, by replicaset-controller +created +exact /)
})
