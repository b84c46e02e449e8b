import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@plaintrail/test/postgres-for-tests'
import { addCluster } from '@plaintrail/store/clusters'
import { ruleText, seedRule } from '@plaintrail/store/findings-for-tests'
import { problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

let database: TestDatabase
let api: TestApi
beforeAll(async () => {
  database = await createTestDatabase()
  api = await startTestApi(database.connection)
  await addCluster(api.store, { name: 'east' })
  await seedRule(api.store, ruleText('kept'))
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

interface Answered {
  readonly id: string
  readonly state: string
  readonly links: { readonly self: string }
}

const post = (body: unknown): Promise<Response> => api.post('/v1/backtests', JSON.stringify(body))

/** The answer's shape is held by openapi/answers.pg.test.ts. */
async function answered(response: Response, status = 200): Promise<Answered> {
  if (response.status !== status) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Answered
}

const runningOf = async ({ id }: Answered): Promise<number | null> => {
  const { rows } = await api.store.pool.query<{ version: number | null }>(
    `select running_version as version from backtest where replace(id::text, '-', '') = $1`,
    [id.slice(3)],
  )
  return rows[0]?.version ?? null
}

describe('a back-test', () => {
  test('is asked for by name or by text, and cancelled', async () => {
    const response = await post({ rule: 'kept', since: '7d', cluster: 'east' })
    const made = await answered(response, 202)
    expect(response.headers.get('location')).toBe(made.links.self)
    expect(made).toMatchObject({
      rule: 'kept',
      state: 'queued',
      cluster: 'east',
      findings: null,
      progress: { fraction: 0 },
    })
    expect(await answered(await api.get(made.links.self))).toEqual(made)
    const [same, other] = [
      await answered(await post({ text: ruleText('kept') }), 202),
      await answered(await post({ text: ruleText('kept', { match: 'verb:delete' }) }), 202),
    ]
    expect([await runningOf(made), await runningOf(same), await runningOf(other)]).toEqual([null, null, 1])
    for (const { links } of [made, same, other])
      expect(await answered(await api.delete(links.self))).toMatchObject({ state: 'cancelled' })
  })

  test.each([
    [{}, 422],
    [{ rule: 'kept', text: ruleText('kept') }, 422],
    [{ text: 'kind: Rule' }, 422],
    [{ text: ruleText('a') + '---\n' + ruleText('b') }, 422],
    [{ text: ruleText('of-gaps', { on: 'gap', match: undefined }) }, 422],
    [{ rule: 'none' }, 404],
    [{ rule: '\u0000' }, 404],
    [{ rule: 'kept', cluster: 'west' }, 404],
    [{ rule: 'kept', since: 'yesterday' }, 400],
    [{ rule: 'kept', since: 'now', until: '2014-01-01' }, 400],
    [{ rule: 'kept', colour: 'red' }, 422],
  ])('of %j is refused: %d', async (body, status) => {
    expect((await problemOf(await post(body))).status).toBe(status)
  })

  test.each(['bt_0', 'bt_' + '0'.repeat(32), '%00', "bt_' or 1=1--"])('of the id %j is not there', async (id) => {
    expect((await problemOf(await api.get(`/v1/backtests/${id}`))).status).toBe(404)
    expect((await problemOf(await api.delete(`/v1/backtests/${id}`))).status).toBe(404)
  })

  test('is refused when as many as may be are not ended', async () => {
    const made: Answered[] = []
    for (let response = await post({ rule: 'kept' }); response.status === 202; response = await post({ rule: 'kept' }))
      made.push(await answered(response, 202))
    const refused = await problemOf(await post({ rule: 'kept' }))
    expect(refused.code).toBe('conflict')
    // Who lost the answers can end them by this.
    for (const { id } of made) expect(refused.hint).toContain(id)
    await api.delete(made[0]?.links.self ?? '')
    expect((await post({ rule: 'kept' })).status).toBe(202)
  })
})
