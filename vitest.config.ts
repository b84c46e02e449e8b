// How the tests of every room run: real Postgres for those named *.pg.test.ts, nothing outside for the others.

import { defineConfig } from 'vitest/config'

/** Where .ci/run wants the report that .ci/judge.mjs reads. */
const report = process.env['PLAINTRAIL_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['packages/**/*.test.ts', 'services/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['test/postgres-for-tests.ts', 'test/redis-for-tests.ts', 'test/kafka-for-tests.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // The one Postgres of a run writes a checkpoint when it stops.
    teardownTimeout: 60_000,
    pool: 'forks',
    // Two leave room for Postgres on the two cores of a small machine.
    maxWorkers: 2,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})
