// Starting, stopping and starting again: as the person who types `npm start` meets it.

import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createEventMaker } from './make-events.ts'
import { allRequests, postList, startSystem, temporaryFolder, until } from './system.ts'

const startUs = Date.parse('2026-11-20T10:00:00Z') * 1_000

test('a second start on the same data keeps clusters, tokens and events', async () => {
  const dataFolder = await temporaryFolder()
  try {
    await using first = await startSystem({ dataFolder })
    const cluster = await first.addCluster('lab')
    expect((await postList(first, cluster, createEventMaker(41, startUs, 500).list(10))).status).toBe(200)
    const token = first.adminToken
    expect((await stat(join(dataFolder, 'admin-token'))).mode & 0o777).toBe(0o600)
    // Stopped at once: what was accepted and is not yet visible must be there afterwards.
    expect(await first.stop()).toBe(0)

    await using second = await startSystem({ dataFolder })
    expect(second.adminToken).toBe(token)
    await until(async () => (await allRequests(second)).length === 10)
    expect((await postList(second, cluster, createEventMaker(42, startUs, 500).list(1))).status).toBe(200)
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
  }
})

test('whoever has the data folder is let in: a revoked admin token is replaced at the next start, as is one that was taken away', async () => {
  const dataFolder = await temporaryFolder()
  const accepts = async (system: { readonly url: string }, token: string): Promise<boolean> => {
    const { status } = await fetch(`${system.url}/v1/version`, { headers: { authorization: `Bearer ${token}` } })
    return status === 200
  }
  try {
    await using first = await startSystem({ dataFolder })
    const one = first.adminToken
    const headers = { authorization: `Bearer ${one}` }
    expect((await fetch(`${first.url}/v1/tokens/current`, { method: 'DELETE', headers })).status).toBe(200)
    await first.stop()

    await using second = await startSystem({ dataFolder })
    const two = second.adminToken
    expect(two).not.toBe(one)
    expect([await accepts(second, one), await accepts(second, two)]).toEqual([false, true])
    await second.stop()
    await rm(join(dataFolder, 'admin-token'))

    await using third = await startSystem({ dataFolder })
    expect((await stat(join(dataFolder, 'admin-token'))).mode & 0o777).toBe(0o600)
    expect([await accepts(third, two), await accepts(third, third.adminToken)]).toEqual([false, true])
    const { data } = (await (await third.get('/v1/audit?limit=1000')).json()) as {
      readonly data: readonly { readonly actor: string; readonly verb: string; readonly object: { name: string } }[]
    }
    const steps = data.filter(({ verb }) => verb.startsWith('token-'))
    expect(steps.map(({ actor, verb, object }) => [actor, verb, object.name])).toEqual([
      ['plaintrail', 'token-added', 'admin'],
      ['plaintrail', 'token-revoked', 'admin'],
      ['plaintrail', 'token-added', 'admin'],
      ['admin', 'token-revoked', 'admin'],
      ['plaintrail', 'token-added', 'admin'],
    ])
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
  }
}, 180_000)

test('two at once on one data folder: the second says who is there', async () => {
  await using first = await startSystem()
  await expect(startSystem({ dataFolder: first.dataFolder })).rejects.toThrow(new RegExp(String(first.pid)))
  expect((await first.get('/healthz')).status).toBe(200)
})

test('a start after kill -9 of Node alone recovers by itself', async () => {
  const dataFolder = await temporaryFolder()
  try {
    const first = await startSystem({ dataFolder })
    const cluster = await first.addCluster('lab')
    expect((await postList(first, cluster, createEventMaker(43, startUs, 500).list(10))).status).toBe(200)
    await first.killNode()
    await using second = await startSystem({ dataFolder })
    await until(async () => (await allRequests(second)).length === 10)
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
  }
})

test('a wrong setting is told with how to mend it, all of them at once', async () => {
  const started = startSystem({ env: { PLAINTRAIL_PORT: 'seven', PLAINTRAIL_RETENTION_DAYS: '0' } })
  await expect(started).rejects.toThrow(/PLAINTRAIL_PORT[^]*PLAINTRAIL_RETENTION_DAYS/)
})

test('the running server says where it is, and no longer once it has stopped', async () => {
  const dataFolder = await temporaryFolder()
  try {
    const system = await startSystem({ dataFolder })
    const said = JSON.parse(await readFile(join(dataFolder, 'server.json'), 'utf8'))
    expect(said).toEqual({ url: system.url, pid: system.pid })
    expect(await system.stop()).toBe(0)
    await expect(stat(join(dataFolder, 'server.json'))).rejects.toThrow('ENOENT')
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
  }
})
