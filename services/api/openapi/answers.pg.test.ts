// Real answers against the document, strictly: every field of an answer is in its schema, and every route has an answer here.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routeTable } from '../route-table.ts'
import { sampleRequests } from '../sample-requests-for-tests.ts'
import { startSeededApi, type SeededApi } from '../seeded-api-for-tests.ts'
import { ingestPath } from './ingest-operation.ts'
import { openApiDocument, type Operation } from './openapi-document.ts'
import type { JsonSchema } from './schema-of.ts'

const resources = new AsyncDisposableStack()
const document = openApiDocument(routeTable, '9.9.9')
/** The receiver's is asked in test/ingest-document.test.ts. */
const operations = Object.entries(document.paths)
  .filter(([path]) => path !== ingestPath)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: operation.operationId, path, method, operation })),
  )
let seeded: SeededApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  const { lists } = corpusOf(corpusVersions().at(-1) ?? '')
  seeded = resources.use(await startSeededApi(database.connection, lists))
})

afterAll(() => resources.disposeAsync())

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})Z$/,
    uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  },
})
ajv.addSchema({ $id: 'openapi', components: { schemas: closed(document.components.schemas) } })

/** Objects with fields may then have no others. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed<unknown>(value)]))
  const isFields = typeof inner['properties'] === 'object' && inner['type'] === 'object'
  return { ...(isFields ? { additionalProperties: false } : {}), ...inner } as T
}

const compiled = new Map<string, ValidateFunction>()

function faultsOf(schema: JsonSchema, value: unknown): readonly string[] {
  const text = JSON.stringify(closed(schema)).replaceAll('"#/components', '"openapi#/components')
  const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object)
  compiled.set(text, validate)
  validate(value)
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

async function expectDocumented(operation: Operation, response: Response): Promise<void> {
  const answer = operation.responses[String(response.status)]
  expect(answer, `${operation.operationId} ${response.status}`).toBeDefined()
  for (const [name, header] of Object.entries(answer?.headers ?? {}))
    if (name === 'X-Request-Id' || name === 'ETag') expect(response.headers.get(name), name).not.toBeNull()
    else expect(header).toBeDefined()
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? ''
  const content = answer?.content?.[type]
  expect(content, `${operation.operationId} ${response.status} ${type}`).toBeDefined()
  const text = await response.text()
  const faults = faultsOf(content?.schema ?? {}, type.endsWith('json') ? (JSON.parse(text) as unknown) : text)
  expect(faults.slice(0, 5), operation.operationId).toEqual([])
}

function sendText(method: string, path: string, text: string): Promise<Response> {
  if (method === 'put') return seeded.api.put(path, text)
  return seeded.api.post(path, text, { 'content-type': 'application/yaml' })
}

describe('an answer', () => {
  test('is there for every route', () => {
    expect(Object.keys(sampleRequests).toSorted()).toEqual(operations.map(({ name }) => name).toSorted())
  })

  test.each(operations)('of $name has the fields of its schema and no other', async ({ name, method, operation }) => {
    const samples = sampleRequests[name]?.(seeded.ids) ?? []
    expect(samples.length).toBeGreaterThan(0)
    for (const { path, body, status = 200 } of samples) {
      const response =
        method === 'patch'
          ? await seeded.api.patch(path, Object(body), { 'if-match': '*' })
          : method === 'put' || typeof body === 'string'
            ? await sendText(method, path, String(body))
            : method === 'post'
              ? await seeded.api.post(path, body === undefined ? '' : JSON.stringify(body))
              : method === 'delete'
                ? await seeded.api.delete(path)
                : await seeded.api.get(path)
      expect(response.status, path).toBe(status)
      await expectDocumented(operation, response)
    }
  })

  test.each(operations.filter(({ operation }) => operation.security === undefined))(
    'of $name without a token is a problem of its schema',
    async ({ path, method, operation }) => {
      const url = seeded.api.url + path.replaceAll(/\{\w+\}/g, 'x')
      await expectDocumented(
        operation,
        await fetch(url, { method: method.toUpperCase(), headers: { 'x-request-id': 'mine' } }),
      )
    },
  )

  test.each(operations.filter(({ method, operation }) => method === 'get' && operation.security === undefined))(
    'of $name to a parameter that nobody knows is a problem of its schema',
    async ({ path, operation }) => {
      const response = await seeded.api.get(`${path.replaceAll(/\{\w+\}/g, 'x')}?no.such.parameter=1`)
      expect(response.status).toBe(400)
      await expectDocumented(operation, response)
    },
  )

  test('with a field that its schema has not is found', () => {
    const { schema } = document.paths['/v1/version']?.['get']?.responses['200']?.content?.['application/json'] ?? {}
    expect(faultsOf(schema ?? {}, { version: '1' })).toEqual([])
    expect(faultsOf(schema ?? {}, { version: '1', more: 2 })).toEqual([expect.stringContaining('"more"')])
    expect(faultsOf(schema ?? {}, {})).toEqual([expect.stringContaining('version')])
  })
})
