// plaintrail context: which server is asked, and what is asked of it where nothing else is said.
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { readCliConfig } from '../config.ts'
import { changeContexts, contextNamed, readContexts, type Context } from '../contexts/config-file.ts'
import type { GlobalOptions } from '../options.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { readUrl } from '../server.ts'
import { collect, type RunCommand, type Session } from '../session.ts'

interface AddOptions {
  readonly cluster?: string
  readonly namespace?: string
  readonly query?: string
  readonly kubeContext?: readonly string[]
}

type ServerOptions = Pick<GlobalOptions, 'server' | 'insecureHttp'>

export function addContext(program: Command, run: RunCommand): void {
  const context = program
    .command('context')
    .summary('which server is asked')
    .description(
      'Contexts: servers, and what is asked of them where nothing else is said. What is typed wins over the environment, that over .plaintrail.yaml of the project, and that over the current context.',
    )
  context
    .command('list', { isDefault: true })
    .summary('the contexts')
    .description('The contexts; the current one has a star.')
    .addHelpText('after', '\nExamples:\n  plaintrail context list\n  plaintrail context list -o name')
    .action((_options: unknown, command: Command) => run(command, listContexts))
  context
    .command('use')
    .argument('<name>', 'as `plaintrail context list` shows it')
    .summary('make a context the current one')
    .description('Makes a context the current one.')
    .addHelpText('after', '\nExamples:\n  plaintrail context use prod\n  plaintrail --context demo events   # for once')
    .action((name: string, _options: unknown, command: Command) => run(command, (session) => useContext(session, name)))
  context
    .command('add')
    .argument('<name>', 'a name for it')
    .summary('add a context, or change it')
    .description(
      'Adds a context, or puts it in the place of the one of that name. The first one is the current one. Its server is what --server says; with --insecure-http it is kept that its token may go there by http://.',
    )
    .option('-c, --cluster <name>', 'the cluster to ask about where none is given')
    .option('-n, --namespace <namespace>', 'the namespace to ask about where none is given')
    .option('-q, --query <query>', 'what must hold besides: "-actor:system:*"')
    .option('--kube-context <cluster=name>', "kubectl's context for a cluster (repeatable)", collect)
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail context add prod --server https://plaintrail.acme.io --cluster eks-eu\n  plaintrail context add prod --server https://plaintrail.acme.io --kube-context eks-eu=arn:aws:eks:eu-west-1:1:cluster/eu',
    )
    .action((name: string, options: AddOptions, command: Command) =>
      run(command, (session) => addOne(session, name, command.optsWithGlobals<ServerOptions>(), options)),
    )
  context
    .command('remove')
    .argument('<name>', 'as `plaintrail context list` shows it')
    .summary('remove a context')
    .description('Removes a context. A token for its server stays: `plaintrail logout` forgets it.')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail context remove demo\n  plaintrail logout --context demo && plaintrail context remove demo',
    )
    .action((name: string, _options: unknown, command: Command) =>
      run(command, (session) => removeContext(session, name)),
    )
}

async function listContexts(session: Session): Promise<void> {
  const { all, current } = await readContexts(readCliConfig(session.io.env), session.io)
  if (all.length === 0 && session.format.kind === 'table')
    return session.note('there are no contexts: plaintrail context add NAME --server https://…')
  const items = all.map((context) => ({ ...context, isCurrent: context.name === current }))
  const value = { data: items.map(shownContext) }
  await session.printItems(contextView, { answer: { text: JSON.stringify(value), value }, items: value.data })
}

type ShownContext = ReturnType<typeof shownContext>

const shownContext = (context: Context & { isCurrent: boolean }) => ({
  name: context.name,
  current: context.isCurrent,
  server: context.server,
  insecure_http: context.mayBeInsecure,
  kube_contexts: Object.fromEntries(context.kubeContexts),
  defaults: context.defaults,
})

const contextView: View<ShownContext> = {
  columns: [
    { title: 'CURRENT', cell: ({ current }) => (current ? '*' : '') },
    { title: 'NAME', cell: ({ name }) => terminalText(name), look: 'bold' },
    { title: 'SERVER', cell: ({ server }) => terminalText(server) },
    { title: 'CLUSTER', cell: ({ defaults }) => terminalText(defaults.cluster ?? '-') },
    { title: 'NAMESPACE', cell: ({ defaults }) => terminalText(defaults.namespace ?? '-') },
    { title: 'QUERY', cell: ({ defaults }) => terminalText(defaults.query ?? '-') },
  ],
  nameOf: ({ name }) => name,
}

async function useContext(session: Session, name: string): Promise<void> {
  const config = readCliConfig(session.io.env)
  contextNamed(await readContexts(config, session.io), name)
  await changeContexts(config, session.io, (file) => file.use(name))
  await session.note(terminalText(`the current context is ${name}`))
}

async function addOne(
  session: Session,
  name: string,
  { server, insecureHttp }: ServerOptions,
  options: AddOptions,
): Promise<void> {
  if (server === undefined)
    throw new CliError('usage', `could not add ${name}: no server was given`, {
      hint: 'Say it with --server https://…',
    })
  readUrl(server, '--server')
  const config = readCliConfig(session.io.env)
  const { all } = await readContexts(config, session.io)
  const { cluster = null, namespace = null, query = null } = options
  const kubeContexts = new Map((options.kubeContext ?? []).map(readMapping))
  const path = await changeContexts(config, session.io, (file) => {
    file.put({
      name,
      server,
      mayBeInsecure: insecureHttp === true,
      kubeContexts,
      defaults: { cluster, namespace, query },
    })
    if (all.length === 0) file.use(name)
  })
  await session.note(terminalText(`context ${name} is in ${path}`))
}

async function removeContext(session: Session, name: string): Promise<void> {
  const config = readCliConfig(session.io.env)
  contextNamed(await readContexts(config, session.io), name)
  await changeContexts(config, session.io, (file) => file.remove(name))
  await session.note(terminalText(`context ${name} was removed`))
}

function readMapping(text: string): readonly [cluster: string, kubeContext: string] {
  const equals = text.indexOf('=')
  if (equals > 0 && equals < text.length - 1) return [text.slice(0, equals), text.slice(equals + 1)]
  throw new CliError('usage', `could not read --kube-context "${text}"`, {
    hint: 'Write CLUSTER=NAME, the name as `kubectl config get-contexts -o name` shows it.',
  })
}
