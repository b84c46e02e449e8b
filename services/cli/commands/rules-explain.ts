// plaintrail rules explain: what a rule says of one event, and why.
import type { Command } from 'commander'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import { isRuleExplanation, type RuleClause, type RuleExplanation } from '../rule-answers.ts'
import { readCount, type RunCommand, type Session } from '../session.ts'

interface ExplainOptions {
  readonly at?: string
}

const versionMax = 999_999_999

export function addRulesExplain(rules: Command, run: RunCommand): void {
  rules
    .command('explain')
    .summary('what a rule says of one event, and why')
    .description(
      'What a rule on the server says of one stored event: which clause decided, on which value, and what is not known.',
    )
    .argument('<rule>', 'its name')
    .argument('<event>', 'its id: evt_…')
    .option('--at <version>', 'by this version of the rule (default: the one in force)')
    .addHelpText('after', helpText)
    .action((rule: string, event: string, options: ExplainOptions, self: Command) =>
      run(self, (session) => explainRule(session, { name: rule, event }, options)),
    )
}

const helpText = `
Examples:
  plaintrail rules explain exec-into-prod evt_01JDB6X3K9V2M7Q4R8T0WZ5YHN
  plaintrail rules explain exec-into-prod evt_01JDB6X3K9V2M7Q4R8T0WZ5YHN -o json`

async function explainRule(
  session: Session,
  { name, event }: { readonly name: string; readonly event: string },
  options: ExplainOptions,
): Promise<void> {
  const version = options.at === undefined ? undefined : readCount('--at', options.at, 1, versionMax)
  const api = await session.api()
  const answer = await api.get('/v1/rules/{name}/explain', { path: { name }, query: { event, version } })
  if (!isRuleExplanation(answer.value)) throw notPlaintrail(api.url)
  const explanation = answer.value
  if (session.format.kind !== 'table' && session.format.kind !== 'wide')
    return void (await session.printItems(explanationView, { answer, items: [explanation] }))
  await session.print(headOf(session, explanation))
  for (const clause of explanation.clauses) await session.print(clauseText(session, clause))
  for (const { what, because } of explanation.missing)
    await session.print(terminalText(`not known: ${what}, because ${because}`) + '\n')
}

const explanationView: View<RuleExplanation> = {
  columns: [
    { title: 'RULE', cell: ({ rule }) => terminalText(rule), look: 'bold' },
    { title: 'VERSION', cell: ({ version }) => String(version) },
    { title: 'EVENT', cell: ({ event }) => terminalText(event) },
    { title: 'RESULT', cell: ({ result }) => terminalText(result) },
  ],
  nameOf: ({ result }) => result,
}

const words: Readonly<Record<RuleExplanation['result'], string>> = {
  match: 'matches',
  'no-match': 'does not match',
  insufficient: 'cannot be judged by what was recorded',
  error: 'could not be judged: the rule is at fault',
}

function headOf(session: Session, { rule, version, hash, event, result }: RuleExplanation): string {
  const title = session.style('bold', terminalText(`${event} ${words[result]}`))
  return `${title}\n${session.style('dim', terminalText(`by ${rule}, version ${version} (${hash.slice(0, 12)})`))}\n\n`
}

function clauseText(session: Session, clause: RuleClause): string {
  const { decisions, result, text, line, column, says } = clause
  const head = `${clauseName(clause)} is ${result}  ${text.trim().replaceAll(/\s+/g, ' ')}`
  const told = decisions.map(({ expression, pointer, value, result: made }) => {
    const read = pointer === null ? '' : `  ${pointer} = ${made === 'unknown' ? 'not known' : JSON.stringify(value)}`
    return `  ${terminalText(`${made}  ${expression}${read}`)}\n`
  })
  const wrong = says === null ? '' : `  ${terminalText(`${line}:${column}: ${says}`)}\n`
  return `${session.style(result === 'true' ? 'bold' : 'dim', terminalText(head))}\n${wrong}${told.join('')}\n`
}

function clauseName({ clause, name, step }: RuleClause): string {
  if (clause === 'exception') return `exception ${name ?? ''}`
  return step === 0 ? clause : `${clause} of step ${step}`
}
