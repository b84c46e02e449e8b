import { expect, test } from 'vitest'
import { startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { sampleEvent } from '../testing/sample-event.ts'
import { deploymentController, initiatorOf } from '../testing/sample-history.ts'

test('an event is shown with its sentence, its fields and every stage', async () => {
  await using api = await startCannedApi(({ path }) =>
    path === '/v1/events/evt_01' ? { body: sampleEvent() } : undefined,
  )
  const done = await plaintrail(['show', 'evt_01'], { server: api.url })
  expect(done.code).toBe(0)
  const lines = done.out.split('\n')
  expect(lines[0]).toBe('alice@acme.io changed the image of deployment checkout in shop to api:1.9 (kubectl)')
  expect(lines).toContainEqual(expect.stringMatching(/^time +2026-11-20T14:03:22\.418211Z$/))
  expect(lines).toContainEqual(expect.stringMatching(/^from +10\.0\.3\.7 \(seen by the API server\)$/))
  expect(lines).toContainEqual(expect.stringMatching(/^claims to be from +203\.0\.113\.9$/))
  expect(lines).toContainEqual(expect.stringMatching(/^RequestReceived +2026-11-20T14:03:22\.418211Z +- +evt_00$/))
  expect(lines).toContainEqual(expect.stringMatching(/^ResponseComplete +2026-11-20T14:03:22\.430556Z +200 +evt_01$/))
})

test('who is behind it is shown with the evidence, and what was not enough', async () => {
  const change = {
    fidelity: 'exact',
    significance: 'changed',
    changes: [],
    changes_count: 1,
    summary: 'replicas 3 → 5',
  }
  const event = {
    ...sampleEvent({ actor: { ...deploymentController, groups: [] } }),
    change: { ...change, sure: false },
    initiator: initiatorOf('alice@acme.io', { considered: ['an autoscaler was not seen'] }),
  }
  await using api = await startCannedApi(() => ({ body: event }))
  const { out } = await plaintrail(['show', 'evt_01'], { server: api.url })
  expect(out).toMatch(/^behind it +alice@acme\.io, by deployment-controller \(certain\)$/m)
  expect(out).toMatch(/^changed +replicas 3 → 5$/m)
  expect(out).toMatch(/^known +exact; another write may have made a part of it$/m)
  expect(out).toMatch(/^owner +evt_0a +its ownerReference$/m)
  expect(out).toMatch(/^not enough {2}an autoscaler was not seen$/m)
})

test('--raw is byte for byte what arrived', async () => {
  const raw = Buffer.from('{"n":9007199254740993,"n":1.10,"s":"\u202e\u009b","bad":"\xff\xfe"}', 'latin1')
  await using api = await startCannedApi(({ path }) => (path === '/v1/events/evt_01/raw' ? { body: raw } : undefined))
  expect((await plaintrail(['show', 'evt_01', '--raw'], { server: api.url })).outBytes).toEqual(raw)
})

test('--raw on a terminal is the same JSON and cannot steer it', async () => {
  const json = `{"s":"${String.fromCodePoint(0x202e, 0x9b)}31m","n":9007199254740993}`
  await using api = await startCannedApi(() => ({ body: json }))
  const done = await plaintrail(['show', 'evt_01', '--raw'], { server: api.url, isTty: true })
  expect(done.out).toBe(`${String.raw`{"s":"\u202e\u009b31m","n":9007199254740993}`}\n`)
})

test('an event that is not there is not found', async () => {
  await using api = await startCannedApi(() => undefined)
  expect(await plaintrail(['show', 'evt_99'], { server: api.url })).toMatchObject({ code: 5, out: '' })
  expect(await plaintrail(['show', 'evt_99', '--raw'], { server: api.url })).toMatchObject({ code: 5, out: '' })
})

test('an id cannot reach another path', async () => {
  await using api = await startCannedApi(() => undefined)
  await plaintrail(['show', '../clusters?x=1'], { server: api.url })
  expect(api.requests[0]?.path).toBe('/v1/events/..%2Fclusters%3Fx%3D1')
})
