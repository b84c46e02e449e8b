// The states of objects over HTTP, on what real API servers posted: as kubectl got them, and never more sure than that.

import { applyChanges } from '@plaintrail/history/apply-changes'
import { diffObjects, type Change } from '@plaintrail/history/diff-objects'
import { parseFieldPath } from '@plaintrail/history/field-path'
import type { JsonPatchOperation } from '@plaintrail/history/json-patch'
import { isJsonObject, isSameJson, type JsonObject } from '@plaintrail/history/json-values'
import { maskSecrets } from '@plaintrail/history/mask-secrets'
import { patchedByJson } from '@plaintrail/history/patches-for-tests'
import { followAll } from '@plaintrail/store/history-for-tests'
import { storeCorpus } from '@plaintrail/store/store-corpus-for-tests'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { problemOf, startTestApi, type TestApi } from '../api-for-tests.ts'

const resources = new AsyncDisposableStack()
/** After both weeks; a test that needs another now sets it. */
const clock = { us: Date.UTC(2026, 10, 28) * 1_000 }
let api: TestApi

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  api = resources.use(await startTestApi(database.connection, { nowUs: () => clock.us }))
  await storeCorpus(api.store, corpusVersions().map(corpusOf))
  await followAll(api.store)
}, 240_000)

afterAll(() => resources.disposeAsync())

interface Told {
  readonly time: string
  readonly presence: string
  readonly fidelity: string | null
  readonly uid: string | null
  readonly revision: { readonly event: string; readonly actor: { readonly name: string } | null } | null
  readonly or_already: unknown
  readonly or_unseen: boolean
  readonly says: string
}

interface AtAnswer {
  readonly state: Told
  readonly manifest: JsonObject | null
  readonly why_not: { readonly says: string; readonly policy: string | null } | null
  readonly meta: { readonly history: { readonly complete: boolean; readonly behind: number } }
}

interface RevisionAnswer {
  readonly event: string
  readonly time: string
  readonly uid: string | null
  readonly resource_version: number | null
  readonly fidelity: string
  readonly significance: string
  readonly source: string
  readonly summary: string
  readonly changes_count: number
  readonly actor: { readonly name: string } | null
  readonly client: string | null
}

interface RevisionsAnswer {
  readonly data: readonly RevisionAnswer[]
  readonly next_cursor: string | null
  readonly lifetimes: readonly { readonly uid: string; readonly end: string; readonly made: unknown }[]
  readonly meta: { readonly hidden: number; readonly why_not: AtAnswer['why_not'] }
}

interface DiffAnswer {
  readonly from: Told
  readonly to: Told
  readonly recreated: string | null
  readonly changes: readonly (Omit<Change, 'path' | 'secret'> & { readonly path: string; readonly secret: boolean })[]
  readonly changes_count: number
  readonly noise_count: number
}

interface Changed {
  readonly id: string
  readonly change: { readonly significance: string; readonly summary: string; readonly sure: boolean } | null
}

/** `deployments.apps/shop/api`, as steps.json names objects, and the path of the API. */
function pathOf(version: string, object: string): string {
  const [kind = '', namespace = '', name = ''] = object.split('/')
  const [resource, ...group] = kind.split('.')
  const parts = [`lab-${version}`, group.join('.') || 'core', resource, namespace || '_', name]
  return `/v1/objects/${parts.join('/')}`
}

async function ask<Answer>(path: string): Promise<Answer> {
  const response = await api.get(path)
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

/** kubectl leaves managedFields out. */
function withoutManagers(object: JsonObject | null): JsonObject {
  const { managedFields: _, ...metadata } = isJsonObject(object?.['metadata']) ? object['metadata'] : {}
  return { ...object, metadata }
}

async function everyRevision(path: string): Promise<readonly RevisionAnswer[]> {
  const all: RevisionAnswer[] = []
  let page = await ask<RevisionsAnswer>(`${path}/revisions?all=true&limit=3`)
  for (;;) {
    all.push(...page.data)
    if (page.next_cursor === null) return all
    page = await ask(`${path}/revisions?cursor=${page.next_cursor}`)
  }
}

describe.each(corpusVersions())('Kubernetes %s', (version) => {
  const { steps } = corpusOf(version)
  const deployment = pathOf(version, 'deployments.apps/shop/api')

  test('an exact state after a step is what kubectl got then, and what was gone is not there', async () => {
    let same = 0
    for (const { name, ended, state } of steps) {
      for (const [object, got] of Object.entries(state)) {
        const path = pathOf(version, object)
        if (got === null) {
          const response = await api.get(`${path}/at?time=${ended}`)
          expect(response.status, `${name} ${object}`).toBe(200)
          expect(((await response.json()) as AtAnswer).state.presence, `${name} ${object}`).not.toBe('present')
          continue
        }
        const response = await api.get(`${path}/at?time=rv:${got.metadata.resourceVersion}`)
        expect(response.status, `${name} ${object}`).toBe(200)
        const { state: told, manifest } = (await response.json()) as AtAnswer
        if (told.fidelity !== 'exact' || told.or_unseen || told.or_already !== null) continue
        expect(isSameJson(withoutManagers(manifest), maskSecrets(got)), `${name} ${object}`).toBe(true)
        same++
      }
    }
    expect(same).toBeGreaterThan(35)
  })

  test('a state is the same by its time, its event and its version, as JSON and as YAML', async () => {
    const { data } = await ask<RevisionsAnswer>(`${deployment}/revisions?limit=5`)
    expect(data.length).toBe(5)
    for (const { event, resource_version: version_ } of data) {
      const byEvent = await ask<AtAnswer>(`${deployment}/at?time=${event}`)
      const byVersion = await ask<AtAnswer>(`${deployment}/at?time=rv:${version_}`)
      expect(byEvent.state).toMatchObject({ presence: 'present', revision: { event } })
      expect(byVersion.manifest).toEqual(byEvent.manifest)
      const yaml = await api.get(`${deployment}/at?time=${event}`, { accept: 'application/yaml' })
      const text = await yaml.text()
      expect(yaml.headers.get('content-type')).toMatch(/^application\/yaml/)
      expect(text).toContain(`# Revision ${event} of `)
      expect(parse(text)).toEqual(byEvent.manifest)
    }
  })

  test('the pages of revisions have each once, by version, and what is noise only where it is asked for', async () => {
    const all = await everyRevision(deployment)
    expect(new Set(all.map(({ event }) => event)).size).toBe(all.length)
    const versions = all.flatMap(({ resource_version: one }) => one ?? [])
    expect(versions).toEqual(versions.toSorted((a, b) => b - a))
    const meant = await ask<RevisionsAnswer>(`${deployment}/revisions`)
    const isNoise = ({ significance }: RevisionAnswer): boolean =>
      ['status', 'renewal', 'bookkeeping'].includes(significance)
    expect(meant.data).toEqual(all.filter((one) => !isNoise(one)))
    expect(meant.meta.hidden).toBe(all.filter(isNoise).length)
    expect(meant.meta.hidden).toBeGreaterThan(3)
    expect(meant.data.map(({ summary }) => summary)).toContain('replicas 3 → 5')
    expect(meant.data.every(({ actor, client }) => actor !== null && client !== null)).toBe(true)
    expect(meant.data.at(-1)).toMatchObject({ initiator: { kind: 'person' } })
  })

  test('a difference leads from one state to the other, whichever two', async () => {
    const { data } = await ask<RevisionsAnswer>(`${deployment}/revisions?all=true&limit=8`)
    for (const older of data) {
      for (const newer of data.slice(0, 3)) {
        const diff = await ask<DiffAnswer>(`${deployment}/diff?from=${older.event}&to=${newer.event}&noise=true`)
        const from = await ask<AtAnswer>(`${deployment}/at?time=${older.event}`)
        const to = await ask<AtAnswer>(`${deployment}/at?time=${newer.event}`)
        const changes = diff.changes.map(({ secret, ...change }) => ({
          ...change,
          path: parseFieldPath(change.path),
          ...(secret && { secret: 'whole' as const }),
        }))
        const { object, missed } = applyChanges(from.manifest, changes)
        expect(missed).toEqual([])
        expect(diffObjects(object, to.manifest).changes).toEqual([])
      }
    }
  })

  test('an undo gives the state before, but for noise', async () => {
    let undone = 0
    for (const { event, changes_count: count, significance, source } of await everyRevision(deployment)) {
      if (significance !== 'changed' || count === 0 || source === 'read') continue
      const { time, durationUs } = await ask<{ time: string; durationUs: number }>(`/v1/events/${event}`)
      clock.us = Date.parse(time) * 1_000 + Number(time.slice(-4, -1)) + durationUs
      const { patches, conflicts, refused, commands, ...undo } = await ask<{
        readonly patches: { readonly json: readonly JsonPatchOperation[] | null }
        readonly conflicts: readonly unknown[]
        readonly refused: readonly unknown[]
        readonly commands: readonly { readonly line: string }[]
        readonly state: Told
      }>(`${deployment}/undo?event=${event}`)
      clock.us = Date.UTC(2026, 10, 28) * 1_000
      if (undo.state.revision?.event !== event) continue
      const { manifest } = await ask<AtAnswer>(`${deployment}/at?time=${event}`)
      const { from } = await ask<DiffAnswer>(`${deployment}/diff?to=${event}`)
      const before = await ask<AtAnswer>(`${deployment}/at?time=${from.revision?.event ?? ''}`)
      const { changes } = diffObjects(patchedByJson(manifest, patches.json ?? []), before.manifest)
      expect(changes.filter(({ noise }) => !noise)).toEqual([])
      expect([conflicts, refused]).toEqual([[], []])
      expect(commands.at(-1)?.line).toMatch(/^kubectl patch deployments\.apps\/api /)
      undone++
    }
    expect(undone).toBeGreaterThan(4)
  })

  test('what was changed again since is a conflict, with who did, and what made an object is refused', async () => {
    const { data } = await ask<RevisionsAnswer>(`${deployment}/revisions?limit=100`)
    const [last, image] = data.filter(({ summary }) => summary.startsWith('image '))
    const created = data.find(({ significance }) => significance === 'created')
    const undo = await ask<{ conflicts: readonly { path: string; by: { event: string } | null }[] }>(
      `${deployment}/undo?event=${image?.event}`,
    )
    expect(undo.conflicts.map(({ path, by }) => [path, by?.event])).toEqual([
      ['spec.template.spec.containers[api].image', last?.event],
    ])
    const refused = await ask<{ refused: readonly { says: string }[] }>(`${deployment}/undo?event=${created?.event}`)
    expect(refused.refused[0]?.says).toMatch(/made the object/)
  })

  test('of an object that was made again both lives are told, and a difference across says so', async () => {
    const again = pathOf(version, 'configmaps/shop/again')
    const { lifetimes, data } = await ask<RevisionsAnswer>(`${again}/revisions`)
    expect(lifetimes.map(({ end }) => end)).toEqual(['open', 'seen'])
    expect(new Set(data.map(({ uid }) => uid)).size).toBe(2)
    const created = data.filter(({ significance }) => significance === 'created')
    const [newer, older] = created
    const diff = await ask<DiffAnswer>(`${again}/diff?from=${older?.event}&to=${newer?.event}`)
    expect(diff.recreated).toContain(older?.uid)
    const ended = data.find(({ significance }) => significance === 'deleted')
    const gone = await ask<AtAnswer>(`${again}/at?time=${ended?.event}`)
    expect([gone.state.presence, gone.manifest]).toEqual(['gone', null])
    const before = await ask<AtAnswer>(`${again}/at?time=${older?.event}`)
    expect(before.manifest?.['kind']).toBe('ConfigMap')
  })

  test('an event says what it changed: in the history of its object, alone, and in a list that asks for it', async () => {
    const revisions = await everyRevision(deployment)
    const { data } = await ask<{ data: readonly Changed[] }>(`${deployment}/history?limit=200`)
    const told = new Map(revisions.map(({ event, summary, significance }) => [event, [significance, summary]]))
    const summaries = data.flatMap(({ id, change }) => (change === null ? [] : [[id, change] as const]))
    for (const [id, { significance, summary }] of summaries) expect([significance, summary]).toEqual(told.get(id))
    expect(summaries.length).toBeGreaterThan(20)
    const scaled = data.find(({ change }) => change?.summary === 'replicas 3 → 5')
    const { change } = await ask<Changed>(`/v1/events/${scaled?.id}`)
    expect(change).toEqual(scaled?.change)
    const list = `/v1/events?since=1970-01-01&cluster=lab-${version}&kind=deploy&class=write&limit=1000`
    const page = await ask<{ data: readonly Changed[] }>(`${list}&include=changes&fields=id,change.summary`)
    expect(page.data).toContainEqual({ id: scaled?.id, change: { summary: 'replicas 3 → 5' } })
    const plain = await ask<{ data: readonly Changed[] }>(list)
    expect(plain.data[0]).not.toHaveProperty('change')
  })

  test('what somebody asks that makes no sense is told how to mend, and another object is not there', async () => {
    const wrong = ['from=rv:x', 'from=rv:0', 'to=evt_x', 'from=never', 'from=%00', 'noise=maybe', 'at=1', 'to=']
    for (const one of wrong) {
      const problem = await problemOf(await api.get(`${deployment}/diff?${one}`))
      expect([problem.status, typeof problem.hint], one).toEqual([400, 'string'])
    }
    expect((await problemOf(await api.get(`${deployment}/undo`))).status).toBe(400)
    expect((await problemOf(await api.get(`${deployment}/undo?event=2h`))).status).toBe(400)
    const { data } = await ask<RevisionsAnswer>(`${pathOf(version, 'configmaps/shop/again')}/revisions`)
    expect(await problemOf(await api.get(`${deployment}/at?time=${data[0]?.event}`))).toMatchObject({
      status: 400,
      parameter: 'time',
    })
    for (const route of ['revisions', 'at', 'diff', `undo?event=${data[0]?.event}`])
      expect((await api.get(`${pathOf(version, 'configmaps/shop/nobody')}/${route}`)).status).toBe(404)
    expect((await api.get('/v1/objects/nowhere/core/pods/a/b/at')).status).toBe(404)
  })
})
