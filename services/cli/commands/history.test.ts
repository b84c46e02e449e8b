import { describe, expect, test } from 'vitest'
import type { Revision } from '../history-answers.ts'
import { plaintrail } from '../testing/captured-io.ts'
import {
  alice,
  argo,
  deploymentController,
  followed,
  initiatorOf,
  sampleLifetimes,
  sampleRef,
  sampleRevision,
  startHistoryApi,
  syncByBob,
} from '../testing/sample-history.ts'

const page = (data: readonly Revision[], meta: object = {}, more: object = {}): object => ({
  data,
  has_more: false,
  next_cursor: null,
  lifetimes: sampleLifetimes,
  meta: { history: followed, why_not: null, hidden: 0, ...meta },
  ...more,
})

const story: readonly Revision[] = [
  sampleRevision(),
  sampleRevision({
    event: 'evt_02',
    time: '2026-11-20T12:10:00.000000Z',
    resource_version: 117,
    actor: argo,
    client: 'argocd-application-controller 2.13.1',
    initiator: syncByBob,
    summary: 'replicas 3 → 5',
    fidelity: 'gap',
    unseen_min: 2,
  }),
  sampleRevision({
    event: 'evt_03',
    time: '2026-11-20T11:00:00.000000Z',
    resource_version: 101,
    actor: { ...alice, name: 'bob@acme.io' },
    significance: 'created',
    verb: 'create',
    summary: 'created',
    client: null,
  }),
  sampleRevision({
    event: 'evt_04',
    uid: '6a1e',
    time: '2026-11-20T10:59:00.000000Z',
    resource_version: null,
    actor: { ...alice, name: 'bob@acme.io' },
    significance: 'deleted',
    verb: 'delete',
    summary: 'deleted',
  }),
]

test('every revision is a line, and what stands between two objects of one name says so', async () => {
  await using api = await startHistoryApi({ revisions: page(story, { hidden: 12 }) })
  const done = await plaintrail(['history', 'deploy/checkout', '-n', 'shop'], {
    server: api.url,
    isTty: true,
    columns: 130,
    env: { NO_COLOR: '1' },
  })
  expect(done).toMatchObject({ code: 0, err: '' })
  expect(done.out).toBe(
    [
      'Deployment shop/checkout  (demo)',
      '',
      'WHEN     WHO                            WHAT                     KNOWN           HOW                                 VERSION',
      '14m ago  alice@acme.io                  image api:1.8 → api:1.9  exact           kubectl 1.33                        rv:120',
      '2h ago   argocd (sync by bob@acme.io?)  replicas 3 → 5           gap (2 unseen)  argocd-application-controller 2.13  rv:117',
      '3h ago   bob@acme.io                    created                  exact           -                                   rv:101',
      '- - - deleted and made again (uid 7b2f) by bob@acme.io - - -',
      '3h ago   bob@acme.io                    deleted                  exact           kubectl 1.33                        -',
      '',
      '4 revisions · 12 status updates and the like not shown (--all)',
      '',
    ].join('\n'),
  )
})

test('a pipe gets exact times and nothing is cut', async () => {
  const long = 'x'.repeat(300)
  await using api = await startHistoryApi({
    revisions: page([sampleRevision({ summary: long })], {}, { has_more: true }),
  })
  const done = await plaintrail(['history', 'deploy', 'checkout', '--limit', '1'], { server: api.url })
  expect(done.out).toContain(`2026-11-20T14:03:22.418211Z  alice@acme.io  ${long}  exact`)
  expect(done.out).toContain('1 revision · older ones with --limit')
})

test('what is asked for is sent', async () => {
  await using api = await startHistoryApi({ revisions: page([]) })
  await plaintrail(['history', 'deploy/checkout', '--all', '--since', '7d', '--until', '1d', '--limit', '7'], {
    server: api.url,
  })
  const asked = api.requests.at(-1)
  expect(asked?.path).toBe('/v1/objects/demo/apps/deployments/shop/checkout/revisions')
  expect(Object.fromEntries(asked?.query ?? [])).toEqual({ all: 'true', since: '7d', until: '1d', limit: '7' })
})

test("a controller's notes for itself are counted and not shown, unless all is asked for", async () => {
  const note = { summary: '', changes_count: 0, actor: deploymentController, verb: 'update' } as const
  const data = [
    sampleRevision(note),
    sampleRevision({ ...note, actor: alice }),
    sampleRevision({ ...note, fidelity: 'gap' }),
  ]
  await using api = await startHistoryApi({ revisions: page(data, { hidden: 2 }) })
  const done = await plaintrail(['history', 'deploy/checkout'], { server: api.url })
  expect(done.out.match(/^2026.* (noise only|update) /gm)).toHaveLength(2)
  expect(done.out).toContain('2 revisions · 3 status updates and the like not shown (--all)')
  const all = await plaintrail(['history', 'deploy/checkout', '--all'], { server: api.url })
  expect(all.out.match(/^2026.* noise only /gm)).toHaveLength(2)
})

test('--reverse has the newest last, and the boundary in its place', async () => {
  await using api = await startHistoryApi({ revisions: page(story) })
  const done = await plaintrail(['history', 'deploy/checkout', '--reverse', '--no-headers'], { server: api.url })
  expect(done.out).toMatch(
    /deleted [^]*- - - deleted and made again \(uid 7b2f\) by bob@acme\.io - - -\n[^]*created[^]*api:1\.9/,
  )
})

describe('a boundary', () => {
  const [newer, older] = sampleLifetimes
  test.each([
    ['two people', { ...older, ended: sampleRef() }, 'deleted by alice@acme.io, made again (uid 7b2f) by bob@acme.io'],
    [
      'an end that nobody saw',
      { ...older, end: 'unseen', ended: null },
      'made again (uid 7b2f) by bob@acme.io; the end of the one before was not seen',
    ],
  ])('says %s', async (_what, before, words) => {
    await using api = await startHistoryApi({ revisions: page(story, {}, { lifetimes: [newer, before] }) })
    const done = await plaintrail(['history', 'deploy/checkout'], { server: api.url })
    expect(done.out).toContain(`- - - ${words} - - -`)
  })
})

test('who is behind a controller is named with the controller, and nobody where nobody is known', async () => {
  const by = (initiator: Revision['initiator']): Revision =>
    sampleRevision({ actor: deploymentController, initiator: initiator ?? null })
  const unknown = initiatorOf('', { kind: 'unknown', confidence: 'unknown', chain: [] })
  const commit = initiatorOf(`main@sha1:${'ab'.repeat(20)}`, {
    kind: 'commit',
    chain: syncByBob.chain,
    confidence: 'likely',
  })
  const revisions = [
    by(initiatorOf('alice@acme.io')),
    by(initiatorOf('alice@acme.io', { confidence: 'likely' })),
    by(unknown),
    by(null),
    sampleRevision({ actor: argo, initiator: commit }),
    sampleRevision({ actor: null }),
  ]
  await using api = await startHistoryApi({ revisions: page(revisions) })
  const done = await plaintrail(['history', 'deploy/checkout', '-o', 'csv', '--no-headers'], { server: api.url })
  expect(done.out.split('\r\n').map((line) => /Z,("[^"]*"|[^,]*),/.exec(line)?.[1])).toEqual([
    '"alice@acme.io, by deployment-controller"',
    '"alice@acme.io?, by deployment-controller"',
    'sa:kube-system/deployment-controller',
    'sa:kube-system/deployment-controller',
    'argocd (sync of main@sha1:abababababab?)',
    '(event is past retention)',
    undefined,
  ])
})

test('-o json is what the API answered, and -o name the events', async () => {
  await using api = await startHistoryApi({ revisions: page(story) })
  const json = await plaintrail(['history', 'deploy/checkout', '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toEqual(page(story))
  const names = await plaintrail(['history', 'deploy/checkout', '-o', 'name'], { server: api.url })
  expect(names.out).toBe('evt_01\nevt_02\nevt_03\nevt_04\n')
  const wide = await plaintrail(['history', 'deploy/checkout', '-o', 'wide'], { server: api.url })
  expect(wide.out).toMatch(/VERSION +VERB +UID +EVENT\n/)
})

test('what is not followed yet, and what the policy did not record, is told on stderr', async () => {
  const policy = '- level: RequestResponse\n  resources:\n    - group: apps\n'
  const meta = {
    history: { complete: false, behind: 3, until: '2026-11-20T14:00:00.000000Z' },
    why_not: { says: 'It was recorded at Metadata.', policy },
  }
  await using api = await startHistoryApi({ revisions: page(story, meta) })
  const done = await plaintrail(['history', 'deploy/checkout', '--quiet'], { server: api.url })
  expect(done.code).toBe(0)
  expect(done.err).toBe(
    [
      '! history is behind: 3 stored events are not followed yet; what came before 2026-11-20T14:00:00.000000Z is all here',
      '! It was recorded at Metadata.',
      '  This rule of the audit policy would give it from then on:',
      '    - level: RequestResponse',
      '      resources:',
      '        - group: apps',
      '',
    ].join('\n'),
  )
  const strict = await plaintrail(['history', 'deploy/checkout', '--require-complete'], { server: api.url })
  expect(strict.code).toBe(3)
})

test('text from events cannot steer the terminal', async () => {
  const evil = `x${String.fromCodePoint(0x1b)}[2J${String.fromCodePoint(0x202e)}`
  const one = sampleRevision({
    summary: evil,
    client: evil,
    uid: evil,
    verb: evil,
    actor: { ...alice, name: evil },
    initiator: initiatorOf(evil, { kind: 'commit' }),
  })
  const lifetimes = [{ uid: evil, made: one, ended: null, end: 'unseen' }]
  await using api = await startHistoryApi({ revisions: page([one, sampleRevision()], {}, { lifetimes }) })
  const done = await plaintrail(['history', 'deploy/checkout', '-o', 'wide'], { server: api.url })
  expect(done.code).toBe(0)
  expect(done.out).toMatch(/^[\x20-\x7e\n→·]*$/)
})

test.each([[['checkout']], [['deploy/a', 'b']], [['deploy/a', '--limit', '0']]])(
  'a question that cannot be read is a usage error: %j',
  async (args) => {
    const done = await plaintrail(['history', ...args], { server: 'http://127.0.0.1:1' })
    expect(done).toMatchObject({ code: 2, out: '' })
  },
)

test('another answer is not taken for one', async () => {
  await using api = await startHistoryApi({ revisions: { data: [{}] } })
  expect(await plaintrail(['history', 'deploy/checkout'], { server: api.url })).toMatchObject({ code: 8, out: '' })
})
