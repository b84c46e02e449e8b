// plaintrail rules apply: rules of files of this machine onto the server. plaintrail rules delete: away from it.
import type { Command } from 'commander'
import type { Api, ApiResponse } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import { isRule } from '../rule-answers.ts'
import { readRuleFiles, type FileRule } from '../rules/read-rule-files.ts'
import type { RunCommand, Session } from '../session.ts'
import { printErrors } from './rules-lint.ts'

interface ApplyOptions {
  readonly dryRun?: true
}

export function addRulesApply(rules: Command, run: RunCommand): void {
  rules
    .command('apply')
    .summary('put rules of files onto the server')
    .description(
      'Puts rules of files onto the server, where they are in force within seconds. Where one of the files is wrong nothing is put, and the exit code is 6. A rule that somebody changes meanwhile is left as it is.',
    )
    .argument('<path...>', 'files and folders of rules')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', helpText)
    .action((paths: readonly string[], options: ApplyOptions, self: Command) =>
      run(self, (session) => applyRules(session, paths, options)),
    )
  rules
    .command('delete')
    .summary('take rules away from the server')
    .description(
      'Takes rules away that were put onto the server. One of that name that came with the server, or from its folder, is in force again. What they found stays.',
    )
    .argument('<name...>', 'as `plaintrail rules list` shows them')
    .addHelpText('after', '\nExamples:\n  plaintrail rules delete exec-into-prod\n  plaintrail rules delete one two')
    .action((names: readonly string[], _options: unknown, self: Command) =>
      run(self, (session) => deleteRules(session, names)),
    )
}

const helpText = `
Examples:
  plaintrail rules apply ./rules
  plaintrail rules apply rules/exec.yaml --dry-run`

interface Applied {
  readonly name: string
  readonly done: 'created' | 'changed' | 'unchanged' | 'would be created' | 'would be changed'
  readonly version: number | null
  readonly file: string
}

async function applyRules(session: Session, paths: readonly string[], options: ApplyOptions): Promise<void> {
  const { rules, errors } = await readRuleFiles(session.io, paths)
  await printErrors(session, errors)
  if (errors.length > 0)
    throw new CliError('rule_invalid', 'nothing was put onto the server: some of the rules are wrong')
  if (rules.length === 0) throw new CliError('usage', 'there are no rules in these files')
  const api = await session.api()
  const applied: Applied[] = []
  try {
    for (const rule of rules) applied.push(await applyOne(api, rule, options))
  } finally {
    const value = { data: applied }
    if (applied.length > 0)
      await session.printItems(appliedView, { answer: { text: JSON.stringify(value), value }, items: applied })
  }
}

const appliedView: View<Applied> = {
  columns: [
    { title: 'RULE', cell: ({ name }) => terminalText(name), look: 'bold' },
    { title: 'DONE', cell: ({ done }) => done },
    { title: 'VERSION', cell: ({ version }) => (version === null ? '-' : String(version)) },
    { title: 'FILE', cell: ({ file }) => terminalText(file), look: 'dim' },
  ],
  nameOf: ({ name }) => name,
}

async function applyOne(api: Api, parsed: FileRule, { dryRun }: ApplyOptions): Promise<Applied> {
  const { file } = parsed
  const { name } = parsed.rule
  // What stands between documents is part of none of them: a rule is the same alone in its file.
  const text = parsed.text.replace(/^---[ \t]*\r?\n/, '')
  const before = await api.send({ method: 'GET', path: pathOf(name) })
  if (before.status !== 404 && before.status !== 200) throw api.refusal(before)
  const held = before.status === 404 ? null : ruleIn(api, before)
  // A rule of the pack with the same text is put all the same: it stays when the pack changes.
  if (held !== null && held.text === text && held.source === 'api' && held.failing === null)
    return { name, done: 'unchanged', version: held.version, file }
  if (dryRun === true)
    return { name, done: held === null ? 'would be created' : 'would be changed', version: null, file }
  const condition = held === null ? { 'if-none-match': '*' } : { 'if-match': before.headers.get('etag') ?? '*' }
  const put = await api.send({
    method: 'PUT',
    path: pathOf(name),
    headers: { 'content-type': 'application/yaml', ...condition },
    body: new TextEncoder().encode(text),
  })
  if (put.status !== 200 && put.status !== 201) throw api.refusal(put)
  return { name, done: held === null ? 'created' : 'changed', version: ruleIn(api, put).version, file }
}

const pathOf = (name: string): string => `/v1/rules/${encodeURIComponent(name)}`

function ruleIn(api: Api, { bytes }: ApiResponse) {
  const value = jsonOf(bytes)
  if (!isRule(value)) throw notPlaintrail(api.url)
  return value
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch {
    return null
  }
}

async function deleteRules(session: Session, names: readonly string[]): Promise<void> {
  const api = await session.api()
  for (const name of names) {
    const { value } = await api.delete('/v1/rules/{name}', { path: { name } })
    const now = value.in_force
    const rest = now === null ? '' : `; that of the ${now.source} is in force again`
    await session.note(terminalText(`${name} is taken away${rest}`))
  }
}
