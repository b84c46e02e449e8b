import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { problem, startCannedApi, type CannedAnswer, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-rules-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const textOf = (name: string, title = 'T'): string =>
  `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: ${name}}\nspec: {title: ${title}, severity: high, match: 'verb:get'}\n`

const rule = {
  name: 'exec-into-prod',
  version: 3,
  source: 'api',
  hash: '0123456789abcdef'.repeat(4),
  author: 'ci',
  created_at: '2026-11-20T12:17:22.000000Z',
  title: 'Shell opened',
  severity: 'high',
  state: 'active',
  failing: null,
  owner: 'platform',
  controls: ['pci:10.2.1.2'],
}
const listed = { ...rule, findings: 2, last_found: '2026-11-20T14:03:22.418211Z' }
const failing = { since: '2026-11-20T13:00:00.000000Z', says: 'it costs too much' }
const onTerminal = { isTty: true, columns: 200, env: { NO_COLOR: '1' } }

test('rules list tells which rules judge, and what they found', async () => {
  const others = [
    { ...listed, name: 'off', state: 'off', source: 'pack', findings: 0, last_found: null },
    { ...listed, name: 'broken', failing },
  ]
  await using api = await startCannedApi(() => ({
    body: { data: [listed, ...others], has_more: false, next_cursor: null },
  }))
  const done = await plaintrail(['rules', 'list'], { server: api.url, ...onTerminal })
  expect(done.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['RULE', 'SEVERITY', 'STATE', 'FROM', 'FINDINGS', 'LAST', 'ABOUT'],
    ['exec-into-prod', 'high', 'active', 'api', '2', '14m ago', 'Shell opened'],
    ['off', 'high', 'off', 'pack', '0', '-', 'Shell opened'],
    ['broken', 'high', 'ERROR failing', 'api', '2', '14m ago', 'Shell opened'],
    [''],
  ])
  expect((await plaintrail(['rules', 'list', '-o', 'name'], { server: api.url })).out).toBe(
    'exec-into-prod\noff\nbroken\n',
  )
  await using none = await startCannedApi(() => ({ body: { data: [], has_more: false, next_cursor: null } }))
  expect((await plaintrail(['rules', 'list'], { server: none.url })).err).toContain('rules apply')
})

describe('rules get', () => {
  test('prints the text as it was written, so that it can be applied again', async () => {
    const text = `${textOf('exec-into-prod')}# \u001b[31m`
    await using api = await startCannedApi(() => ({ body: { ...rule, text, failing } }))
    const piped = await plaintrail(['rules', 'get', 'exec-into-prod', '--at', '3'], { server: api.url })
    expect(api.requests[0]).toMatchObject({ path: '/v1/rules/exec-into-prod' })
    expect(api.requests[0]?.query.get('version')).toBe('3')
    expect(piped.out).toBe(`${text}\n`)
    expect(piped.err).toContain('version 3 of 2026-11-20T12:17:22.000000Z by ci (api)')
    expect(piped.err).toContain('it judges nothing since')
    const shown = await plaintrail(['rules', 'get', 'exec-into-prod'], { server: api.url, ...onTerminal })
    expect(shown.out).not.toContain('\u001b')
  })

  test('--versions tells who said what', async () => {
    const versions = [
      { ...rule, in_force: true, links: { self: '' } },
      { ...rule, version: 2, author: 'bob', in_force: false, links: { self: '' } },
    ]
    await using api = await startCannedApi(() => ({ body: { data: versions, has_more: false, next_cursor: null } }))
    const done = await plaintrail(['rules', 'get', 'exec-into-prod', '--versions'], { server: api.url, ...onTerminal })
    expect(api.requests[0]?.path).toBe('/v1/rules/exec-into-prod/versions')
    expect(
      done.out
        .split('\n')
        .slice(1, 3)
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['3', 'yes', '2h ago', 'ci', 'api', 'high', 'active', '0123456789ab', 'Shell opened'],
      ['2', '-', '2h ago', 'bob', 'api', 'high', 'active', '0123456789ab', 'Shell opened'],
    ])
  })
})

describe('rules apply', () => {
  /** Knows `held` as it is, and takes what is put. */
  const server =
    (held: Readonly<Record<string, string>>) =>
    ({ method, path, body }: CannedRequest): CannedAnswer => {
      const name = path.split('/').at(-1) ?? ''
      const text = held[name]
      if (method === 'PUT')
        return { status: text === undefined ? 201 : 200, body: { ...rule, name, version: 4, text: body.toString() } }
      if (text === undefined) return { status: 404, body: problem(404, 'not_found', 'no') }
      return { body: { ...rule, name, text }, headers: { etag: '"3-aa"' } }
    }

  test('puts what is new or changed, on the condition that nobody else does meanwhile', async () => {
    await writeFile(join(folder, 'all.yaml'), [textOf('new'), textOf('changed', 'U'), textOf('same')].join('---\n'))
    const same = textOf('same')
    await using api = await startCannedApi(server({ changed: textOf('changed'), same }))
    const done = await plaintrail(['rules', 'apply', '.'], { server: api.url, folder })
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(
      done.out
        .split('\n')
        .slice(1, 4)
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['new', 'created', '4', 'all.yaml'],
      ['changed', 'changed', '4', 'all.yaml'],
      ['same', 'unchanged', '3', 'all.yaml'],
    ])
    const puts = api.requests.filter(({ method }) => method === 'PUT')
    expect(puts.map(({ path, headers }) => [path, headers['if-match'], headers['if-none-match']])).toEqual([
      ['/v1/rules/new', undefined, '*'],
      ['/v1/rules/changed', '"3-aa"', undefined],
    ])
    expect(puts[0]?.headers['content-type']).toBe('application/yaml')
    expect(puts[0]?.body.toString()).toContain('name: new')
  })

  test('--dry-run says what it would do', async () => {
    await writeFile(join(folder, 'a.yaml'), textOf('new'))
    await using api = await startCannedApi(server({}))
    const done = await plaintrail(['rules', 'apply', 'a.yaml', '--dry-run', '-o', 'jsonl'], { server: api.url, folder })
    expect(JSON.parse(done.out)).toEqual({ name: 'new', done: 'would be created', version: null, file: 'a.yaml' })
    expect(api.requests.map(({ method }) => method)).toEqual(['GET'])
  })

  test('puts nothing where one of them is wrong, and says where', async () => {
    await writeFile(join(folder, 'a.yaml'), textOf('right'))
    await writeFile(join(folder, 'b.yaml'), textOf('wrong').replace('high', 'hihg'))
    await using api = await startCannedApi(server({}))
    const done = await plaintrail(['rules', 'apply', '.'], { server: api.url, folder })
    expect(done.code).toBe(6)
    expect(done.out).toMatch(/^b\.yaml:4:\d+: .*hihg/)
    expect(api.requests).toEqual([])
    await writeFile(join(folder, 'b.yaml'), 'a: 1')
    expect((await plaintrail(['rules', 'apply', 'nowhere'], { server: api.url, folder })).code).toBe(2)
  })

  test('says what was put before the server refused one', async () => {
    await writeFile(join(folder, 'all.yaml'), [textOf('one'), textOf('two')].join('---\n'))
    await using api = await startCannedApi((request) =>
      request.path.endsWith('two') && request.method === 'PUT'
        ? { status: 412, body: problem(412, 'precondition_failed', 'No', { detail: 'the rule is at version 9' }) }
        : server({})(request),
    )
    const done = await plaintrail(['rules', 'apply', '.', '-o', 'name'], { server: api.url, folder })
    expect(done).toMatchObject({ code: 2, out: 'one\n' })
    expect(done.err).toContain('the rule is at version 9')
  })
})

test('rules delete says what is in force instead', async () => {
  await using api = await startCannedApi(({ path }) => ({
    body: path.endsWith('one')
      ? { name: 'one', in_force: null }
      : { name: 'two', in_force: { ...rule, source: 'pack' } },
  }))
  const done = await plaintrail(['rules', 'delete', 'one', 'two'], { server: api.url })
  expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'DELETE /v1/rules/one',
    'DELETE /v1/rules/two',
  ])
  expect(done.err).toBe('one is taken away\ntwo is taken away; that of the pack is in force again\n')
})

const explanation = {
  rule: 'exec-into-prod',
  version: 3,
  hash: rule.hash,
  event: 'evt_1',
  result: 'insufficient',
  clauses: [
    {
      clause: 'match',
      name: null,
      step: 0,
      text: 'class:connect',
      line: 5,
      column: 3,
      result: 'true',
      says: null,
      decisions: [
        { expression: 'class:connect', line: 5, column: 3, pointer: '/event/class', value: 'connect', result: 'true' },
      ],
    },
    {
      clause: 'exception',
      name: 'robots',
      step: 0,
      text: 'object.spec.x\n  == 1',
      line: 7,
      column: 3,
      result: 'unknown',
      says: null,
      decisions: [{ expression: 'x', line: 7, column: 3, pointer: '/object/spec/x', value: null, result: 'unknown' }],
    },
  ],
  missing: [{ what: '/object', because: 'the level is Metadata' }],
}

test('rules explain tells which clause decided, on which value, and what is not known', async () => {
  await using api = await startCannedApi(() => ({ body: explanation }))
  const done = await plaintrail(['rules', 'explain', 'exec-into-prod', 'evt_1', '--at', '3'], { server: api.url })
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({ event: 'evt_1', version: '3' })
  expect(done.out).toBe(`evt_1 cannot be judged by what was recorded
by exec-into-prod, version 3 (0123456789ab)

match is true  class:connect
  true  class:connect  /event/class = "connect"

exception robots is unknown  object.spec.x == 1
  unknown  x  /object/spec/x = not known

not known: /object, because the level is Metadata
`)
  const json = await plaintrail(['rules', 'explain', 'exec-into-prod', 'evt_1', '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toEqual(explanation)
})

test('an answer of another shape is none', async () => {
  await using api = await startCannedApi(() => ({ body: { data: [{}] } }))
  for (const args of [['list'], ['get', 'x'], ['get', 'x', '--versions'], ['explain', 'x', 'evt_1']])
    expect((await plaintrail(['rules', ...args], { server: api.url })).code, args.join(' ')).toBe(8)
})
