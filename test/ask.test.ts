// The command line against the real system: a log file read twice adds nothing, and the answer names who changed what.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { plaintrail as run, type Done } from './command-line.ts'
import { createEventMaker } from './make-events.ts'
import { profiles } from './profiles.ts'
import { allRequests, postList, until, type System } from './system.ts'

/** A file is posted to where API servers post, which in the distributed profile is not the API. */
function toReceiver({ ingest: { url, ca }, adminToken, dataFolder }: System): Readonly<Record<string, string>> {
  if (ca === null) return {}
  return {
    PLAINTRAIL_SERVER: url,
    PLAINTRAIL_TOKEN: adminToken,
    NODE_EXTRA_CA_CERTS: join(dataFolder, 'ca/ca.pem'),
  }
}

const plaintrail = (system: System, ...args: readonly string[]): Promise<Done> =>
  run({ dataFolder: system.dataFolder, env: args[0] === 'ingest' ? toReceiver(system) : {} }, ...args)

describe.each(await profiles())('$name', ({ startSystem }) => {
  test('a log file that is read twice adds nothing the second time', { timeout: 60_000 }, async () => {
    await using system = await startSystem()
    expect((await plaintrail(system, 'cluster', 'add', 'lab')).code).toBe(0)
    const maker = createEventMaker(51, Date.parse('2026-11-20T10:00:00Z') * 1_000, 500)
    const lines = Array.from({ length: 1_000 }, () =>
      maker.event().replace('{', '{"kind":"Event","apiVersion":"audit.k8s.io/v1",'),
    )
    const file = join(system.dataFolder, 'audit.log')
    await writeFile(file, `${lines.join('\n')}\nnot an event\n`)
    for (let turn = 0; turn < 2; turn++) {
      const read = await plaintrail(system, 'ingest', file, '--cluster', 'lab')
      expect(read.code, read.err).toBe(0)
      await until(async () => (await allRequests(system)).length >= 1_000)
    }
    expect(await allRequests(system)).toHaveLength(1_000)
    const kept = await plaintrail(system, 'quarantine', 'list', '-o', 'json')
    expect((JSON.parse(kept.out) as { data: unknown[] }).data).toHaveLength(1)
  })

  test('who names the person, what was done, with what and from where', { timeout: 60_000 }, async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const change = {
      level: 'RequestResponse',
      auditID: '7d2c1b0e-55aa-4d0e-9a6f-3a1b2c3d4e5f',
      stage: 'ResponseComplete',
      requestURI: '/apis/apps/v1/namespaces/shop/deployments/api?fieldManager=kubectl-set',
      verb: 'patch',
      user: { username: 'alice@acme.example', groups: ['sre'] },
      sourceIPs: ['203.0.113.9', '10.0.3.7'],
      userAgent: 'kubectl/v1.33.3 (darwin/arm64) kubernetes/0a1b2c3',
      objectRef: { resource: 'deployments', namespace: 'shop', name: 'api', apiGroup: 'apps', apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 200 },
      requestObject: { spec: { template: { spec: { containers: [{ name: 'api', image: 'acme.example/api:1.9' }] } } } },
      requestReceivedTimestamp: '2026-11-20T14:03:22.418211Z',
      stageTimestamp: '2026-11-20T14:03:22.431000Z',
    }
    const { requestObject: _body, responseStatus: _status, ...received } = change
    const items = [change, { ...received, stage: 'RequestReceived', stageTimestamp: change.requestReceivedTimestamp }]
    const response = await postList(system, cluster, JSON.stringify({ kind: 'EventList', items }))
    expect(response.status).toBe(200)
    await until(async () => (await allRequests(system)).length === 1)
    const [request] = await allRequests(system)
    expect(request?.durationUs).toBe(12_789)
    expect(request?.stages.map((stage) => stage.stage)).toEqual(['RequestReceived', 'ResponseComplete'])

    const who = await plaintrail(system, 'who', 'deploy/api', '-n', 'shop')
    expect(who.code, who.err).toBe(0)
    expect(who.out).toMatch(/^Deployment shop\/api {2}\(lab\)/)
    const row = who.out.split('\n').find((line) => line.startsWith('2026-11-20T14:03:22.418211Z'))
    for (const word of ['alice@acme.example', 'image api:1.9', 'kubectl 1.33', '10.0.3.7']) expect(row).toContain(word)
    expect(row).not.toContain('203.0.113.9')

    const shown = await plaintrail(system, 'show', request?.id ?? '', '--raw')
    expect(shown.out).toBe(JSON.stringify(change))
    expect((await plaintrail(system, 'who', 'deploy/nothing', '-n', 'shop')).code).toBe(5)
    expect((await plaintrail(system, 'events', '--colour', 'red')).code).toBe(2)
  })

  test('a command without a server says how to start one', async () => {
    const nowhere = { dataFolder: '/nonexistent' }
    // Nothing listens on port 1; on the usual one there may be a server of whoever runs the tests.
    const done = await plaintrail({ ...nowhere } as System, 'cluster', 'list', '--server', 'http://127.0.0.1:1')
    expect(done.code).toBeGreaterThan(1)
    expect(done.err).toMatch(/npm start/)
  })
})
