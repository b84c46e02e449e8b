import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandHint } from './command-hint.ts'
import { plaintrail } from './testing/captured-io.ts'
import { problem, startCannedApi } from './testing/canned-api.ts'

test.each([
  ['Ids begin with fnd_; GET /v1/findings lists them.', 'Ids begin with fnd_; `plaintrail findings list` lists them.'],
  ['GET /v1/jobs?state=dead has their ids.', '`plaintrail jobs list` has their ids.'],
  ['Send an id of GET /v1/actors, or a whole name.', 'Send an id of `plaintrail actors`, or a whole name.'],
  ['cancel one: DELETE /v1/backtests/{id}.', 'cancel one: `plaintrail api DELETE /v1/backtests/{id}`.'],
  ['Try again.', 'Try again.'],
])('%s', (hint, expected) => {
  expect(commandHint(hint)).toBe(expected)
})

test('a refusal names the command that helps, and no route', async () => {
  const body = { ...problem(404, 'not_found', 'there is no such rule'), hint: 'GET /v1/rules lists them.' }
  await using api = await startCannedApi(() => ({ status: 404, body }))
  const { err, code } = await plaintrail(['rules', 'get', 'none'], { server: api.url })
  expect(code).toBe(5)
  expect(err).toContain('`plaintrail rules list` lists them.')
  // Who asks a route has the answer as it came.
  expect((await plaintrail(['api', 'GET', '/v1/rules/none'], { server: api.url })).out).toContain('GET /v1/rules lists')
})

/** Those of the API's hints that name a route which only `plaintrail api` asks: no command has anything of the kind. */
const withoutCommand = ['DELETE /v1/backtests/{id}', 'GET /v1/objects', 'POST /v1/events/search']

test('every route that a hint of the API names is asked by a command', () => {
  const folder = join(import.meta.dirname, '../api')
  const files = globSync(['*.ts', 'routes/*.ts', 'tail/*.ts'], { cwd: folder }).filter(
    (name) => !/\.test\.ts$|-for-tests\.ts$|-routes\.ts$/.test(name),
  )
  const texts = files.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
      .flatMap((line) => line.match(/'[^']*\b(GET|POST|PUT|PATCH|DELETE) \/v1\/[^']*'/g) ?? []),
  )
  expect(texts.length).toBeGreaterThan(10)
  const asked = texts.map(commandHint).flatMap((text) => text.match(/(?<=plaintrail api )\w+ [^`]*/g) ?? [])
  expect([...new Set(asked)].toSorted()).toEqual(withoutCommand)
})
