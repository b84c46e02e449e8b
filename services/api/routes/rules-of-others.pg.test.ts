// Files of Falco and Sigma sent as they are: put, got back, tried, and what is told of what they say and rules here do not.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRules } from '@plaintrail/rules/parse-rules'
import { ruleText } from '@plaintrail/store/findings-for-tests'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
})

afterAll(() => resources.disposeAsync())

interface Warning {
  readonly message: string
  readonly line: number
  readonly column: number
}

interface PutRule {
  readonly name: string
  readonly hash: string
  readonly text: string
  readonly warnings: readonly Warning[]
}

const shared = join(import.meta.dirname, '../../../../shared/data/rules')
const isHere = existsSync(shared)
if (!isHere) console.warn('SKIPPED: shared/data is not beside the repository, so only the files written here were put')

const falcoFile = `- list: watched
  items: [shop, "kube-system"]
- macro: is_shell
  condition: (ka.target.subresource = exec)
- rule: Shell in a watched namespace
  desc: Somebody opened a shell.
  condition: ka.verb in (create, get) and is_shell and ka.target.namespace in (watched)
  output: shell (user=%ka.user.name image=%ka.req.pod.containers.image)
  priority: ERROR
  source: k8s_audit
  tags: [k8s]
`
const secondRule = `- rule: Secret deleted in a watched namespace
  desc: Somebody deleted a secret.
  condition: ka.verb = delete and ka.target.resource = secrets and ka.target.namespace in (watched)
  output: deleted (user=%ka.user.name)
  priority: NOTICE
  source: k8s_audit
`
const sigmaFile = `title: Config map replaced
status: test
description: Somebody replaced a config map.
author: us
logsource: {product: kubernetes, service: audit}
detection:
  selection:
    verb: replace
    objectRef.resource: configmaps
  condition: selection
level: low
`

const put = async (name: string, text: string): Promise<Response> => await api.put(`/v1/rules/${name}`, text)

async function answered(response: Response, status = 200): Promise<PutRule> {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  return JSON.parse(text) as PutRule
}

/** What was made of the file is got back, and says the same when it is put again. */
async function isThere(name: string, { text, hash }: PutRule): Promise<void> {
  const got = await api.get(`/v1/rules/${name}`, { accept: 'application/yaml' })
  expect(await got.text()).toBe(text)
  expect(parseRules(text)).toMatchObject({ errors: [], rules: [{ hash, rule: { name } }] })
}

describe('a file of Falco', () => {
  test('is put as it is, and what is not carried over is told with its place', async () => {
    const made = await answered(await put('falco-shell-in-a-watched-namespace', falcoFile), 201)
    expect(made.warnings).toEqual([
      { message: expect.stringContaining('RequestReceived') as unknown, line: 5, column: 3, hint: null },
      { message: expect.stringContaining('%ka.req.pod.containers.image') as unknown, line: 5, column: 3, hint: null },
    ])
    expect(made.text).toMatch(/ns:(kube-system,shop|shop,kube-system)/)
    await isThere('falco-shell-in-a-watched-namespace', made)
  })

  test('of several rules gives that which the path names, and says that there are others', async () => {
    const file = falcoFile + secondRule
    const made = await answered(await put('falco-secret-deleted-in-a-watched-namespace', file), 201)
    expect(made.text).toMatch(/ns:(kube-system,shop|shop,kube-system)/)
    expect(made.warnings.at(-1)?.message).toBe('another rule of the file is left out')
    const problem = await problemOf(await put('falco-secret-deletd-in-a-watched-namespace', file))
    expect(problem.status).toBe(422)
    expect(problem.errors).toMatchObject([
      { line: 12, column: 3, hint: 'Did you mean "falco-secret-deleted-in-a-watched-namespace"?' },
    ])
  })

  test.each([
    ['an operator that there is not', falcoFile.replace('is_shell and', 'is_shell nand'), 7, 52],
    ['a field that no event has', falcoFile.replace('ka.verb in', 'ka.verbs in'), 7, 14],
    ['another source', falcoFile.replace('source: k8s_audit', 'source: syscall'), 5, 3],
  ])('with %s is refused with the place', async (_what, text, line, column) => {
    const problem = await problemOf(await put('falco-shell-in-a-watched-namespace', text))
    expect(problem.status).toBe(422)
    expect(problem.errors?.map((error) => [error.line, error.column])).toEqual([[line, column]])
  })

  test.skipIf(!isHere)(
    'as it is published gives each of its rules',
    async () => {
      const file = readFileSync(join(shared, 'falco/k8s_audit_rules.yaml'), 'utf8')
      const { rules } = parseRules(file)
      expect(rules.length).toBe(48)
      for (const { rule, warnings } of rules) {
        const made = await answered(await put(rule.name, file), 201)
        expect(made.warnings.slice(0, -1)).toEqual(warnings)
        expect(made.warnings.at(-1)?.message).toContain('47 other rules')
        await isThere(rule.name, made)
      }
    },
    240_000,
  )
})

describe('a file of Sigma', () => {
  test('is put as it is, and what means something else is told with its place', async () => {
    const made = await answered(await put('sigma-config-map-replaced', sigmaFile), 201)
    expect(made.warnings).toMatchObject([
      { message: expect.stringContaining('replace') as unknown, line: 8, column: 5 },
    ])
    expect(made.text).toContain('verb:update')
    await isThere('sigma-config-map-replaced', made)
  })

  test.each([
    ['a modifier that cannot be kept', sigmaFile.replace('verb: replace', 'verb|windash: replace'), 8, 5],
    ['a condition that names nothing', sigmaFile.replace('condition: selection', 'condition: nothing'), 10, 14],
    ['another log', sigmaFile.replace('service: audit', 'service: other'), 5, 12],
  ])('with %s is refused with the place', async (_what, text, line, column) => {
    const problem = await problemOf(await put('sigma-config-map-replaced', text))
    expect(problem.status).toBe(422)
    expect(problem.errors?.map((error) => [error.line, error.column])).toEqual([[line, column]])
  })

  test.skipIf(!isHere)('as it is published is put as it is', async () => {
    const names = readdirSync(join(shared, 'sigma'))
    expect(names.length).toBe(16)
    for (const name of names) {
      const file = readFileSync(join(shared, 'sigma', name), 'utf8')
      const [parsed] = parseRules(file).rules
      const made = await answered(await put(parsed?.rule.name ?? '', file), 201)
      expect(made.warnings).toEqual(parsed?.warnings)
      await isThere(made.name, made)
    }
  })
})

test('validate tells of each rule what is not carried over', async () => {
  const response = await api.post('/v1/rules/validate', falcoFile + secondRule, { 'content-type': 'application/yaml' })
  expect(await response.json()).toMatchObject({
    valid: true,
    rules: [
      { name: 'falco-shell-in-a-watched-namespace', warnings: [{ line: 5 }, { line: 5 }] },
      { name: 'falco-secret-deleted-in-a-watched-namespace', warnings: [{ line: 12 }] },
    ],
  })
})

describe('a back-test', () => {
  const post = (body: object): Promise<Response> => api.post('/v1/backtests', JSON.stringify(body))

  test.each([
    [falcoFile, 'falco-shell-in-a-watched-namespace'],
    [sigmaFile, 'sigma-config-map-replaced'],
  ])('takes a rule of another tool as it is (%#)', async (text, rule) => {
    const made = (await (await post({ text })).json()) as { readonly links: { readonly self: string } }
    expect(made).toMatchObject({ rule, state: 'queued' })
    expect((await api.delete(made.links.self)).status).toBe(200)
  })

  test('of a file with several says how to send each', async () => {
    const { status, errors } = await problemOf(await post({ text: falcoFile + secondRule }))
    expect([status, errors?.[0]?.line]).toEqual([422, 12])
    expect(errors?.[0]).toMatchObject({ hint: expect.stringContaining('falco import') as unknown })
  })

  test('of a rule on gaps says what to do instead', async () => {
    const problem = await problemOf(await post({ text: ruleText('of-gaps', { on: 'gap', match: undefined }) }))
    expect(problem).toMatchObject({ status: 422, code: 'unprocessable' })
    expect(problem.detail).toContain('this rule is on gaps')
    expect(problem.hint).toContain('state: shadow')
  })
})
