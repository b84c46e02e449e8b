// The command line over a real week, in both profiles: what it exports is what it lists, and its tail shows what comes.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cliMain, plaintrail as run, type Done } from './command-line.ts'
import { corpusOf, corpusVersions } from './corpus.ts'
import { profiles } from './profiles.ts'
import { allRequests, postList, until, type AddedCluster, type System } from './system.ts'

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')
/** Starting a system takes long on a machine that does other things. */
const startMsMax = 180_000
const tailMsMax = 120_000

describe.each(await profiles())('$name', ({ startSystem }) => {
  let system: System
  let cluster: AddedCluster
  const plaintrail = (...args: readonly string[]): Promise<Done> => run({ dataFolder: system.dataFolder }, ...args)

  beforeAll(async () => {
    system = await startSystem()
    cluster = await system.addCluster('lab')
    const { lists } = corpusOf(corpusVersions().at(-1) ?? '')
    for (const list of lists) await postList(system, cluster, list)
    const posted = lists.flatMap((list) => (JSON.parse(list) as { items: unknown[] }).items).length
    await until(async () => (await allRequests(system)).flatMap(({ stages }) => stages).length >= posted, 60_000)
  }, startMsMax)

  afterAll(async () => {
    await system[Symbol.asyncDispose]()
  }, startMsMax)

  test('every page together is what the query finds, turned round or not', async () => {
    const asked = ['events', 'is:write', '-is:node,controller', '--since', '3650d', '-o', 'name']
    const all = lines((await plaintrail(...asked, '--all')).out)
    expect(all.length).toBeGreaterThan(20)
    const small = lines((await plaintrail(...asked, '--all', '--limit', '7')).out)
    expect(small).toEqual(all)
    expect(lines((await plaintrail(...asked, '--all', '--reverse')).out)).toEqual(all.toReversed())
    expect(lines((await plaintrail(...asked, '--limit', '5', '--reverse')).out)).toEqual(all.slice(0, 5).toReversed())
  })

  test('an export has the same events, and its digests are right', async () => {
    const asked = ['is:write', '-is:node,controller', '--since', '3650d']
    const folder = join(system.dataFolder, 'exported')
    const exported = await plaintrail('export', ...asked, '--out', folder, '-o', 'name')
    expect(exported.code, exported.err).toBe(0)
    const ids: string[] = []
    for (const file of lines(exported.out))
      for (const line of lines(gunzipSync(await readFile(file)).toString()))
        ids.push((JSON.parse(line) as { id: string }).id)
    const listed = lines((await plaintrail('events', ...asked, '--all', '--reverse', '-o', 'name')).out)
    expect(ids).toEqual(listed)
    const again = await plaintrail('export', '--list', '-o', 'jsonpath={.items[*].state}')
    expect(again.out).toBe('done\n')
  })

  test('sessions are those of the week', async () => {
    const { code, out, err } = await plaintrail('sessions', '--since', '3650d', '-o', 'json')
    expect(code, err).toBe(0)
    const { data } = JSON.parse(out) as { data: readonly { kind: string }[] }
    expect(data.map(({ kind }) => kind)).toContain('exec')
  })

  test('an actor is told with what it did for the first time', async () => {
    const { out } = await plaintrail('actors', 'is:human', '--since', '3650d', '-o', 'name')
    const [name = ''] = lines(out)
    expect(name).not.toBe('')
    const told = await plaintrail('actor', name, '--since', '3650d')
    expect(told.code, told.err).toBe(0)
    expect(told.out).toMatch(/For the first time\n[^]*cluster +lab/)
    expect((await plaintrail('actor', 'nobody@nowhere.example')).code).toBe(5)
  })

  test('a query is explained and completed from what was seen', async () => {
    expect((await plaintrail('query', 'explain', 'verb:delete', '-ns:dev')).out).toContain('the verb is delete')
    expect(lines((await plaintrail('__complete', 'events', 'cluster:l', '--data', system.dataFolder)).out)).toEqual([])
    const done = await run({ dataFolder: system.dataFolder }, '__complete', 'events', 'cluster:l')
    expect(lines(done.out)).toEqual(['cluster:lab'])
  })

  test('tail shows what comes while it runs', { timeout: startMsMax }, async () => {
    const child = spawn(
      process.execPath,
      [cliMain, 'tail', 'actor:tailed@acme.example', '-o', 'sentence', '--limit', '3'],
      {
        env: { ...process.env, PLAINTRAIL_DATA: system.dataFolder },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    const ended = new Promise<number | null>((resolve) => void child.on('close', resolve))
    let posted = 0
    // It may not be connected yet: what comes later is shown, whatever came before.
    await until(async () => {
      const time = new Date().toISOString().replace('Z', '000Z')
      const event = {
        level: 'Metadata',
        auditID: randomUUID(),
        stage: 'ResponseComplete',
        verb: 'delete',
        requestURI: `/api/v1/namespaces/shop/pods/p${posted}`,
        user: { username: 'tailed@acme.example' },
        objectRef: { resource: 'pods', namespace: 'shop', name: `p${posted++}`, apiVersion: 'v1' },
        responseStatus: { metadata: {}, code: 200 },
        requestReceivedTimestamp: time,
        stageTimestamp: time,
      }
      const list = JSON.stringify({ kind: 'EventList', items: [event] })
      // One that was answered 503 may be nowhere, and then the next is no follower of the last: it is posted again.
      await until(async () => (await postList(system, cluster, list)).status === 200)
      // Between two posts, so that a slow machine is not kept from the tail by what it shall show.
      await sleep(200)
      return lines(out).length >= 3 || child.exitCode !== null
    }, tailMsMax)
    expect(await ended, err).toBe(0)
    const shown = lines(out).map((line) => Number(/deleted pod p(\d+) in shop/.exec(line)?.[1]))
    expect(shown).toEqual([shown[0], (shown[0] ?? 0) + 1, (shown[0] ?? 0) + 2])
  })
})
