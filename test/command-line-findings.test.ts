// Rules and findings by the command line, on the whole system: a rule is put, events are posted, and what it found is told.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plaintrail as run, type Done } from './command-line.ts'
import { corpusOf, corpusVersions } from './corpus.ts'
import { postList, startSystem, until, type System } from './system.ts'

/** Starting a system takes long on a machine that does other things. */
const startMsMax = 180_000
const waitMsMax = 120_000
const corpus = corpusOf(corpusVersions().at(-1) ?? '')

interface Item {
  readonly verb: string
  readonly stage: string
  readonly auditID: string
  readonly user: { readonly username: string }
  readonly objectRef?: { readonly resource: string; readonly subresource?: string; readonly namespace?: string }
}

/** What the rule below means, read from what was posted: requests by who made them and where. */
const shells = corpus.lists
  .flatMap((list) => (JSON.parse(list) as { readonly items: readonly Item[] }).items)
  .filter(({ stage, objectRef }) => objectRef?.subresource === 'exec' && stage === 'ResponseComplete')
const groups = Map.groupBy(shells, ({ user, objectRef }) => `${user.username} in ${objectRef?.namespace}`)

const rule = `apiVersion: plaintrail.dev/v1
kind: Rule
metadata: {name: shells-of-the-week}
spec:
  title: Somebody opened a shell
  severity: critical
  match: sub:exec stage:ResponseComplete
  groupBy: [actor, object.namespace]
  summary: "{{actor}} in {{object.namespace}}"
  remediation: "Ask {{actor}}."
  commands: ["kubectl get pods -n {{object.namespace}}"]
  controls: [pci:10.2.1.2]
`

interface Finding {
  readonly id: string
  readonly rule: string
  readonly severity: string
  readonly summary: string
  readonly events: number
}

let system: System
const plaintrail = (...args: readonly string[]): Promise<Done> => run({ dataFolder: system.dataFolder }, ...args)
const plaintrailBy = (token: string, ...args: readonly string[]): Promise<Done> =>
  run({ dataFolder: system.dataFolder, env: { PLAINTRAIL_TOKEN: token } }, ...args)

/** Its text alone, as a script would have it. */
async function addToken(name: string): Promise<string> {
  const { code, out, err } = await plaintrail('token', 'add', name, '--expires', '1d')
  expect(code, err).toBe(0)
  expect(out).toMatch(/^ptr_\w{43}\n$/)
  return out.trim()
}

async function found(...args: readonly string[]): Promise<readonly Finding[]> {
  const { code, out, err } = await plaintrail('findings', 'list', '--all', '-o', 'jsonl', ...args)
  expect(code, err).toBe(0)
  return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Finding]))
}

const isJudged = async (): Promise<boolean> => {
  const { code, err } = await plaintrail('findings', 'list', '--limit', '1', '--require-complete')
  expect([0, 3], err).toContain(code)
  return code === 0
}

beforeAll(
  async () => {
    system = await startSystem()
    const cluster = await system.addCluster('lab')
    const file = join(system.dataFolder, 'rule.yaml')
    await writeFile(file, rule)
    const { code, err } = await plaintrail('rules', 'apply', file)
    if (code !== 0) throw new Error(`could not put the rule: ${err}`)
    for (const list of corpus.lists) await postList(system, cluster, list)
    // A second time, as an API server does that saw no answer: what is found must be the same.
    for (const list of corpus.lists.slice(0, 20)) await postList(system, cluster, list)
    await until(async () => (await found('--rule', 'shells-of-the-week')).length >= groups.size, waitMsMax)
    await until(isJudged, waitMsMax)
  },
  startMsMax + 2 * waitMsMax,
)

afterAll(async () => {
  await system[Symbol.asyncDispose]()
}, startMsMax)

test('a rule that was put finds each group once, with every request in it once', async () => {
  const findings = await found('--rule', 'shells-of-the-week', '--severity', 'critical')
  const counts = new Map(findings.map(({ summary, events }) => [summary, events]))
  const expected = [...groups].map(([group, own]) => [group, new Set(own.map(({ auditID }) => auditID)).size] as const)
  expect(counts).toEqual(new Map(expected))
  expect(groups.size).toBeGreaterThan(1)
}, 60_000)

test('a finding is told with the events behind it, which are found by its id', async () => {
  const [first] = await found('--rule', 'shells-of-the-week')
  const shown = await plaintrail('findings', 'show', first?.id ?? '')
  expect(shown.code, shown.err).toBe(0)
  for (const part of [first?.summary, 'kubectl get pods -n ', 'Ask ', 'pci:10.2.1.2', ' exec '])
    expect(shown.out).toContain(part)
  const events = await plaintrail('events', `vio:${first?.id}`, '--since', '2014-01-01', '-o', 'name')
  expect(events.out.trim().split('\n')).toHaveLength(first?.events ?? -1)
  const [event] = events.out.trim().split('\n')
  const why = await plaintrail('rules', 'explain', 'shells-of-the-week', event ?? '')
  expect(why.out).toContain(`${event} matches`)
}, 60_000)

test(
  'findings are triaged, and an exception hides them until it ends, on the whole system',
  async () => {
    const all = await found('--rule', 'shells-of-the-week')
    const [first] = all
    const refused = await plaintrail('findings', 'resolve', first?.id ?? '', '--reason', 'expected')
    expect(refused.err).toContain('says in words why')
    expect(refused.code).toBe(2)
    const words = ['--reason', 'expected', '--comment', 'a drill']
    const resolved = await plaintrail('findings', 'resolve', ...all.map(({ id }) => id), ...words)
    expect(resolved.code, resolved.err).toBe(0)
    expect(await found('--rule', 'shells-of-the-week', '--state', 'open')).toEqual([])
    const added = await plaintrail(
      'exceptions',
      'add',
      'shells-of-the-week',
      'sub:exec',
      '--reason',
      'drill',
      '--until',
      '30d',
      '-o',
      'name',
    )
    expect(added.code, added.err).toBe(0)
    await until(async () => (await found('--rule', 'shells-of-the-week')).length === 0, waitMsMax)
    // Nothing of it counts, and whoever has its id is told by what.
    const hidden = await plaintrail('findings', 'show', first?.id ?? '')
    expect(hidden.out).toContain(`by ${added.out.trim()}`)
    const ended = await plaintrail('exceptions', 'delete', added.out.trim())
    expect(ended.code, ended.err).toBe(0)
    const open = async () => await found('--rule', 'shells-of-the-week', '--state', 'open')
    await until(async () => (await open()).length === all.length, waitMsMax)
    expect((await open()).map(({ id, events }) => [id, events])).toEqual(all.map(({ id, events }) => [id, events]))
    const shown = await plaintrail('findings', 'show', first?.id ?? '')
    expect(shown.out).toContain('open, it was resolved')
    expect(shown.out).toContain('(expected: a drill)')
    const trail = await plaintrail('audit', '--rule', 'shells-of-the-week', '--all', '-o', 'sentence')
    expect(trail.code, trail.err).toBe(0)
    for (const part of [
      'hides from shells-of-the-week what is',
      'deleted, of shells-of-the-week',
      'resolved',
      'rule shells-of-the-week · put: version 1',
    ])
      expect(trail.out).toContain(part)
  },
  3 * waitMsMax,
)

test(
  'two people ignore a critical finding for ever, by tokens of their own, and one alone does not',
  async () => {
    const [first] = await found('--rule', 'shells-of-the-week')
    const id = first?.id ?? ''
    const [alice, bob] = [await addToken('alice'), await addToken('bob')]
    expect((await plaintrailBy(alice, 'whoami')).out).toMatch(/^as +alice, until /m)
    const words = ['--comment', 'a drill']
    const proposed = await plaintrailBy(alice, 'findings', 'ignore', id, '--reason', 'expected', ...words)
    expect(proposed.code, proposed.err).toBe(0)
    expect((await plaintrailBy(alice, 'findings', 'confirm', id, ...words)).code).not.toBe(0)
    // She gets another token, and is no other person.
    const revoked = await plaintrail('token', 'revoke', 'alice')
    expect(revoked.code, revoked.err).toBe(0)
    const another = await addToken('alice')
    const refused = await plaintrailBy(another, 'findings', 'confirm', id, ...words)
    expect(refused.code).not.toBe(0)
    expect(refused.err).toContain('another person has to confirm it')
    const confirmed = await plaintrailBy(bob, 'findings', 'confirm', id, ...words)
    expect(confirmed.code, confirmed.err).toBe(0)
    expect((await found('--rule', 'shells-of-the-week', '--state', 'ignored')).map((one) => one.id)).toEqual([id])
    await until(async () => (await plaintrailBy(alice, 'whoami')).code === 4, waitMsMax)

    const trail = await plaintrail('audit', '--finding', id, '--all', '-o', 'jsonl')
    const steps = trail.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { actor: string; verb: string })
    expect(steps.slice(0, 2).map(({ actor, verb }) => [actor, verb])).toEqual([
      ['bob', 'ignore-confirmed'],
      ['alice', 'ignore-proposed'],
    ])
    const tokens = await plaintrail('audit', '--actor', 'admin', '--all', '-o', 'sentence')
    expect(tokens.out.match(/^admin · token alice · (added|revoked)/gm)).toEqual([
      'admin · token alice · added',
      'admin · token alice · revoked',
      'admin · token alice · added',
    ])
    const listed = await plaintrail('token', 'list', '-o', 'json')
    for (const secret of [alice, another, bob, system.adminToken])
      for (const text of [system.output(), listed.out, tokens.out, trail.out]) expect(text).not.toContain(secret)
    expect((await plaintrail('token', 'list', '-o', 'name')).out).toBe('admin\nalice\nbob\n')
  },
  3 * waitMsMax,
)

test('the rules that come with the server are there, and a script can fail by what they find', async () => {
  const { out } = await plaintrail('rules', 'list', '--all', '-o', 'jsonl')
  const rules = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; source: string })
  expect(rules.filter(({ source }) => source === 'pack').length).toBeGreaterThan(79)
  expect(rules.find(({ name }) => name === 'shells-of-the-week')?.source).toBe('api')
  expect((await found()).filter((one) => one.rule !== 'shells-of-the-week').length).toBeGreaterThan(0)
  const failing = await plaintrail('findings', 'list', '--fail-on', 'severity>=critical', '-o', 'name')
  expect(failing.code).toBe(1)
  const gone = await plaintrail('rules', 'delete', 'shells-of-the-week')
  expect(gone.code, gone.err).toBe(0)
  expect((await found('--rule', 'shells-of-the-week')).length).toBe(groups.size)
}, 60_000)
