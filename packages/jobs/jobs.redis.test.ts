import { describe, expect, test } from 'vitest'
import { createLogger } from '@plaintrail/runtime/logger'
import { startRedis, testRedis } from '@plaintrail/test/redis-for-tests'
import { JobsUnavailable } from './jobs.ts'
import { jobsContract, silent, type JobsPlace } from './jobs-contract-for-tests.ts'
import { redisJobs } from './redis-jobs.ts'

const redis = await testRedis()

describe.skipIf(redis === null)('jobs on Redis', () => {
  jobsContract(async () => {
    const { url, prefix } = (await testRedis()) ?? { url: '', prefix: '' }
    return {
      open: (limits = {}) => redisJobs({ url, prefix, logger: silent, limits }),
      child: { backend: 'redis', connection: url, prefix },
      [Symbol.asyncDispose]: async () => undefined,
    } satisfies JobsPlace
  })

  test('an eviction policy that may lose jobs is told, in the log and in the state', async () => {
    await using server = await startRedis({ settings: { 'maxmemory-policy': 'allkeys-lru' } })
    const lines: string[] = []
    const logger = createLogger('test', { level: 'warn', destination: { write: (line) => void lines.push(line) } })
    await using jobs = redisJobs({ url: server.url, logger })
    await expect.poll(() => jobs.state()).toMatchObject({ ok: true, degraded: true })
    expect(jobs.state().detail).toContain('noeviction')
    expect(lines.join('')).toContain('allkeys-lru')
  })

  test('while Redis is away adding fails soon, and afterwards jobs are taken and worked on again', async () => {
    await using server = await startRedis()
    await using jobs = redisJobs({ url: server.url, logger: silent })
    const done: string[] = []
    await using _work = jobs.work({
      handlers: { echo: async ({ id }) => void done.push(id) },
      onDead: async () => undefined,
    })
    await jobs.add([{ id: 'before', kind: 'echo', payload: null }])
    await expect.poll(() => done).toEqual(['before'])
    await server.kill()
    await expect(jobs.add([{ id: 'lost', kind: 'echo', payload: null }])).rejects.toBeInstanceOf(JobsUnavailable)
    expect(jobs.state().ok).toBe(false)
    await server.start()
    await expect.poll(() => jobs.state().ok, { timeout: 10_000 }).toBe(true)
    await jobs.add([{ id: 'after', kind: 'echo', payload: null }])
    await expect.poll(() => done.includes('after'), { timeout: 10_000 }).toBe(true)
  })
})
