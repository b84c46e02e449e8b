// plaintrail audit: what was done here, to findings, exceptions, rules and tokens, and by whom.
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import {
  addClusterListOptions,
  clusterListQuery,
  printShortList,
  type ClusterListOptions,
} from '../print-short-list.ts'
import { isStepList, type Step } from '../rule-answers.ts'
import { collect, type RunCommand, type Session } from '../session.ts'
import { stepWhy, stepWords } from '../step-words.ts'

interface AuditOptions extends ClusterListOptions {
  readonly rule?: readonly string[]
  readonly finding?: readonly string[]
  readonly actor?: readonly string[]
}

export function addAudit(program: Command, run: RunCommand): void {
  const command = program
    .command('audit')
    .summary('what was done here, and by whom')
    .description(
      "Plaintrail's own trail, newest first: every step about a finding, an exception, a rule or a token, who did it, and why. None is ever changed or taken away.",
    )
    .option('--rule <name>', 'about these rules, and what they found: exec-into-prod, exec-*', collect)
    .option('--finding <id>', 'about these findings: fnd_…', collect)
    .option('--actor <name>', 'by these tokens; plaintrail for what it did by itself', collect)
    .addHelpText('after', helpText)
    .action((options: AuditOptions, self: Command) => run(self, (session) => audit(session, options)))
  addClusterListOptions(command)
}

const helpText = `
Examples:
  plaintrail audit --since 7d
  plaintrail audit --actor alice --rule 'exec-*'
  plaintrail audit --finding fnd_2E12C3P4D302ZWR6GAHV0SPHYC -o wide
  plaintrail audit --since 2026-10-01 --until 2026-11-01 --all -o csv > trail.csv`

async function audit(session: Session, { rule, finding, actor, ...options }: AuditOptions): Promise<void> {
  const query = { rule, vio: finding, actor, ...clusterListQuery(options) }
  for (const id of finding ?? []) refuseOther(id)
  const [path, view, none] = ['/v1/audit', stepView(session), 'no step matches']
  await printShortList(session, { path, query, isList: isStepList, view, none }, options)
}

/** Of a slip of the pen "no step" would be taken for an answer. */
function refuseOther(id: string): void {
  if (findingId.test(id)) return
  throw new CliError('usage', `"${terminalText(id)}" is no id of a finding`, {
    hint: 'They begin with fnd_: plaintrail findings list has them.',
  })
}

const findingId = /^fnd_[0-9A-Za-z*]+$/

const stepView = (session: Session): View<Step> => ({
  columns: [
    { title: 'WHEN', cell: ({ time }) => terminalText(session.when(time)) },
    { title: 'WHO', cell: ({ actor }) => terminalText(actor), look: 'bold' },
    { title: 'DID', cell: (step) => terminalText(stepWords(step)) },
    { title: 'TO', cell: ({ object }) => terminalText(object.name), isWhole: true },
    { title: 'KIND', cell: ({ object }) => terminalText(object.kind), isWide: true },
    { title: 'ID', cell: ({ object }) => terminalText(object.id ?? '-'), look: 'dim', isWide: true },
    { title: 'RULE', cell: ({ rule }) => terminalText(rule ?? '-'), isWide: true },
    { title: 'CLUSTER', cell: ({ cluster }) => terminalText(cluster ?? '-'), look: 'dim', isWide: true },
    { title: 'BEFORE', cell: ({ before }) => sideCell(before), isWide: true },
    { title: 'AFTER', cell: ({ after }) => sideCell(after), isWide: true },
    { title: 'STEP', cell: ({ id }) => terminalText(id), look: 'dim', isWide: true },
    { title: 'TOKEN', cell: (step) => terminalText(step.actor_id ?? '-'), look: 'dim', isWide: true },
    { title: 'WHY', cell: (step) => terminalText(stepWhy(step) || '-') },
  ],
  nameOf: ({ id }) => id,
  sentenceOf: (step) => `${step.actor} · ${step.object.kind} ${step.object.name} · ${stepWords(step)}`,
})

function sideCell(side: Step['after']): string {
  const parts = Object.entries(side ?? {}).map(([name, value]) => `${name}=${quoted(String(value ?? ''))}`)
  return terminalText(parts.join(' ') || '-')
}

/** So that no text that somebody chose reads as another field. */
const quoted = (text: string): string => (/[\s="]/.test(text) ? JSON.stringify(text) : text)
