// npm run lab: a Kubernetes control plane on loopback whose audit events go to a Plaintrail beside it. Ctrl-C ends both.

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlPlane } from './control-plane.ts'
import { startLabPlaintrail } from './lab-plaintrail.ts'
import { labTools, labVersions } from './tools.ts'

const asked = process.argv[2] ?? labVersions[0]
const version = labVersions.find((known) => known === asked)
if (version === undefined) {
  process.stderr.write(`could not start Kubernetes ${asked}: there are ${labVersions.join(' and ')}\n`)
  process.exit(2)
}

const told = process.stderr.isTTY
const progress = (line: string): void => {
  process.stderr.write(told ? `\r\u001B[K${line}` : `${line}\n`)
}

const tools = await labTools(version, {
  folder: process.env['PLAINTRAIL_LAB_BIN'],
  cache: process.env['PLAINTRAIL_LAB_CACHE'],
  progress,
})
progress(`starting Plaintrail and Kubernetes ${tools.version}\n`)
const folder = await mkdtemp(join(tmpdir(), 'plaintrail-lab-'))
await chmod(folder, 0o711)
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
})
try {
  await using here = await startLabPlaintrail(folder)
  await using plane = await startControlPlane({
    tools,
    folder: join(folder, 'plane'),
    webhookKubeconfig: here.webhookKubeconfig,
  })
  process.stdout.write(`
the lab is ready: Kubernetes ${tools.version} at ${plane.server}, its audit events go to ${here.system.url}
In other terminals, in this folder:

  export KUBECONFIG=${plane.adminKubeconfig}
  ${tools.kubectl} create deployment web --image=web:1 --replicas=2

  export PLAINTRAIL_DATA=${here.system.dataFolder}
  npx plaintrail who deployment/web -n default

Ctrl-C ends it and removes ${folder}.
`)
  await stopped
  progress('ending the lab\n')
} finally {
  await rm(folder, { recursive: true, force: true })
}
