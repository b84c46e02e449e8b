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
  expect(await removeRule(store, { name: 'a', source: 'api' })).toBe(true)
  expect(await inForce()).toEqual(['folder', 3, 'by folder'])
  expect(await removeRule(store, { name: 'a', source: 'api' })).toBe(false)
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
