import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, chmod, mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts'

const isRoot = process.getuid?.() === 0
/** Everything of this run: open to all, so that with root too the database is in the data folder. */
let folder = ''
let awayFolder = ''
beforeAll(async () => {
  if (!isRoot) console.warn('SKIPPED: what embedded Postgres does as root; run this file as root to test it')
  folder = await realpath(await mkdtemp(join(tmpdir(), 'plaintrail-pg-')))
  await chmod(folder, 0o755)
  awayFolder = join(folder, 'away')
})
afterAll(() => rm(folder, { recursive: true }))

const start = (name: string, options: Partial<EmbeddedPostgresOptions> = {}) =>
  startEmbeddedPostgres({ dataFolder: join(folder, name), awayFolder, ...options })

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown> {
  const client = new Client(postgres.connection)
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows.at(0)?.at(0)
  } finally {
    await client.end()
  }
}

const endlessQuery = 'select count(*) from generate_series(1, 1000000000000)'
const countBusy = (postgres: EmbeddedPostgres) =>
  query(postgres, `select count(*)::int from pg_stat_activity where state = 'active' and query = '${endlessQuery}'`)

/** The pids of every process whose command line has the text. */
async function pidsWith(text: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command='])
  return stdout
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10))
}

const serverPid = async (name: string) =>
  Number.parseInt(await readFile(join(folder, name, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10)

async function until(isSo: () => boolean | Promise<boolean>, msMax = 15_000): Promise<void> {
  const deadline = Date.now() + msMax
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('not so in time')
    await delay(20)
  }
}

describe('with a database that has a row', () => {
  const told: string[] = []
  beforeAll(async () => {
    await using postgres = await start('rows', { onProgress: (line) => told.push(line) })
    await query(postgres, 'create table kept as select 42 as n')
  })

  test('a first start says what takes long, stopping leaves no process, and a restart has the row', async () => {
    expect(told).toContain('making the database…')
    expect(await pidsWith(join(folder, 'rows'))).toEqual([])
    await using postgres = await start('rows', { onProgress: (line) => told.push(line) })
    expect(await query(postgres, 'select n from kept')).toBe(42)
    expect(postgres.state()).toEqual({ running: true, detail: 'running' })
    expect(told).toHaveLength(1)
  })

  test('it keeps what it promised to disk, keeps values out of its log, and listens to nobody on the network', async () => {
    await using postgres = await start('rows', { settings: { work_mem: '7MB' } })
    const setting = (name: string) => query(postgres, `select current_setting('${name}')`)
    expect(await setting('fsync')).toBe('on')
    expect(await setting('synchronous_commit')).toBe('on')
    expect(await setting('data_checksums')).toBe('on')
    expect(await setting('listen_addresses')).toBe('')
    expect(await setting('work_mem')).toBe('7MB')
    await expect(query(postgres, `select 'a-secret-value'::int`)).rejects.toThrow(/invalid input/)
    expect(await readFile(join(folder, 'rows', 'postgres', 'postgres.log'), 'utf8')).not.toContain('a-secret-value')
    expect((await stat(postgres.connection.host)).mode & 0o777).toBe(0o700)
  })

  test('a second Plaintrail on the same data folder is refused, and does not disturb the first', async () => {
    await using postgres = await start('rows')
    await expect(start('rows')).rejects.toMatchObject({ code: 'folder_in_use' })
    expect(await query(postgres, 'select n from kept')).toBe(42)
  })

  test('a server whose Node was killed is found and stopped by the next start, which has the rows', async () => {
    const program = `
      import { startEmbeddedPostgres } from ${JSON.stringify(new URL('embedded-postgres.ts', import.meta.url).href)}
      await startEmbeddedPostgres(${JSON.stringify({ dataFolder: join(folder, 'rows'), awayFolder })})
      console.log('started')`
    const node = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const killed = once(node, 'exit')
    await Promise.race([once(node.stdout, 'data'), killed.then(() => Promise.reject(new Error('the child ended')))])
    const orphan = await serverPid('rows')
    node.kill('SIGKILL')
    await killed
    expect(await pidsWith(join(folder, 'rows'))).toContain(orphan)

    const told: string[] = []
    await using postgres = await start('rows', { onProgress: (line) => told.push(line) })
    expect(told).toContain('stopped a Postgres that an earlier run left behind')
    expect(await pidsWith(join(folder, 'rows'))).not.toContain(orphan)
    expect(await query(postgres, 'select n from kept')).toBe(42)
  })

  test('a killed server comes back by itself, says why it was away, and has the rows', async () => {
    const states: string[] = []
    await using postgres = await start('rows', { onStateChange: ({ detail }) => states.push(detail) })
    // Busy backends outlive their postmaster and hold its shared memory.
    const busy = [1, 2, 3].map(() => query(postgres, endlessQuery).catch(() => 'lost'))
    await until(async () => (await countBusy(postgres)) === 3)
    process.kill(await serverPid('rows'), 'SIGKILL')
    await until(() => !postgres.state().running)
    expect(postgres.state().detail).toMatch(/^restarting: Postgres ended \(SIGKILL\)/)
    await until(() => postgres.state().running)
    expect(await query(postgres, 'select n from kept')).toBe(42)
    expect(await Promise.all(busy)).toEqual(['lost', 'lost', 'lost'])
    expect(states.at(-1)).toBe('running')
  })

  test('a server that was killed a moment before the end leaves no process either', async () => {
    {
      await using postgres = await start('rows')
      void query(postgres, endlessQuery).catch(() => {})
      await until(async () => (await countBusy(postgres)) === 1)
      process.kill(await serverPid('rows'), 'SIGKILL')
    }
    expect(await pidsWith(join(folder, 'rows'))).toEqual([])
  })

  test('the pid of a dead server that is another program by now neither stops the start nor that program', async () => {
    const identity = isRoot ? await stat(join(folder, 'rows', 'postgres', 'data')) : {}
    const { uid, gid } = { uid: undefined, gid: undefined, ...identity }
    const stranger = spawn('sleep', ['60'], uid === undefined ? {} : { uid, gid })
    try {
      await writeFile(join(folder, 'rows', 'postgres', 'data', 'postmaster.pid'), `${stranger.pid}\n/elsewhere\n1\n`)
      await using postgres = await start('rows')
      expect(await query(postgres, 'select n from kept')).toBe(42)
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    } finally {
      stranger.kill()
    }
  })

  test('a setting that Postgres refuses fails the start with the words of Postgres', async () => {
    await expect(start('rows', { settings: { max_connections: 'many' } })).rejects.toThrow(/max_connections/)
    expect(await pidsWith(join(folder, 'rows'))).toEqual([])
  })

  test('data of another Postgres version is not touched, and the error says how to go on', async () => {
    const versionFile = join(folder, 'rows', 'postgres', 'data', 'PG_VERSION')
    const version = await readFile(versionFile, 'utf8')
    await writeFile(versionFile, '17\n')
    try {
      await expect(start('rows')).rejects.toMatchObject({ code: 'postgres_version', message: /pg_dump/ })
    } finally {
      await writeFile(versionFile, version)
    }
  })
})

test('a data folder whose path is too long for a socket works', async () => {
  await using postgres = await start(join('long', 'x'.repeat(120)), { tempFolder: folder })
  expect(dirname(postgres.connection.host)).toBe(folder)
  expect(await query(postgres, 'select 1')).toBe(1)
})

/** A data folder that only root may enter, with a database that has a row; and where that database is. */
async function makeClosed(name: string): Promise<{ readonly home: string; readonly told: readonly string[] }> {
  await mkdir(join(folder, name), { mode: 0o700 })
  const told: string[] = []
  await using postgres = await start(`${name}/data`, { onProgress: (line) => told.push(line) })
  await query(postgres, 'create table kept as select 7 as n')
  return { home: (await readFile(join(folder, name, 'data', 'postgres-location'), 'utf8')).trim(), told }
}

/** Postgres refuses to run as root; these are what an ordinary user never meets. */
describe.skipIf(!isRoot)('as root (an ordinary user skips this)', () => {
  test('a data folder that only root may enter has its database elsewhere, says where, and finds it again', async () => {
    const { home, told } = await makeClosed('elsewhere')
    expect(dirname(dirname(home))).toBe(awayFolder)
    expect(told.join('\n')).toContain(home)
    expect((await stat(join(home, 'data'))).uid).not.toBe(0)
    await using postgres = await start('elsewhere/data')
    expect(await query(postgres, 'select n from kept')).toBe(7)
  })

  test('a database elsewhere that is gone is an error, never an empty database', async () => {
    const { home } = await makeClosed('gone')
    await rm(home, { recursive: true })
    await expect(start('gone/data')).rejects.toMatchObject({ code: 'postgres_place', message: new RegExp(home) })
  })

  test('a new data folder at the path of a deleted one starts empty, and the old database is kept aside', async () => {
    const { home } = await makeClosed('anew')
    await rm(join(folder, 'anew', 'data'), { recursive: true })
    await using postgres = await start('anew/data')
    expect(await query(postgres, `select to_regclass('kept')`)).toBeNull()
    const aside = `${basename(dirname(home))}.left-`
    expect((await readdir(awayFolder)).filter((name) => name.startsWith(aside))).toHaveLength(1)
  })

  test('programs that only root may enter are copied once', async () => {
    const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`
    const installed = join(dirname(createRequire(import.meta.url).resolve(platformPackage)), '..')
    const packageFolder = join(folder, 'unreadable', 'package')
    await mkdir(dirname(packageFolder), { mode: 0o700 })
    await cp(installed, packageFolder, { recursive: true, verbatimSymlinks: true })
    const told: string[] = []
    const onProgress = (line: string) => told.push(line)
    const starts = ['one', 'two'].map((name) => start(name, { packageFolder, onProgress }))
    for (const postgres of await Promise.all(starts)) {
      expect(await query(postgres, 'select 1')).toBe(1)
      await postgres[Symbol.asyncDispose]()
    }
    expect((await readdir(awayFolder)).filter((name) => name.startsWith('postgres-'))).toHaveLength(1)
    await using _again = await start('one', {
      packageFolder,
      onProgress: (line) => told.push(`again: ${basename(line)}`),
    })
    expect(told.filter((line) => line.startsWith('again: copying'))).toEqual([])
  })
})
