import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startCannedApi } from './testing/canned-api.ts'
import { plaintrail, type Captured, type Surroundings } from './testing/captured-io.ts'
import { sampleEvent, samplePage } from './testing/sample-event.ts'

let folder = ''
const read = () => join(folder, 'read')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-pager-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const events = (count: number) =>
  startCannedApi(() => ({ body: samplePage(Array.from({ length: count }, () => sampleEvent())) }))

/** On a terminal of ten lines, with a pager that keeps what it was given. */
async function run(
  args: string,
  server: string,
  more: Surroundings = {},
): Promise<Captured & { readonly paged: string }> {
  const env = { PLAINTRAIL_PAGER: `dd of=${read()} status=none`, NO_COLOR: '1', ...more.env }
  const done = await plaintrail(args.split(' '), { server, isTty: true, rows: 10, ...more, env })
  const paged = await readFile(read(), 'utf8').catch(() => '')
  return { ...done, paged }
}

const rows = (text: string) => text.split('\n').filter((line) => line.includes('alice@acme.io')).length

describe('a pager', () => {
  test('gets what is longer than the screen, whole, and status comes when the reader has left it', async () => {
    await using api = await events(20)
    const done = await run('events', api.url)
    expect(done).toMatchObject({ code: 0, out: '', err: expect.stringContaining('20 events') })
    expect(done.paged).toMatch(/^WHEN /)
    expect(rows(done.paged)).toBe(20)
    expect(done.paged).not.toContain('20 events')
  })

  test('is not there for what the screen holds', async () => {
    await using api = await events(7)
    const done = await run('events', api.url)
    expect(done).toMatchObject({ code: 0, paged: '' })
    expect(rows(done.out)).toBe(7)
  })

  test.each<[string, string, Surroundings]>([
    ['off a terminal', 'events', { isTty: false }],
    ['with --no-pager', 'events --no-pager', {}],
    ['on a terminal that can do nothing', 'events', { env: { TERM: 'dumb' } }],
    ['where it is cat', 'events', { env: { PLAINTRAIL_PAGER: 'cat' } }],
    ['where it is not on this machine', 'events', { env: { PLAINTRAIL_PAGER: 'no-such-pager --at all' } }],
    ['for requests that are watched', 'events -v', {}],
    ['for an answer as it came', 'api GET /v1/events', {}],
  ])('is not there %s, and nothing is lost', async (_when, args, more) => {
    await using api = await events(20)
    const done = await run(args, api.url, more)
    expect(done).toMatchObject({ code: 0, paged: '' })
    expect(done.out.match(/alice@acme\.io/g)?.length).toBeGreaterThanOrEqual(20)
  })

  test('is that of every program where there is none of its own', async () => {
    await using api = await events(20)
    const done = await run('events -o name', api.url, {
      env: { PLAINTRAIL_PAGER: '', PAGER: `dd of=${read()} status=none` },
    })
    expect(done.paged.split('\n')).toHaveLength(21)
  })

  test('that its reader leaves before the end ends the command quietly', async () => {
    await using api = await events(1_000)
    const done = await run('events -o json', api.url, { env: { PLAINTRAIL_PAGER: 'true' } })
    expect(done).toMatchObject({ code: 0, out: '', err: '' })
  })

  test('does not keep an error from being told', async () => {
    await using api = await startCannedApi(() => undefined)
    expect(await run('events', api.url)).toMatchObject({ code: 5, paged: '', err: expect.stringContaining('no such') })
  })
})
