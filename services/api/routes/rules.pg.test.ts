// Rules over HTTP: put, got, changed by two at once, taken away; and what is told where a text is not right.

import { parseRules } from '@plaintrail/rules/parse-rules'
import { ruleText } from '@plaintrail/store/findings-for-tests'
import { replaceRules } from '@plaintrail/store/rules'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  api = resources.use(await startTestApi(resources.use(await createTestDatabase()).connection))
})

afterAll(() => resources.disposeAsync())

interface AnsweredRule {
  readonly name: string
  readonly version: number
  readonly source: string
  readonly hash: string
  readonly author: string
  readonly title: string
  readonly text: string
}

async function ruleOf(response: Response, status = 200): Promise<AnsweredRule> {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  return JSON.parse(text) as AnsweredRule
}

const get = async (path: string): Promise<unknown> => {
  const response = await api.get(path)
  expect(response.status, path).toBe(200)
  return await response.json()
}

describe('a rule', () => {
  test('that is put is there, with its version, hash and author', async () => {
    const text = ruleText('put-once', { controls: ['pci:10.2.1.2'] })
    const response = await api.put('/v1/rules/put-once', text)
    expect(response.headers.get('location')).toBe('/v1/rules/put-once')
    const put = await ruleOf(response, 201)
    expect(put).toMatchObject({ name: 'put-once', version: 1, source: 'api', author: 'test', text })
    expect(put.hash).toMatch(/^[\da-f]{64}$/)
    const got = await api.get('/v1/rules/put-once')
    expect(got.headers.get('etag')).toBe(response.headers.get('etag'))
    expect({ ...(await ruleOf(got)), warnings: [] }).toEqual(put)
    const again = await api.put('/v1/rules/put-once', text)
    expect((await ruleOf(again)).version).toBe(1)
    const yaml = await api.get('/v1/rules/put-once', { accept: 'application/yaml' })
    expect(yaml.headers.get('content-type')).toContain('application/yaml')
    expect(await yaml.text()).toBe(text)
    const tag = yaml.headers.get('etag') ?? ''
    expect(tag).not.toBe(got.headers.get('etag'))
    expect((await api.put('/v1/rules/put-once', text, { 'if-match': tag })).status).toBe(200)
    const { status } = await api.get('/v1/rules/put-once', { 'if-none-match': got.headers.get('etag') ?? '' })
    expect(status).toBe(304)
  })

  test('may be JSON, and may come without a type', async () => {
    const { metadata, spec } = {
      metadata: { name: 'as-json' },
      spec: { title: 'J', severity: 'low', match: 'verb:get' },
    }
    const json = JSON.stringify({ apiVersion: 'plaintrail.dev/v1', kind: 'Rule', metadata, spec })
    const put = await api.put('/v1/rules/as-json', json, { 'content-type': 'application/json; charset=utf-8' })
    expect(await ruleOf(put, 201)).toMatchObject({ title: 'J', text: json })
    const untyped = await fetch(`${api.url}/v1/rules/untyped`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${api.token}` },
      body: new Uint8Array(Buffer.from(ruleText('untyped'))),
    })
    await ruleOf(untyped, 201)
    const form = await api.put('/v1/rules/untyped', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(await problemOf(form)).toMatchObject({ status: 400, hint: expect.stringContaining('application/yaml') })
  })

  test('has every version that it ever was, with who wrote it', async () => {
    for (const title of ['One', 'Two', 'Three']) await api.put('/v1/rules/versioned', ruleText('versioned', { title }))
    const first = (await get('/v1/rules/versioned/versions?limit=2')) as { data: object[]; next_cursor: string }
    expect(first.data).toMatchObject([
      { version: 3, title: 'Three', author: 'test', in_force: true, links: { self: '/v1/rules/versioned?version=3' } },
      { version: 2, title: 'Two', in_force: false, hash: expect.stringMatching(/^[\da-f]{64}$/) },
    ])
    const rest = await get(`/v1/rules/versioned/versions?cursor=${first.next_cursor}`)
    expect(rest).toMatchObject({ data: [{ version: 1, title: 'One' }], has_more: false })
    expect(await get('/v1/rules/versioned?version=1')).toMatchObject({ title: 'One', version: 1 })
    expect((await problemOf(await api.get('/v1/rules/versioned?version=4'))).status).toBe(404)
    const other = await api.get(`/v1/rules/put-once/versions?cursor=${first.next_cursor}`)
    expect(await problemOf(other)).toMatchObject({ code: 'query_syntax', parameter: 'cursor' })
  })

  test('is listed with the others by name, on pages', async () => {
    const names: string[] = []
    for (let path = '/v1/rules?limit=2'; path !== '';) {
      const page = (await get(path)) as { data: { name: string }[]; next_cursor: string | null }
      names.push(...page.data.map(({ name }) => name))
      path = page.next_cursor === null ? '' : `/v1/rules?cursor=${page.next_cursor}`
    }
    expect(names).toEqual(names.toSorted())
    expect(names).toEqual(expect.arrayContaining(['as-json', 'put-once', 'versioned']))
    expect(new Set(names).size).toBe(names.length)
  })

  test.each(['None', 'a%00b', 'x'.repeat(64), '..%2F', '%F0%9F%98%80'])('of the name %s is none', async (name) => {
    for (const path of [`/v1/rules/${name}`, `/v1/rules/${name}/versions`])
      expect((await problemOf(await api.get(path))).status).toBe(404)
    expect((await problemOf(await api.delete(`/v1/rules/${name}`))).status).toBe(404)
    expect((await problemOf(await api.put(`/v1/rules/${name}`, ruleText('other')))).status).toBe(422)
  })
})

describe('two who change one rule', () => {
  const change = (title: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
    api.put('/v1/rules/shared', ruleText('shared', { title }), headers)

  test('do not undo each other: If-Match lets one of them, whichever comes first', async () => {
    const tag = (await change('Zero', {})).headers.get('etag') ?? ''
    const titles = ['A', 'B', 'C', 'D', 'E', 'F']
    const answers = await Promise.all(titles.map((title) => change(title, { 'if-match': tag })))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412, 412, 412])
    const winner = titles[statuses.indexOf(200)]
    expect(await get('/v1/rules/shared')).toMatchObject({ title: winner, version: 2 })
    const refused = answers[statuses.indexOf(412)] ?? expect.fail()
    expect(await problemOf(refused)).toMatchObject({
      code: 'precondition_failed',
      hint: expect.stringContaining('ETag'),
    })
  })

  test.each([
    ['If-Match', '"1-0000000000000000"', 412],
    ['If-Match', 'W/"2-0000000000000000"', 412],
    ['If-Match', '"x"', 412],
    ['If-Match', '', 412],
    ['If-Match', '*', 200],
    ['If-None-Match', '*', 412],
  ])('with %s: %s are answered with %s', async (name, value, status) => {
    expect((await change(`${name} ${value}`.replaceAll('"', ''), { [name]: value })).status).toBe(status)
  })

  test('make one once, with If-None-Match', async () => {
    const make = (title: string): Promise<Response> =>
      api.put('/v1/rules/made', ruleText('made', { title }), { 'if-none-match': '*' })
    const answers = await Promise.all(['A', 'B', 'C'].map(make))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 412, 412])
    const nowhere = await api.put('/v1/rules/nowhere', ruleText('nowhere'), { 'if-match': '*' })
    expect(nowhere.status).toBe(412)
  })

  test('of whom one asks again with its Idempotency-Key change it once', async () => {
    const headers = { 'idempotency-key': 'once' }
    const first = await ruleOf(await change('Once', headers))
    await change('Meanwhile', {})
    const again = await change('Once', headers)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await ruleOf(again)).toEqual(first)
    expect(await get('/v1/rules/shared')).toMatchObject({ title: 'Meanwhile' })
    expect((await problemOf(await change('Other', headers))).code).toBe('idempotency_mismatch')
  })
})

describe('a text that is not right', () => {
  const wrong =
    'apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: wrong}\nspec:\n  title: T\n  severity: hgih\n  match: vreb:get\n'

  test('is refused with the place of every error, and changes nothing', async () => {
    const problem = await problemOf(await api.put('/v1/rules/wrong', wrong))
    expect(problem).toMatchObject({ status: 422, code: 'unprocessable' })
    expect(problem.errors).toMatchObject([
      { line: 6, column: 13, detail: expect.stringContaining('hgih') },
      { line: 7, column: 10, detail: expect.stringContaining('vreb'), hint: expect.stringContaining('verb') },
    ])
    expect((await api.get('/v1/rules/wrong')).status).toBe(404)
  })

  test.each([
    ['of another name', ruleText('another'), 3],
    ['of two rules', `${ruleText('wrong')}---\n${ruleText('second')}`, 8],
    ['without a rule', '', 1],
    ['that asks for findings', ruleText('wrong', { match: 'severity:high' }), 4],
    ['that is no YAML', 'a: [', 1],
    ['with a NUL in a text', ruleText('wrong', { title: 'a\0b' }), 4],
    ['with a bomb in it', `a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n`, 1],
  ])('%s is refused', async (_what, text, line) => {
    const { status, errors } = await problemOf(await api.put('/v1/rules/wrong', text))
    expect(status).toBe(422)
    expect(errors?.[0]?.line).toBe(line)
  })

  test('is told apart by validate, which changes nothing', async () => {
    const validate = async (text: string): Promise<unknown> => {
      const response = await api.post('/v1/rules/validate', text, { 'content-type': 'application/yaml' })
      expect(response.status).toBe(200)
      return await response.json()
    }
    expect(await validate(`${wrong}---\n${ruleText('right')}`)).toMatchObject({
      valid: false,
      rules: [{ name: 'right', severity: 'high', line: 11 }],
      errors: [{ line: 6, column: 13, message: expect.any(String) }, { line: 7 }],
    })
    expect(await validate(ruleText('right'))).toMatchObject({ valid: true, errors: [] })
    expect(await validate('')).toMatchObject({ valid: false, rules: [] })
    expect((await api.get('/v1/rules/right')).status).toBe(404)
  })

  test('of more than a megabyte is too large', async () => {
    const large = `${ruleText('wrong')}# ${'x'.repeat(1_100_000)}`
    expect((await problemOf(await api.put('/v1/rules/wrong', large))).status).toBe(413)
    const post = api.post('/v1/rules/validate', large, { 'content-type': 'text/plain' })
    expect((await problemOf(await post)).status).toBe(413)
  })
})

describe('a rule that is taken away', () => {
  test('is gone, and its versions stay', async () => {
    await api.put('/v1/rules/short-lived', ruleText('short-lived'))
    const gone = await api.delete('/v1/rules/short-lived')
    expect(await gone.json()).toEqual({ name: 'short-lived', in_force: null })
    expect((await api.get('/v1/rules/short-lived')).status).toBe(404)
    expect((await problemOf(await api.delete('/v1/rules/short-lived'))).status).toBe(404)
    expect(await get('/v1/rules/short-lived/versions')).toMatchObject({ data: [{ version: 1, in_force: false }] })
    expect(await get('/v1/rules/short-lived?version=1')).toMatchObject({ version: 1 })
  })

  test('lets that of the pack come back, which cannot be taken away itself', async () => {
    const { rules } = parseRules(ruleText('packed', { title: 'Of the pack' }))
    await replaceRules(api.store, { source: 'pack', author: 'pack', rules })
    expect(await ruleOf(await api.put('/v1/rules/packed', ruleText('packed', { state: 'off' })))).toMatchObject({
      version: 2,
      source: 'api',
    })
    const gone = await api.delete('/v1/rules/packed')
    expect(await gone.json()).toMatchObject({ in_force: { title: 'Of the pack', source: 'pack', version: 1 } })
    const problem = await problemOf(await api.delete('/v1/rules/packed'))
    expect(problem).toMatchObject({ status: 409, hint: expect.stringContaining('state: off') })
    // What was refused is no step.
    const [pack, off] = [
      { source: 'pack', version: 1, state: 'active' },
      { source: 'api', version: 2, state: 'off' },
    ]
    const object = { kind: 'rule', name: 'packed' }
    expect(await get('/v1/audit?rule=packed')).toMatchObject({
      data: [
        { actor: 'test', verb: 'rule-deleted', object, cluster: null, before: off, after: pack },
        { actor: 'test', verb: 'rule-put', object, before: pack, after: off },
        { actor: 'pack', verb: 'rule-put', object, before: null, after: pack },
      ],
      has_more: false,
    })
  })
})
