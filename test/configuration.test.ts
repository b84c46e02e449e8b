import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configurationPath, configurationText } from './write-configuration.ts'

test('docs/configuration.md is what the settings tables say (node test/write-configuration.ts)', () => {
  expect(readFileSync(configurationPath, 'utf8')).toBe(configurationText())
})
