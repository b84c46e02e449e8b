// The published command line: built, packed, installed somewhere else, and run against a real system.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { buildCli } from '@plaintrail/cli/build'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postList, startSystem, until, allRequests, type EmbeddedSystem } from './system.ts'

const run = promisify(execFile)
/** `npm` as it is on this machine, on the Node that runs this. */
const path = [dirname(process.execPath), process.env['PATH']].join(delimiter)

let folder = ''

/** Offline: the package needs no other. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-package-'))
  const dist = await buildCli(join(folder, 'dist'))
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: dist,
    env: { ...process.env, PATH: path },
  })
  await mkdir(join(folder, 'home'))
  await run(
    'npm',
    ['install', '--offline', '--no-audit', '--no-fund', '--prefix', folder, join(folder, stdout.trim())],
    {
      env: { ...process.env, PATH: path },
    },
  )
}, 120_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const installed = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(join(folder, 'node_modules/.bin', name), [...args], {
    cwd: folder,
    env: { PATH: path, HOME: join(folder, 'home'), ...env },
  })

test('it is one file beside its papers and rules, and needs no other package', async () => {
  const there = (await readdir(join(folder, 'node_modules/plaintrail'))).toSorted()
  expect(there).toEqual(['LICENSE', 'README.md', 'THIRD-PARTY.md', 'package.json', 'packs', 'plaintrail.mjs'])
  const packages = (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))
  expect(packages).toEqual(['plaintrail'])
})

test('it runs under both of its names', async () => {
  expect((await installed('plaintrail', ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect((await installed('plaintrail', ['events', '--help'])).stdout).toContain('Usage: plaintrail events')
  expect((await installed('kubectl-plaintrail', ['--help'])).stdout).toContain('Usage: kubectl plaintrail')
})

test('it answers -o yaml and completes, which load what it has not loaded yet', async () => {
  expect((await installed('plaintrail', ['version', '--client', '-o', 'yaml'])).stdout).toMatch(/^client: \d/)
  expect((await installed('plaintrail', ['__complete', 'cluster', ''])).stdout).toContain('add\t')
  expect((await installed('plaintrail', ['completion', 'fish'])).stdout).toContain('complete -c plaintrail')
})

test('it tests the rules that it ships', async () => {
  expect((await installed('plaintrail', ['rules', 'test', '--failures'])).stdout).toMatch(
    /\n[1-9]\d+ passed, 0 failed, /,
  )
})

describe('against a real system', () => {
  let system: EmbeddedSystem

  beforeAll(async () => {
    system = await startSystem()
    const cluster = await system.addCluster('lab')
    const change = {
      level: 'Metadata',
      auditID: '7d2c1b0e-55aa-4d0e-9a6f-3a1b2c3d4e5f',
      stage: 'ResponseComplete',
      requestURI: '/apis/apps/v1/namespaces/shop/deployments/api',
      verb: 'delete',
      user: { username: 'alice@acme.example' },
      sourceIPs: ['10.0.3.7'],
      userAgent: 'kubectl/v1.33.3 (darwin/arm64) kubernetes/0a1b2c3',
      objectRef: { resource: 'deployments', namespace: 'shop', name: 'api', apiGroup: 'apps', apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 200 },
      requestReceivedTimestamp: new Date(Date.now() - 60_000).toISOString().replace('Z', '000Z'),
      stageTimestamp: new Date(Date.now() - 60_000).toISOString().replace('Z', '000Z'),
    }
    await postList(system, cluster, JSON.stringify({ kind: 'EventList', items: [change] }))
    await until(async () => (await allRequests(system)).length === 1)
  }, 60_000)

  afterAll(async () => {
    await system[Symbol.asyncDispose]()
  })

  test('who names the person', async () => {
    const { stdout } = await installed('plaintrail', ['who', 'deploy/api', '-n', 'shop', '--data', system.dataFolder])
    expect(stdout).toMatch(/alice@acme\.example +deleted +kubectl 1\.33 +10\.0\.3\.7/)
  })

  test('a token that was logged in with is used, and the query language asks', async () => {
    const asked = ['--server', system.url]
    const login = installed('plaintrail', ['login', ...asked])
    login.child.stdin?.end(`${system.adminToken}\n`)
    expect((await login).stderr).toContain('not encrypted')
    const { stdout } = await installed('plaintrail', [
      ...asked,
      'events',
      'actor:alice*',
      '-verb:get,list',
      '-ojsonpath={.items[*].verb} {.meta.query}',
    ])
    expect(stdout).toBe('delete actor:alice* -verb:get,list\n')
  })

  test('a fault in a query is shown below it, and is exit code 6', async () => {
    const failed = installed('plaintrail', ['events', 'actr:alice', '--data', system.dataFolder])
    await expect(failed).rejects.toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/\n {2}actr:alice\n {2}\^+\n.*actor/),
    })
  })

  test('what --curl prints is run by a shell with the same answer', async () => {
    const args = ['events', 'obj:deploy/api', '--ns', 'shop', '--data', system.dataFolder]
    const { stdout: curl } = await installed('plaintrail', [...args, '--curl'])
    const { stdout: text } = await run('sh', ['-c', curl], {
      env: { PATH: path, PLAINTRAIL_TOKEN: system.adminToken },
    })
    const { stdout: own } = await installed('plaintrail', [...args, '-o', 'json'])
    const data = (json: string): unknown => (JSON.parse(json) as { data: unknown }).data
    expect(data(text)).toEqual(data(own))
  })

  test('as the plugin of kubectl it asks about the namespace of the current context', async () => {
    const kubeconfig = join(folder, 'kubeconfig')
    await writeFile(kubeconfig, 'current-context: a\ncontexts: [{name: a, context: {namespace: elsewhere}}]\n')
    const env = { KUBECONFIG: kubeconfig, PLAINTRAIL_DATA: system.dataFolder }
    expect((await installed('kubectl-plaintrail', ['events', '-o', 'name'], env)).stdout).toBe('')
    expect((await installed('kubectl-plaintrail', ['events', '-A', '-o', 'name'], env)).stdout).toMatch(/^evt_/)
  })

  test('kubectl itself finds it on the PATH', async () => {
    const kubectl = await run('kubectl', ['version', '--client']).catch(() => null)
    if (kubectl === null) return console.warn('kubectl is not on this machine: its plugin was run by itself only')
    await mkdir(join(folder, 'bin'))
    const bin = join(folder, 'node_modules/.bin/kubectl-plaintrail')
    await symlink(bin, join(folder, 'bin/kubectl-plaintrail'))
    const { stdout } = await run('kubectl', ['plaintrail', 'events', '-A', '-o', 'sentence'], {
      env: {
        PATH: [join(folder, 'bin'), path].join(delimiter),
        HOME: join(folder, 'home'),
        PLAINTRAIL_DATA: system.dataFolder,
      },
    })
    expect(stdout).toContain('alice@acme.example deleted deployment api in shop')
  })
})
