// What rules found, asked of Postgres: the right findings and no other, on pages, and nothing of clusters that one may not see.

import { parseQuery } from '@plaintrail/query/parse-query'
import { everything, nothing, type Scope } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toldCharsMax } from './as-many-as-fit.ts'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findEvents } from './find-events.ts'
import { findFinding, findFindings, type FindingQuestion } from './find-findings.ts'
import type { EventPosition } from './find-records.ts'
import { findRules, findRuleVersion, findRuleVersions } from './find-rules.ts'
import { findingEvents } from './finding-events.ts'
import { findingsOfEvents } from './findings-of-events.ts'
import { ruleText, seedFinding, seedRule } from './findings-for-tests.ts'
import { openTestStore } from './history-for-tests.ts'
import type { Store } from './open-store.ts'
import { removeRule } from './rules.ts'

const secondUs = 1_000_000
const startUs = Date.UTC(2026, 10, 20, 12) * 1_000
const dayUs = 86_400 * secondUs
const everyTime = { sinceUs: 0, untilUs: startUs + 10 * dayUs }
const east: Scope = { kind: 'clusters', clusters: ['east'] }
const west: Scope = { kind: 'clusters', clusters: ['west'] }

const resources = new AsyncDisposableStack()
let store: Store
/** Ids of events of each cluster, oldest first: one an hour. */
let ofEast: readonly string[]
let ofWest: readonly string[]
let eastUid: string
let westUid: string
let exec: string
let secrets: string
let elsewhere: string

beforeAll(async () => {
  store = await openTestStore(resources, await createTestDatabase())
  const { uid } = await addCluster(store, { name: 'east' })
  eastUid = uid
  ;({ uid: westUid } = await addCluster(store, { name: 'west' }))
  const hours = Array.from({ length: 30 }, (_, hour) => hour)
  await storeDeliveries(store, [
    { cluster: uid, items: hours.map((hour) => item('east', hour)), receivedAtUs: startUs },
    { cluster: westUid, items: hours.map((hour) => item('west', hour)), receivedAtUs: startUs },
  ])
  ;[ofEast, ofWest] = [await eventsOf(east), await eventsOf(west)]
  await seedRule(store, ruleText('exec', { severity: 'high', controls: ['soc2:CC6.1', 'pci:10.2.1.2'] }))
  await seedRule(store, ruleText('secrets', { severity: 'low', controls: ['soc2:CC6.1'], groupBy: ['actor', 'verb'] }))
  exec = await seedFinding(store, {
    rule: 'exec',
    cluster: uid,
    group: { actor: 'alice', 'object.namespace': null },
    events: [ofEast[0] ?? '', ofEast[5] ?? '', ofEast[29] ?? ''],
    near: [ofEast[6] ?? ''],
  })
  secrets = await seedFinding(store, {
    rule: 'secrets',
    cluster: uid,
    group: { verb: 'get', actor: 'bob' },
    events: [ofEast[5] ?? '', ofEast[7] ?? ''],
  })
  elsewhere = await seedFinding(store, {
    rule: 'exec',
    cluster: westUid,
    group: { actor: 'alice', 'object.namespace': null },
    events: [ofWest[28] ?? ''],
  })
})

afterAll(() => resources.disposeAsync())

async function found(text: string, scope = everything, different: Partial<FindingQuestion> = {}): Promise<string[]> {
  const asked = { query: parseQuery(text, startUs), window: everyTime, sort: 'last', limit: 100, after: null } as const
  const { items } = await findFindings(store, scope, { ...asked, asOfUs: null, ...different })
  return items.map(({ id }) => id)
}

describe('findings', () => {
  test('are those of the question, the latest first', async () => {
    expect(await found('')).toEqual([exec, elsewhere, secrets])
    expect(await found('', everything, { sort: 'opened' })).toEqual([elsewhere, secrets, exec])
    expect(await found('rule:exec')).toEqual([exec, elsewhere])
    expect(await found('rule:e*,nothing cluster:east')).toEqual([exec])
    expect(await found('-rule:exec')).toEqual([secrets])
    expect(await found('severity:>=medium')).toEqual([exec, elsewhere])
    expect(await found('severity:<medium OR cluster:west')).toEqual([elsewhere, secrets])
    expect(await found('severity:critical')).toEqual([])
    expect(await found('control:pci:10.2.1.2')).toEqual([exec, elsewhere])
    expect(await found('control:soc2:*')).toEqual([exec, elsewhere, secrets])
    expect(await found('-control:pci:*')).toEqual([secrets])
    expect(await found(`vio:${secrets},fnd_nothing`)).toEqual([secrets])
    expect(await found('vio:fnd_nothing')).toEqual([])
    expect(await found('-vio:fnd_nothing rule:nothing')).toEqual([])
  })

  test('have what they were made of', async () => {
    const finding = await findFinding(store, everything, secrets)
    expect(finding).toMatchObject({
      id: secrets,
      rule: 'secrets',
      version: 1,
      cluster: 'east',
      severity: 'low',
      controls: ['soc2:CC6.1'],
      summary: 'something was found',
      events: 2,
      expired: 0,
      firstUs: startUs + 5 * 3_600 * secondUs,
      lastUs: startUs + 7 * 3_600 * secondUs,
      told: { title: 'Title of secrets' },
    })
    expect(Object.entries(finding?.group ?? {})).toEqual([
      ['actor', 'bob'],
      ['verb', 'get'],
    ])
    for (const id of ['fnd_', 'fnd_00000000000000000000000000', secrets.toLowerCase(), `${secrets} `, 'evt_0', '\0'])
      expect(await findFinding(store, everything, id), id).toBeNull()
  })

  test('of a window are those with an event in it, and not those that went on around it', async () => {
    const hour = 3_600 * secondUs
    const within = (from: number, to: number) => ({
      window: { sinceUs: startUs + from * hour, untilUs: startUs + to * hour },
    })
    expect(await found('', east, within(0, 1))).toEqual([exec])
    expect(await found('', east, within(5, 6))).toEqual([exec, secrets])
    expect(await found('', east, within(6, 8))).toEqual([secrets])
    expect(await found('', east, within(8, 29))).toEqual([])
    expect(await found('', east, within(29, 30))).toEqual([exec])
  })

  test.each(['last', 'opened'] as const)('sorted by %s go on where a page ended, each once', async (sort) => {
    const asked = { query: parseQuery('', startUs), window: everyTime, sort, limit: 1 }
    const ids: string[] = []
    let later = ''
    let [after, asOfUs] = [null as FindingQuestion['after'], null as FindingQuestion['asOfUs']]
    do {
      const page = await findFindings(store, everything, { ...asked, after, asOfUs })
      ids.push(...page.items.map(({ id }) => id))
      ;({ next: after, asOfUs } = page)
      if (ids.length === 1) later = await seedLater(sort)
    } while (after !== null)
    const all = await found('', everything, { sort })
    expect(ids).toEqual(all.filter((id) => id !== later))
    expect(all).toContain(later)
  })

  async function seedLater(sort: string): Promise<string> {
    const group = { actor: `later ${sort}`, 'object.namespace': null }
    return await seedFinding(store, { rule: 'exec', cluster: westUid, group, events: [ofWest[20] ?? ''] })
  }
})

test('a page of rules that say much ends early, and goes on', async () => {
  const commands = Array.from({ length: 50 }, (_, n) => `${n} ${'x'.repeat(900)}`)
  await seedRule(store, ruleText('wordy', { commands, description: 'y'.repeat(7_900) }))
  const [event = ''] = ofEast
  for (let n = 0; n < 250; n++)
    await seedFinding(store, { rule: 'wordy', cluster: eastUid, group: { actor: String(n) }, events: [event] })
  const asked = { query: parseQuery('rule:wordy', 0), window: everyTime, sort: 'last', limit: 1_000 } as const
  const first = await findFindings(store, everything, { ...asked, after: null, asOfUs: null })
  expect(first.items.length).toBeLessThan(250)
  expect(JSON.stringify(first.items).length).toBeLessThan(toldCharsMax * 1.2)
  const rest = await findFindings(store, everything, { ...asked, after: first.next, asOfUs: first.asOfUs })
  expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(250)
  expect(rest.next).toBeNull()
  await store.pool.query(`
    delete from rule_hit h using finding f join rule r on r.id = f.rule_id where f.id = h.finding_id and r.name = 'wordy';
    delete from finding f using rule r where r.id = f.rule_id and r.name = 'wordy'`)
  await removeRule(store, { name: 'wordy', source: 'api', who: { name: 'test', id: null } })
}, 60_000)

describe('the events of a finding', () => {
  test('are those that count, newest first, on pages of one moment', async () => {
    const finding = (await findFinding(store, everything, exec)) ?? expect.fail()
    const first = await findingEvents(store, everything, { finding, limit: 2, after: null, snapshot: null })
    expect(first.events.map(({ id }) => id)).toEqual([ofEast[29], ofEast[5]])
    const rest = await findingEvents(store, everything, {
      finding,
      limit: 2,
      after: first.next,
      snapshot: first.snapshot,
    })
    expect(rest.events.map(({ id }) => id)).toEqual([ofEast[0]])
    expect(rest.next).toBeNull()
    const before = { takenUs: 0, lanes: new Map([...(first.snapshot.lanes ?? [])].map(([lane]) => [lane, 5])) }
    const then = await findingEvents(store, everything, { finding, limit: 10, after: null, snapshot: before })
    expect(then.events.map(({ id }) => id)).toEqual([ofEast[0]])
  })

  test('are found by the words for it', async () => {
    const ids = async (text: string, scope = everything): Promise<readonly string[]> => {
      const asked = { query: parseQuery(text, startUs), window: everyTime, order: 'asc', limit: 100 } as const
      return (await findEvents(store, scope, { ...asked, after: null, snapshot: null })).events.map(({ id }) => id)
    }
    expect(await ids(`vio:${exec}`)).toEqual([ofEast[0], ofEast[5], ofEast[29]])
    expect(await ids('rule:secrets')).toEqual([ofEast[5], ofEast[7]])
    expect(await ids('rule:secrets severity:high')).toEqual([ofEast[5]])
    expect(await ids('rule:secrets -severity:high')).toEqual([ofEast[7]])
    expect(await ids('cluster:east -rule:*')).toHaveLength(26)
    expect(await ids(`vio:${elsewhere}`, east)).toEqual([])
    expect(await ids('rule:exec', west)).not.toContain(ofEast[0])
    expect(await ids('rule:exec severity:>=info control:*', nothing)).toEqual([])
  })

  test('are said beside each', async () => {
    const asked = { query: parseQuery('', 0), window: everyTime, order: 'asc', limit: 100 } as const
    const { events } = await findEvents(store, east, { ...asked, after: null, snapshot: null })
    const beside = await findingsOfEvents(store, everything, events)
    expect(beside.get(ofEast[5] ?? '')).toEqual([exec, secrets].toSorted())
    expect(beside.get(ofEast[0] ?? '')).toEqual([exec])
    expect(beside.has(ofEast[6] ?? '')).toBe(false)
    expect(beside.size).toBe(4)
    expect(await findingsOfEvents(store, west, events)).toEqual(new Map())
    expect(await findingsOfEvents(store, everything, [])).toEqual(new Map())
  })
})

describe('who may see one cluster', () => {
  test('sees no finding of another, by list, by id, or by what a rule found', async () => {
    expect(await found('', east)).toEqual([exec, secrets])
    expect(await found('cluster:west', east)).toEqual([])
    expect(await found(`vio:${elsewhere}`, east)).toEqual([])
    expect(await found('-severity:low', nothing)).toEqual([])
    expect(await findFinding(store, east, elsewhere)).toBeNull()
    expect(await findFinding(store, west, elsewhere)).not.toBeNull()
    expect(await findFinding(store, nothing, exec)).toBeNull()
    const finding = (await findFinding(store, everything, exec)) ?? expect.fail()
    const asked = { finding, limit: 10, after: null, snapshot: null }
    expect((await findingEvents(store, west, asked)).events).toEqual([])
    const counts = async (scope: Scope) =>
      (await findRules(store, scope, { limit: 10, after: null })).items.map(({ name, findings }) => [name, findings])
    expect(await counts(east)).toEqual([
      ['exec', 1],
      ['secrets', 1],
    ])
    expect(await counts(nothing)).toEqual([
      ['exec', 0],
      ['secrets', 0],
    ])
  })
})

describe('rules', () => {
  test('are listed by name, on pages, with the version in force', async () => {
    await seedRule(store, ruleText('a-rule', { title: 'One' }), 'alice')
    await seedRule(store, ruleText('a-rule', { title: 'Two' }), 'bob')
    const names: string[] = []
    for (let after: EventPosition | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const { items, next } = await findRules(store, everything, { limit: 2, after })
      names.push(...items.map(({ name }) => name))
      after = next
    }
    expect(names).toEqual(['a-rule', 'exec', 'secrets'])
    const [rule] = (await findRules(store, everything, { limit: 1, after: null })).items
    expect(rule).toMatchObject({ version: 2, author: 'bob', source: 'api', told: { title: 'Two' }, findings: 0 })
    const first = await findRuleVersions(store, 'a-rule', { limit: 1, after: null })
    expect(first.items.map(({ version, author }) => [version, author])).toEqual([[2, 'bob']])
    const second = await findRuleVersions(store, 'a-rule', { limit: 1, after: first.next })
    expect(second).toMatchObject({ items: [{ version: 1, author: 'alice' }], next: null })
    expect((await findRuleVersion(store, 'a-rule', 1))?.text).toContain('"One"')
    expect(await findRuleVersion(store, 'a-rule', 3)).toBeNull()
    expect((await findRuleVersions(store, 'none', { limit: 1, after: null })).items).toEqual([])
  })
})

async function eventsOf(scope: Scope): Promise<readonly string[]> {
  const asked = { query: parseQuery('', 0), window: everyTime, order: 'asc', limit: 100 } as const
  return (await findEvents(store, scope, { ...asked, after: null, snapshot: null })).events.map(({ id }) => id)
}

function item(cluster: string, hour: number): string {
  const time = `${new Date((startUs + hour * 3_600 * secondUs) / 1_000).toISOString().slice(0, -1)}000Z`
  return JSON.stringify({
    level: 'Metadata',
    auditID: `${cluster}-${hour}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/configmaps',
    verb: 'create',
    user: { username: 'alice', groups: [] },
    sourceIPs: ['10.0.3.7'],
    userAgent: 'kubectl/v1.33.3',
    objectRef: { resource: 'configmaps', namespace: 'shop', name: `c-${hour}`, apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 201 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    annotations: {},
  })
}
