// Likely commands for the calls of the recorded weeks, scored against the commands that were really run.

import { isDeepStrictEqual, parseArgs } from 'node:util'
import { normalize } from '@plaintrail/event/normalize'
import { resourcesNamed } from '@plaintrail/event/resources'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { corpusCommands, type RanCommand } from '@plaintrail/test/corpus-commands'
import { describe, expect, test } from 'vitest'
import type { ActivityCall } from './activity-call.ts'
import { activityCommands, type ActivityCommand } from './activity-commands.ts'
import { activityCallOf } from './calls-for-tests.ts'

interface Canonical {
  readonly subcommand: string
  readonly things: readonly string[]
  readonly flags: Readonly<Record<string, unknown>>
  readonly run: readonly string[]
}

const flagsOf = {
  namespace: { type: 'string', short: 'n' },
  filename: { type: 'string', short: 'f' },
  selector: { type: 'string', short: 'l' },
  patch: { type: 'string', short: 'p' },
  container: { type: 'string', short: 'c' },
  output: { type: 'string', short: 'o' },
  quiet: { type: 'boolean', short: 'q' },
  'all-namespaces': { type: 'boolean', short: 'A' },
  'server-side': { type: 'boolean' },
  'force-conflicts': { type: 'boolean' },
  force: { type: 'boolean' },
  watch: { type: 'boolean' },
  'watch-only': { type: 'boolean' },
  'ignore-daemonsets': { type: 'boolean' },
  'delete-emptydir-data': { type: 'boolean' },
  list: { type: 'boolean' },
  raw: { type: 'string' },
} as const
/** What no request shows: how an answer is printed and whether kubectl waits. */
const unseen = ['output', 'quiet', 'wait', 'attach']
const twoWords = new Set(['set', 'rollout', 'create', 'certificate', 'auth', 'top'])

/** Commands are the same where they ask for the same, however they are spelled. */
function canonicalOf(words: readonly string[]): Canonical {
  const end = words.indexOf('--')
  const [args, run] = end === -1 ? [words, []] : [words.slice(0, end), words.slice(end + 1)]
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...flagsOf, ...otherFlags(args) },
    allowPositionals: true,
  })
  const flags = Object.fromEntries(Object.entries(values).filter(([name]) => !unseen.includes(name)))
  const [first = '', second = ''] = positionals
  const isTwo = twoWords.has(first) && second !== '…'
  const subcommand = isTwo ? `${first} ${second}` : first
  return { subcommand, things: thingsOf(first, positionals.slice(isTwo ? 2 : 1)), flags, run }
}

/** `--replicas=5` and the like, which all have their value behind `=` in the week's script. */
function otherFlags(args: readonly string[]): Record<string, { type: 'string' }> {
  const names = args.flatMap((arg) => /^--([a-z-]+)=/.exec(arg)?.[1] ?? [])
  return Object.fromEntries(
    names.filter((name) => !(name in flagsOf)).map((name) => [name, { type: 'string' } as const]),
  )
}

/** `deploy/api`, `deployment api` and `deployments.apps/api` are one; a name alone is that of a pod. */
function thingsOf(subcommand: string, words: readonly string[]): readonly string[] {
  if (['create', 'certificate', 'auth', 'cordon', 'uncordon', 'drain'].includes(subcommand)) return words
  const [thing = '', ...rest] = words
  if (['exec', 'attach', 'logs', 'port-forward', 'debug'].includes(subcommand))
    return [thing.includes('/') ? plural(thing) : `pods/${thing}`, ...rest]
  if (thing === '' || thing.includes('/')) return [plural(thing), ...rest]
  const [name, ...more] = rest
  return name === undefined || subcommand === 'create' ? [plural(thing)] : [plural(`${thing}/${name}`), ...more]
}

function plural(thing: string): string {
  const [type = '', ...name] = thing.split('/')
  const short = type.split('.')[0] ?? ''
  return [resourcesNamed(short).at(-1)?.resource ?? type, ...name].join('/')
}

/** A line as a POSIX shell splits it. */
function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\'/g, (_, plain: string | undefined) => plain ?? "'"),
  )
}

type Verdict = 'right' | 'near' | 'wrong'

/** Right says all that was asked; near is the same command of kubectl with something left out. */
function verdictOf(line: string, ran: readonly RanCommand[]): Verdict {
  const [program, ...words] = shellWords(line)
  expect(program).toBe('kubectl')
  const likely = canonicalOf(words)
  const verdicts = ran.map(({ words: truth, input }): Verdict => {
    const real = canonicalOf(truth)
    // kubectl names the container where nobody does.
    const flags = real.flags['container'] === undefined ? { ...likely.flags, container: undefined } : likely.flags
    if (isDeepStrictEqual(withoutNone({ ...likely, flags }), withoutNone(real))) return 'right'
    const isNear =
      likely.subcommand.split(' ')[0] === real.subcommand.split(' ')[0] &&
      isPart(likely.things, [...real.things, ...namesIn(input)])
    return isNear ? 'near' : 'wrong'
  })
  return verdicts.includes('right') ? 'right' : verdicts.includes('near') ? 'near' : 'wrong'
}

/** Of the objects in a file that was read. */
function namesIn(input: unknown): readonly string[] {
  const { metadata, items = [] } = (input as { metadata?: { name?: string }; items?: readonly unknown[] }) ?? {}
  return [metadata?.name ?? '', ...items.flatMap(namesIn)]
}

const withoutNone = (value: Canonical): unknown => JSON.parse(JSON.stringify(value))
const isPart = (some: readonly string[], all: readonly string[]): boolean =>
  some.filter((word) => word !== '' && word !== '…').every((word) => all.includes(word))

interface Judged {
  readonly step: string
  readonly command: ActivityCommand
  readonly verdict: Verdict | 'unknown'
}

async function judgedIn(
  version: string,
): Promise<{ judged: readonly Judged[]; unfound: readonly string[]; ran: number }> {
  const { lists, steps } = corpusOf(version)
  const items = lists.flatMap((list) => (JSON.parse(list) as { items: unknown[] }).items)
  const calls = items.flatMap((item) => {
    const event = normalize(item)
    const isLast = event?.stage === 'ResponseComplete' && event.client.name === 'kubectl'
    return isLast ? [{ user: event.actor.name, call: activityCallOf(item, event) }] : []
  })
  const commands = await corpusCommands(steps)
  const judged: Judged[] = []
  const unfound: string[] = []
  let all = 0
  for (const { name, began, ended } of steps) {
    const ran = commands.get(name)
    if (ran === null || ran === undefined) continue
    const [from, to] = [Date.parse(began) * 1_000, Date.parse(ended) * 1_000 + 1_000]
    for (const user of new Set(ran.map((one) => one.user))) {
      const own = calls.filter((one) => one.user === user && one.call.timeUs >= from && one.call.timeUs <= to)
      const truth = ran.filter((one) => one.user === user)
      const told = activityCommands(inOrder(own.map(({ call }) => call)))
      all += truth.length
      for (const command of told) {
        const isKubectl = command.line.startsWith('kubectl ')
        judged.push({ step: name, command, verdict: isKubectl ? verdictOf(command.line, truth) : 'unknown' })
      }
      const found = told.filter(({ line }) => line.startsWith('kubectl ')).map(({ line }) => line)
      for (const one of truth)
        if (!found.some((line) => verdictOf(line, [one]) !== 'wrong')) unfound.push(`${name}: ${one.words.join(' ')}`)
    }
  }
  return { judged, unfound, ran: all }
}

const inOrder = (calls: readonly ActivityCall[]): readonly ActivityCall[] =>
  calls.toSorted((one, other) => one.timeUs - other.timeUs)

describe.each(corpusVersions())('in the week of Kubernetes %s', (version) => {
  test('what is sure was run, as it is told; and most of what was run is found', async () => {
    const { judged, unfound, ran } = await judgedIn(version)
    const rows = Map.groupBy(judged, ({ command }) => command.line.split(' ').slice(0, 2).join(' '))
    const count = (some: readonly Judged[], verdict: Judged['verdict']): number =>
      some.filter((one) => one.verdict === verdict).length
    console.table(
      Object.fromEntries(
        [...rows].map(([word, some]) => [
          word,
          {
            right: count(some, 'right'),
            near: count(some, 'near'),
            wrong: count(some, 'wrong'),
            unknown: count(some, 'unknown'),
            sure: some.filter(({ command }) => command.sure).length,
          },
        ]),
      ),
    )
    const list = (some: readonly Judged[]): string =>
      some.map(({ step, command }) => `${step}: ${command.line}`).join('\n')
    console.log(`wrong:\n${list(judged.filter(({ verdict }) => verdict === 'wrong'))}`)
    console.log(`unknown:\n${list(judged.filter(({ verdict }) => verdict === 'unknown'))}`)
    console.log(`of ${ran} run and not told:\n${unfound.join('\n')}`)
    const sure = judged.filter(({ command }) => command.sure)
    expect(
      sure.filter(({ verdict }) => verdict !== 'right').map(({ step, command }) => `${step}: ${command.line}`),
    ).toEqual([])
    expect(sure.length).toBeGreaterThan(20)
    expect(unfound.length / ran).toBeLessThan(0.05)
  })
})
