import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sentence, sentenceCharsMax, type SentenceFacts } from './sentence.ts'

type Thing = NonNullable<SentenceFacts['object']>
type Case = Partial<Omit<SentenceFacts, 'object'>> & { readonly object?: Partial<Thing> | null }

const deployment: Thing = { apiGroup: 'apps', resource: 'deployments', subresource: '', namespace: 'prod', name: 'api' }
const pod: Thing = { apiGroup: '', resource: 'pods', subresource: '', namespace: 'prod', name: 'web-1' }

function say({ object, ...facts }: Case): string {
  return sentence({
    actor: { name: 'alice@acme.io', type: 'human' },
    impersonated: null,
    verb: 'get',
    class: 'read',
    outcome: 'success',
    code: 200,
    reason: '',
    path: '/x',
    detail: null,
    flags: {},
    client: { name: null },
    object: object === null ? null : { ...deployment, ...object },
    ...facts,
  })
}

function write(verb: string, facts: Case = {}): string {
  return say({ verb, class: 'write', ...facts })
}

function connect(subresource: string, detail: string | null): string {
  return say({ class: 'connect', code: 101, object: { ...pod, subresource }, detail })
}

describe('a change', () => {
  test('of an image names the image, and the client that claims to have done it', () => {
    expect(write('patch', { detail: 'image api:1.9', client: { name: 'kubectl' } })).toBe(
      'alice@acme.io changed the image of deployment api in prod to api:1.9 (kubectl)',
    )
    expect(write('patch', { detail: 'images a:1, b:2' })).toBe(
      'alice@acme.io changed the images of deployment api in prod to a:1, b:2',
    )
  })

  test.each([
    ['replicas 5', 'scaled deployment api in prod to 5'],
    ['restarted', 'restarted deployment api in prod'],
    ['image api:1.9; replicas 3', 'changed deployment api in prod (image api:1.9; replicas 3)'],
    ['applied image api:1.9', 'applied deployment api in prod (image api:1.9)'],
    ['labels a, b', 'changed deployment api in prod (labels a, b)'],
    [null, 'changed deployment api in prod'],
  ])('by a patch with detail %j', (detail, told) => {
    expect(write('patch', { detail })).toBe(`alice@acme.io ${told}`)
  })

  test('by the scale subresource reads like one by patch', () => {
    const object = { subresource: 'scale' }
    expect(write('update', { object, detail: 'replicas 5' })).toBe('alice@acme.io scaled deployment api in prod to 5')
    expect(write('update', { object })).toBe('alice@acme.io updated the scale of deployment api in prod')
  })

  test.each([
    ['cordoned', 'cordoned node n1'],
    ['uncordoned', 'uncordoned node n1'],
  ])('that %s a node', (detail, told) => {
    const object = { apiGroup: '', resource: 'nodes', namespace: '', name: 'n1' }
    expect(write('patch', { object, detail })).toBe(`alice@acme.io ${told}`)
  })
})

describe('a creation', () => {
  const flags = { created: true } as const

  test('names what was made', () => {
    expect(write('create', { flags, detail: 'image api:1.9' })).toBe(
      'alice@acme.io created deployment api in prod (image api:1.9)',
    )
  })

  test('by apply or by update says so', () => {
    expect(write('patch', { flags, detail: 'applied image api:1.9' })).toBe(
      'alice@acme.io created deployment api in prod by apply (image api:1.9)',
    )
    expect(write('update', { flags })).toBe('alice@acme.io created deployment api in prod by update')
  })

  test('whose name is not known is still told', () => {
    expect(write('create', { object: { ...pod, name: '' } })).toBe('alice@acme.io created a pod in prod')
    const ingress = { apiGroup: 'networking.k8s.io', resource: 'ingresses', name: '' }
    expect(write('create', { object: ingress })).toBe('alice@acme.io created an ingress in prod')
  })

  test('of a role binding tells the role', () => {
    const object = { apiGroup: 'rbac.authorization.k8s.io', resource: 'rolebindings', name: 'tmp-admin' }
    expect(write('create', { object, detail: 'role admin to user:mallory' })).toBe(
      'alice@acme.io created rolebinding tmp-admin in prod (role admin to user:mallory)',
    )
  })
})

describe('a deletion', () => {
  test('of one object', () => {
    expect(write('delete')).toBe('alice@acme.io deleted deployment api in prod')
  })

  test('of a collection says how many and which', () => {
    const object = { ...pod, name: '' }
    expect(write('deletecollection', { object, detail: '12 objects' })).toBe(
      'alice@acme.io deleted all pods in prod (12 objects)',
    )
    expect(write('deletecollection', { object })).toBe('alice@acme.io deleted all pods in prod')
    expect(write('deletecollection', { object, detail: '1 object; selector app=web' })).toBe(
      'alice@acme.io deleted all pods in prod that match app=web (1 object)',
    )
  })
})

describe('a subresource', () => {
  test.each([
    ['eviction', null, 'evicted pod web-1 in prod'],
    ['binding', 'node n1', 'bound pod web-1 in prod to node n1'],
    [
      'ephemeralcontainers',
      'debug container image busybox',
      'added a debug container to pod web-1 in prod (image busybox)',
    ],
    ['status', null, 'updated the status of pod web-1 in prod'],
    ['resize', null, 'resized pod web-1 in prod'],
    ['widget', null, 'created the widget of pod web-1 in prod'],
  ])('%s is told by what it does', (subresource, detail, told) => {
    expect(write('create', { object: { ...pod, subresource }, detail })).toBe(`alice@acme.io ${told}`)
  })

  test('token is the issue of a token', () => {
    const object = { apiGroup: '', resource: 'serviceaccounts', subresource: 'token', name: 'ci' }
    expect(write('create', { object, detail: 'token for 3600s' })).toBe(
      'alice@acme.io issued a token for serviceaccount ci in prod (token for 3600s)',
    )
  })

  test('approval says which way it went, where the body says so', () => {
    const object = {
      apiGroup: 'certificates.k8s.io',
      resource: 'certificatesigningrequests',
      namespace: '',
      name: 'x',
      subresource: 'approval',
    }
    expect(write('update', { object, detail: 'approved' })).toBe('alice@acme.io approved certificatesigningrequest x')
    expect(write('update', { object, detail: 'denied' })).toBe('alice@acme.io denied certificatesigningrequest x')
    expect(write('update', { object })).toBe('alice@acme.io approved or denied certificatesigningrequest x')
  })

  test('finalize is told of its namespace', () => {
    const object = { apiGroup: '', resource: 'namespaces', namespace: '', name: 'prod', subresource: 'finalize' }
    expect(write('update', { object })).toBe('alice@acme.io finalized namespace prod')
  })
})

describe('a connection', () => {
  test.each([
    ['exec', 'command sh -c ls', 'ran "sh -c ls" in pod web-1 in prod'],
    ['exec', 'command sh -c ls; container app', 'ran "sh -c ls" in pod web-1 in prod (container app)'],
    ['exec', 'command bash', 'opened a shell in pod web-1 in prod'],
    ['exec', 'command /bin/sh -i; container app', 'opened a shell in pod web-1 in prod (container app)'],
    ['exec', null, 'ran a command in pod web-1 in prod'],
    ['attach', 'container app', 'attached to pod web-1 in prod (container app)'],
    ['portforward', 'ports 8080', 'forwarded ports 8080 to pod web-1 in prod'],
    ['portforward', null, 'forwarded a port to pod web-1 in prod'],
    ['proxy', 'path /metrics', 'reached pod web-1 in prod through the API server (path /metrics)'],
  ])('by %s with detail %j', (subresource, detail, told) => {
    expect(connect(subresource, detail)).toBe(`alice@acme.io ${told}`)
  })

  test('whose command holds quotes stays one quoted text', () => {
    expect(connect('exec', 'command sh -c \'echo "hi" (kubectl)\'')).toBe(
      String.raw`alice@acme.io ran "sh -c 'echo \"hi\" (kubectl)'" in pod web-1 in prod`,
    )
  })
})

describe('a read', () => {
  const secret = { apiGroup: '', resource: 'secrets', name: 'db' }

  test.each([
    ['get', secret, 'read secret db in prod'],
    ['list', { ...secret, name: '' }, 'listed secrets in prod'],
    ['list', { ...secret, name: '', namespace: '' }, 'listed secrets in every namespace'],
    ['list', { apiGroup: '', resource: 'nodes', name: '', namespace: '' }, 'listed nodes'],
    ['list', secret, 'listed secret db in prod'],
    ['watch', { ...secret, name: '' }, 'watched secrets in prod'],
    ['get', { ...pod, subresource: 'log' }, 'read the logs of pod web-1 in prod'],
    ['get', { subresource: 'scale' }, 'read the scale of deployment api in prod'],
    [
      'create',
      { apiGroup: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews', name: '' },
      'asked about own permissions',
    ],
    ['create', { apiGroup: 'authentication.k8s.io', resource: 'tokenreviews', name: '' }, 'checked a token'],
  ])('%s of %j', (verb, object, told) => {
    expect(say({ verb, object })).toBe(`alice@acme.io ${told}`)
  })
})

describe('a request to no resource', () => {
  test('asks for its path', () => {
    expect(say({ class: 'other', object: null, path: '/healthz' })).toBe('alice@acme.io asked for /healthz')
    expect(say({ class: 'other', verb: 'post', object: null, path: '/x' })).toBe('alice@acme.io sent post to /x')
    expect(say({ class: 'other', object: null, path: '' })).toBe('alice@acme.io asked for a path that is not named')
  })
})

describe('who did it', () => {
  test('is the true caller, with the identity acted as', () => {
    const impersonated = { name: 'system:admin' }
    expect(write('delete', { actor: { name: 'bob', type: 'human' }, impersonated })).toBe(
      'bob, acting as system:admin, deleted deployment api in prod',
    )
    expect(write('delete', { impersonated: { name: 'system:serviceaccount:prod:api' } })).toBe(
      'alice@acme.io, acting as service account prod/api, deleted deployment api in prod',
    )
  })

  test.each([
    ['system:serviceaccount:ci:deployer', 'service-account', 'service account ci/deployer'],
    ['system:node:worker-1', 'node', 'node worker-1'],
    ['system:anonymous', 'anonymous', 'an anonymous caller'],
    ['system:kube-scheduler', 'control-plane', 'system:kube-scheduler'],
    ['', 'anonymous', 'someone'],
  ] as const)('%s', (name, type, told) => {
    expect(write('delete', { actor: { name, type } })).toBe(`${told} deleted deployment api in prod`)
  })

  test('cannot pass for somebody else by a clever name', () => {
    const name = 'bob, acting as system:admin,'
    expect(write('delete', { actor: { name, type: 'human' } })).toBe(
      '"bob, acting as system:admin," deleted deployment api in prod',
    )
    expect(write('delete', { actor: { name: 'service account ci/x', type: 'human' } })).toBe(
      '"service account ci/x" deleted deployment api in prod',
    )
  })
})

describe('how it ended', () => {
  const object = { apiGroup: 'rbac.authorization.k8s.io', resource: 'rolebindings', name: 'tmp-admin' }
  const bob = { name: 'bob', type: 'human' } as const

  test('denied', () => {
    const denied = { object, actor: bob, outcome: 'denied', code: 403, client: { name: 'kubectl' } } as const
    expect(write('create', denied)).toBe('bob was refused: could not create rolebinding tmp-admin in prod (forbidden)')
    expect(write('create', { ...denied, impersonated: { name: 'system:admin' } })).toBe(
      'bob, acting as system:admin, was refused: could not create rolebinding tmp-admin in prod (forbidden)',
    )
    expect(write('create', { ...denied, code: 401 })).toBe(
      'bob was refused: could not create rolebinding tmp-admin in prod (not authenticated)',
    )
  })

  test('denied for want of credentials', () => {
    const refused = { actor: { name: '', type: 'failed-authentication' }, outcome: 'denied', code: 401 } as const
    expect(say({ ...refused, class: 'other', object: null, path: '/api' })).toBe(
      'someone whose credentials were refused asked for /api',
    )
    expect(say({ ...refused, verb: 'list', object: { ...pod, name: '' } })).toBe(
      'someone whose credentials were refused asked to list pods in prod',
    )
  })

  test.each([
    [400, 'bad request'],
    [403, 'not admitted'],
    [404, 'not found'],
    [409, 'conflict'],
    [413, '413'],
    [422, 'invalid'],
    [429, 'too many requests'],
  ])('rejected with %d', (code, word) => {
    expect(write('create', { outcome: 'rejected', code })).toBe(
      `alice@acme.io tried to create deployment api in prod: rejected (${word})`,
    )
  })

  test('rejected for a reason, on one line and without a full stop', () => {
    const reason = 'admission webhook "x" denied the request: no\n  latest tag.'
    expect(write('create', { outcome: 'rejected', code: 400, reason })).toBe(
      'alice@acme.io tried to create deployment api in prod: rejected (bad request), admission webhook "x" denied the request: no latest tag',
    )
  })

  test('failed', () => {
    expect(write('patch', { outcome: 'error', code: 500, reason: 'boom' })).toBe(
      'alice@acme.io tried to change deployment api in prod: failed (500), boom',
    )
    expect(write('patch', { outcome: 'error', code: null })).toBe(
      'alice@acme.io tried to change deployment api in prod: failed',
    )
  })

  test('not known yet', () => {
    expect(write('create', { outcome: 'pending', code: null })).toBe(
      'alice@acme.io asked to create deployment api in prod',
    )
  })

  test('a dry run says so first', () => {
    expect(write('delete', { flags: { dryRun: true } })).toBe('dry run: alice@acme.io deleted deployment api in prod')
  })
})

describe('text that others chose', () => {
  test('cannot hide or reorder anything', () => {
    const told = write('delete', {
      object: { name: 'api\u{202e}gpj.exe' },
      actor: { name: '\u{1b}[2Kroot', type: 'human' },
    })
    expect(told).toBe(String.raw`"\u{1b}[2Kroot" deleted deployment "api\u{202e}gpj.exe" in prod`)
  })

  test('cannot push the outcome out of the sentence', () => {
    const long = 'x'.repeat(512)
    const object = { apiGroup: long, resource: long, namespace: long, name: long }
    const facts = { object, actor: { name: long, type: 'human' }, reason: long } as const
    const told = write('create', { ...facts, outcome: 'rejected', code: 409 })
    expect(told.length).toBe(sentenceCharsMax)
    expect(told).toContain(': rejected (conflict), xxx')
    const denied = write('create', { ...facts, impersonated: { name: long }, outcome: 'denied', code: 403 })
    expect(denied).toContain('was refused: could not create')
  })

  test('an unknown verb and an unknown resource still make a sentence', () => {
    const object = { apiGroup: 'example.com', resource: 'widgets', name: 'w' }
    expect(say({ verb: 'frob', class: 'other', object })).toBe('alice@acme.io sent frob to widget w in prod')
  })

  test('whatever comes, the sentence is one well-formed line within its bound that ends without a full stop', () => {
    const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code))
    const wild = fc.string({ unit, maxLength: 150 })
    const thing = fc.record({ apiGroup: wild, resource: wild, subresource: wild, namespace: wild, name: wild })
    const facts = fc.record({
      actor: fc.record({ name: wild, type: fc.constantFrom('human', 'failed-authentication') }),
      impersonated: fc.option(fc.record({ name: wild })),
      verb: fc.oneof(fc.constantFrom('get', 'patch', 'create', 'deletecollection'), wild),
      class: fc.constantFrom('read', 'write', 'connect', 'other'),
      outcome: fc.constantFrom('success', 'denied', 'rejected', 'error', 'pending'),
      code: fc.option(fc.constantFrom(200, 201, 401, 403, 409, 500)),
      reason: wild,
      path: wild,
      detail: fc.option(
        fc.oneof(
          wild,
          wild.map((text) => `image ${text}`),
          wild.map((text) => `command ${text}`),
        ),
      ),
      flags: fc.constantFrom({}, { dryRun: true } as const, { created: true } as const),
      client: fc.record({ name: fc.option(wild) }),
      object: fc.option(
        fc.oneof(
          thing,
          thing.map((given) => ({ ...given, resource: 'pods', subresource: 'exec' })),
        ),
      ),
    })
    fc.assert(
      fc.property(facts, (given) => {
        const told = sentence(given)
        expect(told.length).toBeLessThanOrEqual(sentenceCharsMax)
        expect(told).toMatch(/^[^\p{Cc}\p{Cs}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}]*[^.\s]$/u)
        expect(told.isWellFormed()).toBe(true)
      }),
    )
  })
})
