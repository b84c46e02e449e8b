// plaintrail cluster list: the connected clusters and when each was last heard of.
import type { Command } from 'commander'
import { isClusterList } from '../answers.ts'
import { notPlaintrail } from '../api-client.ts'
import { terminalText } from '../output/terminal-text.ts'
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
  const answer = await api.getJson('/v1/clusters')
  if (!isClusterList(answer.value)) throw notPlaintrail(api.url)
  const { data } = answer.value
  if (session.format !== 'table')
    return session.printAnswer(session.format, { answer, items: data, names: data.map(({ name }) => name) })
  if (data.length === 0) return session.note('no cluster is connected yet: plaintrail cluster add NAME')
  const when = (time: string | null | undefined): string => terminalText(time ? session.when(time) : 'never')
  await session.printTable(
    ['NAME', 'ADDED', 'LAST EVENT', 'EVENTS'],
    data.map((cluster) => [
      terminalText(cluster.name),
      when(cluster.created_at),
      when(cluster.last_event_at),
      cluster.events === undefined || cluster.events === null ? '-' : String(cluster.events),
    ]),
    { looks: ['bold', null, null, null] },
  )
}
