import { describe, expect, test } from 'vitest'
import { startCannedApi } from './testing/canned-api.ts'
import { plaintrail } from './testing/captured-io.ts'

const job = { kind: 'k', dead_at: '2026-11-20T14:00:00.000000Z', attempts: 5, error: 'e' }
const notice = { time: '2026-11-20T14:00:00.000000Z', kind: 'k', cluster: 'prod', detail: 'd' }
const quarantined = { time: null, cluster: 'prod', reason: 'not_json', size: 7, detail: null }

/** Three pages of one item each, the cursor of the second one being `2`. */
const pages = (item: object) =>
  startCannedApi(({ query }) => {
    const page = Number(query.get('cursor') ?? '1')
    const more = page < 3 ? { has_more: true, next_cursor: String(page + 1) } : { has_more: false, next_cursor: null }
    return { body: { data: [{ ...item, id: `id_${page}` }], ...more } }
  })

describe.each([
  ['jobs list', job],
  ['notices', notice],
  ['quarantine list', quarantined],
])('%s', (command, item) => {
  test('tells that there are more, whatever it prints', async () => {
    await using api = await pages(item)
    const done = await plaintrail([...command.split(' '), '-o', 'name'], { server: api.url })
    expect(done).toMatchObject({ code: 0, out: 'id_1\n', err: 'there are more: --all or --limit shows them\n' })
    expect(api.requests[0]?.query.get('limit')).toBeNull()
  })

  test('has all of them with --all, and titles once', async () => {
    await using api = await pages(item)
    const done = await plaintrail([...command.split(' '), '--all'], { server: api.url })
    expect(done.err).toBe('')
    expect(done.out.match(/id_\d/g) ?? done.out.match(/k {2}|not_json/g)).toHaveLength(3)
    expect(done.out.trimEnd().split('\n')).toHaveLength(4)
    expect(api.requests.map(({ query }) => query.get('cursor'))).toEqual([null, '2', '3'])
  })

  test('takes a limit, and refuses one that is none', async () => {
    await using api = await pages(item)
    await plaintrail([...command.split(' '), '--limit', '7'], { server: api.url })
    expect(api.requests[0]?.query.get('limit')).toBe('7')
    expect(await plaintrail([...command.split(' '), '--limit', '0'], { server: api.url })).toMatchObject({ code: 2 })
  })
})

test.each(['notices', 'quarantine'])('%s are those of some clusters and a window', async (command) => {
  await using api = await pages({ ...notice, ...quarantined })
  await plaintrail([command, '-c', 'prod', '-c', 'lab', '--since', '7d', '--until', 'now-1d'], { server: api.url })
  expect([...(api.requests[0]?.query ?? [])]).toEqual([
    ['cluster', 'prod'],
    ['cluster', 'lab'],
    ['since', '7d'],
    ['until', 'now-1d'],
  ])
})

test('export --list has every page', async () => {
  const progress = { fraction: 1, rows: 1, bytes: 1 }
  const one = {
    state: 'done',
    query: '',
    format: 'csv',
    created_at: notice.time,
    expires_at: null,
    progress,
    error: null,
  }
  await using api = await startCannedApi(({ query }) =>
    query.has('cursor')
      ? { body: { data: [{ ...one, id: 'exp_2' }], has_more: false, next_cursor: null } }
      : { body: { data: [{ ...one, id: 'exp_1' }], has_more: true, next_cursor: 'x' } },
  )
  expect((await plaintrail(['export', '--list', '-o', 'name'], { server: api.url })).out).toBe('exp_1\nexp_2\n')
})
