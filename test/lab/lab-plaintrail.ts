// startLabPlaintrail: a Plaintrail for the lab, and the kubeconfig that `plaintrail cluster add` writes for its API server.

import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { plaintrail } from '../command-line.ts'
import { freePorts } from '../free-ports.ts'
import { startSystem, type EmbeddedSystem } from '../system.ts'

export interface LabPlaintrail extends AsyncDisposable {
  readonly system: EmbeddedSystem
  readonly cluster: string
  /** YAML, as it was written for the flag --audit-webhook-config-file. */
  readonly webhookKubeconfig: string
  /** YAML, as it was written for the flag --audit-policy-file. */
  readonly auditPolicy: string
  /** SIGTERM, and until it is started again nobody listens where the API server posts. */
  stop(): Promise<void>
  start(): Promise<void>
}

const cluster = 'lab'

/** On the same ports after each start, as the API server's kubeconfig names one of them. */
export async function startLabPlaintrail(folder: string): Promise<LabPlaintrail> {
  const dataFolder = join(folder, 'plaintrail')
  // Postgres runs as another user where we are root, and must get there.
  await mkdir(dataFolder, { recursive: true, mode: 0o711 })
  const [port = 0, ingestPort = 0] = await freePorts(2)
  const env = { PLAINTRAIL_PORT: String(port), PLAINTRAIL_INGEST_PORT: String(ingestPort) }
  let system = await startSystem({ dataFolder, env })
  const out = join(folder, 'webhook')
  const added = await plaintrail(system, 'cluster', 'add', cluster, '--out', out)
  if (added.code !== 0) throw new Error(`could not add the cluster: ${added.err}`)
  return {
    get system() {
      return system
    },
    cluster,
    webhookKubeconfig: await readFile(join(out, 'kubeconfig'), 'utf8'),
    auditPolicy: await readFile(join(out, 'audit-policy.yaml'), 'utf8'),
    async stop() {
      await system.stop()
    },
    async start() {
      system = await startSystem({ dataFolder, env })
    },
    async [Symbol.asyncDispose]() {
      await system[Symbol.asyncDispose]()
    },
  }
}
