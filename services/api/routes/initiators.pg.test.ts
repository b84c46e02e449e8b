// Who is behind events, over HTTP, on what a real API server posted.

import { attributeBounds, createAttributor } from '@plaintrail/store/attributor'
import { lanesOf } from '@plaintrail/store/history-for-tests'
import { storeCorpus } from '@plaintrail/store/store-corpus-for-tests'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pageOf, problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
const nowUs = Date.UTC(2026, 10, 28) * 1_000
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection, { nowUs: () => nowUs }))
  await storeCorpus(api.store, corpusVersions().slice(0, 1).map(corpusOf))
}, 120_000)

afterAll(() => resources.disposeAsync())

interface Told {
  readonly id: string
  readonly actor: { readonly name: string; readonly type: string }
  readonly initiator?: {
    readonly kind: string
    readonly name: string
    readonly confidence: string
    readonly chain: readonly { readonly what: string; readonly event: string; readonly why: string }[]
    readonly considered: readonly string[]
  } | null
}

const pods =
  '/v1/events?since=60d&limit=500&kind=pods&verb=create&actor=system:serviceaccount:kube-system:replicaset-controller'

test('until it was looked for, nobody is behind what controllers did; a person is himself', async () => {
  const events = await ask(`${pods}&include=initiator`)
  expect(events.length).toBeGreaterThan(10)
  expect(new Set(events.map(({ initiator }) => initiator))).toEqual(new Set([null]))
  const [own] = await ask('/v1/events?since=60d&limit=1&actor=alice@acme.io&include=initiator')
  const alice = { kind: 'person', name: 'alice@acme.io', confidence: 'certain', chain: [], considered: [] }
  expect(own?.initiator).toEqual(alice)
})

test('who is behind events can be asked for, and the answer says how far that is known', async () => {
  const asked = '/v1/events?since=60d&limit=500&q=initiator:alice@acme.io'
  const before = await pageOf(await api.get(asked))
  expect(before.meta.attribution).toMatchObject({ complete: false })
  expect(new Set(before.data.map(({ actor }) => actor.name))).toEqual(new Set(['alice@acme.io']))
  await attributeAll()
  const after = await pageOf(await api.get(`${asked}+-actor:alice@acme.io&include=initiator`))
  expect(after.meta.attribution).toEqual({ complete: true, behind: 0, until: null })
  expect(after.data.length).toBeGreaterThan(20)
  const behind = await ask(`${asked}+-actor:alice@acme.io&include=initiator`)
  expect(new Set(behind.map(({ initiator }) => initiator?.name))).toEqual(new Set(['alice@acme.io']))
  expect((await pageOf(await api.get('/v1/events?q=actor:alice@acme.io'))).meta).not.toHaveProperty('attribution')
})

test.each(['initiator=alice', 'q=-initiator:alice', 'q=ns:a+OR+initiator:%22%22'])(
  'who is behind events cannot be followed live, which is said: %s',
  async (parameters) => {
    const response = await api.get(`/v1/events/stream?${parameters}`)
    expect(response.status).toBe(422)
    expect(await problemOf(response)).toMatchObject({ code: 'unavailable' })
  },
)

test('a pod is the work of who changed its Deployment, and each link is an event that can be asked for', async () => {
  await attributeAll()
  const events = await ask(`${pods}&include=initiator`)
  const people = events.filter(({ initiator }) => initiator?.kind === 'person')
  expect(people.length / events.length).toBeGreaterThan(0.8)
  const made = people.find(({ initiator }) => initiator?.chain.length === 2)
  const [replicaSet, deployment] = made?.initiator?.chain ?? []
  expect([replicaSet?.what, deployment?.what]).toEqual(['owner', 'owner'])
  const cause = await ask<Told>(`/v1/events/${deployment?.event}`)
  expect(cause.actor).toMatchObject({ name: made?.initiator?.name, type: 'human' })
  expect(cause.initiator).toMatchObject({ kind: 'person', name: made?.initiator?.name, confidence: 'certain' })
})

test('a history and one event say it unasked, a list where it is asked, and a field of it alone', async () => {
  const [pod] = await ask(pods)
  expect(pod).not.toHaveProperty('initiator')
  const one = await ask<Told & { readonly links: { readonly history: string } }>(`/v1/events/${pod?.id}`)
  expect(one.initiator?.kind).toBeDefined()
  const history = await ask(one.links.history)
  expect(history.every(({ initiator }) => initiator !== undefined && initiator !== null)).toBe(true)
  const [field] = await ask(`${pods}&include=initiator&fields=initiator.name`)
  expect(Object.keys(field?.initiator ?? {})).toEqual(['name'])
})

async function attributeAll(): Promise<void> {
  const attributor = createAttributor(api.store)
  for (const lane of await lanesOf(api.store)) {
    for (let kind = ''; kind !== 'idle';) kind = (await attributor.attribute(lane, attributeBounds, nowUs)).kind
  }
}

/** The answer's shape is what the callers test. */
async function ask<Answer = readonly Told[]>(path: string): Promise<Answer> {
  const response = await api.get(path)
  if (response.status !== 200) throw new Error(`no answer but ${response.status} ${await response.text()}`)
  const answer = (await response.json()) as { readonly data?: Answer } & Answer
  return answer.data ?? answer
}
