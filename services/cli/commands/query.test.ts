import { expect, test } from 'vitest'
import { startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

const explanation = {
  query: 'actor:a* -ns:dev',
  window: { since: '2026-11-19T14:17:22.000000Z', until: '2026-11-20T14:17:22.000000Z' },
  asked: {
    sentence: 'all of these hold',
    parts: [
      { sentence: 'the actor is like a*', parts: [] },
      { sentence: 'the namespace is not dev', parts: [] },
    ],
  },
  hints: ['It names no object.'],
  cost: { reads: 'the whole window', days: 2 },
}

test('a query is explained in sentences, with what it reads, and its hints on stderr', async () => {
  await using api = await startCannedApi(() => ({ body: explanation }))
  const done = await plaintrail(['query', 'explain', 'actor:a*', '-ns:dev', '--since', '7d'], { server: api.url })
  expect(api.requests[0]?.path).toBe('/v1/queries/explain')
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({ q: 'actor:a* NOT ns:dev', since: '7d' })
  expect(done.out).toBe(
    [
      'query  actor:a* -ns:dev',
      'from   2026-11-19T14:17:22.000000Z',
      'until  2026-11-20T14:17:22.000000Z',
      'reads  the whole window, 2 days',
      '',
      'all of these hold',
      '  the actor is like a*',
      '  the namespace is not dev',
      '',
    ].join('\n'),
  )
  expect(done.err).toBe('! It names no object.\n')
  const json = await plaintrail(['query', 'explain', 'actor:a*', '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toEqual(explanation)
})

test('what may stand at a place of a query is listed', async () => {
  const candidates = [
    { text: 'human', description: 'was made by a person' },
    { text: 'write', description: '' },
  ]
  await using api = await startCannedApi(() => ({ body: { span: { start: 3, end: 3 }, candidates } }))
  const done = await plaintrail(['query', 'complete', 'is:'], { server: api.url })
  expect(Object.fromEntries(api.requests[0]?.query ?? [])).toEqual({ q: 'is:', pos: '3' })
  expect(done.out).toBe('TEXT   WHAT IT MEANS\nhuman  was made by a person\nwrite\n')
  expect((await plaintrail(['query', 'complete', 'is:', '-o', 'name'], { server: api.url })).out).toBe('human\nwrite\n')
  expect((await plaintrail(['query', 'complete', 'is:', '--pos', '9'], { server: api.url })).code).toBe(2)
})

test('an answer that is none of these is not taken for one', async () => {
  for (const body of [{}, { ...explanation, asked: { sentence: 'x', parts: [{}] } }, { span: {}, candidates: [] }]) {
    await using api = await startCannedApi(() => ({ body }))
    expect(await plaintrail(['query', 'explain', 'x'], { server: api.url })).toMatchObject({ code: 8, out: '' })
    expect(await plaintrail(['query', 'complete', 'x'], { server: api.url })).toMatchObject({ code: 8, out: '' })
  }
})
