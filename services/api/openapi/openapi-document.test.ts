// What the document keeps: it is OpenAPI as others judge it, and it has every route and describes every field.

import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { Router } from 'express'
import { describe, expect, test } from 'vitest'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { openStore } from '@plaintrail/store/open-store'
import { createSegmentItems } from '@plaintrail/store/segment-items'
import { memoryBounds } from '../answer-memory.ts'
import { apiApp, memories } from '../api.ts'
import { expressPath } from '../mount-routes.ts'
import { problemCodes } from '../problem-codes.ts'
import { routeTable } from '../route-table.ts'
import { ingestPath } from './ingest-operation.ts'
import { openApiDocument, type Operation } from './openapi-document.ts'
import type { JsonSchema } from './schema-of.ts'

const document = openApiDocument(routeTable, '9.9.9')
const operations: readonly (readonly [string, Operation])[] = Object.entries(document.paths).flatMap(
  ([path, methods]) => Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
)

describe('the OpenAPI document', () => {
  test('has nothing that a linter of others finds', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      // Literal paths win over parameters here, as mountRoutes has them.
      rules: { 'no-ambiguous-paths': 'off' },
    })
    const found = await lintFromString({ source: JSON.stringify(document), config })
    expect(found.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
  })

  test('is refused by that linter with a planted mistake', async () => {
    const broken = { ...document, info: { title: 'x' }, paths: { '/a/{id}': { get: { responses: {} } } } }
    const config = await createConfig({ extends: ['recommended-strict'] })
    const found = await lintFromString({ source: JSON.stringify(broken), config })
    expect(found.map(({ ruleId }) => ruleId)).toContain('path-parameters-defined')
  })

  test('has every route of the Express app, and no other but that of the receiver', async () => {
    await using store = openStore('postgres://127.0.0.1:1/none', {
      connectionsMax: 1,
      statementMs: 1,
      applicationName: 'test',
    })
    const metrics = createMetrics({ version: '9.9.9', processMetrics: false })
    const app = apiApp({
      store,
      metrics,
      metricsText: () => metrics.text(),
      health: createHealth(),
      logger: createLogger('test', { level: 'error', destination: { write: () => undefined } }),
      certificateAuthority: {
        certificatePem: '',
        serverCertificate: () => Promise.reject(new Error('not here')),
        clientCertificate: () => Promise.reject(new Error('not here')),
      },
      version: '9.9.9',
      ingestPort: 1,
      config: { host: '127.0.0.1', port: 0, ingestUrl: null, requestsPerMinute: 0 },
      cursorKey: new Uint8Array(32),
      segmentItems: createSegmentItems(store),
      ...memories(memoryBounds),
      nowUs: () => 0,
      questionMsMax: 1,
      stopping: new AbortController().signal,
      document: () => document,
    })
    const documented = operations.map(([name]) => expressPath(name))
    const ofReceiver = expressPath(`post ${ingestPath}`)
    expect([...routesOf(app.router), ofReceiver].toSorted()).toEqual(documented.toSorted())
    expect(documented.length).toBeGreaterThan(10)
  })

  test('names every operation once, and says of every one what it does', () => {
    const ids = operations.map(([, { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [name, { summary, description }] of operations) {
      expect(summary, name).toMatch(/^[A-Z].{5,59}[^.]$/)
      expect(description, name).toMatch(/\.$/)
    }
  })

  test('describes every parameter, every field and every component', () => {
    const parameters = operations.flatMap(([name, { parameters: own }]) =>
      own.filter(({ description }) => description === '').map((one) => `${name} ${one.name}`),
    )
    expect(parameters).toEqual([])
    const { schemas } = document.components
    expect(Object.entries(schemas).flatMap(([id, schema]) => undescribed(schema, id))).toEqual([])
  })

  test('names every schema of an object, so that clients have a type for it', () => {
    const inline = operations.flatMap(([name, { responses, requestBody }]) =>
      [...Object.values(responses).map(({ content }) => content), requestBody?.content]
        .flatMap((content) => Object.values(content ?? {}))
        .filter(({ schema }) => schema.type === 'object')
        .map(() => name),
    )
    expect(inline).toEqual([])
  })

  test('says when an Idempotency-Key does the work twice', () => {
    const keys = operations.flatMap(([, { parameters }]) => parameters.filter(({ name }) => name === 'Idempotency-Key'))
    expect(keys.length).toBeGreaterThan(0)
    for (const { description } of keys) expect(description).toContain('does the work again from 60 s later on')
  })

  test('has every code of problem at some route', () => {
    const told = JSON.stringify(operations)
    // These are of no route of its own: what is too long is refused before a route is known.
    const anywhere = ['headers_too_large', 'gone']
    for (const [code, [, when]] of Object.entries(problemCodes))
      if (!anywhere.includes(code)) expect(told.includes(JSON.stringify(when).slice(1, -1)), code).toBe(true)
  })
})

function undescribed(schema: JsonSchema, path: string): readonly string[] {
  const isTold = schema.description !== undefined || schema.$ref !== undefined
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    typeof field === 'object' ? undescribed(field, `${path}.${name}`) : [],
  )
  const items = schema.items
  const inItems =
    typeof items === 'object' && !Array.isArray(items)
      ? Object.entries(items.properties ?? {}).flatMap(([name, field]) =>
          typeof field === 'object' ? undescribed(field, `${path}[].${name}`) : [],
        )
      : []
  return [...(isTold || path.endsWith('.data') ? [] : [path]), ...fields, ...inItems]
}

/** As Express keeps them: layers with a route, or with a router that has more of them. */
function routesOf(router: Router): readonly string[] {
  return router.stack.flatMap(({ route, handle }) => {
    if (route) return route.stack.map(({ method }) => `${method} ${route.path}`)
    return isRouter(handle) ? routesOf(handle) : []
  })
}

function isRouter(handle: unknown): handle is Router {
  return typeof handle === 'function' && 'stack' in handle && Array.isArray(handle.stack)
}
