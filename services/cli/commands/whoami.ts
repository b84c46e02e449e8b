// plaintrail whoami: which server is asked, with which token, whose that is, and where both are from.
import type { Command } from 'commander'
import { isToken } from '../answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'

interface Whoami {
  readonly server: string
  readonly server_from: string
  readonly context: string | null
  readonly token: string | null
  readonly token_from: string | null
  /** As whom the server knows it. */
  readonly token_name: string
  readonly token_expires: string | null
  readonly cluster: string | null
  readonly namespace: string | null
  readonly query: string | null
  /** The .plaintrail.yaml that chose any of these. */
  readonly project: string | null
  readonly server_version: string
}

/** So much of a token is shown as tells one from another. */
const shownMax = 8

export function addWhoami(program: Command, run: RunCommand): void {
  program
    .command('whoami')
    .summary('which server and token are used, and why')
    .description(
      'Which server is asked, with which token and defaults, and where each of them is from. Asks the server whether it takes the token, and whose it is.',
    )
    .addHelpText('after', '\nExamples:\n  plaintrail whoami\n  plaintrail whoami --context prod -o json')
    .action((_options: unknown, command: Command) => run(command, whoami))
}

async function whoami(session: Session): Promise<void> {
  const place = await session.place()
  const { server, context, clusters } = place
  const api = await session.api()
  const { value: version } = await api.get('/v1/version')
  const { value: own } = await api.get('/v1/tokens/{id}', { path: { id: 'current' } })
  if (!isToken(own)) throw notPlaintrail(api.url)
  const value: Whoami = {
    server: server.url.href,
    server_from: place.serverFrom,
    context: context?.name ?? null,
    token: server.token === null ? null : `${server.token.slice(0, shownMax)}…`,
    token_from: place.tokenFrom,
    token_name: own.name,
    token_expires: own.expires_at,
    cluster: clusters.length === 0 ? null : clusters.join(','),
    namespace: place.namespace,
    query: place.query,
    project: place.project.chose.size === 0 ? null : place.project.path,
    server_version: version.version,
  }
  if (session.format.kind !== 'table') {
    await session.printItems(whoamiView, { answer: { text: JSON.stringify(value), value }, items: [value] })
    return
  }
  const rows: readonly (readonly [string, string | null])[] = [
    ['server', `${value.server} (from ${value.server_from})`],
    ['version', value.server_version],
    ['context', value.context],
    ['token', value.token === null ? null : `${value.token} (from ${value.token_from})`],
    ['as', own.expires_at === null ? own.name : `${own.name}, until ${session.clock(own.expires_at)}`],
    ['cluster', value.cluster],
    ['namespace', value.namespace],
    ['query', value.query],
    ['project', value.project],
  ]
  for (const [name, text] of rows)
    await session.print(`${session.style('dim', name.padEnd('namespace'.length))}  ${terminalText(text ?? '-')}\n`)
}

const whoamiView: View<Whoami> = {
  columns: [
    { title: 'SERVER', cell: ({ server }) => terminalText(server) },
    { title: 'CONTEXT', cell: ({ context }) => terminalText(context ?? '-') },
    { title: 'TOKEN', cell: ({ token }) => terminalText(token ?? '-') },
    { title: 'AS', cell: (who) => terminalText(who.token_name) },
    { title: 'TOKEN FROM', cell: (who) => terminalText(who.token_from ?? '-') },
  ],
  nameOf: ({ server }) => server,
}
