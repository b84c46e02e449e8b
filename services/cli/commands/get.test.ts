import { expect, test } from 'vitest'
import { plaintrail } from '../testing/captured-io.ts'
import { followed, sampleState, startHistoryApi } from '../testing/sample-history.ts'

const manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'checkout', namespace: 'shop', resourceVersion: '120' },
  spec: { replicas: 5 },
}

const answerOf = (different: object = {}): object => ({
  object: {},
  state: sampleState(),
  manifest,
  why_not: null,
  meta: { history: followed },
  ...different,
})

const yaml = [
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata:',
  '  name: checkout',
  '  namespace: shop',
  '  resourceVersion: "120"',
  'spec:',
  '  replicas: 5',
  '',
].join('\n')

test('the manifest alone goes to stdout, and what is to be known of it to stderr', async () => {
  await using api = await startHistoryApi({ at: answerOf() })
  const args = ['get', 'deploy/checkout', '-n', 'shop', '--at', '2026-11-20T14:05Z']
  const done = await plaintrail([...args, '-o', 'yaml'], { server: api.url })
  expect(done).toMatchObject({ code: 0, out: yaml })
  expect(done.err).toBe(
    'Deployment shop/checkout at 2026-11-20T14:17:22.000000Z: as written by alice@acme.io 2026-11-20T14:03:22.418211Z [exact]\n',
  )
  expect(api.requests.at(-1)?.path).toBe('/v1/objects/demo/apps/deployments/shop/checkout/at')
  expect(Object.fromEntries(api.requests.at(-1)?.query ?? [])).toEqual({ time: '2026-11-20T14:05:00Z' })
  expect((await plaintrail([...args], { server: api.url })).out).toBe(yaml)
  expect(JSON.parse((await plaintrail([...args, '-o', 'json'], { server: api.url })).out)).toEqual(manifest)
  const path = await plaintrail([...args, '-o', 'jsonpath={.spec.replicas}'], { server: api.url })
  expect(path.out).toBe('5\n')
  expect((await plaintrail([...args, '-o', 'name'], { server: api.url })).out).toBe('deployment/checkout\n')
})

test('YAML is as kubectl prints it: keys in order, no managedFields unless asked for, and quoted for its parser', async () => {
  const metadata = {
    name: 'x',
    managedFields: [{ manager: 'helm' }],
    labels: { on: 'yes', at: '2026-11-20T14:03:22Z' },
  }
  await using api = await startHistoryApi({ at: answerOf({ manifest: { kind: 'Pod', apiVersion: 'v1', metadata } }) })
  const { out } = await plaintrail(['get', 'deploy/checkout', '-o', 'yaml'], { server: api.url })
  expect(out).toBe(
    'apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    at: "2026-11-20T14:03:22Z"\n    "on": "yes"\n  name: x\n',
  )
  const all = await plaintrail(['get', 'deploy/checkout', '--show-managed-fields'], { server: api.url })
  expect(all.out).toContain('managedFields:\n    - manager: helm\n')
})

test('a state that is not sure is told to be so, with --quiet too', async () => {
  const says = 'A write that was not seen may have changed it.'
  await using api = await startHistoryApi({ at: answerOf({ state: sampleState({ or_unseen: true, says }) }) })
  const done = await plaintrail(['get', 'deploy/checkout', '--quiet'], { server: api.url })
  expect(done).toMatchObject({ code: 0, out: yaml, err: `! ${says}\n` })
  expect(api.requests.at(-1)?.query.get('time')).toBe('now')
})

test.each([
  ['gone', 5, '--at 2026-11-20T14:03:22.418210Z'],
  ['not-yet', 5, 'was not there'],
  ['maybe', 3, 'could not tell'],
] as const)('an object that is %s has no manifest and exit code %d', async (presence, code, words) => {
  const state = sampleState({ presence, fidelity: null, says: 'So it is.' })
  await using api = await startHistoryApi({ at: answerOf({ state, manifest: null }) })
  const done = await plaintrail(['get', 'deploy/checkout'], { server: api.url })
  expect(done).toMatchObject({ code, out: '', err: expect.stringContaining(words) })
  expect(done.err).toContain('So it is.')
})

test('what was recorded without its body is told with the rule that would have it', async () => {
  const whyNot = { says: 'It was recorded at Metadata.', policy: '- level: RequestResponse' }
  await using api = await startHistoryApi({ at: answerOf({ manifest: null, why_not: whyNot }) })
  const done = await plaintrail(['get', 'deploy/checkout'], { server: api.url })
  expect(done).toMatchObject({ code: 3, out: '' })
  expect(done.err).toMatch(/! It was recorded at Metadata\.\n[^]* {4}- level: RequestResponse\n/)
})

test('an object of two clusters must be chosen', async () => {
  await using api = await startHistoryApi({ at: answerOf() })
  const done = await plaintrail(['get', 'deploy/checkout', '-c', 'demo,other'], { server: api.url })
  expect(done).toMatchObject({ code: 2, out: '' })
  expect(done.err).toMatch(/in more than one cluster\n[^]*-c demo {2}\(Deployment\)\n {4}-c other/)
})
