// Every GET route of the table with whatever stands in a URL: it is answered as documented, and never 500.

import * as fc from 'fast-check'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApi } from './api-for-tests.ts'
import { openApiDocument } from './openapi/openapi-document.ts'
import { routeTable } from './route-table.ts'
import { startSeededApi } from './seeded-api-for-tests.ts'

const resources = new AsyncDisposableStack()
const runs = 150
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  const { lists } = corpusOf(corpusVersions().at(-1) ?? '')
  const seeded = resources.use(await startSeededApi(database.connection, lists))
  api = seeded.api
})

afterAll(() => resources.disposeAsync())

const oddTexts = [
  '',
  '\0',
  '%',
  '_',
  '*',
  '../',
  '"',
  "'",
  '\\',
  '\\,',
  ',',
  '-1',
  '0',
  '1e9',
  '9007199254740993',
  'null',
  'true',
  '\ud800',
  '\u202e',
  '{}',
  '[]',
  '2026-11-20',
  '2026-13-45',
  '1h',
  '-1h',
  'P1D',
  '2026-11-20/P1D',
  '99999999d',
  'now-',
  'evt_0',
  'c1.e30.AAAA',
  'c2.',
  'raw',
  'id,time',
  'a.b.c',
  '>=400',
  '4xx',
  '10.0.0.0/8',
  '::/0',
  '1.2.3.4/99',
  'sa:a/b',
  'deploy/api',
  'actor:al* -ns:b OR (verb:get)',
  '(((',
  'x'.repeat(2_000),
]
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...oddTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...oddTexts), { maxLength: 4 }).map((texts) => texts.join(',')) },
)

/** Lone surrogates and all: encodeURIComponent would throw. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

const document = openApiDocument(routeTable, '9.9.9')
const routes = routeTable.filter(({ method }) => method === 'get')

test.each(routes)('GET $path answers whatever it is sent', async ({ path, query }) => {
  const operation = document.paths[path]?.['get']
  const names = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...Object.keys(query), ...(Object.keys(query).length === 0 ? ['x'] : [])) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'unknown', 'not.', 'changed', 'after', 'NS', '') },
  )
  const parameters = fc.array(fc.tuple(names, value), { maxLength: 3 })
  const parts = fc.array(value, { minLength: 6, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(parts, parameters, async (filled, sent) => {
      let at = 0
      const filledPath = path.replaceAll(/\{\w+\}/g, () => encoded(filled[at++] ?? '') || '_')
      const text = sent.map(([name, one]) => `${encoded(name)}=${encoded(one)}`).join('&')
      const response = await api.get(`${filledPath}?${text}`, { connection: 'close' })
      const type = response.headers.get('content-type') ?? ''
      // A stream goes on for ever.
      const isStream = type.startsWith('text/event-stream')
      if (isStream) await response.body?.cancel()
      const body = isStream ? '' : await response.text()
      if (response.status === 500) throw new Error(`500: ${body}\n${api.log()}`)
      // A part of `.` or `..` is another path, and whatever answers there.
      if (!filled.slice(0, at).some((part) => part.includes('..')))
        expect([...Object.keys(operation?.responses ?? {}), '404']).toContain(String(response.status))
      if (response.status >= 400 && path !== '/readyz')
        expect(JSON.parse(body)).toMatchObject({ status: response.status, code: expect.any(String) })
    }),
    { numRuns: runs },
  )
  expect(api.log()).toBe('')
})
