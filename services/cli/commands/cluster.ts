// plaintrail cluster: connect clusters, and list them.
import type { Command } from 'commander'
import type { RunCommand } from '../session.ts'
import { addClusterAdd } from './cluster-add.ts'
import { addClusterList } from './cluster-list.ts'

export function addCluster(program: Command, run: RunCommand): void {
  const cluster = program.command('cluster').summary('connect clusters').description('Connect clusters and list them.')
  addClusterAdd(cluster, run)
  addClusterList(cluster, run)
}
