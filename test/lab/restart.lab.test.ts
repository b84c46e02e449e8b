// An API server that is killed posts no end of the shells that were open: its next start is what tells that they are over.

import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { testLabs } from './lab-for-tests.ts'
import type { LabPlaintrail } from './lab-plaintrail.ts'
import { startLive } from './live-lab.ts'
import { sendRequest } from './send-request.ts'

interface Session {
  readonly object: { readonly name: string }
  readonly state: string
  readonly reason: string | null
}

describe.each(testLabs())('Kubernetes $version', (tools) => {
  test(
    'the policy that we hand out tells of a start once, and of a shell that it cut',
    { timeout: 300_000 },
    async () => {
      await using live = await startLive(tools, ['--audit-webhook-batch-max-wait=200ms'], 'handed out')
      const { here, plane } = live
      const address = { server: plane.server, ca: plane.certificates.ca }
      const admin = await plane.certificates.client('lab-admin', ['system:masters'])
      const pods = '/api/v1/namespaces/default/pods'
      const spec = { containers: [{ name: 'main', image: 'none' }] }
      await expect
        .poll(async () => {
          await sendRequest(address, admin, { method: 'POST', path: pods, body: { metadata: { name: 'pod' }, spec } })
          return (await sendRequest(address, admin, { method: 'GET', path: `${pods}/pod` })).body
        }, waiting)
        .toContain('"phase":"Running"')
      const sessions = async (): Promise<readonly Session[]> => await listed(here, '/v1/sessions?since=1h')
      const starts = async (): Promise<number> =>
        (await listed(here, '/v1/events?since=1h&verb=get&kind=pc&name=system-node-critical')).length

      const shell = spawn(tools.kubectl, ['--kubeconfig', plane.adminKubeconfig, 'exec', '-i', 'pod', '--', 'cat'], {
        stdio: ['pipe', 'ignore', 'ignore'],
      })
      try {
        await expect.poll(sessions, waiting).toMatchObject([{ object: { name: 'pod' }, state: 'open', reason: null }])
        expect(await starts()).toBe(1)
        await plane.restartApiServer('SIGKILL')
        await expect.poll(sessions, waiting).toMatchObject([{ state: 'unknown', reason: 'api_server_restarted' }])
        // Long enough for whatever it would ask again.
        await sleep(10_000)
        expect(await starts()).toBe(2)
      } finally {
        shell.kill()
      }
    },
  )
})

const waiting = { timeout: 60_000, interval: 500 }

async function listed<Item>({ system }: LabPlaintrail, path: string): Promise<readonly Item[]> {
  const { data } = (await (await system.get(path)).json()) as { readonly data: readonly Item[] }
  return data
}
