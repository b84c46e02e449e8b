// startTraffic: somebody who makes configmaps without end, and remembers which the API server said were made.

import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlPlane } from './control-plane.ts'
import { labClients } from './week/clients.ts'

export interface Traffic extends AsyncDisposable {
  stop(): Promise<void>
  /** Names, in order, of what was made. */
  done(): readonly string[]
}

/** Some twenty a second: enough to fill batches, and far from what an API server can take. */
const betweenMs = 40

export function startTraffic(plane: ControlPlane): Traffic {
  const made: string[] = []
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    const clients = await labClients(plane)
    for (let count = 0; !stopping.signal.aborted; count++) {
      const name = `traffic-${String(count).padStart(6, '0')}`
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { count: String(count) } }
      const { status } = await clients.send('admin', 'POST', '/api/v1/namespaces/default/configmaps', { body })
      if (status !== 201) throw new Error(`the API server answered ${status} for ${name}`)
      made.push(name)
      await sleep(betweenMs)
    }
  }
  const running = run()
  // Told when it is stopped; until then nobody waits for it.
  running.catch(() => null)
  const stop = async (): Promise<void> => {
    stopping.abort()
    await running
  }
  return { stop, done: () => made, [Symbol.asyncDispose]: stop }
}
