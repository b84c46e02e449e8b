// plaintrail logout: forget the token of a server.
import type { Command } from 'commander'
import { readCliConfig } from '../config.ts'
import { forgetToken } from '../contexts/credentials-file.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { RunCommand, Session } from '../session.ts'

export function addLogout(program: Command, run: RunCommand): void {
  program
    .command('logout')
    .summary('forget a token')
    .description('Forgets the token that `plaintrail login` kept. The server knows it as before.')
    .addHelpText('after', '\nExamples:\n  plaintrail logout\n  plaintrail logout --server https://plaintrail.acme.io')
    .action((_options: unknown, command: Command) => run(command, logout))
}

async function logout(session: Session): Promise<void> {
  const { server } = await session.place()
  const wasThere = await forgetToken(server.url, readCliConfig(session.io.env), session.io)
  await session.note(
    terminalText(
      wasThere ? `the token for ${server.url.origin} was forgotten` : `no token was kept for ${server.url.origin}`,
    ),
  )
}
