// plaintrail version: of this program, and of the server that it asks.
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import manifest from '../package.json' with { type: 'json' }
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import type { RunCommand, Session } from '../session.ts'

interface Versions {
  readonly client: string
  readonly server: string | null
}

export function addVersion(program: Command, run: RunCommand): void {
  program
    .command('version')
    .summary('the versions of this program and of the server')
    .description('The version of this program, and of the server where it can be asked.')
    .option('--client', 'of this program only')
    .addHelpText('after', '\nExamples:\n  plaintrail version\n  plaintrail version --client -o json')
    .action((options: { readonly client?: true }, command: Command) =>
      run(command, (session) => version(session, options.client === true)),
    )
}

async function version(session: Session, isClientOnly: boolean): Promise<void> {
  const value: Versions = { client: manifest.version, server: isClientOnly ? null : await serverVersion(session) }
  if (session.format.kind !== 'table') {
    await session.printItems(versionView, { answer: { text: JSON.stringify(value), value }, items: [value] })
    return
  }
  await session.print(`client  ${value.client}\n`)
  if (value.server !== null) await session.print(`server  ${terminalText(value.server)}\n`)
}

/** Null, with a word on stderr, where no server answers: that this program has a version does not depend on it. */
async function serverVersion(session: Session): Promise<string | null> {
  try {
    const api = await session.api()
    return (await api.get('/v1/version')).value.version
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    await session.note(terminalText(error.message))
    return null
  }
}

const versionView: View<Versions> = {
  columns: [
    { title: 'CLIENT', cell: ({ client }) => client },
    { title: 'SERVER', cell: ({ server }) => terminalText(server ?? '-') },
  ],
  nameOf: ({ client }) => client,
}
