// The image as far as it goes without Docker: the same files, the same npm command, another user who may not write.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, chown, readdir, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDockerfile, wordsOf } from './dockerfile.ts'
import { makeImageLayout, type ImageLayout } from './image-layout.ts'

/** The user nobody, where we may become it: one that Postgres finds by its number, and that owns nothing. */
const nobody = 65_534
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
const readyMsMax = 60_000
/** 15 s from npm's cache; the rest is for a slow registry. */
const installMsMax = 180_000

const last = readDockerfile().at(-1)

let layout: ImageLayout
const stack = new AsyncDisposableStack()
beforeAll(async () => void (layout = stack.use(await makeImageLayout())), installMsMax)
afterAll(() => stack.disposeAsync())

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function start(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(layout.node, args, { cwd: layout.app, env, ...user, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = once(child, 'close').then(([code]: unknown[]): Ended => ({ code: Number(code), out, err }))
  return { child, ended, out: () => out, err: () => err }
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return start(args, env).ended
}

/** A folder in which the user of the processes may write. */
async function ownFolder(name: string): Promise<string> {
  const folder = join(layout.scratch, name)
  await mkdir(folder)
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid)
  return folder
}

test.each([
  ['receiver', {}, ['DATABASE_URL is not set', 'PLAINTRAIL_KAFKA_BROKERS is not set']],
  ['worker', {}, ['DATABASE_URL is not set', 'PLAINTRAIL_KAFKA_BROKERS is not set']],
  ['api', {}, ['DATABASE_URL is not set', 'PLAINTRAIL_INGEST_URL is not set']],
  ['jobrunner', {}, ['DATABASE_URL is not set', 'PLAINTRAIL_REDIS_URL is not set']],
  ['migrate', {}, ['DATABASE_URL is not set', 'PLAINTRAIL_KAFKA_BROKERS is not set']],
  ['passwords', { PLAINTRAIL_PASSWORDS_GROUP: 'wheel' }, ['PLAINTRAIL_PASSWORDS_GROUP is "wheel"']],
  ['standalone', { PLAINTRAIL_PORT: 'http' }, ['PLAINTRAIL_PORT is "http"']],
])('the %s finds all that it imports, and says which settings it misses', async (role, env, problems) => {
  const ended = await run([`services/${role}/main.ts`], { ...env })
  for (const problem of problems) expect(ended.err).toContain(problem)
  expect(ended).toMatchObject({ code: 2, out: '' })
})

test('every service with a main.ts is one of those, or the CLI', () => {
  const roles = globSync('services/*/main.ts', { cwd: layout.app }).map((path) => path.split('/')[1] ?? '')
  expect(roles.toSorted()).toEqual('api cli jobrunner migrate passwords receiver standalone worker'.split(' '))
})

test('the passwords are made in a folder that is theirs, for nobody else to read', async () => {
  const folder = await ownFolder('passwords')
  const ended = await run(['services/passwords/main.ts'], { PLAINTRAIL_PASSWORDS: folder })
  expect(ended).toMatchObject({ code: 0, err: '' })
  const files = await readdir(folder)
  expect(files).toHaveLength(4)
  for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o440)
  expect(ended.out).not.toContain(readFileSync(join(folder, 'postgres-password'), 'utf8').trim())
})

test('the layout has the product and its packages, none for development, and can be written by nobody', async () => {
  for (const path of [
    'test',
    'docs',
    '.git',
    'node_modules/vitest',
    'node_modules/typescript',
    'node_modules/.bin/node',
  ])
    expect(existsSync(join(layout.app, path)), path).toBe(false)
  for (const path of ['migrations', 'node_modules/express', 'node_modules/kafkajs', 'node_modules/bullmq'])
    expect(existsSync(join(layout.app, path)), path).toBe(true)
  const write = "require('node:fs').writeFileSync('services/api/main.ts', '')"
  const ended = await run(['-e', write])
  expect(ended.code).toBe(1)
  expect(ended.err).toContain('EACCES')
})

describe('the health check', () => {
  const [, ...check] = wordsOf(last, 'HEALTHCHECK')

  async function answering(code: number): Promise<{ readonly server: Server; readonly port: string }> {
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/readyz' ? code : 404).end('kafka: down'),
    )
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return { server, port: String((server.address() as AddressInfo).port) }
  }

  test('is content with a process that is ready, whichever port it answers on', async () => {
    await using own = new AsyncDisposableStack()
    const { server, port } = await answering(200)
    own.defer(() => void server.close())
    expect(await run(check, { PLAINTRAIL_OPERATIONS_PORT: port, PLAINTRAIL_PORT: '1' })).toMatchObject({ code: 0 })
    expect(await run(check, { PLAINTRAIL_OPERATIONS_PORT: '1', PLAINTRAIL_PORT: port })).toMatchObject({ code: 0 })
  })

  test('fails where it is not ready, and says why', async () => {
    await using own = new AsyncDisposableStack()
    const { server, port } = await answering(503)
    own.defer(() => void server.close())
    const ended = await run(check, { PLAINTRAIL_OPERATIONS_PORT: port, PLAINTRAIL_PORT: '1' })
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('kafka: down') })
  })

  test('fails where nothing answers', async () => {
    expect(await run(check, { PLAINTRAIL_OPERATIONS_PORT: '1', PLAINTRAIL_PORT: '1' })).toMatchObject({ code: 1 })
  })
})

test('without a command it is the standalone, whose Postgres works from packages that it may not write', async () => {
  const data = await ownFolder('data')
  const settings = { PLAINTRAIL_DATA: data, PLAINTRAIL_PORT: '0', PLAINTRAIL_INGEST_PORT: '0' }
  const { child, ended, out, err } = start(wordsOf(last, 'CMD'), settings)
  try {
    const deadline = Date.now() + readyMsMax
    while (!out().includes('plaintrail ready') && child.exitCode === null && Date.now() < deadline) await sleep(100)
    expect(out() + err()).toContain('plaintrail ready')
  } finally {
    child.kill('SIGTERM')
  }
  expect(await ended).toMatchObject({ code: 0 })
})
