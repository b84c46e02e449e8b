// plaintrail query: what a query means, and what may stand in it.
import type { Command } from 'commander'
import { askedQuery, windowOptions, type AskOptions } from '../ask.ts'
import { isCompletion, isExplanation, type Completion, type Explained, type Explanation } from '../answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import { readCount, type RunCommand, type Session } from '../session.ts'

export function addQuery(program: Command, run: RunCommand): void {
  const query = program
    .command('query')
    .summary('what a query means, and what may stand in it')
    .description('The query language (docs/query.md): what a query means, and what may stand in it.')
  const explain = query
    .command('explain')
    .summary('a query in sentences')
    .description('A query in sentences, its one normal form, and the window that it would be asked with.')
    .argument('<query...>', 'in the query language')
  for (const { flags, about } of Object.values(windowOptions)) explain.option(flags, about)
  explain
    .addHelpText(
      'after',
      "\nExamples:\n  plaintrail query explain 'actor:sa:ci/* is:denied'\n  plaintrail query explain is:write kind:deploy -ns:kube-system --since 7d -o json",
    )
    .action((words: readonly string[], options: AskOptions, command: Command) =>
      run(command, (session) => explainQuery(session, words, options)),
    )
  query
    .command('complete')
    .summary('what may stand where a query ends')
    .description('What may stand where a query ends, or at a position in it: words, and values that there are.')
    .argument('[query]', 'as it is typed so far', '')
    .option('--pos <position>', 'the position, counted from 0 (default: the end)')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail query complete is:\n  plaintrail query complete "actor:al" -o name',
    )
    .action((text: string, options: { readonly pos?: string }, command: Command) =>
      run(command, (session) => completeQuery(session, text, options.pos)),
    )
}

async function explainQuery(session: Session, words: readonly string[], options: AskOptions): Promise<void> {
  const api = await session.api()
  const answer = await api.getList('/v1/queries/explain', await askedQuery(session, words, options))
  if (!isExplanation(answer.value)) throw notPlaintrail(api.url)
  const { value } = answer
  if (session.format.kind !== 'table') {
    await session.printItems(explanationView, { answer, items: [value] })
    return
  }
  const rows: readonly (readonly [string, string])[] = [
    ['query', value.query === '' ? '(everything)' : value.query],
    ['from', value.window.since],
    ['until', value.window.until],
    ['reads', `${value.cost.reads}, ${value.cost.days} ${value.cost.days === 1 ? 'day' : 'days'}`],
  ]
  for (const [name, text] of rows)
    await session.print(`${session.style('dim', name.padEnd('query'.length))}  ${terminalText(text)}\n`)
  await session.print(`\n${explainedLines(value.asked, 0).join('\n')}\n`)
  for (const hint of value.hints) await session.warn(terminalText(`! ${hint}`))
}

function explainedLines({ sentence, parts }: Explained, depth: number): readonly string[] {
  return [`${'  '.repeat(depth)}${terminalText(sentence)}`, ...parts.flatMap((part) => explainedLines(part, depth + 1))]
}

const explanationView: View<Explanation> = {
  columns: [
    { title: 'QUERY', cell: ({ query }) => terminalText(query) },
    { title: 'FROM', cell: ({ window }) => terminalText(window.since) },
    { title: 'UNTIL', cell: ({ window }) => terminalText(window.until) },
    { title: 'READS', cell: ({ cost }) => terminalText(cost.reads) },
  ],
  nameOf: ({ query }) => query,
}

async function completeQuery(session: Session, text: string, position: string | undefined): Promise<void> {
  const api = await session.api()
  const pos = position === undefined ? text.length : readCount('--pos', position, 0, text.length)
  const answer = await api.getList('/v1/queries/complete', { q: text, pos })
  if (!isCompletion(answer.value)) throw notPlaintrail(api.url)
  const { candidates } = answer.value
  if (candidates.length === 0) await session.note('nothing that is known may stand there')
  if (candidates.length > 0 || session.format.kind !== 'table')
    await session.printItems(candidateView, { answer, items: candidates })
}

const candidateView: View<Completion['candidates'][number]> = {
  columns: [
    { title: 'TEXT', cell: ({ text }) => terminalText(text), look: 'bold' },
    { title: 'WHAT IT MEANS', cell: ({ description }) => terminalText(description) },
  ],
  nameOf: ({ text }) => text,
}
