// Blame over HTTP, on what real API servers posted: what differs after a step is of an event of that step.

import { followAll } from '@plaintrail/store/history-for-tests'
import { keepBlame, keepBlameBounds } from '@plaintrail/store/keep-blame'
import { storeCorpus } from '@plaintrail/store/store-corpus-for-tests'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection, { nowUs: () => Date.UTC(2026, 10, 28) * 1_000 }))
  await storeCorpus(api.store, corpusVersions().map(corpusOf))
  await followAll(api.store)
  await keepBlame(api.store, { bounds: { ...keepBlameBounds, every: 3 } })
}, 240_000)

afterAll(() => resources.disposeAsync())

interface Ref {
  readonly event: string
  readonly time: string
  readonly resource_version: number | null
  readonly actor: { readonly name: string } | null
  readonly verb: string
}

interface Field {
  readonly path: string
  readonly value: unknown
  readonly how: string
  readonly revision: Ref | null
  readonly after: Ref | null
  readonly manager: string | null
  readonly noise: boolean
  readonly secret: boolean
}

interface BlameAnswer {
  readonly state: { readonly presence: string; readonly fidelity: string | null }
  readonly fields: readonly Field[]
  readonly is_cut: boolean
  readonly why_not: { readonly policy: string | null } | null
}

/** `deployments.apps/shop/api`, as steps.json names objects. */
function pathOf(version: string, object: string): string {
  const [kind = '', namespace = '', name = ''] = object.split('/')
  const [resource, ...group] = kind.split('.')
  return `/v1/objects/lab-${version}/${group.join('.') || 'core'}/${resource}/${namespace || '_'}/${name}`
}

async function ask(path: string): Promise<BlameAnswer> {
  const response = await api.get(path)
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as BlameAnswer
}

describe.each(corpusVersions())('Kubernetes %s', (version) => {
  const { steps } = corpusOf(version)

  test('a field that differs after a step is of an event of that step, one that does not is of none', async () => {
    const seen = new Map<string, { readonly values: ReadonlyMap<string, unknown>; readonly ended: number }>()
    const found = { changed: 0, kept: 0, lists: 0 }
    for (const { name, began, ended, state } of steps) {
      for (const [object, got] of Object.entries(state)) {
        if (got === null) continue
        const response = await api.get(`${pathOf(version, object)}/blame?at=rv:${got.metadata.resourceVersion}`)
        if (response.status === 404) continue
        const { fields } = (await response.json()) as BlameAnswer
        const values = new Map(fields.map(({ path, value }) => [path, value]))
        const before = seen.get(got.metadata.uid ?? '')
        for (const { path, value, how, revision, secret } of fields) {
          if (how !== 'set' || secret || revision === null) continue
          const at = Date.parse(revision.time)
          const isSame = before !== undefined && JSON.stringify(before.values.get(path)) === JSON.stringify(value)
          if (isSame && at < Date.parse(began)) found.kept++
          if (isSame || before === undefined) continue
          expect(at, `${name} ${object} ${path}`).toBeGreaterThanOrEqual(before.ended)
          expect(at - slackMs, `${name} ${object} ${path}`).toBeLessThanOrEqual(Date.parse(ended))
          found.changed++
          if (path.includes('[')) found.lists++
        }
        seen.set(got.metadata.uid ?? '', { values, ended: Date.parse(ended) })
      }
    }
    expect(found.changed).toBeGreaterThan(15)
    expect(found.lists).toBeGreaterThan(5)
    expect(found.kept).toBeGreaterThan(200)
  })

  test('whoever set a field is named, with what managedFields say', async () => {
    const { fields, is_cut } = await ask(`${pathOf(version, 'deployments.apps/shop/api')}/blame`)
    const image = fields.find(({ path }) => path === 'spec.template.spec.containers[api].image')
    expect(image).toMatchObject({ revision: { event: expect.stringMatching(/^evt_/) as unknown } })
    expect(image?.revision?.actor?.name).toMatch(/./)
    expect(image?.manager).toMatch(/kubectl/)
    expect(fields.some(({ noise }) => noise)).toBe(false)
    expect(is_cut).toBe(false)
    const all = await ask(`${pathOf(version, 'deployments.apps/shop/api')}/blame?noise=true`)
    expect(all.fields.some(({ path, noise }) => noise && path.startsWith('status.'))).toBe(true)
  })

  test('no value of a secret is shown, and of what is gone the last state is blamed before its end', async () => {
    const secrets = steps.flatMap(({ state }) => Object.keys(state).filter((object) => object.startsWith('secrets/')))
    for (const object of new Set(secrets)) {
      const response = await api.get(`${pathOf(version, object)}/blame`)
      if (response.status === 404) continue
      const { fields } = (await response.json()) as BlameAnswer
      for (const { path, value } of fields) if (path.startsWith('data')) expect(value).toBe('(hidden)')
    }
    let gone = 0
    const last = new Map<string, string>()
    for (const { ended, state } of steps) {
      for (const [object, got] of Object.entries(state)) {
        const before = last.get(object)
        if (got !== null) last.set(object, ended)
        if (got !== null || before === undefined) continue
        const after = await ask(`${pathOf(version, object)}/blame?at=${ended}`)
        if (after.state.presence !== 'gone') continue
        expect(after.fields).toEqual([])
        const then = await ask(`${pathOf(version, object)}/blame?at=${before}`)
        expect(then.fields.length, object).toBeGreaterThan(2)
        gone++
      }
    }
    expect(gone).toBeGreaterThan(0)
  })
})

/** Controllers may still write while the state is asked for. */
const slackMs = 2_000
