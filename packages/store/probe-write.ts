// Can Postgres take a write now? A full disk lets it read on and refuses only this.

import type { Store } from './open-store.ts'

/** Commits a page of fresh bytes, so that a full disk shows; rejects with Postgres' error. */
export async function probeWrite(store: Store): Promise<void> {
  await store.pool.query(
    `insert into heartbeat (id, at, filler) values (1, now(), $1::bytea)
     on conflict (id) do update set at = excluded.at, filler = excluded.filler`,
    [Buffer.alloc(1_024, Math.trunc(Math.random() * 256))],
  )
}
