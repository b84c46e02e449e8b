// plaintrail findings ack, resolve, ignore, confirm, withdraw, reopen, assign and comment: what is made of findings.
import { triageReasons } from '@plaintrail/rules/triage'
import { Option, type Command } from 'commander'
import type { Api, ApiResponse } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { readLater } from '../later-time.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import { isFinding, isFindingWithEvents, type Finding } from '../rule-answers.ts'
import { readCount, type RunCommand, type Session } from '../session.ts'
import { stateCell } from '../triage-cell.ts'

interface TriageOptions {
  readonly comment?: string
  readonly reason?: string
  readonly until?: string
  readonly events?: string
  readonly match?: string
  readonly to?: string
  readonly nobody?: true
  readonly tag?: string
}

interface Verb {
  readonly name: string
  readonly summary: string
  readonly about: string
  readonly example: string
  readonly addOptions: (command: Command) => Command
  readonly change: (options: TriageOptions, session: Session) => object
  /** Throws CliError where what was got is not to be changed so. */
  readonly look?: (finding: Finding) => void
}

const eventsMax = 1_000_000_000
/** Not mandatory for the parser, which would not tell which there are. */
const reasonOption = (): Option => new Option('--reason <reason>', 'why; has to be said').choices([...triageReasons])
const commentFlags = '--comment <text>'
const needed = 'in words; needed where the severity is high or critical'

const verbs: readonly Verb[] = [
  {
    name: 'ack',
    summary: 'say that somebody looks after findings',
    about: 'Says that somebody looks after findings. They stay so with new events.',
    example: 'findings ack fnd_2E12C3P4D302ZWR6GAHV0SPHYC --to alice@acme.io',
    addOptions: (command) => command.option('--to <name>', 'who').option(commentFlags, 'in words'),
    change: ({ to, comment }) => ({ state: 'acknowledged', assignee: to, comment }),
  },
  {
    name: 'resolve',
    summary: 'say that findings are done with',
    about: 'Says that findings are done with. A new event opens one again.',
    example: "findings resolve fnd_2E12C3P4D302ZWR6GAHV0SPHYC --reason remediated --comment 'token replaced'",
    addOptions: (command) => command.addOption(reasonOption()).option(commentFlags, needed),
    change: ({ reason, comment }) => ({ state: 'resolved', reason: reasonOf(reason), comment }),
  },
  {
    name: 'ignore',
    summary: 'say that findings need nobody, for ever or until something',
    about:
      'Says that findings need nobody: for ever, or until a time, so many more events, or an event that a query means. One of severity critical is ignored for ever once a second person confirms it.',
    example: 'findings ignore fnd_2E12C3P4D302ZWR6GAHV0SPHYC --reason expected --comment drill --until 7d',
    addOptions: (command) =>
      command
        .addOption(reasonOption())
        .option(commentFlags, needed)
        .option('--until <time>', 'until then: 7d, 2026-12-31')
        .option('--events <count>', 'until there are so many more')
        .option('--match <query>', "until one is like this: 'ns:prod-*'"),
    change: ({ reason, comment, ...options }, session) => ({
      state: 'ignored',
      reason: reasonOf(reason),
      comment,
      until: untilOf(options, session.io.nowMs()),
    }),
  },
  {
    name: 'confirm',
    summary: 'agree that critical findings are ignored for ever',
    about: 'Agrees with who proposed to ignore findings of severity critical for ever: another person than that.',
    example: "findings confirm fnd_2E12C3P4D302ZWR6GAHV0SPHYC --comment 'looked too, a drill'",
    addOptions: (command) => command.requiredOption(commentFlags, 'in words'),
    change: ({ comment }) => ({ state: 'ignored', comment }),
    look: refuseUnproposed,
  },
  {
    name: 'withdraw',
    summary: 'take back that findings are to be ignored for ever',
    about: 'Takes back what you, or somebody else, proposed: to ignore findings of severity critical for ever.',
    example: 'findings withdraw fnd_2E12C3P4D302ZWR6GAHV0SPHYC',
    addOptions: (command) => command.option(commentFlags, 'in words'),
    change: ({ comment }) => ({ proposed: null, comment }),
    look: refuseUnproposed,
  },
  {
    name: 'reopen',
    summary: 'say that findings are open again',
    about: 'Says that findings are open, whatever they were.',
    example: 'findings reopen fnd_2E12C3P4D302ZWR6GAHV0SPHYC',
    addOptions: (command) => command.option(commentFlags, 'in words'),
    change: ({ comment }) => ({ state: 'open', comment }),
  },
  {
    name: 'assign',
    summary: 'say who looks after findings',
    about: 'Says who looks after findings, or that nobody does.',
    example: 'findings assign fnd_2E12C3P4D302ZWR6GAHV0SPHYC --to alice@acme.io',
    addOptions: (command) =>
      command.option('--to <name>', 'who').option('--nobody', 'nobody').option(commentFlags, 'in words'),
    change: ({ to, nobody, comment }) => ({ assignee: assigneeOf(to, nobody), comment }),
  },
]

function refuseUnproposed({ id, triage }: Finding): void {
  if (triage.proposed !== null) return
  throw new CliError('usage', `nobody has proposed to ignore ${terminalText(id)} for ever`, {
    hint: 'plaintrail findings list --proposed has those of which somebody did.',
  })
}

export function addFindingsTriage(findings: Command, run: RunCommand): void {
  for (const { name, summary, about, example, addOptions, change, look } of verbs) {
    const command = findings
      .command(name)
      .summary(summary)
      .description(`${about} Where somebody changes one in the same moment it is left as it is, and that is an error.`)
      .argument('<finding...>', 'their ids: fnd_…')
    addOptions(command)
      .option('--tag <tag>', 'of one finding: only while its triage.tag is this')
      .addHelpText('after', `\nExamples:\n  plaintrail ${example}`)
      .action((ids: readonly string[], options: TriageOptions, self: Command) =>
        run(self, (session) => {
          if (options.tag !== undefined && ids.length > 1)
            throw new CliError('usage', 'a tag is of one finding, and you name several')
          const body = change(options, session)
          return changeEach(session, ids, (api, id) => patchOne(api, id, body, { tag: options.tag, look }))
        }),
      )
  }
  findings
    .command('comment')
    .summary('say something about findings')
    .description('Says something about findings. It is kept with who said it, and never changed.')
    .argument('<finding...>', 'their ids: fnd_…')
    .option('-m, --message <text>', 'what')
    .option(commentFlags, 'the same')
    .addHelpText('after', "\nExamples:\n  plaintrail findings comment fnd_2E12C3P4D302ZWR6GAHV0SPHYC -m 'asked bob'")
    .action((ids: readonly string[], options: CommentOptions, self: Command) =>
      run(self, (session) => {
        const text = textOf(options)
        return changeEach(session, ids, (api, id) => commentOne(api, id, text))
      }),
    )
}

interface CommentOptions {
  readonly message?: string
  readonly comment?: string
}

function textOf({ message, comment }: CommentOptions): string {
  const text = message ?? comment
  if (text !== undefined && (message === undefined || comment === undefined)) return text
  throw new CliError('usage', 'say what there is to be said, once', { hint: "-m 'asked bob'" })
}

function reasonOf(reason: string | undefined): string {
  if (reason !== undefined) return reason
  throw new CliError('usage', 'say why', { hint: `--reason ${triageReasons.join(' | ')}` })
}

function untilOf({ until, events, match }: TriageOptions, nowMs: number): object | undefined {
  const given = [until, events, match].filter((value) => value !== undefined)
  if (given.length > 1) throw new CliError('usage', 'only one of --until, --events and --match can end it')
  if (until !== undefined) return { time: readLater('--until', until, nowMs) }
  if (events !== undefined) return { events: readCount('--events', events, 1, eventsMax) }
  return match === undefined ? undefined : { match }
}

function assigneeOf(to: string | undefined, nobody: true | undefined): string | null {
  if ((to === undefined) === (nobody === undefined))
    throw new CliError('usage', 'say who looks after them', { hint: '--to NAME, or --nobody.' })
  return to ?? null
}

/** What is done is printed, whatever comes of the others. */
async function changeEach(
  session: Session,
  ids: readonly string[],
  change: (api: Api, id: string) => Promise<Finding>,
): Promise<void> {
  const api = await session.api()
  const done: Finding[] = []
  const refused: CliError[] = []
  try {
    for (const id of ids) {
      try {
        done.push(await change(api, id))
      } catch (error) {
        if (!(error instanceof CliError) || ids.length === 1 || isOfAll(error)) throw error
        refused.push(error)
        await session.warn(terminalText(`! ${id}: ${error.message}`))
      }
    }
  } finally {
    const value = { data: done }
    if (done.length > 0)
      await session.printItems(triagedView, { answer: { text: JSON.stringify(value), value }, items: done })
    for (const finding of done) await tellProposal(session, finding)
  }
  const [first] = refused
  if (first !== undefined)
    throw new CliError(first.code, `${refused.length} of ${ids.length} findings are as they were`, { hint: first.hint })
}

/** That it is not as it was to be must not be overlooked. */
async function tellProposal(session: Session, { id, triage: { proposed } }: Finding): Promise<void> {
  if (proposed === null) return
  await session.warn(
    terminalText(
      `! ${id} is to be ignored for ever, says ${proposed.by}: another person has to confirm it (plaintrail findings confirm ${id} --comment WHY), or it gets an end (ignore --until 30d)`,
    ),
  )
}

/** The next one would fail in the same way. */
const isOfAll = ({ code }: CliError): boolean =>
  code === 'denied' || code === 'interrupted' || code === 'timeout' || code === 'unavailable'

const triagedView: View<Finding> = {
  columns: [
    { title: 'FINDING', cell: ({ id }) => terminalText(id), look: 'bold' },
    { title: 'STATE', cell: ({ triage }) => stateCell(triage) },
    { title: 'WHO', cell: ({ triage }) => terminalText(triage.assignee ?? '-') },
    { title: 'REASON', cell: ({ triage }) => terminalText(triage.reason ?? '-') },
    { title: 'WHAT', cell: ({ summary }) => terminalText(summary) },
  ],
  nameOf: ({ id }) => id,
}

interface Seen {
  /** Where it is not given, the finding is got and looked at. */
  readonly tag: string | undefined
  readonly look: ((finding: Finding) => void) | undefined
}

async function patchOne(api: Api, id: string, body: object, { tag, look }: Seen): Promise<Finding> {
  return findingIn(
    api,
    await api.send({
      method: 'PATCH',
      path: `/v1/findings/${encodeURIComponent(id)}`,
      headers: { 'content-type': 'application/json', 'if-match': tag ?? (await tagOf(api, id, look)) },
      body: new TextEncoder().encode(JSON.stringify(body)),
    }),
  )
}

async function tagOf(api: Api, id: string, look: Seen['look']): Promise<string> {
  const { value } = await api.get('/v1/findings/{id}', { path: { id }, query: { limit: 1 } })
  if (!isFindingWithEvents(value)) throw notPlaintrail(api.url)
  look?.(value)
  return value.triage.tag
}

async function commentOne(api: Api, id: string, comment: string): Promise<Finding> {
  const { value } = await api.post('/v1/findings/{id}/comments', { comment }, { path: { id } })
  if (!isFinding(value)) throw notPlaintrail(api.url)
  return value
}

function findingIn(api: Api, response: ApiResponse): Finding {
  if (response.status !== 200 && response.status !== 202) throw api.refusal(response)
  const value: unknown = jsonOf(response.bytes)
  if (!isFinding(value)) throw notPlaintrail(api.url)
  return value
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch {
    return null
  }
}
