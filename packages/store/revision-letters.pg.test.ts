// Revisions that were kept in words say the same in letters.

import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { observedKinds } from '@plaintrail/history/observation'
import { adjacencies, fidelities, significances, type Link } from '@plaintrail/history/revision'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { migrate, migrationsFolder } from './migrate.ts'
import { openStore } from './open-store.ts'
import { revisionColumns } from './revision-row.ts'

const narrowed = '0020'

test('no revision that is stored loses a word or a link when the table is made narrow', async () => {
  await using own = new AsyncDisposableStack()
  const { connection } = own.use(await createTestDatabase())
  await migrate(connection, { folder: await olderMigrations(own) })
  const store = own.use(openStore(connection, { connectionsMax: 1, statementMs: 0, applicationName: 'test' }))
  await store.pool.query(`
    insert into history_object (cluster_id, uid, object_key, api_group, resource, namespace, name)
    values (1, 'u', 1, 'apps', 'deployments', 'shop', 'api')`)
  const kept = everyKind()
  await store.pool.query(
    `insert into revision (object_id, place, time, key, part, earliest, latest, segment_id, state_segment_id, item, flags,
       state_item, state_part, state_flags, changes, has_state, is_read, observed, fidelity, significance, link)
     select o.id, nullif(n, 3), 1000 + n, gen_random_uuid(), 7, 1000 + n, 2000 + n, 5, nullif(n, 4), 9, 1 << 19, nullif(n, 4),
       nullif(n, 4), nullif(n, 4), 10000, n % 2 = 0, n % 3 = 0, observed, fidelity, significance, link::jsonb
     from history_object o, unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
       as i (observed, fidelity, significance, link, n)`,
    [
      kept.map(({ observed }) => observed),
      kept.map(({ fidelity }) => fidelity),
      kept.map(({ significance }) => significance),
      kept.map(({ link }) => JSON.stringify(link)),
    ],
  )
  const before = await store.pool.query(
    `select r.object_id as "objectId", r.place, r.time, r.key::text as key, r.part, r.earliest, r.latest,
       r.segment_id as "segmentId", r.item, r.flags, r.state_segment_id as "stateSegmentId", r.state_item as "stateItem",
       r.state_part as "statePart", r.state_flags as "stateFlags", r.has_state as "hasState", r.is_read as "isRead",
       r.changes, r.observed, r.fidelity, r.significance, r.link from revision r order by r.time`,
  )
  expect(await migrate(connection)).toContain('0020_narrow_revisions.sql')
  const after = await store.pool.query(`select ${revisionColumns} from revision r order by r.time`)
  expect(after.rows).toEqual(before.rows)
  expect(after.rows.length).toBe(kept.length)
})

interface Kind {
  readonly observed: string
  readonly fidelity: string
  readonly significance: string
  readonly link: Link
}

function everyKind(): readonly Kind[] {
  const plain = adjacencies.map((adjacency): Link => ({ adjacency, reasons: [], unseenMin: 0, fills: [] }))
  const told: Link = {
    adjacency: 'assumed',
    reasons: [{ kind: 'read', isCertain: true, says: 'a read showed it' }],
    unseenMin: 1,
    fills: [{ event: 'e.00000', time: 5, sets: [{ path: ['spec', 'nodeName'], value: 'worker-1' }] }],
  }
  const links = [...plain, told, { ...told, reasons: [], fills: [] }]
  const cases = observedKinds.length * fidelities.length * significances.length
  return Array.from({ length: cases }, (_, at) => ({
    observed: observedKinds[at % observedKinds.length] ?? '',
    fidelity: fidelities[at % fidelities.length] ?? '',
    significance: significances[at % significances.length] ?? '',
    link: links[at % links.length] ?? told,
  }))
}

/** Those that are applied where the table is still of words. */
async function olderMigrations(own: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-migrations-'))
  own.defer(() => rm(folder, { recursive: true, force: true }))
  for (const name of await readdir(migrationsFolder)) {
    if (name.endsWith('.sql') && name < narrowed) await copyFile(join(migrationsFolder, name), join(folder, name))
  }
  return folder
}
