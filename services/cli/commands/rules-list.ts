// plaintrail rules list: the rules in force on the server, and what they found.
import type { Command } from 'commander'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { addShortListOptions, printShortList, type ShortListOptions } from '../print-short-list.ts'
import { isRuleList, type ListedRule, type RuleVersion } from '../rule-answers.ts'
import type { RunCommand, Session } from '../session.ts'

/** In one page of the server. */
const rulesShownMax = '1000'

export function addRulesList(rules: Command, run: RunCommand): void {
  const command = rules
    .command('list')
    .summary('the rules in force on the server')
    .description('The rules that judge what is stored on the server, by name, and what each found.')
    .addHelpText('after', '\nExamples:\n  plaintrail rules list\n  plaintrail rules list --all -o wide')
    .action((options: ShortListOptions, self: Command) => run(self, (session) => listRules(session, options)))
  addShortListOptions(command)
}

async function listRules(session: Session, options: ShortListOptions): Promise<void> {
  const none = 'the server has no rules: plaintrail rules apply FILE'
  const asked = { path: '/v1/rules', isList: isRuleList, view: ruleView(session), none }
  // Rules are few, and one that is not shown is one that nobody thinks of.
  await printShortList(session, asked, { ...options, limit: options.limit ?? rulesShownMax })
}

function ruleView(session: Session): View<ListedRule> {
  return {
    columns: [
      { title: 'RULE', cell: ({ name }) => terminalText(name), look: 'bold', isWhole: true },
      { title: 'SEVERITY', cell: ({ severity }) => terminalText(severity) },
      { title: 'STATE', cell: noisyWords },
      { title: 'FROM', cell: ({ source }) => terminalText(source), look: 'dim' },
      { title: 'VERSION', cell: ({ version }) => String(version), isWide: true },
      { title: 'AUTHOR', cell: ({ author }) => terminalText(author), isWide: true },
      { title: 'CHANGED', cell: (rule) => terminalText(session.when(rule.created_at)), isWide: true },
      { title: 'OWNER', cell: ({ owner }) => terminalText(owner ?? '-'), isWide: true },
      { title: 'CONTROLS', cell: ({ controls }) => terminalText(controls.join(',')) || '-', isWide: true },
      { title: 'FINDINGS', cell: ({ findings }) => String(findings) },
      { title: 'LAST', cell: (rule) => terminalText(rule.last_found === null ? '-' : session.when(rule.last_found)) },
      { title: 'ABOUT', cell: ({ title }) => terminalText(title) },
    ],
    nameOf: ({ name }) => name,
  }
}

function noisyWords(rule: ListedRule): string {
  return rule.noise?.noisy === true ? `${stateWords(rule)}, noisy` : stateWords(rule)
}

/** A rule that fails judges nothing, as one that is off. */
export function stateWords({ state, failing }: Pick<RuleVersion, 'failing' | 'state'>): string {
  return failing === null ? terminalText(state) : 'ERROR failing'
}
