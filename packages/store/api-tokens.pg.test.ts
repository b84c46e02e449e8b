// Tokens: of one name one, as many as may be, and none that was revoked or has expired; and that of the data folder.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  addApiToken,
  adminTokens,
  apiTokensMax,
  findApiToken,
  findApiTokenById,
  hasExpired,
  isTokenName,
  listApiTokens,
  revokeApiToken,
  tellTokenUse,
  type AddedApiToken,
} from './api-tokens.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { makeToken, tokenDigest } from './tokens.ts'

const resources = new AsyncDisposableStack()
const nowUs = Date.parse('2026-11-20T12:00:00Z') * 1_000
const minuteUs = 60_000_000
const somebody = { name: 'admin', id: null }
let store: Store

beforeAll(async () => {
  const { connection } = resources.use(await createTestDatabase())
  await migrate(connection)
  store = openStore(connection, { connectionsMax: 8, statementMs: 30_000, applicationName: 'test' })
  resources.defer(() => store.pool.end())
}, 60_000)
afterAll(() => resources.disposeAsync())
// What stands in the trail stays, and so do the tokens that it is about.
beforeEach(async () => {
  await store.pool.query(`update api_token set revoked_at = coalesce(revoked_at, now()), name = 'old-' || id`)
})

const add = async (name: string, expiresUs: number | null = null, atUs = nowUs): Promise<AddedApiToken> =>
  await addApiToken(store, somebody, { name, digest: tokenDigest(makeToken('api')), expiresUs }, atUs)
const namesAt = async (atUs: number): Promise<readonly string[]> =>
  (await listApiTokens(store, atUs)).map(({ name }) => name)

interface Told {
  readonly who: string
  readonly did: string
  readonly token: string
  readonly after: object | null
  readonly comment: string | null
}

async function toldSince(id: number): Promise<readonly Told[]> {
  const { rows } = await store.pool.query<Told>(
    `select who, did, token_id::text as token, after, comment from triage_step where id > $1 order by id`,
    [id],
  )
  return rows
}

async function lastStep(): Promise<number> {
  const { rows } = await store.pool.query<{ id: number }>('select coalesce(max(id), 0)::int8 as id from triage_step')
  return rows[0]?.id ?? 0
}

test.each(['a', 'alice', 'alice@acme.io', 'ci-deploy.prod_2', 'a+b', 'admin@acme.io', 'x'.repeat(63)])(
  'a token may be named %s',
  (name) => {
    expect(isTokenName(name)).toBe(true)
  },
)

test('a token is not added by one that is revoked meanwhile', async () => {
  const boss = await add('boss')
  if (boss.kind !== 'added') throw new Error(`could not add a token: ${boss.kind}`)
  const who = { name: 'boss', id: boss.id }
  const more = (name: string): Promise<AddedApiToken> =>
    addApiToken(store, who, { name, digest: tokenDigest(makeToken('api')), expiresUs: null }, nowUs)
  expect(await more('first')).toMatchObject({ kind: 'added' })
  const client = await store.pool.connect()
  try {
    await client.query('begin')
    await client.query('update api_token set revoked_at = now() where id = $1::uuid', [boss.id])
    const late = more('second')
    // It waits for who revokes, and whoever comes second sees it.
    await expect.poll(async () => (await waiting()) > 0, { timeout: 20_000 }).toBe(true)
    await client.query('commit')
    expect(await late).toEqual({ kind: 'revoked' })
  } finally {
    client.release()
  }
  expect(await namesAt(nowUs)).toEqual(['first'])
})

async function waiting(): Promise<number> {
  const { rows } = await store.pool.query<{ count: number }>(
    `select count(*)::int4 as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  )
  return rows[0]?.count ?? 0
}

test.each([
  ['nothing', ''],
  ['white space', ' alice'],
  ['two words', 'alice smith'],
  ['a capital', 'Alice'],
  ['a line end', 'alice\n'],
  ['a control character', 'al\u001b[31mice'],
  ['a null character', 'al\u0000ice'],
  ['a letter of another script', '\u0430lice'],
  ['a character without width', 'al\u200bice'],
  ['one that turns the direction', 'alice\u202e'],
  ['an accent on its own', 'alice\u0301'],
  ['half a character', 'alice\ud800'],
  ['a path', '../admin-token'],
  ['a dot at the end', 'alice.'],
  ['too long a name', 'x'.repeat(64)],
  ['an id', '6fd50927-4c9c-4f31-82e6-721d335b29ef'],
  ['the installation', 'plaintrail'],
  ['what looks like the installation', 'p1a1ntra1l'],
  ['the admin', 'admin'],
  ['what looks like the admin', 'adm1n'],
  ['the admin in parts', 'ad-min'],
  ['another admin', 'admin-2'],
  ['an administrator', 'administrator'],
  ['the admin with other letters', 'adrnin'],
])('%s is no name of a token', (_what, name) => {
  expect(isTokenName(name)).toBe(false)
})

test('of many who add one name in one moment one has it, and its name is free once it is revoked or has expired', async () => {
  const added = await Promise.all(Array.from({ length: 8 }, () => add('alice', nowUs + minuteUs)))
  expect(added.map(({ kind }) => kind).toSorted()).toEqual(['added', ...Array<string>(7).fill('taken')])
  expect(await namesAt(nowUs)).toEqual(['alice'])
  expect(await add('alice', null, nowUs + minuteUs - 1)).toEqual({ kind: 'taken' })
  const second = await add('alice', null, nowUs + minuteUs)
  if (second.kind !== 'added') throw new Error(second.kind)
  expect(await revokeApiToken(store, somebody, second.id)).toBe(true)
  expect(await add('alice', null, nowUs + minuteUs)).toMatchObject({ kind: 'added' })
  expect(await namesAt(nowUs + minuteUs)).toEqual(['alice'])
}, 30_000)

test('as many hold as may, also where two add the last one in one moment, and those that ended do not count', async () => {
  await store.pool.query(
    `insert into api_token (id, name, digest, expires_at)
     select gen_random_uuid(), 'robot-' || n, sha256(('robot ' || n)::bytea),
       case when n > $1 then timestamptz 'epoch' + $2::int8 * interval '1 microsecond' end
     from generate_series(1, $1 + 50) n`,
    [apiTokensMax - 1, nowUs],
  )
  const added = await Promise.all([add('one'), add('two'), add('three')])
  expect(added.map(({ kind }) => kind).toSorted()).toEqual(['added', 'too-many', 'too-many'])
  expect(await listApiTokens(store, nowUs)).toHaveLength(apiTokensMax)
}, 30_000)

test('one is found by its text until it is revoked, and is known by its id after that', async () => {
  const token = makeToken('api')
  const digest = tokenDigest(token)
  const before = await lastStep()
  const added = await addApiToken(store, somebody, { name: 'bob', digest, expiresUs: nowUs + minuteUs }, nowUs)
  if (added.kind !== 'added') throw new Error(added.kind)
  const found = await findApiToken(store, digest)
  expect(found).toMatchObject({
    id: added.id,
    name: 'bob',
    createdBy: 'admin',
    expiresUs: nowUs + minuteUs,
    usedUs: null,
  })
  expect(
    [nowUs, nowUs + minuteUs - 1, nowUs + minuteUs].map((at) => hasExpired(found ?? { expiresUs: 0 }, at)),
  ).toEqual([false, false, true])
  const revoked = await Promise.all([1, 2, 3].map(() => revokeApiToken(store, somebody, added.id)))
  expect(revoked.filter(Boolean)).toHaveLength(1)
  expect(await findApiToken(store, digest)).toBeNull()
  expect((await findApiTokenById(store, added.id))?.revokedUs).toBeGreaterThan(0)
  for (const id of ['', 'bob', '6fd50927-4c9c-4f31-82e6-721d335b29ef', `${added.id}\u0000`]) {
    expect(await findApiTokenById(store, id)).toBeNull()
    expect(await revokeApiToken(store, somebody, id)).toBe(false)
  }
  const steps = await toldSince(before)
  expect(steps.map(({ who, did, token: id }) => [who, did, id])).toEqual([
    ['admin', 'token-added', added.id],
    ['admin', 'token-revoked', added.id],
  ])
  expect(steps[0]?.after).toEqual({ expires_us: nowUs + minuteUs })
  for (const secret of [token, digest.toString('hex'), digest.toString('base64')])
    expect(JSON.stringify(steps)).not.toContain(secret)
})

test('no token is added or revoked without its step', async () => {
  const added = await add('carol')
  if (added.kind !== 'added') throw new Error(added.kind)
  await store.pool.query('alter table triage_step add constraint no_more check (token_id is null) not valid')
  try {
    await expect(add('dave')).rejects.toThrow('no_more')
    await expect(revokeApiToken(store, somebody, added.id)).rejects.toThrow('no_more')
  } finally {
    await store.pool.query('alter table triage_step drop constraint no_more')
  }
  expect(await namesAt(nowUs)).toEqual(['carol'])
})

test('when it was used last is written once a minute, and never goes back', async () => {
  const digest = tokenDigest(makeToken('api'))
  await addApiToken(store, somebody, { name: 'erin', digest, expiresUs: null }, nowUs)
  const used = async (atUs: number): Promise<number | null | undefined> => {
    const token = await findApiToken(store, digest)
    if (token) await tellTokenUse(store, token, atUs)
    return (await findApiToken(store, digest))?.usedUs
  }
  expect(await used(nowUs)).toBe(nowUs)
  expect(await used(nowUs + minuteUs - 1)).toBe(nowUs)
  expect(await used(nowUs + minuteUs)).toBe(nowUs + minuteUs)
  expect(await used(nowUs)).toBe(nowUs + minuteUs)
})

test('the token of the data folder lets in whoever starts, others of its name no more, and never one that was revoked', async () => {
  const { make, letIn } = adminTokens(store)
  const [one, two] = [make(), make()]
  const before = await lastStep()
  expect(await Promise.all([1, 2, 3].map(() => letIn(one)))).toEqual([true, true, true])
  const [first] = await listApiTokens(store, nowUs)
  expect(first).toMatchObject({ name: 'admin', createdBy: null })
  // Another file: what was in the one before lets in nobody.
  expect(await letIn(two)).toBe(true)
  expect(await findApiToken(store, tokenDigest(one))).toBeNull()
  expect(await letIn(one)).toBe(false)
  const found = await findApiToken(store, tokenDigest(two))
  expect((await toldSince(before)).map(({ who, did, token, comment }) => [who, did, token, comment])).toEqual([
    ['plaintrail', 'token-added', first?.id, null],
    ['plaintrail', 'token-revoked', first?.id, 'the data folder has another'],
    ['plaintrail', 'token-added', found?.id, null],
  ])
  await revokeApiToken(store, somebody, found?.id ?? '')
  expect(await letIn(two)).toBe(false)
  expect(await namesAt(nowUs)).toEqual([])
})
