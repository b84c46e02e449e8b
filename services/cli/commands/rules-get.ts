// plaintrail rules get: the text of a rule on the server, or all that it ever said.
import type { Command } from 'commander'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { addShortListOptions, printShortList, type ShortListOptions } from '../print-short-list.ts'
import { notPlaintrail } from '../refusal.ts'
import { isRule, isRuleVersionList, type Rule, type RuleVersion } from '../rule-answers.ts'
import { readCount, type RunCommand, type Session } from '../session.ts'
import { stateWords } from './rules-list.ts'

interface GetOptions extends ShortListOptions {
  readonly at?: string
  readonly versions?: true
}

const versionMax = 999_999_999

export function addRulesGet(rules: Command, run: RunCommand): void {
  const command = rules
    .command('get')
    .summary('the text of a rule on the server')
    .description('The text of a rule on the server, as it was written: the version in force, or another one.')
    .argument('<name>', 'as `plaintrail rules list` shows it')
    .option('--at <version>', 'this version')
    .option('--versions', 'all versions instead, with their authors and hashes, the newest first')
    .addHelpText('after', helpText)
    .action((name: string, options: GetOptions, self: Command) =>
      run(self, (session) => getRule(session, name, options)),
    )
  addShortListOptions(command)
}

const helpText = `
Examples:
  plaintrail rules get exec-into-prod > exec-into-prod.yaml
  plaintrail rules get exec-into-prod --versions`

async function getRule(session: Session, name: string, options: GetOptions): Promise<void> {
  if (options.versions === true) return listVersions(session, name, options)
  const version = options.at === undefined ? undefined : readCount('--at', options.at, 1, versionMax)
  const api = await session.api()
  const answer = await api.get('/v1/rules/{name}', { path: { name }, query: { version } })
  if (!isRule(answer.value)) throw notPlaintrail(api.url)
  const rule = answer.value
  if (session.format.kind !== 'table') return void (await session.printItems(ruleView, { answer, items: [rule] }))
  await session.print(endedLine(session.io.stdout.isTty ? safeLines(rule.text) : rule.text))
  const { source, author, created_at: created, failing } = rule
  await session.note(terminalText(`version ${rule.version} of ${session.when(created)} by ${author} (${source})`))
  if (failing !== null) await session.warn(terminalText(`! it judges nothing since ${failing.since}: ${failing.says}`))
}

/** Of one rule. */
const ruleView: View<Rule> = {
  columns: [
    { title: 'RULE', cell: ({ name }) => terminalText(name), look: 'bold' },
    { title: 'SEVERITY', cell: ({ severity }) => terminalText(severity) },
    { title: 'STATE', cell: stateWords },
    { title: 'FROM', cell: ({ source }) => terminalText(source) },
    { title: 'VERSION', cell: ({ version }) => String(version) },
    { title: 'ABOUT', cell: ({ title }) => terminalText(title) },
  ],
  nameOf: ({ name }) => name,
}

const endedLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

const safeLines = (text: string): string => text.split('\n').map(terminalText).join('\n')

async function listVersions(session: Session, name: string, options: GetOptions): Promise<void> {
  const path = `/v1/rules/${encodeURIComponent(name)}/versions`
  const view = versionView(session)
  await printShortList(session, { path, isList: isRuleVersionList, view, none: 'it has no versions' }, options)
}

const hashCharacters = 12

function versionView(session: Session): View<RuleVersion> {
  return {
    columns: [
      { title: 'VERSION', cell: ({ version }) => String(version), look: 'bold' },
      { title: 'IN FORCE', cell: (one) => (one.in_force ? 'yes' : '-') },
      { title: 'MADE', cell: (one) => terminalText(session.when(one.created_at)) },
      { title: 'AUTHOR', cell: ({ author }) => terminalText(author) },
      { title: 'FROM', cell: ({ source }) => terminalText(source), look: 'dim' },
      { title: 'SEVERITY', cell: ({ severity }) => terminalText(severity) },
      { title: 'STATE', cell: stateWords },
      { title: 'HASH', cell: ({ hash }) => terminalText(hash.slice(0, hashCharacters)), look: 'dim' },
      { title: 'ABOUT', cell: ({ title }) => terminalText(title) },
    ],
    nameOf: ({ version }) => String(version),
  }
}
