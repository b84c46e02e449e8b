// plaintrail token: who may ask: a token for each person and program, and taking it away again.
import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { isAddedToken, isToken, isTokenList, type AddedToken, type Token } from '../answers.ts'
import type { Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { readLater } from '../later-time.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'

interface AddOptions {
  readonly expires?: string
}

export function addToken(program: Command, run: RunCommand): void {
  const token = program
    .command('token')
    .summary('who may ask')
    .description(
      'Who may ask: one token for each person and each program, by whose name `plaintrail audit` tells what they did. All are administrators so far.',
    )
  token
    .command('list', { isDefault: true })
    .summary('the tokens that hold')
    .description('The tokens that hold, by name, and when each was used last. Their texts are kept nowhere.')
    .addHelpText('after', '\nExamples:\n  plaintrail token list\n  plaintrail token list -o json')
    .action((_options: unknown, command: Command) => run(command, listTokens))
  token
    .command('add')
    .summary('a token for one more person or program')
    .description('Adds a token and prints its text, which is shown this once, to stdout.')
    .argument('<name>', 'who asks with it, as it is to stand in the trail: alice@acme.io, ci-deploy')
    .option('--expires <time>', 'until then: 90d, 2027-03-01 (default: until it is revoked)')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail token add alice@acme.io --expires 90d\n  (umask 077; plaintrail token add ci-deploy > ci-deploy.token)',
    )
    .action((name: string, options: AddOptions, command: Command) =>
      run(command, (session) => tokenAdd(session, name, options)),
    )
  token
    .command('revoke')
    .summary('let nobody in by a token any more')
    .description('Within 10 seconds nobody is let in by these tokens. Of one that was revoked before nothing is done.')
    .argument('<name|id...>', 'as `plaintrail token list` shows them')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail token revoke alice@acme.io\n  plaintrail token revoke 6fd50927-4c9c-4f31-82e6-721d335b29ef',
    )
    .action((tokens: readonly string[], _options: unknown, command: Command) =>
      run(command, (session) => revokeEach(session, tokens)),
    )
}

async function listTokens(session: Session): Promise<void> {
  const api = await session.api()
  const answer = await api.get('/v1/tokens')
  if (!isTokenList(answer.value)) throw notPlaintrail(api.url)
  await session.printItems(tokenView(session), { answer, items: answer.value.data })
}

const tokenView = (session: Session): View<Token> => ({
  columns: [
    { title: 'NAME', cell: ({ name }) => terminalText(name), look: 'bold' },
    { title: 'ADDED', cell: (one) => terminalText(session.when(one.created_at)) },
    { title: 'BY', cell: (one) => terminalText(one.created_by ?? '-') },
    {
      title: 'USED',
      cell: (one) => terminalText(one.last_used_at === null ? 'never' : session.when(one.last_used_at)),
    },
    { title: 'ENDS', cell: (one) => terminalText(endOf(session, one)) },
    { title: 'YOU', cell: ({ current }) => (current ? 'you' : '-') },
    { title: 'ID', cell: ({ id }) => terminalText(id), look: 'dim', isWide: true },
  ],
  nameOf: ({ name }) => name,
})

const endOf = (session: Session, { expires_at: end }: Token): string => (end === null ? 'never' : session.clock(end))

async function tokenAdd(session: Session, name: string, { expires }: AddOptions): Promise<void> {
  const end = expires === undefined ? null : readLater('--expires', expires, session.io.nowMs())
  const api = await session.api()
  // Where the answer is lost, it is asked for again: without it the token would be there and nobody had it.
  const answer = await api.post('/v1/tokens', { name, expires_at: end }, { idempotencyKey: randomUUID() })
  if (!isAddedToken(answer.value)) throw notPlaintrail(api.url)
  const added = answer.value
  if (session.format.kind === 'table') await session.print(`${terminalText(added.token)}\n`)
  else await session.printItems(addedView(session), { answer, items: [added] })
  const until = added.expires_at === null ? '' : `, until ${session.clock(added.expires_at)}`
  await session.note(
    terminalText(`token ${added.name} was added${until}; its text is not told again. Who has it types it into:`),
  )
  await session.note(terminalText(`  plaintrail login --server ${api.url.origin}`))
}

/** `-o name` is for scripts, which want what to revoke: the text of the token is in what is told of all else. */
const addedView = (session: Session): View<AddedToken> => ({
  columns: [...tokenView(session).columns, { title: 'TOKEN', cell: ({ token }) => terminalText(token), isWhole: true }],
  nameOf: ({ name }) => name,
})

const idForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

async function revokeEach(session: Session, texts: readonly string[]): Promise<void> {
  const api = await session.api()
  // All are known before the first is revoked: whoever mistypes one has revoked none.
  const ids = await idsOf(api, texts)
  // One's own comes last: after it nothing can be asked.
  const { value: own } = await api.get('/v1/tokens/{id}', { path: { id: 'current' } })
  if (!isToken(own)) throw notPlaintrail(api.url)
  for (const id of [...ids.filter((one) => one !== own.id), ...ids.filter((one) => one === own.id)]) {
    const { value } = await api.delete('/v1/tokens/{id}', { path: { id } })
    if (!isToken(value)) throw notPlaintrail(api.url)
    await session.note(
      terminalText(`token ${value.name} (${value.id}) is revoked: within 10 seconds it lets in nobody`),
    )
    if (value.current) await session.warn('! that was the token you ask with: plaintrail login takes another')
    if (value.name === 'admin' && value.created_by === null)
      await session.warn('! the next start of the server puts another into admin-token in its data folder')
  }
}

async function idsOf(api: Api, texts: readonly string[]): Promise<readonly string[]> {
  const names = texts.filter((text) => !idForm.test(text))
  if (names.length === 0) return [...new Set(texts)]
  const { value } = await api.get('/v1/tokens')
  if (!isTokenList(value)) throw notPlaintrail(api.url)
  const ids = texts.flatMap((text) => {
    if (idForm.test(text)) return [text]
    const own = value.data.filter(({ name }) => name === text).map(({ id }) => id)
    if (own.length > 0) return own
    throw new CliError('not_found', `could not revoke ${text}: no token of this name holds`, {
      hint: '`plaintrail token list` lists those that do.',
    })
  })
  return [...new Set(ids)]
}
