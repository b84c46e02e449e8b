import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { everything as allClusters } from '@plaintrail/query/scope'
import { everything } from '@plaintrail/query/ast'
import { createLogger } from '@plaintrail/runtime/logger'
import { migrate } from '@plaintrail/store/migrate'
import { listNotices } from '@plaintrail/store/notices'
import { openStore } from '@plaintrail/store/open-store'
import { currentRules } from '@plaintrail/store/rules'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { createRuleSources } from './rule-sources.ts'

const ruleText = (name: string): string =>
  `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: ${name}}\nspec: {title: T, severity: low, match: 'verb:delete'}\n`

test('a file of the folder that cannot be read is a notice, once for all workers, and takes no rule away', async () => {
  await using stack = new AsyncDisposableStack()
  const { connection } = stack.use(await createTestDatabase())
  await migrate(connection)
  const store = stack.use(
    openStore(connection, { connectionsMax: 2, statementMs: 10_000, applicationName: 'plaintrail:test' }),
  )
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-rules-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const logger = createLogger('test', { level: 'silent', destination: process.stderr })
  const workers = [0, 1].map(() => createRuleSources(store, logger, { pack: 'off', folder }))
  let nowMs = 0
  const look = async (): Promise<void> => {
    nowMs += 60_000
    for (const worker of workers) await worker.look(nowMs)
  }
  const names = async (): Promise<readonly string[]> => (await currentRules(store)).map(({ name }) => name).toSorted()
  const window = { sinceUs: 0, untilUs: Date.now() * 1_000 + 3_600_000_000 }
  const notices = async () =>
    (await listNotices(store, allClusters, { window, query: everything, limit: 10, after: null })).items

  for (const name of ['one', 'two']) await writeFile(join(folder, `${name}.yaml`), ruleText(name))
  await look()
  expect([await names(), await notices()]).toEqual([['one', 'two'], []])

  await rm(join(folder, 'one.yaml'))
  await writeFile(join(folder, 'two.yaml'), ruleText('two').replace('severity: low', 'severity: lowest'))
  await look()
  await look()
  expect(await names()).toEqual(['one', 'two'])
  const [notice, ...others] = await notices()
  expect(others).toEqual([])
  expect(notice).toMatchObject({ kind: 'rules.unreadable', cluster: null })
  expect(notice?.detail).toContain(`rules in ${folder} cannot be read`)
  expect(notice?.detail).toContain('two.yaml:4:')

  await writeFile(join(folder, 'two.yaml'), ruleText('two'))
  await look()
  expect([await names(), (await notices()).length]).toEqual([['two'], 1])
})
