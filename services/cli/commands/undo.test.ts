import { expect, test } from 'vitest'
import { plaintrail } from '../testing/captured-io.ts'
import { alice, followed, sampleChange, sampleRef, sampleState, startHistoryApi } from '../testing/sample-history.ts'

const strategic = { spec: { template: { spec: { containers: [{ name: 'api', image: 'registry.acme.io/api:1.8' }] } } } }

const answerOf = (different: object = {}): object => ({
  object: {},
  event: 'evt_01',
  changes: [sampleChange({ from: 'registry.acme.io/api:1.9', to: 'registry.acme.io/api:1.8' })],
  patches: { json: [{ op: 'replace' }], merge: null, strategic },
  commands: [
    {
      line: 'kubectl set image deployments.apps/checkout api=registry.acme.io/api:1.8 --namespace=shop',
      says: 'sets the image',
    },
  ],
  conflicts: [],
  refused: [],
  doubts: [],
  why_not: null,
  meta: { history: followed },
  ...different,
})

test('the command and the patch are shown, and nothing is run', async () => {
  await using api = await startHistoryApi({ undo: answerOf() })
  const done = await plaintrail(['undo', 'deploy/checkout', 'evt_01', '-n', 'shop'], { server: api.url })
  expect(done).toMatchObject({ code: 0, err: '' })
  expect(done.out).toBe(
    [
      'Deployment shop/checkout  (demo)   takes back evt_01',
      '',
      'spec.template.spec.containers[api].image: registry.acme.io/api:1.9 → registry.acme.io/api:1.8',
      '',
      '# sets the image',
      'kubectl set image deployments.apps/checkout api=registry.acme.io/api:1.8 --namespace=shop',
      '',
      '# the strategic patch',
      JSON.stringify(strategic, null, 2),
      '',
    ].join('\n'),
  )
  expect(api.requests.every(({ method }) => method === 'GET')).toBe(true)
  expect(api.requests.at(-1)?.path).toBe('/v1/objects/demo/apps/deployments/shop/checkout/undo')
  expect(Object.fromEntries(api.requests.at(-1)?.query ?? [])).toEqual({ event: 'evt_01' })
})

test('--patch prints one patch and nothing else', async () => {
  await using api = await startHistoryApi({ undo: answerOf() })
  const args = ['undo', 'deploy', 'checkout', 'evt_01', '--patch']
  expect(JSON.parse((await plaintrail([...args, 'strategic'], { server: api.url })).out)).toEqual(strategic)
  const none = await plaintrail([...args, 'merge'], { server: api.url })
  expect(none).toMatchObject({ code: 3, out: '', err: expect.stringContaining('There is: strategic, json.') })
  expect((await plaintrail([...args, 'yaml'], { server: api.url })).code).toBe(2)
})

test('what somebody changed since, and what cannot be written, is told, and the exit code says that it is a part', async () => {
  const by = sampleRef({ event: 'evt_09', actor: { ...alice, name: 'bob@acme.io' } })
  const conflicts = [{ path: 'spec.replicas', says: 'it is 7 now', by }]
  const refused = [{ path: 'data.password', says: 'a secret is known by its digest only' }]
  await using api = await startHistoryApi({ undo: answerOf({ conflicts, refused, doubts: ['a version is missing'] }) })
  const done = await plaintrail(['undo', 'deploy/checkout', 'evt_01'], { server: api.url })
  expect(done.code).toBe(3)
  expect(done.out).toContain('kubectl set image')
  expect(done.err).toContain('! spec.replicas: it is 7 now (bob@acme.io, 2026-11-20T14:03:22.418211Z, evt_09)\n')
  expect(done.err).toContain('! data.password: a secret is known by its digest only\n')
  expect(done.err).toContain('! a part of it may be the work of others: a version is missing\n')
  expect(done.err).toContain('a part of it is not taken back')
})

test('where nothing can be taken back, that is said', async () => {
  const whyNot = { says: 'It was recorded at Metadata.', policy: '- level: RequestResponse' }
  const patches = { json: null, merge: null, strategic: null }
  await using api = await startHistoryApi({ undo: answerOf({ changes: [], commands: [], patches, why_not: whyNot }) })
  const done = await plaintrail(['undo', 'deploy/checkout', 'evt_01', '--no-headers'], { server: api.url })
  expect(done).toMatchObject({ code: 3, out: '' })
  expect(done.err).toMatch(/! It was recorded at Metadata\.\n[^]*nothing of it can be taken back/)
})

test('-o json is what the API answered; text from events cannot steer the terminal', async () => {
  const evil = `x${String.fromCodePoint(0x1b)}[2J${String.fromCodePoint(0x202e)}`
  const conflicts = [{ path: evil, says: evil, by: sampleRef({ actor: { ...alice, name: evil } }) }]
  const answer = answerOf({
    event: evil,
    changes: [sampleChange({ path: evil, from: evil, to: evil })],
    commands: [{ line: evil, says: evil }],
    patches: { json: [evil], merge: null, strategic: null },
    conflicts,
  })
  await using api = await startHistoryApi({ undo: answer })
  const done = await plaintrail(['undo', 'deploy/checkout', 'evt_01'], { server: api.url })
  expect(done.out + done.err).toMatch(/^[\x20-\x7e\n→]*$/)
  const json = await plaintrail(['undo', 'deploy/checkout', 'evt_01', '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toEqual(answer)
})

test.each([['deploy', 'checkout'], ['deploy/checkout']])(
  'without an event %s is a usage error that says where they are',
  async (...words) => {
    const done = await plaintrail(['undo', ...words], { server: 'http://127.0.0.1:1' })
    expect(done).toMatchObject({ code: 2, err: expect.stringContaining('plaintrail history TYPE/NAME') })
  },
)

test('a version is the event that made it, and one that nobody made is told', async () => {
  const at = { object: {}, state: sampleState({ revision: sampleRef({ event: 'evt_07', resource_version: 123 }) }) }
  const known = { ...at, manifest: {}, why_not: null, meta: { history: followed } }
  await using api = await startHistoryApi({ undo: answerOf(), at: known })
  await plaintrail(['undo', 'deploy/checkout', 'rv:123'], { server: api.url })
  expect(api.requests.at(-1)?.query.get('event')).toBe('evt_07')
  const done = await plaintrail(['undo', 'deploy/checkout', 'rv:124'], { server: api.url })
  expect(done).toMatchObject({ code: 5, out: '' })
})
