// plaintrail cluster list: the connected clusters and when each was last heard of.
import type { Command } from 'commander'
import { isClusterList, type Cluster } from '../answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'

export function addClusterList(cluster: Command, run: RunCommand): void {
  cluster
    .command('list')
    .summary('the connected clusters')
    .description('The connected clusters, and when each was last heard of.')
    .addHelpText('after', '\nExamples:\n  plaintrail cluster list\n  plaintrail cluster list -o name')
    .action((_options: unknown, command: Command) => run(command, clusterList))
}

async function clusterList(session: Session): Promise<void> {
  const api = await session.api()
  const answer = await api.get('/v1/clusters')
  if (!isClusterList(answer.value)) throw notPlaintrail(api.url)
  const { data } = answer.value
  if (data.length === 0 && session.format.kind === 'table')
    return session.note('no cluster is connected yet: plaintrail cluster add NAME')
  await session.printItems(clusterView(session), { answer, items: data })
}

function clusterView(session: Session): View<Cluster> {
  const when = (time: string | null | undefined): string => terminalText(time ? session.when(time) : 'never')
  return {
    columns: [
      { title: 'NAME', cell: ({ name }) => terminalText(name), look: 'bold' },
      { title: 'ADDED', cell: (cluster) => when(cluster.created_at) },
      { title: 'LAST EVENT', cell: (cluster) => when(cluster.last_event_at) },
      { title: 'EVENTS', cell: ({ events }) => (events === undefined || events === null ? '-' : String(events)) },
    ],
    nameOf: ({ name }) => name,
  }
}
