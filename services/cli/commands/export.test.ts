import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canonicalJson } from '../exporting/verify-manifest.ts'
import { startCannedApi, type CannedAnswer, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail, type Surroundings } from '../testing/captured-io.ts'

const id = 'exp_0197c8f2a4b07c3e9d5c6e4fb0a1c7d2'
const window = { since: '2026-11-19T14:17:22.000000Z', until: '2026-11-20T14:17:22.000000Z' }
const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')
const contents = ['first', 'second', 'third']
const partOf = (content: string, index: number) => ({
  number: index + 1,
  name: `${id}-0000${index + 1}.ndjson.gz`,
  rows: 10,
  bytes: content.length,
  sha256: sha256(content),
})

const manifestOf = (different: object = {}) => {
  const manifest = {
    manifest: 'plaintrail export',
    id,
    coverage: { complete: true, gaps: [] },
    rows: 30,
    bytes: 16,
    parts: contents.map(partOf),
    ...different,
  }
  return { ...manifest, sha256: sha256(canonicalJson(manifest)) }
}

interface Export {
  /** How many parts there are each time that it is asked for; done with the last. */
  readonly steps?: readonly number[]
  readonly state?: string
  readonly manifest?: object
  /** What is sent in place of a part's content. */
  readonly sent?: (number: number) => string
}

/** A server with one export. */
function exporting({ steps = [3], state = 'done', manifest = manifestOf(), sent }: Export = {}) {
  let asked = 0
  const exportNow = () => {
    const step = Math.min(asked++, steps.length - 1)
    const isLast = step === steps.length - 1
    return {
      id,
      state: isLast ? state : 'running',
      error: state === 'failed' ? 'it is too large' : null,
      query: 'is:write',
      progress: { fraction: isLast ? 1 : 0.5, rows: 30, bytes: 16, parts: 3 },
      parts: contents.map(partOf).slice(0, steps[step]),
    }
  }
  return ({ path, method }: CannedRequest): CannedAnswer | undefined => {
    if (path === '/v1/queries/explain')
      return {
        body: {
          query: 'class:write',
          window,
          asked: { sentence: '', parts: [] },
          hints: [],
          cost: { reads: '', days: 1 },
        },
      }
    if (path === '/v1/exports' && method === 'POST') return { status: 202, body: exportNow() }
    if (path === `/v1/exports/${id}`) return { body: exportNow() }
    if (path === `/v1/exports/${id}/manifest`) return { body: manifest }
    const number = Number(/\/parts\/(\d+)$/.exec(path)?.[1])
    return number ? { body: sent?.(number) ?? contents[number - 1] } : undefined
  }
}

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-export-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const run = async (answer: ReturnType<typeof exporting>, args: readonly string[], surroundings: Surroundings = {}) => {
  await using api = await startCannedApi(answer)
  const done = await plaintrail(['export', ...args], { server: api.url, folder, ...surroundings })
  return { ...done, requests: api.requests }
}

const partsAsked = (requests: readonly CannedRequest[]) =>
  requests.map(({ path }) => path).filter((path) => path.includes('/parts/')).length

describe('export', () => {
  test('asks with what the words and flags mean, fetches what is made, and holds it against the manifest', async () => {
    const done = await run(exporting({ steps: [0, 0, 1, 3] }), [
      'is:write',
      '--ns',
      'shop',
      '--out',
      'q3',
      '-o',
      'name',
    ])
    expect(done).toMatchObject({ code: 0, sleepsMs: [1_000, 1_000] })
    const explained = done.requests.find(({ path }) => path === '/v1/queries/explain')
    expect(Object.fromEntries(explained?.query ?? [])).toEqual({ q: 'is:write', ns: 'shop' })
    const asked = done.requests.find(({ method }) => method === 'POST')
    expect(JSON.parse(asked?.body.toString() ?? '')).toEqual({
      q: 'class:write',
      ...window,
      format: 'ndjson',
      include_raw: false,
    })
    expect(asked?.headers['idempotency-key']).toMatch(/^[\da-f-]{36}$/)
    const files = contents.map((content, index) => join(folder, 'q3', partOf(content, index).name))
    expect(done.out).toBe(files.map((file) => `${file}\n`).join(''))
    for (const [index, file] of files.entries()) expect(await readFile(file, 'utf8')).toBe(contents[index])
    expect(JSON.parse(await readFile(join(folder, 'q3/manifest.json'), 'utf8'))).toEqual(manifestOf())
    expect(done.err).toContain('30 events in 3 files')
  })

  test('fetches nothing twice that is here already, and what is not whole again', async () => {
    await run(exporting(), ['--resume', id])
    const again = await run(exporting(), ['--resume', id])
    expect([again.code, partsAsked(again.requests)]).toEqual([0, 0])
    await writeFile(join(folder, id, partOf(contents[1] ?? '', 1).name), 'half')
    const mended = await run(exporting(), ['--resume', id])
    expect([mended.code, partsAsked(mended.requests)]).toEqual([0, 1])
  })

  test('ends with 7 where a file is not what was promised, and leaves none under its name', async () => {
    const done = await run(
      exporting({ sent: (number) => (number === 2 ? 'forged' : (contents[number - 1] ?? '')) }),
      [],
    )
    expect(done).toMatchObject({ code: 7, out: '', err: expect.stringContaining(sha256('forged')) })
    expect(partsAsked(done.requests)).toBe(3)
    expect((await readdir(join(folder, id))).toSorted()).toEqual([partOf('', 0).name, `${partOf('', 1).name}.part`])
  })

  test.each([
    ['is changed', { ...manifestOf(), rows: 31 }],
    ['is of another export', manifestOf({ id: 'exp_1' })],
    ['leaves out a part', manifestOf({ parts: [partOf('first', 0), partOf('third', 2)] })],
    ['names a file that is not here', manifestOf({ parts: [...contents, 'fourth'].map(partOf) })],
    ['names another file', manifestOf({ parts: [{ ...partOf('first', 0), sha256: sha256('x') }] })],
    ['names a path', manifestOf({ parts: [{ ...partOf('first', 0), name: '../passwd' }] })],
    ['is none', {}],
  ])('ends with 7 where the manifest %s', async (_what, manifest) => {
    expect(await run(exporting({ manifest }), [])).toMatchObject({ code: 7, out: '' })
  })

  test('writes nowhere but in its folder, whatever the server names its files', async () => {
    const evil = exporting()
    const done = await run((request) => {
      const answer = evil(request)
      const body = JSON.stringify(answer?.body ?? '')
      return request.path.endsWith(id) ? { body: body.replaceAll(/"name":"[^"]*"/g, '"name":"../evil"') } : answer
    }, [])
    expect(done).toMatchObject({ code: 7, err: expect.stringContaining('../evil') })
    expect((await readdir(folder)).toSorted()).toEqual([id])
  })

  test.each(['failed', 'cancelled'])('that is %s ends with 8', async (state) => {
    expect(await run(exporting({ state }), [])).toMatchObject({ code: 8, err: expect.stringContaining('ended before') })
  })

  test('tells how to go on where somebody presses Ctrl-C', async () => {
    const stop = AbortSignal.abort()
    const done = await run(exporting({ steps: [0, 3] }), ['--out', 'q3'], { interrupted: stop })
    expect(done).toMatchObject({
      code: 130,
      err: expect.stringContaining(`--resume ${id} --out ${join(folder, 'q3')}`),
    })
  })

  test('tells what is missing in it, which is an error with --require-complete', async () => {
    const gaps = [{ cluster: 'demo', from: window.since, to: window.until, cause: 'cluster_silent' }]
    const manifest = manifestOf({ coverage: { complete: false, gaps } })
    expect(await run(exporting({ manifest }), [])).toMatchObject({ code: 0, err: expect.stringContaining('! demo:') })
    expect((await run(exporting({ manifest }), ['--resume', id, '--require-complete'])).code).toBe(3)
  })

  test('need not be waited for, can be listed, and cancelled', async () => {
    expect((await run(exporting(), ['--no-wait', '--format', 'csv', '--raw'])).out).toBe(`${id}\n`)
    const item = {
      id,
      state: 'running',
      query: 'is:write',
      error: null,
      format: 'csv',
      maker: 'admin',
      created_at: '2026-11-20T14:03:22.000000Z',
      expires_at: null,
      progress: { fraction: 0.5, rows: 7, bytes: 1, parts: 1 },
    }
    const listed = await run(() => ({ body: { data: [item] } }), ['--list', '--no-headers'])
    expect(listed.out).toMatch(/^exp_\S+ +2026-\S+ +running +50% +7 +csv +is:write\n$/)
    const cancelled = await run(() => ({ body: { ...item, state: 'cancelled' } }), ['--cancel', id])
    expect(cancelled.requests).toMatchObject([{ method: 'DELETE', path: `/v1/exports/${id}` }])
    expect(cancelled.err).toBe(`${id} is cancelled\n`)
  })
})
