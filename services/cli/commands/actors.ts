// plaintrail actors: who asked for what matches.
import type { Command } from 'commander'
import { actorView } from '../actor-view.ts'
import { isActorPage } from '../answers.ts'
import { addAskOptions, askedQuery, type AskOptions } from '../ask.ts'
import { addListOptions, printList, type ListOptions } from '../print-list.ts'
import type { RunCommand, Session } from '../session.ts'

export function addActors(program: Command, run: RunCommand): void {
  const command = program
    .command('actors')
    .summary('who asked')
    .description('Who asked for what matches, the last one first, with how often, with what and from where.')
  addAskOptions(command)
  addListOptions(command, { hasOrder: false })
  command
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail actors is:human --since 30d\n  plaintrail actors is:denied ns:prod -o name',
    )
    .action((words: readonly string[], options: AskOptions & ListOptions, self: Command) =>
      run(self, (session) => actors(session, words, options)),
    )
}

async function actors(session: Session, words: readonly string[], options: AskOptions & ListOptions): Promise<void> {
  const query = await askedQuery(session, words, options)
  const asked = { path: '/v1/actors', query, isPage: isActorPage, view: actorView(session) }
  await printList(session, { ...asked, nouns: ['actor', 'actors'] }, options)
}
