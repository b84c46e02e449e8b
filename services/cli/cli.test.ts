import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCli } from './cli.ts'
import { processIo } from './io.ts'
import manifest from './package.json' with { type: 'json' }
import { problem, startCannedApi } from './testing/canned-api.ts'
import { plaintrail } from './testing/captured-io.ts'

describe('help', () => {
  const commands = [
    'who',
    'history',
    'diff',
    'blame',
    'get',
    'undo',
    'events',
    'tail',
    'show',
    'actor',
    'actors',
    'activity',
    'sessions',
    'export',
    'query explain',
    'query complete',
    'cluster add',
    'cluster list',
    'token list',
    'token add',
    'token revoke',
    'ingest',
    'quarantine list',
    'notices',
    'jobs list',
    'jobs retry',
    'context list',
    'context use',
    'context add',
    'context remove',
    'login',
    'logout',
    'whoami',
    'api',
    'completion',
    'version',
  ]

  test.each(commands)('of %s has two examples', async (command) => {
    const done = await plaintrail([...command.split(' '), '--help'])
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(done.out.split('Examples:')[1]?.match(/plaintrail /g)?.length).toBeGreaterThanOrEqual(2)
  })

  test('is what no arguments give, and names every command', async () => {
    const done = await plaintrail([])
    expect(done.code).toBe(0)
    for (const command of commands) expect(done.out).toContain(`  ${command.split(' ')[0]}`)
  })

  test('is not needed to learn the version', async () => {
    expect(await plaintrail(['--version'])).toMatchObject({ code: 0, out: `${manifest.version}\n` })
  })
})

test.each([
  [['whoo'], 'Did you mean who?'],
  [['events', '--actr', 'x'], 'Did you mean --actor?'],
  [['events', '-o', 'xml'], 'table, wide, json, jsonl, yaml, name'],
  [['ingest', 'audit.log'], '--cluster'],
  [['show'], 'event'],
  [['api', 'GET', 'v1/events'], 'GET /v1/clusters'],
  [['events', '--not', 'verb'], 'KEY=VALUE'],
])('wrong arguments are told with the right ones and exit 2: %j', async (args, hint) => {
  const done = await plaintrail(args, { server: 'http://127.0.0.1:1' })
  expect(done).toMatchObject({ code: 2, out: '', err: expect.stringContaining(hint) })
})

test.each([
  [400, 'query_syntax', 6],
  [400, 'bad_request', 2],
  [401, 'auth_required', 4],
  [403, 'forbidden', 4],
  [404, 'not_found', 5],
  [409, 'conflict', 2],
  [429, 'rate_limited', 8],
  [500, 'internal', 8],
  [503, 'dependency_unavailable', 8],
])('an answer %i %s ends with exit code %i', async (status, code, exitCode) => {
  await using api = await startCannedApi(() => ({
    status,
    body: problem(status, code, 'It went wrong', { hint: 'Mend it.' }),
  }))
  const done = await plaintrail(['events'], { server: api.url })
  expect(done).toMatchObject({ code: exitCode, out: '', err: 'plaintrail: It went wrong\n  Mend it.\n' })
})

describe('an answer that is not from Plaintrail', () => {
  test.each(['<html>', '', '{}', '[]', '{"data":[{}],"has_more":false,"meta":{"query":""}}', '{"data":'])(
    'is not taken for one: %s',
    async (body) => {
      await using api = await startCannedApi(() => ({ body }))
      expect(await plaintrail(['events'], { server: api.url })).toMatchObject({ code: 8, out: '' })
      expect(await plaintrail(['show', 'evt_1'], { server: api.url })).toMatchObject({ code: 8, out: '' })
      expect(await plaintrail(['cluster', 'add', 'x'], { server: api.url })).toMatchObject({ code: 8, out: '' })
    },
  )

  test('cannot steer the terminal', async () => {
    const title = `${String.fromCodePoint(0x1b)}[2Jevil`
    await using api = await startCannedApi(() => ({ status: 500, body: problem(500, 'internal', title) }))
    expect((await plaintrail(['events'], { server: api.url })).err).toContain(String.raw`\x1b[2Jevil`)
  })

  test('does not get the token by sending us elsewhere', async () => {
    await using other = await startCannedApi(() => ({ body: {} }))
    await using api = await startCannedApi(() => ({ status: 307, headers: { location: `${other.url}/` } }))
    const done = await plaintrail(['events'], { server: api.url })
    expect(done).toMatchObject({ code: 8, err: expect.stringContaining(other.url) })
    expect(other.requests).toHaveLength(0)
  })
})

const clusters = () => ({ body: { data: [] } })

/** What fetch does where nothing listens. */
const refused = (): Promise<never> =>
  Promise.reject(
    new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }),
  )

describe('the server', () => {
  let folder = ''

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plaintrail-cli-'))
  })

  afterEach(async () => {
    await rm(folder, { recursive: true })
  })

  /** A data folder as a server with that pid leaves it. */
  async function dataFolder(name: string, about: { url?: string; pid?: number; token?: string }): Promise<void> {
    await mkdir(join(folder, name))
    if (about.url !== undefined)
      await writeFile(join(folder, name, 'server.json'), JSON.stringify({ url: about.url, pid: about.pid }))
    if (about.token !== undefined) await writeFile(join(folder, name, 'admin-token'), `${about.token}\n`)
  }

  const list = (surroundings: object, ...args: string[]) =>
    plaintrail(['cluster', 'list', ...args], { folder, isAlive: (pid) => pid === 1, ...surroundings })

  test('is the one that runs from the data folder, with the token there', async () => {
    await using api = await startCannedApi(clusters)
    await dataFolder('.plaintrail', { url: 'http://127.0.0.1:1', pid: 2, token: 'ptr_dead' })
    await dataFolder('.plaintrail-demo', { url: api.url, pid: 1, token: 'ptr_demo' })
    expect(await list({})).toMatchObject({ code: 0 })
    expect(api.requests[0]?.authorization).toBe('Bearer ptr_demo')
  })

  test('of another machine is not asked because of a folder that nobody named, whose repository anybody may have written', async () => {
    const asked: string[] = []
    const note = (url: unknown): Promise<never> => {
      asked.push(String(url))
      return refused()
    }
    await dataFolder('.plaintrail', { url: 'https://evil.example', pid: 1, token: 'ptr_theirs' })
    await list({ env: { PLAINTRAIL_TOKEN: 'ptr_mine' }, fetch: note })
    expect(asked).toEqual(['http://127.0.0.1:7717/v1/clusters'])
    await list({ env: { PLAINTRAIL_DATA: '.plaintrail' }, fetch: note })
    expect(asked[1]).toBe('https://evil.example/v1/clusters')
  })

  test('is chosen by --data before the environment', async () => {
    await using api = await startCannedApi(clusters)
    await dataFolder('mine', { url: api.url, pid: 1, token: 'ptr_mine' })
    const env = { PLAINTRAIL_SERVER: 'http://127.0.0.1:1', PLAINTRAIL_DATA: 'nowhere' }
    expect(await list({ env }, '--data', 'mine')).toMatchObject({ code: 0 })
    expect(await list({ env: { PLAINTRAIL_DATA: join(folder, 'mine') } })).toMatchObject({ code: 0 })
  })

  test('of the environment gets the token of the environment, and that of a folder only when it runs from it', async () => {
    await using api = await startCannedApi(clusters)
    await dataFolder('.plaintrail', { url: 'http://127.0.0.1:1', pid: 1, token: 'ptr_local' })
    await dataFolder('other', { url: api.url, pid: 1, token: 'ptr_other' })
    await list({ env: { PLAINTRAIL_SERVER: api.url } })
    await list({ env: { PLAINTRAIL_SERVER: api.url, PLAINTRAIL_TOKEN: 'ptr_env' } })
    await list({ env: { PLAINTRAIL_SERVER: `${api.url}/`, PLAINTRAIL_DATA: 'other' } })
    expect(api.requests.map(({ authorization }) => authorization)).toEqual([
      undefined,
      'Bearer ptr_env',
      'Bearer ptr_other',
    ])
  })

  test('may stand under a path', async () => {
    await using api = await startCannedApi(clusters)
    await list({ env: { PLAINTRAIL_SERVER: `${api.url}/audit` } })
    expect(api.requests[0]?.path).toBe('/audit/v1/clusters')
  })

  test('that does not run is exit 8 with the way to start it', async () => {
    const done = await list({ fetch: refused })
    expect(done).toMatchObject({
      code: 8,
      err: expect.stringMatching(/127\.0\.0\.1:7717.*\n.*npm start.*npm run demo/),
    })
  })

  test('with a URL that is none is a usage error', async () => {
    expect(await list({ env: { PLAINTRAIL_SERVER: 'localhost:7717' } })).toMatchObject({ code: 2 })
  })
})

describe('api', () => {
  test('sends any request and prints the answer as it came', async () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])
    await using api = await startCannedApi(() => ({ body: bytes }))
    const done = await plaintrail(['api', 'post', '/v1/x?a=1&a=2', '--input', '-'], {
      server: api.url,
      stdin: [Buffer.from('{"n":1}')],
    })
    expect(done.outBytes).toEqual(bytes)
    expect(api.requests[0]).toMatchObject({ method: 'POST', path: '/v1/x', body: Buffer.from('{"n":1}') })
    expect(api.requests[0]?.query.getAll('a')).toEqual(['1', '2'])
  })

  test('prints a problem and says it in the exit code', async () => {
    await using api = await startCannedApi(() => undefined)
    const done = await plaintrail(['api', 'GET', '/v1/x'], { server: api.url })
    expect(done.code).toBe(5)
    expect(JSON.parse(done.out)).toMatchObject({ code: 'not_found' })
  })

  test('sends its token to the server only', async () => {
    await using api = await startCannedApi(() => ({}))
    await using other = await startCannedApi(() => ({}))
    for (const path of [`/${other.url}/`, `//${new URL(other.url).host}/`])
      await plaintrail(['api', 'GET', path], { server: api.url })
    expect(other.requests).toHaveLength(0)
    expect(api.requests).toHaveLength(2)
  })
})

test('the binary runs by itself', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const ran = spawnSync(process.execPath, [main, 'who', 'checkout'], { encoding: 'utf8' })
  expect(ran).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('TYPE/NAME') })
})

test('output that nobody reads any longer ends the command quietly', async () => {
  await using api = await startCannedApi(() => ({ body: { data: [{ name: 'demo' }] } }))
  const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  const output = { isTty: false, columns: 80, rows: 24, write: () => Promise.reject(closed) }
  const code = await runCli(['cluster', 'list'], {
    ...processIo({
      env: { PLAINTRAIL_SERVER: api.url, PLAINTRAIL_TOKEN: 'ptr_test' },
      isKubectlPlugin: false,
    }),
    stdout: output,
    stderr: output,
  })
  expect(code).toBe(0)
})
