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

test('who has no token is told where one is looked for, and of no header', async () => {
  const body = { ...problem(401, 'auth_required', 'no API token was sent'), hint: 'Send Authorization: Bearer ptr_….' }
  await using api = await startCannedApi(() => ({ status: 401, body }))
  const { err, code } = await plaintrail(['rules', 'list'], { env: { PLAINTRAIL_SERVER: api.url } })
  expect(code).toBe(4)
  expect(err).toContain('plaintrail login')
  expect(err).not.toContain('Authorization')
})

/** The command line asks them, and there is no command to be typed instead. */
const askedByOthers = ['DELETE /v1/backtests/{id}', 'POST /v1/events/search']

test('every route that a hint of the API names and a command asks is named by that command', () => {
  const texts = linesOf(join(import.meta.dirname, '../api'), ['*.ts', 'routes/*.ts', 'tail/*.ts'])
    .flatMap((line) => line.match(/'[^']*\b(GET|POST|PUT|PATCH|DELETE) \/v1\/[^']*'/g) ?? [])
    .map(commandHint)
  expect(texts.length).toBeGreaterThan(10)
  const commands = linesOf(import.meta.dirname, ['*.ts', 'commands/*.ts']).join('\n')
  const left = texts.flatMap((text) => text.match(/(?<=plaintrail api )\w+ [^`]*/g) ?? [])
  const asked = left.filter((route) => commands.includes(`'${route.replace(/^\w+ |\?.*$/g, '')}'`))
  expect(asked.filter((route) => !askedByOthers.includes(route))).toEqual([])
})

/** Of what runs: without comments, tests, and routes as data. */
function linesOf(folder: string, patterns: readonly string[]): readonly string[] {
  const files = globSync([...patterns], { cwd: folder }).filter(
    (name) => !/\.test\.ts$|-for-tests\.ts$|-routes\.ts$|command-hint\.ts$/.test(name),
  )
  return files
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
}
