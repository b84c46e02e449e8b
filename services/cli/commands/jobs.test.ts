import { describe, expect, test } from 'vitest'
import { problem, startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

const id = '0b0f3c1e-58a8-4a7e-9d5c-6e4fb0a1c7d2'
const dead = {
  id,
  kind: 'quarantine.noticed',
  created_at: '2026-11-20T13:00:00.000000Z',
  dead_at: '2026-11-20T14:00:00.000000Z',
  attempts: 5,
  error: 'no \u001b[31mroom',
}
const empty = { data: [], has_more: false, next_cursor: null }

describe('jobs', () => {
  test('lists what is dead with its error, which cannot steer the terminal', async () => {
    await using api = await startCannedApi(() => ({ body: { ...empty, data: [dead] } }))
    const done = await plaintrail(['jobs'], { server: api.url })
    expect(done.code).toBe(0)
    expect(api.requests[0]).toMatchObject({ method: 'GET', path: '/v1/jobs' })
    expect(api.requests[0]?.query.get('state')).toBe('dead')
    expect(done.out).toMatch(/DIED +KIND +ATTEMPTS +ID +ERROR/)
    for (const part of [dead.dead_at, dead.kind, id, '[31mroom']) expect(done.out).toContain(part)
    expect(done.out).not.toContain('\u001b')
    expect((await plaintrail(['jobs', 'list', '-o', 'name'], { server: api.url })).out).toBe(`${id}\n`)
  })

  test('says so when none is dead', async () => {
    await using api = await startCannedApi(() => ({ body: empty }))
    expect(await plaintrail(['jobs', 'list'], { server: api.url })).toMatchObject({
      code: 0,
      out: '',
      err: 'no job is dead\n',
    })
  })

  test('has one tried again, and says why not', async () => {
    await using api = await startCannedApi(({ path }) =>
      path === `/v1/jobs/${id}/retry`
        ? { status: 202, body: { id, state: 'waiting' } }
        : { status: 404, body: problem(404, 'not_found', 'There is no such job') },
    )
    expect(await plaintrail(['jobs', 'retry', id], { server: api.url })).toMatchObject({
      code: 0,
      err: `${id} is tried again\n`,
    })
    expect(api.requests[0]).toMatchObject({ method: 'POST', path: `/v1/jobs/${id}/retry` })
    expect((await plaintrail(['jobs', 'retry', '../x'], { server: api.url })).code).toBe(5)
    expect(api.requests[1]?.path).toBe('/v1/jobs/..%2Fx/retry')
  })
})

describe('notices', () => {
  test('are listed, newest first as the server says', async () => {
    const notice = {
      id,
      time: '2026-11-20T14:00:00.000000Z',
      kind: 'quarantine.noticed',
      cluster: null,
      detail: '3 items could not be read and went to quarantine: no_json 3',
    }
    await using api = await startCannedApi(() => ({ body: { ...empty, data: [notice] } }))
    const done = await plaintrail(['notices'], { server: api.url })
    expect(done.code).toBe(0)
    for (const part of [notice.time, notice.kind, notice.detail, ' - ']) expect(done.out).toContain(part)
    await using none = await startCannedApi(() => ({ body: empty }))
    expect((await plaintrail(['notices'], { server: none.url })).err).toBe('there are no notices\n')
  })

  test('of another program are not taken for ours', async () => {
    await using api = await startCannedApi(() => ({ body: { data: [{ id: 1 }] } }))
    expect((await plaintrail(['notices'], { server: api.url })).code).toBe(8)
    expect((await plaintrail(['jobs'], { server: api.url })).code).toBe(8)
  })
})
