// plaintrail cluster add: everything that is needed to connect a cluster, printed or written into a folder.
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { isAddedCluster, type AddedCluster } from '../answers.ts'
import type { Answer } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'

interface AddOptions {
  readonly out?: string
}

const secretFileMode = 0o600
const openFileMode = 0o644

export function addClusterAdd(cluster: Command, run: RunCommand): void {
  cluster
    .command('add')
    .summary('connect a cluster')
    .description(
      'Adds a cluster and prints what its API server needs: a kubeconfig for the audit webhook, an audit policy, and flags.',
    )
    .argument('<name>', 'a name for the cluster, such as prod-eu')
    .option('--out <folder>', 'write the files into this folder instead')
    .addHelpText('after', '\nExamples:\n  plaintrail cluster add prod-eu --out ./prod-eu\n  plaintrail cluster add dev')
    .action((name: string, options: AddOptions, command: Command) =>
      run(command, (session) => clusterAdd(session, name, options)),
    )
}

async function clusterAdd(session: Session, name: string, options: AddOptions): Promise<void> {
  const folder = options.out === undefined ? null : resolve(session.io.folder, options.out)
  // Before the cluster is added: its token is told once, so there must be a place for it.
  if (folder !== null) await prepareFolder(session, folder)
  const api = await session.api()
  const answer = await api.post('/v1/clusters', { name, credential: 'token' })
  if (!isAddedCluster(answer.value)) throw notPlaintrail(api.url)
  if (folder === null) await printCluster(session, answer, answer.value)
  else await writeCluster(session, folder, answer, answer.value)
}

async function prepareFolder(session: Session, folder: string): Promise<void> {
  try {
    await session.io.files.makeFolder(folder)
  } catch (error) {
    throw new CliError('usage', `could not make the folder ${folder}`, {
      hint: 'Choose another one with --out.',
      cause: error,
    })
  }
  if (await session.io.files.exists(join(folder, 'kubeconfig')))
    throw new CliError('usage', `could not write ${join(folder, 'kubeconfig')}: it is there already`, {
      hint: 'Choose another folder with --out; the cluster was not added.',
    })
}

async function writeCluster(session: Session, folder: string, answer: Answer, cluster: AddedCluster): Promise<void> {
  const files = clusterFiles(cluster)
  try {
    for (const { file, text, mode } of files) await session.io.files.create(join(folder, file), text, mode)
  } catch (error) {
    // The token is in no other place now: without this it would be lost.
    await printCluster(session, answer, cluster)
    throw new CliError('usage', `could not write all files into ${folder}`, {
      hint: 'The cluster was added; everything it needs is printed above, its token for this once.',
      cause: error,
    })
  }
  if (session.format.kind !== 'table') return printAnswer(session, answer, cluster)
  for (const { file } of files) await session.print(`${terminalText(join(folder, file))}\n`)
  await session.note(
    terminalText(`cluster ${cluster.name} was added; its ingest token is in the kubeconfig and is not told again`),
  )
}

interface ClusterFile {
  readonly title: string
  readonly file: string
  readonly text: string
  readonly mode: number
}

function clusterFiles(cluster: AddedCluster): readonly ClusterFile[] {
  const flags = Object.entries(cluster.flags).map(([kind, text]) => ({
    title: `API server flags for ${kind}`,
    file: `flags-${kind.replaceAll(/[^a-zA-Z0-9-]/g, '_')}.txt`,
    text: endedLine(text),
    mode: openFileMode,
  }))
  return [
    {
      title: 'Kubeconfig of the audit webhook',
      file: 'kubeconfig',
      text: endedLine(cluster.kubeconfig),
      mode: secretFileMode,
    },
    { title: 'Audit policy', file: 'audit-policy.yaml', text: endedLine(cluster.audit_policy), mode: openFileMode },
    ...flags,
  ]
}

async function printCluster(session: Session, answer: Answer, cluster: AddedCluster): Promise<void> {
  if (session.format.kind !== 'table') return printAnswer(session, answer, cluster)
  const heading = (title: string): string => session.style('bold', terminalText(`# ${title}`))
  await session.print(
    `${heading(`Cluster ${cluster.name}`)}\n${terminalText(`ingest URL    ${cluster.ingest.url}`)}\n${terminalText(`ingest token  ${cluster.ingest.token}`)}  (shown this once)\n`,
  )
  for (const { title, file, text } of clusterFiles(cluster))
    await session.print(`\n${heading(`${title} (${file})`)}\n${safeLines(text)}`)
}

async function printAnswer(session: Session, answer: Answer, cluster: AddedCluster): Promise<void> {
  await session.printItems(newClusterView, { answer, items: [cluster] })
}

const newClusterView: View<AddedCluster> = {
  columns: [
    { title: 'NAME', cell: ({ name }) => terminalText(name), look: 'bold' },
    { title: 'INGEST URL', cell: ({ ingest }) => terminalText(ingest.url) },
    { title: 'INGEST TOKEN', cell: ({ ingest }) => terminalText(ingest.token ?? '-') },
  ],
  nameOf: ({ name }) => name,
}

const endedLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

const safeLines = (text: string): string => text.split('\n').map(terminalText).join('\n')
