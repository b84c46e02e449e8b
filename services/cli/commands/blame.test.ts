import { expect, test } from 'vitest'
import type { BlamedField } from '../history-answers.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { alice, argo, followed, sampleRef, sampleState, startHistoryApi, syncByBob } from '../testing/sample-history.ts'

const field = (path: string, value: unknown, different: Partial<BlamedField> = {}): BlamedField => ({
  path,
  value,
  how: 'set',
  revision: sampleRef(),
  after: null,
  manager: null,
  noise: false,
  secret: false,
  ...different,
})

const older = sampleRef({ event: 'evt_00', time: '2026-11-20T12:10:00.000000Z', actor: argo, initiator: syncByBob })
const carol = sampleRef({
  time: '2026-11-18T12:00:00.000000Z',
  actor: { ...alice, name: 'carol@acme.io', as: 'system:admin' },
})
const first = sampleRef({ time: '2026-08-01T00:00:00.000000Z' })
const fields: readonly BlamedField[] = [
  field('metadata.labels.tier', 'backend', { how: 'unseen', revision: first }),
  field('spec.replicas', 5, { revision: older }),
  field('spec.paused', false, { how: 'unseen', revision: first, after: carol, manager: 'helm' }),
  field('spec.template.spec.containers[api].image', 'registry.acme.io/api:1.9'),
  field(
    'spec.template.spec.containers[api].env[DB_HOST]',
    { name: 'DB_HOST' },
    { how: 'set-or-unseen', revision: carol },
  ),
  field('data.password', '(hidden)', { revision: older }),
]

const answerOf = (different: object = {}): object => ({
  object: {},
  state: sampleState(),
  fields,
  is_cut: false,
  says: null,
  why_not: null,
  meta: { history: followed },
  ...different,
})

test('every field has who set it last, the newest first, and what nobody is known to have set last', async () => {
  await using api = await startHistoryApi({ blame: answerOf() })
  const done = await plaintrail(['blame', 'deploy/checkout', '-n', 'shop'], {
    server: api.url,
    isTty: true,
    columns: 150,
    env: { NO_COLOR: '1' },
  })
  expect(done.code).toBe(0)
  expect(done.out).toBe(
    [
      'WHO                                        WHEN     SURE  FIELD',
      'alice@acme.io                              14m ago  yes   spec.template.spec.containers[api].image: registry.acme.io/api:1.9',
      'argocd (sync by bob@acme.io?)              2h ago   yes   spec.replicas: 5',
      'argocd (sync by bob@acme.io?)              2h ago   yes   data.password: (hidden)',
      'carol@acme.io as system:admin              2d ago   ?     spec.template.spec.containers[api].env[DB_HOST]: {"name":"DB_HOST"}',
      'unknown (before 2026-08-01)                -        no    metadata.labels.tier: backend',
      'unknown, manager helm (before 2026-08-01)  -        no    spec.paused: false',
      '',
    ].join('\n'),
  )
  expect(done.err).toBe('6 fields · noisy fields hidden (--show-noise) · ?: or a write that was not seen\n')
})

test('--at and --show-noise, and every other format', async () => {
  await using api = await startHistoryApi({ blame: answerOf({ is_cut: true, says: 'There are more.' }) })
  const done = await plaintrail(['blame', 'deploy', 'checkout', '--at', '2d', '--show-noise'], { server: api.url })
  expect(done.out).toContain('2026-11-20T14:03:22.418211Z')
  expect(api.requests.at(-1)?.path).toBe('/v1/objects/demo/apps/deployments/shop/checkout/blame')
  expect(Object.fromEntries(api.requests.at(-1)?.query ?? [])).toEqual({ at: '2d', noise: 'true' })
  expect(done.err).toBe('! There are more.\n6 fields · ?: or a write that was not seen\n')
  const json = await plaintrail(['blame', 'deploy/checkout', '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toEqual(answerOf({ is_cut: true, says: 'There are more.' }))
  const wide = await plaintrail(['blame', 'deploy/checkout', '-o', 'wide'], { server: api.url })
  expect(wide.out).toMatch(/FIELD +HOW +AFTER +MANAGER +EVENT\n[^]*kubectl 1\.33 +- +- +evt_01/)
})

test('an object that is gone is not found, with the time at which it was there last', async () => {
  const state = sampleState({ presence: 'gone', says: 'bob@acme.io deleted it.' })
  await using api = await startHistoryApi({ blame: answerOf({ state, fields: [] }) })
  const done = await plaintrail(['blame', 'deploy/checkout'], { server: api.url })
  expect(done).toMatchObject({ code: 5, out: '' })
  expect(done.err).toContain('bob@acme.io deleted it.\n  What it was last: --at 2026-11-20T14:03:22.418210Z\n')
})

test('what was not recorded is not told, and why', async () => {
  const whyNot = { says: 'It was recorded at Metadata.', policy: null }
  await using api = await startHistoryApi({ blame: answerOf({ fields: [], why_not: whyNot }) })
  const done = await plaintrail(['blame', 'deploy/checkout'], { server: api.url })
  expect(done).toMatchObject({ code: 3, out: '', err: expect.stringContaining('! It was recorded at Metadata.') })
})

test('text from events cannot steer the terminal', async () => {
  const evil = `x${String.fromCodePoint(0x1b)}[2J${String.fromCodePoint(0x202e)}`
  const evils = [
    field(evil, evil, { manager: evil, how: 'unseen' }),
    field(evil, { [evil]: evil }, { revision: sampleRef({ actor: { ...alice, name: evil }, client: evil }) }),
  ]
  await using api = await startHistoryApi({ blame: answerOf({ fields: evils }) })
  const done = await plaintrail(['blame', 'deploy/checkout', '-o', 'wide'], { server: api.url })
  expect(done.out).toMatch(/^[\x20-\x7e\n]*$/)
  expect(done.code).toBe(0)
})
