import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startCannedApi, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-backtest-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const finding = (actor: string, events: number) => ({
  id: `fnd_${actor}`,
  cluster: 'prod',
  group: { actor, 'object.namespace': 'shop' },
  summary: 's',
  events,
  first: '2026-11-10T00:00:00.000000Z',
  last: '2026-11-10T00:00:00.000000Z',
  event: 'evt_1',
})

const running = {
  id: 'bt_1',
  rule: 'exec-into-prod',
  state: 'running',
  error: null,
  window: { since: '2026-11-01T00:00:00.000000Z', until: '2026-11-20T14:17:22.000000Z' },
  progress: { fraction: 0.5, events: 100 },
  findings: null,
  events: null,
  peak: null,
  days: null,
  top: null,
  reached: null,
  hidden: null,
  judged: { evaluated: 0, matched: 0, insufficient: 0, errors: 0, because: [] },
  new_against_running: null,
}

const done = {
  ...running,
  state: 'done',
  findings: 22,
  events: 212,
  hidden: 1,
  peak: { day: '2026-11-10', findings: 21 },
  days: [
    { day: '2026-11-10', findings: 21, events: 211 },
    { day: '2026-11-20', findings: 1, events: 1 },
  ],
  top: [finding('bob\u001b[31m', 105), finding('mallory', 1)],
  judged: {
    evaluated: 300,
    matched: 212,
    insufficient: 4,
    errors: 0,
    because: [
      { cluster: 'dev', error: false, what: '/object', because: 'it was not recorded', count: 4, example: 'evt_2' },
    ],
  },
  new_against_running: {
    version: 3,
    findings: 21,
    events: 1,
    starts: 2,
    stops: 1,
    starting: [finding('mallory', 1)],
    stopping: [finding('alice', 1)],
  },
}

/** Is done when it is asked the second time. */
function server(end: object = done) {
  let asked = 0
  return ({ method }: CannedRequest) => {
    if (method === 'POST') return { status: 202, body: { ...running, state: 'queued' } }
    asked += 1
    return { body: asked === 1 ? running : end }
  }
}

test('rules backtest waits, and tells how much there would be, when, of what, and what changes', async () => {
  await using api = await startCannedApi(server())
  const told = await plaintrail(['rules', 'backtest', 'exec-into-prod', '--since', '30d', '-c', 'prod'], {
    server: api.url,
  })
  expect(JSON.parse(api.requests[0]?.body.toString() ?? '')).toEqual({
    rule: 'exec-into-prod',
    since: '30d',
    cluster: 'prod',
  })
  expect(told.code).toBe(0)
  expect(told.out).toBe(`would open 22 findings from 212 requests · peak 21/day (Tue 10 Nov)
  105  prod  bob\\x1b[31m  shop
    1  prod  mallory  shop  new
  … and 20 findings with fewer requests
hidden by exceptions that hold: 1 request
vs. version 3 in force: +2 −1
  stops  prod  alice  shop
not evaluable: 4 events of 300
  4  dev  /object: it was not recorded
▁▁▁▁▁▁▁▁▁█▁▁▁▁▁▁▁▁▁▂
`)
  await using again = await startCannedApi(server())
  const json = await plaintrail(['rules', 'backtest', 'exec-into-prod', '-o', 'json'], { server: again.url })
  expect(JSON.parse(json.out)).toEqual(done)
})

test('rules backtest sends the rules of a file, and nothing where one is wrong', async () => {
  const text = `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: a}\nspec: {title: T, severity: high, match: 'verb:get'}\n`
  await writeFile(join(folder, 'a.yaml'), text)
  await using api = await startCannedApi(server())
  expect((await plaintrail(['rules', 'backtest', 'a.yaml'], { server: api.url, folder })).code).toBe(0)
  expect(JSON.parse(api.requests[0]?.body.toString() ?? '')).toEqual({ text })
  await writeFile(join(folder, 'a.yaml'), text.replace('high', 'hihg'))
  await using other = await startCannedApi(server())
  const wrong = await plaintrail(['rules', 'backtest', 'a.yaml'], { server: other.url, folder })
  expect([wrong.code, other.requests]).toEqual([6, []])
})

test('rules backtest tells a script by its exit code', async () => {
  const codeOf = async (end: object, ...words: readonly string[]): Promise<number> => {
    await using api = await startCannedApi(server(end))
    const { code, err } = await plaintrail(['rules', 'backtest', 'exec-into-prod', ...words], { server: api.url })
    // Whoever reads the log of CI sees why.
    expect(err.includes('and --fail-over allows 21')).toBe(code === 1)
    return code
  }
  expect(await codeOf(done, '--fail-over', '22')).toBe(0)
  expect(await codeOf(done, '--fail-over', '21')).toBe(1)
  expect(await codeOf(done, '--require-complete')).toBe(3)
  expect(await codeOf({ ...running, state: 'failed', error: 'no' })).toBe(8)
})
