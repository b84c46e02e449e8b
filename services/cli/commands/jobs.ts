// plaintrail jobs: what the server could not do in all its attempts, and having it tried again.
import type { Command } from 'commander'
import { isJobList } from '../answers.ts'
import { notPlaintrail } from '../api-client.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { RunCommand, Session } from '../session.ts'

export function addJobs(program: Command, run: RunCommand): void {
  const jobs = program
    .command('jobs')
    .summary('what the server could not do')
    .description(
      'Jobs that the server could not do in all its attempts. They wait until somebody has them tried again.',
    )
  jobs
    .command('list', { isDefault: true })
    .summary('dead jobs, and why')
    .description('Dead jobs, last died first, with the error of the last attempt.')
    .addHelpText('after', '\nExamples:\n  plaintrail jobs list\n  plaintrail jobs list -o name')
    .action((_options: unknown, command: Command) => run(command, listJobs))
  jobs
    .command('retry')
    .argument('<id>', 'as `plaintrail jobs list` shows it')
    .summary('have a dead job tried again')
    .description('Have a dead job tried again. When that fails too, it is listed again.')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail jobs retry 0b0f3c1e-58a8-4a7e-9d5c-6e4fb0a1c7d2\n  plaintrail jobs list -o name | xargs -n 1 plaintrail jobs retry',
    )
    .action((id: string, _options: unknown, command: Command) => run(command, (session) => retryJob(session, id)))
}

async function listJobs(session: Session): Promise<void> {
  const api = await session.api()
  const answer = await api.getJson('/v1/jobs', { state: 'dead' })
  if (!isJobList(answer.value)) throw notPlaintrail(api.url)
  const { data } = answer.value
  if (session.format !== 'table')
    return session.printAnswer(session.format, { answer, items: data, names: data.map(({ id }) => id) })
  if (data.length === 0) return session.note('no job is dead')
  const rows = data.map(({ id, kind, dead_at: deadAt, attempts, error }) => [
    session.when(deadAt),
    terminalText(kind),
    String(attempts),
    terminalText(id),
    terminalText(error),
  ])
  await session.printTable(['DIED', 'KIND', 'ATTEMPTS', 'ID', 'ERROR'], rows)
}

async function retryJob(session: Session, id: string): Promise<void> {
  const api = await session.api()
  await api.postJson(`/v1/jobs/${encodeURIComponent(id)}/retry`, {})
  await session.note(`${terminalText(id)} is tried again`)
}
