// How the tests of every room run: real Postgres, Redis and Kafka for those that need them, nothing outside for the others.

import { defineConfig } from 'vitest/config'

/** Where .ci/run wants the report that .ci/judge.mjs reads. */
const report = process.env['PLAINTRAIL_TEST_REPORT']

/** `npm run test:faults`; see test/faults/under-load.ts. */
const isEveryFault = process.env['PLAINTRAIL_FAULTS'] !== undefined
const onlyThen = ['test/faults/full-disks.test.ts', 'test/faults/cut-off.test.ts']

/** `npm run test:lab`: a real control plane takes minutes to build and to test. */
const isLab = process.env['PLAINTRAIL_LAB'] !== undefined
/** What waits for as long as an API server tries. */
const onlyInWholeLab = process.env['PLAINTRAIL_LAB'] === 'all' ? [] : ['test/lab/five-minutes.lab.test.ts']

const never = ['**/node_modules/**', '**/dist/**']
const faults = 'test/faults/*.test.ts'
const lab = '**/*.lab.test.ts'
const timeouts = {
  testTimeout: 120_000,
  hookTimeout: 60_000,
  // The one Postgres of a run writes a checkpoint when it stops.
  teardownTimeout: 60_000,
}

export default defineConfig({
  test: {
    globalSetup: ['test/postgres-for-tests.ts', 'test/redis-for-tests.ts', 'test/kafka-for-tests.ts'],
    ...timeouts,
    pool: 'forks',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['packages/**/*.test.ts', 'services/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...never, faults, lab],
          // Two leave room for Postgres on the two cores of a small machine.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: [faults],
          exclude: [...never, ...(isEveryFault ? [] : onlyThen)],
          // Alone: a frozen or killed process must not be the fault of another test.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: isLab ? [lab] : [],
          exclude: [...never, ...onlyInWholeLab],
          globalSetup: isLab ? ['test/lab/lab-for-tests.ts'] : [],
          // Alone: what an API server waits is measured.
          maxWorkers: 1,
          // Waits of seconds, measured on a machine that others use too: a wrong belief is wrong twice.
          retry: 1,
          // Most of what they do is to wait.
          maxConcurrency: 100,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
