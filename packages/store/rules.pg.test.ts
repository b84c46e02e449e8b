import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { openTestStore } from './history-for-tests.ts'
import { rulesOf } from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import {
  currentRule,
  currentRules,
  putRules,
  removeRule,
  replaceRules,
  ruleVersions,
  type RuleSource,
} from './rules.ts'

const who = { name: 'alice', id: '018f0000-0000-7000-8000-000000000001' }
const get = `match: 'verb:get'`
const list = `match: 'verb:list'`

async function put(store: Store, source: RuleSource, specs: Readonly<Record<string, string>>, ifVersion?: number) {
  return await putRules(store, { source, author: `by ${source}`, rules: rulesOf(specs) }, ifVersion ?? null)
}

test('of one name the API comes before the folder and the folder before the pack, and what is taken away uncovers the next', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  const inForce = async () => {
    const rule = await currentRule(store, 'a')
    return rule && [rule.source, rule.version, rule.author]
  }
  expect(await put(store, 'pack', { a: get })).toEqual([{ kind: 'put', name: 'a', version: 1 }])
  expect(await put(store, 'api', { a: list })).toEqual([{ kind: 'put', name: 'a', version: 2 }])
  expect(await put(store, 'folder', { a: `${get}, description: mine` })).toEqual([
    { kind: 'put', name: 'a', version: 3 },
  ])
  expect(await inForce()).toEqual(['api', 2, 'by api'])
  expect(await removeRule(store, { name: 'a', source: 'api', who })).toBe(true)
  expect(await inForce()).toEqual(['folder', 3, 'by folder'])
  expect(await removeRule(store, { name: 'a', source: 'api', who })).toBe(false)
  expect(await replaceRules(store, { source: 'folder', author: 'x', rules: [] })).toEqual({ put: [], gone: ['a'] })
  expect(await inForce()).toEqual(['pack', 1, 'by pack'])
  expect((await ruleVersions(store, 'a')).map(({ version, source }) => [version, source])).toEqual([
    [3, 'folder'],
    [2, 'api'],
    [1, 'pack'],
  ])
})

test('what says the same is no new version, and comments and tests are those that came last', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  const [rule] = rulesOf({ a: get })
  if (rule === undefined) throw new Error('one rule')
  await putRules(store, { source: 'pack', author: 'x', rules: [rule] })
  const commented = { ...rule, text: `# why\n${rule.text}` }
  expect(await putRules(store, { source: 'pack', author: 'x', rules: [commented] })).toEqual([
    { kind: 'held', name: 'a', version: 1 },
  ])
  expect((await currentRule(store, 'a'))?.text).toBe(commented.text)
  expect((await currentRule(store, 'a'))?.hash).toBe(rule.hash)
})

test('whoever changes a rule that changed meanwhile is told, and of two at once one wins', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  expect(await put(store, 'api', { a: get }, 1)).toEqual([{ kind: 'stale', name: 'a', version: 0 }])
  await put(store, 'api', { a: get }, 0)
  const both = await Promise.all([put(store, 'api', { a: list }, 1), put(store, 'api', { a: `${list}, owner: me` }, 1)])
  expect(both.flat().map(({ kind }) => kind)).toEqual(expect.arrayContaining(['put', 'stale']))
  expect((await currentRules(store)).map(({ name, version }) => [name, version])).toEqual([['a', 2]])
})

test('every change of what is in force is one step of the trail, by whoever made it, and the same again is none', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  const off = `${get}, state: off`
  const replace = async (source: RuleSource, specs: Readonly<Record<string, string>>) =>
    await replaceRules(store, { source, author: `by ${source}`, rules: rulesOf(specs) })
  const putAs = async (specs: Readonly<Record<string, string>>, ifVersion: number | null = null) =>
    await putRules(store, { source: 'api', author: who.name, authorId: who.id, rules: rulesOf(specs) }, ifVersion)
  // Any number of workers bring the same pack, at once and at every start.
  await Promise.all([1, 2, 3].map(() => replace('pack', { a: get, b: get })))
  await putAs({ a: off })
  await putAs({ a: off })
  await putAs({ a: list }, 1)
  // Beneath what was put: it is written, and what is in force is as it was.
  await replace('pack', { a: list, b: get })
  await removeRule(store, { name: 'a', source: 'api', who })
  await removeRule(store, { name: 'a', source: 'api', who })
  await Promise.all([1, 2].map(() => replace('pack', { a: list })))
  await expect(putRules(store, { source: 'api', author: 'x', rules: [broken()] })).rejects.toThrow()
  const { rows } = await store.pool.query<{ rule: string; who: string; id: string | null; did: string } & Sides>(
    `select r.name as rule, t.who, t.who_id::text as id, t.did, t.before, t.after
     from triage_step t join rule r on r.id = t.rule_id order by t.id`,
  )
  const told = ({ before, after }: Sides) => [sideText(before), sideText(after)]
  expect(rows.map((row) => [row.rule, row.who, row.did, ...told(row)])).toEqual([
    ['a', 'by pack', 'rule-put', 'none', 'pack 1 active'],
    ['b', 'by pack', 'rule-put', 'none', 'pack 1 active'],
    ['a', 'alice', 'rule-put', 'pack 1 active', 'api 2 off'],
    ['a', 'by pack', 'rule-put', 'api 2 off', 'api 2 off, pack 3'],
    ['a', 'alice', 'rule-deleted', 'api 2 off', 'pack 3 active, api'],
    ['b', 'by pack', 'rule-deleted', 'pack 1 active', 'none'],
  ])
  expect(rows.map(({ id }) => id)).toEqual([null, null, who.id, null, who.id, null])
  expect(rows[2]?.after?.['hash']).toBe((await ruleVersions(store, 'a'))[1]?.hash)
})

interface Sides {
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

function sideText(side: Sides['after']): string {
  if (side === null) return 'none'
  const beside = [side['changed_source'], side['written']].filter((value) => value !== undefined).map(String)
  return [
    `${String(side['source'])} ${String(side['version'])} ${String(side['state'])}`,
    ...(beside.length > 0 ? [beside.join(' ')] : []),
  ].join(', ')
}

/** Its row is written, and what comes after that fails: none of it is there. */
function broken() {
  const [rule] = rulesOf({ c: get })
  if (rule === undefined) throw new Error('one rule')
  return { ...rule, hash: null as unknown as string }
}
