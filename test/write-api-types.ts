// Write packages/api-client/api-types.ts from the OpenAPI document: `node test/write-api-types.ts`. A test compares.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'
import { openApiDocument, type OpenApiDocument, type Operation } from '@plaintrail/api/openapi-document'
import { routeTable } from '@plaintrail/api/route-table'

export const apiTypesPath = join(import.meta.dirname, '../packages/api-client/api-types.ts')

const heading = `// The OpenAPI document as types: \`node test/write-api-types.ts\` writes this file, and a test fails when it is not true.

`

export async function apiTypesText(): Promise<string> {
  // The version of the document is not in the types.
  const document = openApiDocument(routeTable, '0.0.0')
  const nodes = await openapiTS(JSON.stringify({ ...document, paths: onlyDone(document.paths) }), {
    alphabetize: true,
    immutable: true,
    // What has a default need not be sent.
    defaultNonNullable: false,
  })
  return heading + astToString(nodes)
}

/** Without the answers of requests that were refused: the client throws those, all of one type. */
function onlyDone(paths: OpenApiDocument['paths']): object {
  const without = (operation: Operation): object => ({
    ...operation,
    responses: Object.fromEntries(Object.entries(operation.responses).filter(([status]) => status.startsWith('2'))),
  })
  return Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, without(operation)])),
    ]),
  )
}

if (import.meta.main) writeFileSync(apiTypesPath, await apiTypesText())
