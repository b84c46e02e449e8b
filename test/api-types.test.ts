import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { apiTypesPath, apiTypesText } from './write-api-types.ts'

test('packages/api-client/api-types.ts is what the routes say (node test/write-api-types.ts)', async () => {
  expect(readFileSync(apiTypesPath, 'utf8')).toBe(await apiTypesText())
})
