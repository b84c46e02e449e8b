import type { StoredEvent } from '@plaintrail/event/event'
import { describe, expect, test } from 'vitest'
import { startCannedApi, type CannedAnswer, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import type { TracedEvent } from '../history-answers.ts'
import { sampleEvent, samplePage, usualActor, usualObject } from '../testing/sample-event.ts'
import { argo, deploymentController, initiatorOf, syncByBob } from '../testing/sample-history.ts'

const story: readonly StoredEvent[] = [
  sampleEvent(),
  sampleEvent({
    id: 'evt_02',
    time: '2026-11-20T12:10:00.000000Z',
    detail: 'replicas 5',
    actor: { ...usualActor, name: 'system:serviceaccount:argocd:application-controller', type: 'service-account' },
  }),
  sampleEvent({
    id: 'evt_03',
    time: '2026-11-19T12:00:00.000000Z',
    detail: null,
    actor: { ...usualActor, name: 'carol@acme.io', as: 'system:admin' },
  }),
  sampleEvent({
    id: 'evt_04',
    time: '2026-11-17T12:00:00.000000Z',
    verb: 'delete',
    outcome: 'denied',
    code: 403,
    detail: null,
    actor: { ...usualActor, name: 'mallory' },
  }),
  sampleEvent({ id: 'evt_05', time: '2026-11-16T12:00:00.000000Z', verb: 'create', detail: null }),
]

/** An API that knows some objects: what has an event in `events` exists, and its history is all of them. */
const apiOf =
  (events: readonly StoredEvent[], clusters: readonly string[] = ['demo']) =>
  ({ path, query }: CannedRequest): CannedAnswer | undefined => {
    if (path === '/v1/clusters') return { body: { data: clusters.map((name) => ({ name })) } }
    const here = events.filter((event) => {
      const { namespace = '', name = '' } = event.object ?? {}
      const isAsked = query.getAll('ns').length === 0 || query.getAll('ns').includes(namespace)
      return (
        event.cluster === query.get('cluster') &&
        name === query.get('name') &&
        isAsked &&
        !query.getAll('not.ns').includes(namespace)
      )
    })
    // One event a page: the least that an API may answer.
    if (path === '/v1/events') return { body: samplePage(here.slice(0, 1), { has_more: here.length > 1 }) }
    const [, , , cluster, , , namespace, name] = path.split('/')
    const history = events.filter(
      ({ object, cluster: where }) =>
        where === cluster && object?.name === name && (object?.namespace || '_') === namespace,
    )
    return path.endsWith('/history') ? { body: samplePage(history) } : undefined
  }

test('who answers with a sentence, a table and a sum', async () => {
  await using api = await startCannedApi(apiOf(story))
  const done = await plaintrail(['who', 'deploy/checkout', '-n', 'shop'], {
    server: api.url,
    isTty: true,
    columns: 120,
    env: { NO_COLOR: '1' },
  })
  expect(done).toMatchObject({ code: 0, err: '' })
  expect(done.out).toBe(
    [
      'Deployment shop/checkout  (demo)   last change 14m ago by alice@acme.io',
      '',
      'WHEN     WHO                               DID            HOW           FROM',
      '14m ago  alice@acme.io                     image api:1.9  kubectl 1.33  10.0.3.7',
      '2h ago   sa:argocd/application-controller  replicas 5     kubectl 1.33  10.0.3.7',
      '26h ago  carol@acme.io as system:admin     changed        kubectl 1.33  10.0.3.7',
      '3d ago   mallory                           DENIED delete  kubectl 1.33  10.0.3.7',
      '4d ago   alice@acme.io                     created        kubectl 1.33  10.0.3.7',
      '',
      '4 changes, 3 people, 1 refused',
      '',
    ].join('\n'),
  )
})

describe('what history knows', () => {
  const change: NonNullable<TracedEvent['change']> = {
    fidelity: 'exact',
    significance: 'changed',
    changes: [],
    changes_count: 1,
    summary: '',
    sure: true,
  }
  const traced: readonly TracedEvent[] = [
    { ...sampleEvent(), change: { ...change, summary: 'image api:1.8 → api:1.9' }, initiator: null },
    {
      ...sampleEvent({ actor: { ...argo, groups: [] } }),
      change: { ...change, summary: 'replicas 3 → 5', sure: false },
      initiator: syncByBob,
    },
    {
      ...sampleEvent({ actor: { ...deploymentController, groups: [] } }),
      change: { ...change, summary: 'paused true' },
      initiator: initiatorOf('alice@acme.io'),
    },
    {
      ...sampleEvent({ actor: { ...deploymentController, groups: [] } }),
      change: { ...change, significance: 'bookkeeping', summary: 'bookkeeping' },
    },
    { ...sampleEvent({ verb: 'create', detail: null }), change: { ...change, significance: 'created', summary: 'x' } },
  ]

  test('is said of each change, and of who is behind it', async () => {
    await using api = await startCannedApi(apiOf(traced))
    const done = await plaintrail(['who', 'deploy/checkout', '-n', 'shop'], {
      server: api.url,
      isTty: true,
      columns: 130,
      env: { NO_COLOR: '1' },
    })
    expect(done).toMatchObject({ code: 0, err: '' })
    await using late = await startCannedApi(
      apiOf(traced.filter(({ initiator }) => initiator?.kind === 'person').slice(1)),
    )
    const one = await plaintrail(['who', 'deploy/checkout'], { server: late.url })
    expect(one.out).toContain(' by alice@acme.io, through deployment-controller\n')
    expect(done.out.split('\n').slice(2, -1)).toEqual([
      'WHEN     WHO                                      DID                      HOW           FROM',
      '14m ago  alice@acme.io                            image api:1.8 → api:1.9  kubectl 1.33  10.0.3.7',
      '14m ago  argocd (sync by bob@acme.io?)            replicas 3 → 5 ?         kubectl 1.33  10.0.3.7',
      '14m ago  alice@acme.io, by deployment-controller  paused true              kubectl 1.33  10.0.3.7',
      '14m ago  alice@acme.io                            created                  kubectl 1.33  10.0.3.7',
      '',
      '4 changes, 1 person · 1 status update or dry run not shown (--all)',
    ])
  })

  test('has all its fields in JSON', async () => {
    await using api = await startCannedApi(apiOf(traced))
    const { out } = await plaintrail(['who', 'deploy/checkout', '-o', 'jsonpath={.items[*].initiator.name}'], {
      server: api.url,
    })
    expect(out).toBe('bob@acme.io alice@acme.io\n')
  })

  test('goes back from a pod to what somebody did', async () => {
    const pod = { ...usualObject, group: '', resource: 'pods', kind: 'Pod', name: 'api-x2x' }
    const chain = [
      { what: 'owner', event: 'evt_rs', why: '' },
      { what: 'owner', event: 'evt_deploy', why: '' },
    ]
    const made = {
      ...sampleEvent({ object: pod, verb: 'create', detail: null, actor: { ...deploymentController, groups: [] } }),
      initiator: initiatorOf('alice@acme.io', { chain }),
    }
    const causes: Readonly<Record<string, StoredEvent>> = {
      '/v1/events/evt_rs': sampleEvent({ object: { ...usualObject, resource: 'replicasets', name: 'api-7c9f' } }),
      '/v1/events/evt_deploy': sampleEvent(),
    }
    const answering = (known: readonly string[]) => (request: CannedRequest) =>
      known.includes(request.path) ? { body: causes[request.path] } : apiOf([made])(request)
    await using api = await startCannedApi(answering(Object.keys(causes)))
    const done = await plaintrail(['who', 'pod/api-x2x'], { server: api.url })
    expect(done.out.split('\n')[1]).toBe(
      'po/api-x2x ← rs/api-7c9f ← deploy/checkout: image api:1.9, 2026-11-20T14:03:22.418211Z by alice@acme.io (certain)',
    )
    expect(done.out).toContain('\n1 change, 1 person\n')
    const narrow = await plaintrail(['who', 'pod/api-x2x'], { server: api.url, isTty: true, columns: 90 })
    expect(narrow.out.split('\n')[1]).toBe(
      'po/api-x2x ← rs/api-7c9f ← deploy/checkout: image api:1.9, 14m ago by alice@acme.io (certain)',
    )
    await using long = await startCannedApi((request) =>
      request.path === '/v1/events/evt_deploy'
        ? { body: sampleEvent({ detail: `image ${'a'.repeat(300)}` }) }
        : answering(Object.keys(causes))(request),
    )
    const cut = await plaintrail(['who', 'pod/api-x2x'], { server: long.url, isTty: true, columns: 120 })
    expect(cut.out.split('\n')[1]).toMatch(
      /^po\/api-x2x ← .* deploy\/checkout: image a+…, 14m ago by alice@acme\.io \(certain\)$/,
    )
    expect(cut.out.split('\n')[1]).toHaveLength(120)
    await using forgetful = await startCannedApi(answering([]))
    const less = await plaintrail(['who', 'pod/api-x2x'], { server: forgetful.url })
    expect(less.out.split('\n')[1]).toBe('po/api-x2x ← owner by alice@acme.io (certain)')
  })
})

test('a pipe gets exact times, full width and no colour', async () => {
  const long = 'a'.repeat(300)
  await using api = await startCannedApi(apiOf([sampleEvent({ detail: long })]))
  const done = await plaintrail(['who', 'deploy', 'checkout', '-n', 'shop'], { server: api.url })
  expect(done.out).toContain(`2026-11-20T14:03:22.418211Z  alice@acme.io  ${long}`)
  expect(done.out).toMatch(/^[\x20-\x7e\n]*$/)
})

test('the history is asked for by cluster, group, resource, namespace and name', async () => {
  await using api = await startCannedApi(apiOf(story))
  await plaintrail(['who', 'deploy/checkout', '-n', 'shop', '--since', '7d'], { server: api.url })
  const history = api.requests.find(({ path }) => path.endsWith('/history'))
  expect(history?.path).toBe('/v1/objects/demo/apps/deployments/shop/checkout/history')
  expect(history?.query.get('since')).toBe('7d')
  expect(history?.query.has('class')).toBe(false)
  const search = api.requests.find(({ path }) => path === '/v1/events')
  expect(Object.fromEntries(search?.query ?? [])).toMatchObject({
    kind: 'deploy',
    name: 'checkout',
    ns: 'shop',
    since: '2014-01-01',
  })
})

test('a day of the history is asked for as in every other list', async () => {
  await using api = await startCannedApi(apiOf(story))
  await plaintrail(['who', 'deploy/checkout', '-n', 'shop', '--on', '2026-11-20'], { server: api.url })
  const history = api.requests.find(({ path }) => path.endsWith('/history'))
  expect(history?.query.get('on')).toBe('2026-11-20')
  expect(history?.query.has('since')).toBe(false)
})

test('core and cluster-scoped objects have their place in the path, and --all asks for reads too', async () => {
  const object = { ...usualObject, group: '', resource: 'nodes', kind: 'Node', namespace: '', name: 'a b' }
  await using api = await startCannedApi(apiOf([sampleEvent({ object })]))
  const done = await plaintrail(['who', 'node/a b', '--all'], { server: api.url })
  const history = api.requests.at(-1)
  expect(history?.path).toBe('/v1/objects/demo/core/nodes/_/a%20b/history')
  expect(history?.query.get('class')).toBe('read,write,connect,other')
  expect(done.out).toContain('Node a b  (demo)')
})

describe('where the namespace is not given', () => {
  const elsewhere = sampleEvent({ id: 'evt_10', object: { ...usualObject, namespace: 'shop-test' } })

  test('the only one is taken', async () => {
    await using api = await startCannedApi(apiOf(story))
    expect((await plaintrail(['who', 'deploy/checkout'], { server: api.url })).out).toContain(
      'Deployment shop/checkout',
    )
  })

  test('several are listed with the flag that chooses', async () => {
    await using api = await startCannedApi(apiOf([...story, elsewhere]))
    const done = await plaintrail(['who', 'deploy/checkout'], { server: api.url })
    expect(done).toMatchObject({ code: 2, out: '' })
    expect(done.err).toMatch(/more than one namespace[^]*-n shop [^]*-n shop-test /)
  })

  test('none is not found, with a way to look further', async () => {
    await using api = await startCannedApi(apiOf(story))
    const done = await plaintrail(['who', 'deploy/checkuot'], { server: api.url })
    expect(done).toMatchObject({ code: 5, err: expect.stringContaining("--name '*checkuot*'") })
  })
})

test('an API that always says there is more is not asked for ever', async () => {
  await using api = await startCannedApi(({ path }) =>
    path === '/v1/clusters'
      ? { body: { data: [{ name: 'demo' }] } }
      : { body: samplePage([sampleEvent()], { has_more: true, next_cursor: 'again' }) },
  )
  const done = await plaintrail(['who', 'deploy/checkout'], { server: api.url })
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('older ones with --limit') })
})

describe('where the cluster is not given', () => {
  const twin = sampleEvent({ id: 'evt_20', cluster: 'prod' })

  test('every cluster that has the object is shown', async () => {
    await using api = await startCannedApi(apiOf([...story, twin], ['demo', 'empty', 'prod']))
    const done = await plaintrail(['who', 'deploy/checkout'], { server: api.url })
    expect(done.out.match(/^Deployment .*\)/gm)).toEqual([
      'Deployment shop/checkout  (demo)',
      'Deployment shop/checkout  (prod)',
    ])
  })

  test('-c asks one only', async () => {
    await using api = await startCannedApi(apiOf([...story, twin], ['demo', 'prod']))
    const done = await plaintrail(['who', 'deploy/checkout', '-c', 'prod'], { server: api.url })
    expect(done.out.match(/^Deployment .*\)/gm)).toEqual(['Deployment shop/checkout  (prod)'])
    expect(api.requests.some(({ path }) => path === '/v1/clusters')).toBe(false)
  })

  test('and none is connected, that is said', async () => {
    await using api = await startCannedApi(apiOf([], []))
    const done = await plaintrail(['who', 'deploy/checkout'], { server: api.url })
    expect(done).toMatchObject({ code: 5, err: expect.stringContaining('plaintrail cluster add') })
  })
})

test('status updates of controllers do not hide the changes of people, and are counted', async () => {
  const controller = {
    ...usualActor,
    name: 'system:serviceaccount:kube-system:deployment-controller',
    type: 'service-account',
  } as const
  const status = sampleEvent({
    actor: controller,
    verb: 'update',
    detail: null,
    object: { ...usualObject, subresource: 'status' },
  })
  const lost = { ...status, outcome: 'rejected', code: 409 } as const
  const refused = { ...status, outcome: 'denied', code: 403 } as const
  await using other = await startCannedApi(apiOf([status, lost, refused]))
  const few = await plaintrail(['who', 'deploy/checkout', '-n', 'shop'], { server: other.url })
  expect(few.out).toContain('1 refused · 2 status updates and dry runs not shown (--all)')
  await using api = await startCannedApi(apiOf([status, ...story, status]))
  const done = await plaintrail(['who', 'deploy/checkout', '-n', 'shop'], { server: api.url })
  expect(done.out).not.toContain('deployment-controller')
  expect(done.out).toContain('4 changes, 3 people, 1 refused · 2 status updates and dry runs not shown (--all)')
  const all = await plaintrail(['who', 'deploy/checkout', '-n', 'shop', '--all'], { server: api.url })
  expect(all.out).toContain('updated status')
})

test('more than --limit is cut off and said so', async () => {
  await using api = await startCannedApi(apiOf(story))
  const done = await plaintrail(['who', 'deploy/checkout', '-n', 'shop', '--limit', '2'], { server: api.url })
  expect(done.out).toContain('2 changes, 1 person · older ones with --limit')
})

test('-o json is what the API answered, and -o name the events', async () => {
  await using api = await startCannedApi(apiOf(story))
  const json = await plaintrail(['who', 'deploy/checkout', '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toEqual(samplePage(story))
  const names = await plaintrail(['who', 'deploy/checkout', '-o', 'name'], { server: api.url })
  expect(names.out).toBe('evt_01\nevt_02\nevt_03\nevt_04\nevt_05\n')
})

test('-o wide has more columns, and --reverse the newest last', async () => {
  await using api = await startCannedApi(apiOf(story))
  const wide = await plaintrail(['who', 'deploy/checkout', '-o', 'wide'], { server: api.url })
  expect(wide.out).toMatch(/^WHEN .* FROM +VERB +OUT +EVENT +KNOWN$/m)
  expect(wide.out).toContain('evt_05')
  const reversed = await plaintrail(['who', 'deploy/checkout', '--reverse', '--no-headers'], { server: api.url })
  expect(reversed.out).toMatch(/^2026-11-16[^]*2026-11-20T14:03:22/)
  expect((await plaintrail(['who', 'deploy/checkout', '--reverse', '-o', 'name'], { server: api.url })).out).toBe(
    'evt_05\nevt_04\nevt_03\nevt_02\nevt_01\n',
  )
  const titled = await plaintrail(['who', 'deploy/checkout', '--reverse'], { server: api.url })
  expect(titled.out).toContain('last change 2026-11-20T14:03:22.418211Z by alice@acme.io')
})

test('--no-headers leaves the rows only', async () => {
  await using api = await startCannedApi(apiOf(story))
  const done = await plaintrail(['who', 'deploy/checkout', '--no-headers'], { server: api.url })
  expect(done.out.trimEnd().split('\n')).toHaveLength(5)
})

test('what somebody named an object cannot steer the terminal', async () => {
  const evil = `x${String.fromCodePoint(0x1b)}[2J${String.fromCodePoint(0x202e)}`
  const object = { ...usualObject, namespace: evil, kind: evil }
  await using api = await startCannedApi(
    apiOf([sampleEvent({ object, detail: evil, actor: { ...usualActor, name: evil } })]),
  )
  const done = await plaintrail(['who', 'deploy/checkout'], { server: api.url, isTty: true, env: { NO_COLOR: '1' } })
  expect(done.code).toBe(0)
  expect(done.out).toMatch(/^[\x20-\x7e\n]*$/)
})

test.each([
  [['checkout']],
  [['deploy/']],
  [['/checkout']],
  [['deploy/a', 'b']],
  [['deploy/check*']],
  [['deploy/a', '--limit', '0']],
])('a question that cannot be read is a usage error: %j', async (args) => {
  const done = await plaintrail(['who', ...args], { server: 'http://127.0.0.1:1' })
  expect(done).toMatchObject({ code: 2, out: '' })
})
