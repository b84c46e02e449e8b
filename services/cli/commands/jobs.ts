// plaintrail jobs: what the server could not do in all its attempts, and having it tried again.
import type { Command } from 'commander'
import { isJobList, type DeadJob } from '../answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { addShortListOptions, printShortList, type ShortListOptions } from '../print-short-list.ts'
import type { RunCommand, Session } from '../session.ts'

export function addJobs(program: Command, run: RunCommand): void {
  const jobs = program
    .command('jobs')
    .summary('what the server could not do')
    .description(
      'Jobs that the server could not do in all its attempts. They wait until somebody has them tried again.',
    )
  const list = jobs
    .command('list', { isDefault: true })
    .summary('dead jobs, and why')
    .description('Dead jobs, last died first, with the error of the last attempt.')
    .addHelpText('after', '\nExamples:\n  plaintrail jobs list\n  plaintrail jobs list --all -o name')
    .action((options: ShortListOptions, command: Command) => run(command, (session) => listJobs(session, options)))
  addShortListOptions(list)
  jobs
    .command('retry')
    .argument('<id>', 'as `plaintrail jobs list` shows it')
    .summary('have a dead job tried again')
    .description('Have a dead job tried again. When that fails too, it is listed again.')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail jobs retry 0b0f3c1e-58a8-4a7e-9d5c-6e4fb0a1c7d2\n  plaintrail jobs list --all -o name | xargs -n 1 plaintrail jobs retry',
    )
    .action((id: string, _options: unknown, command: Command) => run(command, (session) => retryJob(session, id)))
}

async function listJobs(session: Session, options: ShortListOptions): Promise<void> {
  const [path, query, view] = ['/v1/jobs', { state: 'dead' }, jobView(session)]
  await printShortList(session, { path, query, isList: isJobList, view, none: 'no job is dead' }, options)
}

const jobView = (session: Session): View<DeadJob> => ({
  columns: [
    { title: 'DIED', cell: (job) => terminalText(session.when(job.dead_at)) },
    { title: 'KIND', cell: ({ kind }) => terminalText(kind) },
    { title: 'ATTEMPTS', cell: ({ attempts }) => String(attempts) },
    { title: 'ID', cell: ({ id }) => terminalText(id) },
    { title: 'ERROR', cell: ({ error }) => terminalText(error ?? '') },
  ],
  nameOf: ({ id }) => id,
})

async function retryJob(session: Session, id: string): Promise<void> {
  const api = await session.api()
  await api.post('/v1/jobs/{id}/retry', undefined, { path: { id } })
  await session.note(`${terminalText(id)} is tried again`)
}
