// What the clock brings to findings where no worker judges by rules, and where several do it at once.

import { everything } from '@plaintrail/query/scope'
import { createLogger } from '@plaintrail/runtime/logger'
import { addCluster } from '@plaintrail/store/clusters'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { addException, findException } from '@plaintrail/store/exceptions'
import { findFindings, type Finding } from '@plaintrail/store/find-findings'
import { ruleText, seedRule } from '@plaintrail/store/findings-for-tests'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Store } from '@plaintrail/store/open-store'
import { createRulesFollower, ruleLanes } from '@plaintrail/store/rules-follower'
import { triageFinding } from '@plaintrail/store/triage-finding'
import { and } from '@plaintrail/query/ast'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { reopenFindings, versionsOfRules } from './reopen-findings.ts'

const startUs = Date.parse('2026-11-20T12:00:00Z') * 1_000
const hourUs = 3_600_000_000
const who = { name: 'alice', id: null }

test('opens what was ignored until now, and gives back what an exception hid until now, once, whoever else does so', async () => {
  await using own = new AsyncDisposableStack()
  const store = await judgedStore(own)
  const run = async (nowUs: number): Promise<void> =>
    await reopenFindings({
      store,
      logger: createLogger('test', { level: 'silent' }),
      book: versionsOfRules(),
      nowUs: () => nowUs,
    })
  const [alice, bob] = await findingsIn(store)
  const change = {
    state: 'ignored',
    reason: 'expected',
    comment: 'ours',
    until: { kind: 'time', atUs: startUs + hourUs },
  } as const
  await triageFinding(store, everything, { id: alice?.id ?? '', who, change, ifVersion: 0 })
  const asked = { rule: 'deletes', match: 'actor:bob', reason: 'ours', owner: null, expiresUs: startUs + hourUs }
  const added = await addException(store, who, asked)
  const exception = added.kind === 'added' ? added.id : 0
  await run(startUs)
  expect(await findException(store, exception)).toMatchObject({ holds: true, isPending: false, requests: 2 })
  expect((await findingsIn(store)).map(({ id, triage }) => [id, triage.state])).toEqual([[alice?.id, 'ignored']])
  const later = startUs + 2 * hourUs
  const follower = createRulesFollower(store, { isHistoryOn: false })
  await Promise.all([run(later), follower.tick(later), run(later)])
  await run(later)
  expect(await findException(store, exception)).toMatchObject({ holds: false, isPending: false, requests: 0 })
  expect(await findingsIn(store)).toMatchObject([
    { id: alice?.id, events: 2, triage: { state: 'open', version: 2 } },
    { id: bob?.id, events: 2, summary: bob?.summary, triage: { state: 'open' } },
  ])
  const { rows } = await store.pool.query<{ did: string }>('select did from triage_step order by id')
  expect(
    rows
      .map(({ did }) => did)
      .filter((did) => !did.startsWith('rule-'))
      .toSorted(),
  ).toEqual(['exception-added', 'exception-expired', 'ignore-over', 'state'])
}, 60_000)

async function judgedStore(own: AsyncDisposableStack): Promise<Store> {
  const { connection } = own.use(await createTestDatabase())
  await migrate(connection)
  const store = own.use(openStore(connection, { connectionsMax: 8, statementMs: 0, applicationName: 'test' }))
  const { uid } = await addCluster(store, { name: 'east' })
  const text = { match: 'verb:delete', groupBy: ['actor'], summary: '{{actor}} deleted {{object.name}}' }
  await seedRule(store, ruleText('deletes', text))
  const items = ['alice', 'bob', 'alice', 'bob'].map((name, at) => deletion(name, at))
  await storeDeliveries(store, [{ cluster: uid, items, receivedAtUs: startUs }])
  const follower = createRulesFollower(store, { isHistoryOn: false })
  for (const { laneId } of await ruleLanes(store)) while ((await follower.judge(laneId)).kind === 'judged');
  return store
}

function deletion(username: string, at: number): string {
  return JSON.stringify({
    auditID: `00000000-0000-4000-8000-00000000000${at}`,
    stage: 'ResponseComplete',
    level: 'Metadata',
    verb: 'delete',
    requestURI: `/api/v1/namespaces/shop/pods/p${at}`,
    objectRef: { resource: 'pods', namespace: 'shop', name: `p${at}`, apiVersion: 'v1' },
    user: { username },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: `2026-11-20T11:00:0${at}.000000Z`,
    stageTimestamp: `2026-11-20T11:00:0${at}.000000Z`,
  })
}

async function findingsIn(store: Store): Promise<readonly Finding[]> {
  const window = { sinceUs: 0, untilUs: Number.MAX_SAFE_INTEGER }
  const asked = { query: and([]), window, sort: 'last', limit: 10, after: null, asOfUs: null } as const
  return (await findFindings(store, everything, asked)).items.toSorted((a, b) => (a.summary < b.summary ? -1 : 1))
}
