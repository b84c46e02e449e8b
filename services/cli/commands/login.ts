// plaintrail login: keep a token, so that it need not be given again.
import type { Command } from 'commander'
import { openApi } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { readCliConfig } from '../config.ts'
import { storeToken } from '../contexts/credentials-file.ts'
import { terminalText } from '../output/terminal-text.ts'
import { refuseOpenToken } from '../server.ts'
import type { RunCommand, Session } from '../session.ts'

const tokenCharactersMax = 4096

export function addLogin(program: Command, run: RunCommand): void {
  program
    .command('login')
    .summary('keep a token')
    .description(
      'Reads a token from the terminal or from stdin, asks the server whether it knows it, and keeps it for that server in credentials.yaml beside the contexts. Only you may read that file, and it is not encrypted.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail login --context prod\n  plaintrail login --server https://plaintrail.acme.io < token.txt',
    )
    .action((_options: unknown, command: Command) => run(command, login))
}

async function login(session: Session): Promise<void> {
  const { io } = session
  const { server } = await session.place()
  // Before it is typed: it would not be sent.
  refuseOpenToken({ ...server, token: '' })
  const token =
    io.stdin.isTTY === true ? await io.readSecret(`Token for ${server.url.origin}: `) : await readAll(io.stdin)
  if (!/^ptr_[\x21-\x7e]+$/.test(token.trim()))
    throw new CliError('usage', 'that is no token to ask with', {
      hint: 'It begins with ptr_. The one of a server on this machine is in admin-token in its data folder.',
    })
  const asked = openApi({ ...server, token: token.trim() }, { fetch: io.fetch, userAgent: io.userAgent })
  await asked.get('/v1/clusters')
  const path = await storeToken(server.url, token.trim(), readCliConfig(io.env), io)
  await session.note(
    terminalText(`the token for ${server.url.origin} is in ${path}, which only you may read; it is not encrypted`),
  )
}

async function readAll(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of stdin) {
    text += Buffer.from(chunk).toString()
    if (text.length > tokenCharactersMax) throw new CliError('usage', 'that is no token: it is far too long')
  }
  return text
}
