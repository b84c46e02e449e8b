// BlameCheckpoint: the blame of an object after one of its revisions, as it is stored, so that others are soon made from it.

import {
  blameFromRows,
  blameRows,
  type Blame,
  type BlameRow,
  type Origin,
  type RevisionRef,
} from '@plaintrail/history/blame'
import { formatFieldPath, parseFieldPath } from '@plaintrail/history/field-path'
import type { JsonObject } from '@plaintrail/history/json-values'
import type pg from 'pg'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'

export interface BlameCheckpoint {
  /** Of the revision that it is after. */
  readonly place: number
  /** That revision; events are named by their ids. */
  readonly ref: RevisionRef
  readonly blame: Blame
  /**
   * The last state that was known then. It is kept, because the bytes that it is from go with their day and the next revision
   * is compared with it all the same.
   */
  readonly known: JsonObject | null
}

type Queries = Pick<pg.Pool | pg.ClientBase, 'query'>

/** Packed bytes; of an object that takes more there is none. */
const packedBytesMax = 4 * 1024 * 1024
/** Unpacked bytes. */
const bytesMax = 128 * 1024 * 1024
/** As they are written here; what another version wrote is not read. */
const formVersion = 1
const pack = promisify(zstdCompress)
const unpack = promisify(zstdDecompress)

/** Paths and origins name their events once. */
interface Form {
  readonly version: number
  readonly refs: readonly (readonly [event: string, resourceVersion: number | null, time: number])[]
  /** Numbers of refs; -1 for none. */
  readonly origins: readonly (readonly [how: Origin['how'], revision: number, after: number])[]
  /** A path, and the number of its origin. */
  readonly rows: readonly (readonly [path: string, origin: number])[]
  readonly ref: number
  readonly known: JsonObject | null
}

/** Null where it is too large to be kept. */
export async function packCheckpoint(checkpoint: Omit<BlameCheckpoint, 'place'>): Promise<Buffer | null> {
  const text = JSON.stringify(formOf(checkpoint))
  const packed = await pack(text, { params: { [constants.ZSTD_c_compressionLevel]: 3 } })
  return packed.length > packedBytesMax || text.length > bytesMax ? null : packed
}

/** The last one up to a place; null where there is none that can be read. */
export async function checkpointBefore(
  queries: Queries,
  objectId: number,
  place: number,
): Promise<BlameCheckpoint | null> {
  const { rows } = await queries.query<{ place: number; packed: Buffer }>({
    name: 'blame-checkpoint-before',
    text: `select c.place, c.packed from blame_checkpoint c where c.object_id = $1 and c.place <= $2
           order by c.place desc limit 1`,
    values: [objectId, place],
  })
  const [row] = rows
  if (row === undefined) return null
  const form = JSON.parse(String(await unpack(row.packed, { maxOutputLength: bytesMax }))) as Form
  return form.version === formVersion ? { place: row.place, ...readForm(form) } : null
}

/** With the object's row locked. False where it is there already. */
export async function insertCheckpoint(
  client: pg.ClientBase,
  objectId: number,
  place: number,
  packed: Buffer,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'insert-blame-checkpoint',
    text: 'insert into blame_checkpoint (object_id, place, packed) values ($1, $2, $3) on conflict do nothing',
    values: [objectId, place, packed],
  })
  return rowCount === 1
}

function formOf({ ref, blame, known }: Omit<BlameCheckpoint, 'place'>): Form {
  const refs: RevisionRef[] = []
  const refNumbers = new Map<string, number>()
  const numberOf = (one: RevisionRef | null): number => {
    if (one === null) return -1
    const name = `${one.event} ${one.resourceVersion} ${one.time}`
    const known_ = refNumbers.get(name)
    if (known_ !== undefined) return known_
    refNumbers.set(name, refs.length)
    refs.push(one)
    return refs.length - 1
  }
  const origins: Form['origins'][number][] = []
  const originNumbers = new Map<string, number>()
  const originOf = ({ how, revision, after }: Origin): number => {
    const origin = [how, numberOf(revision), numberOf(after)] as const
    const name = origin.join(' ')
    const at = originNumbers.get(name) ?? origins.push(origin) - 1
    originNumbers.set(name, at)
    return at
  }
  const rows = blameRows(blame).map(({ path, origin }) => [formatFieldPath(path), originOf(origin)] as const)
  const own = numberOf(ref)
  return {
    version: formVersion,
    refs: refs.map(({ event, resourceVersion, time }) => [event, resourceVersion, time]),
    origins,
    rows,
    ref: own,
    known,
  }
}

function readForm({ refs, origins, rows, ref, known }: Form): Omit<BlameCheckpoint, 'place'> {
  const named = refs.map(([event, resourceVersion, time]): RevisionRef => ({ event, resourceVersion, time }))
  const refAt = (at: number): RevisionRef => {
    const one = named[at]
    if (one === undefined) throw new Error('could not read a blame checkpoint: it names a revision that it has not')
    return one
  }
  const told = origins.map(([how, revision, after]): Origin => ({
    how,
    revision: refAt(revision),
    after: after < 0 ? null : refAt(after),
  }))
  const blamed = rows.flatMap(([path, at]): readonly BlameRow[] => {
    const origin = told[at]
    return origin === undefined ? [] : [{ path: parseFieldPath(path), origin }]
  })
  return { ref: refAt(ref), blame: blameFromRows(blamed), known }
}
