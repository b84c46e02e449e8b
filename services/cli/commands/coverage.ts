// plaintrail coverage: which rules can judge what a cluster sends, and what would have the others judge.
import type { Command } from 'commander'
import { isClusterList } from '../answers.ts'
import type { Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { isClusterCoverage, type ClusterCoverage, type RuleCoverage } from '../coverage-answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import { counted } from '../rules/counted.ts'
import type { RunCommand, Session } from '../session.ts'

interface CoverageOptions {
  readonly cluster?: string
  readonly since?: string
  readonly until?: string
  readonly all?: true
  readonly policy?: true
}

export function addCoverage(program: Command, run: RunCommand): void {
  program
    .command('coverage')
    .summary('which rules can judge what a cluster sends')
    .description(
      'Which rules can judge what a cluster sends, and why others cannot: measured from what arrived. A rule that cannot judge finds nothing, and that is no evidence that nothing happened.',
    )
    .argument('[cluster]', 'its name; needed where there is more than one')
    .option('-c, --cluster <name>', 'the same')
    .option('--since <time>', 'from that day on (default: 7d)')
    .option('--until <time>', 'up to that day')
    .option('--all', 'the rules that work, too')
    .option('--policy', 'only the smallest change of the audit policy that mends them, as YAML')
    .addHelpText('after', helpText)
    .action((name: string | undefined, options: CoverageOptions, self: Command) =>
      run(self, (session) => coverage(session, name ?? options.cluster, options)),
    )
}

const helpText = `
Examples:
  plaintrail coverage prod-eu
  plaintrail coverage prod-eu --policy > more-rules.yaml
  plaintrail coverage prod-eu --all -o json`

async function coverage(session: Session, named: string | undefined, options: CoverageOptions): Promise<void> {
  const api = await session.api()
  const name = named ?? (await onlyCluster(session, api))
  const { since, until } = options
  const answer = await api.get('/v1/clusters/{id}/coverage', { path: { id: name }, query: { since, until } })
  const { value } = answer
  if (!isClusterCoverage(value)) throw notPlaintrail(api.url)
  if (options.policy === true) {
    if (value.policy === null) await session.note('# no rule lacks anything that an audit policy would record')
    else await session.print(value.policy)
  } else await printCoverage(session, value, answer, options)
  if (session.requiresComplete && !isCovered(value))
    throw new CliError('incomplete', 'not every rule could judge all that concerns it, or events are missing')
}

/** Rules that nothing came for say nothing against the policy. */
function isCovered({ counts, gaps }: ClusterCoverage): boolean {
  return counts.cannot === 0 && counts.partly === 0 && counts.failing === 0 && gaps.length === 0
}

async function onlyCluster(session: Session, api: Api): Promise<string> {
  const [chosen, ...others] = (await session.place()).clusters
  if (chosen !== undefined && others.length === 0) return chosen
  const { value } = await api.get('/v1/clusters')
  if (!isClusterList(value)) throw notPlaintrail(api.url)
  const [only] = value.data
  if (only !== undefined && value.data.length === 1) return only.name
  if (only === undefined)
    throw new CliError('not_found', 'no cluster is connected yet', { hint: 'plaintrail cluster add NAME' })
  throw new CliError('usage', 'which cluster?', {
    hint: `one of: ${value.data.map(({ name }) => terminalText(name)).join(', ')}`,
  })
}

async function printCoverage(
  session: Session,
  value: ClusterCoverage,
  answer: Parameters<Session['printItems']>[1]['answer'],
  { all }: CoverageOptions,
): Promise<void> {
  const isTable = session.format.kind === 'table' || session.format.kind === 'wide'
  const items =
    isTable && all !== true
      ? value.rules.filter(({ status, noise }) => !isFine(status) || noise?.noisy === true)
      : value.rules
  if (items.length > 0 || !isTable) await session.printItems(coverageView, { answer, items })
  const { works, partly, cannot, failing, unseen } = value.counts
  await session.note(
    `${works} of ${value.rules.length} rules work on ${terminalText(value.cluster)} · ${partly} partly · ${cannot} cannot · ${failing} failing · ${unseen} saw nothing that concerns them`,
  )
  if (value.policy !== null)
    await session.note(`the audit policy that mends it: plaintrail coverage ${terminalText(value.cluster)} --policy`)
  if (value.gaps.length > 0)
    await session.warn(`events are missing: ${counted(value.gaps.length, 'gap')} in these days`)
}

const isFine = (status: string): boolean => status === 'works' || status === 'unseen'

const coverageView: View<RuleCoverage> = {
  columns: [
    { title: 'RULE', cell: ({ name }) => terminalText(name), look: 'bold', isWhole: true },
    { title: 'SEVERITY', cell: ({ severity }) => terminalText(severity) },
    { title: 'STATUS', cell: ({ status, noise }) => terminalText(noise?.noisy === true ? `${status}, noisy` : status) },
    { title: 'CONCERNED', cell: ({ evaluated }) => String(evaluated) },
    { title: 'NOT JUDGED', cell: ({ insufficient, errors }) => String(insufficient + errors) },
    { title: 'WHY', cell: whyWords },
    { title: 'MENDED BY', cell: mendWords },
    { title: 'EXAMPLE', cell: ({ because }) => terminalText(because[0]?.example ?? '-'), isWide: true },
  ],
  nameOf: ({ name }) => name,
}

function whyWords({ because }: RuleCoverage): string {
  const [first, ...others] = because
  if (first === undefined) return '-'
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return terminalText(`${first.what === '' ? '' : `${first.what}: `}${first.because}${more}`)
}

/** `RequestResponse of apps/deployments: 120 events, 0.5 MB a day` */
function mendWords({ mend }: RuleCoverage): string {
  if (mend === null) return '-'
  const level = /level: (\w+)/.exec(mend.policy)?.[1] ?? 'more'
  if (mend.volume === null) return terminalText(level)
  const { events_a_day: events, bytes_a_day: bytes } = mend.volume
  const caution = mend.caution === null ? '' : ', secrets among them'
  const much = events === 0 ? 'less than one event a day' : `${events} events, ${sizeWords(bytes)} a day`
  return terminalText(`${level}: ${much}${caution}`)
}

function sizeWords(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(1)} GB`
}
