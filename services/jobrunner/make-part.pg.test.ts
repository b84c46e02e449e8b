import { createHash, randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { exportFormats, type ExportFormat } from '@plaintrail/formats/export-format'
import type { ExportRow } from '@plaintrail/formats/export-row'
import { partWriter } from '@plaintrail/formats/part-writer'
import { itemWith, type MadeRow } from '@plaintrail/formats/rows-for-tests'
import { parseQuery } from '@plaintrail/query/parse-query'
import { addCluster } from '@plaintrail/store/clusters'
import { findEvents } from '@plaintrail/store/find-events'
import { storeDeliveries } from '@plaintrail/store/events-for-tests'
import { migrate } from '@plaintrail/store/migrate'
import { openStore } from '@plaintrail/store/open-store'
import { createSegmentItems } from '@plaintrail/store/segment-items'
import { makePart, partBounds, type MadePart, type PartBounds } from './make-part.ts'
import { itemsOf, slowAnswer } from './slow-answer-for-tests.ts'

const scope = { kind: 'everything' } as const
const seenUs = Date.UTC(2026, 10, 20, 12) * 1_000
const window = { sinceUs: 0, untilUs: Date.UTC(2100, 0) * 1_000 }
const never = new AbortController().signal
/** One part of many pages. */
const whole: PartBounds = { ...partBounds, pageRowsMax: 200, bytesMax: 1024 ** 3, msMax: 600_000 }

describe.each(corpusVersions())('of the week recorded on Kubernetes %s', (version) => {
  test('an export in any format is the slow answer byte for byte, also in many parts of what a query finds', async () => {
    await using place = await openPlace()
    const items = corpusOf(version).lists.flatMap(itemsOf)
    await place.deliver(items)
    const expected = slowAnswer(items, place.place)
    expect(expected.length).toBeGreaterThan(1_000)
    for (const format of exportFormats) {
      const [made, ...more] = await place.makeAll({ format, bounds: whole, withRaw: true })
      expect([made?.part?.rows, more]).toEqual([expected.length, []])
      expect(difference(contentOf(format, made), fileOf(format, expected)), format).toBeNull()
    }
    const isFound = ({ event }: MadeRow): boolean =>
      ['create', 'patch', 'delete'].includes(event.verb) && event.object?.namespace !== 'kube-system'
    const wanted = expected.filter(isFound).map(({ event }) => ({ event }))
    const made = await place.makeAll({
      format: 'ndjson',
      q: 'verb:create,patch,delete -ns:kube-system',
      bounds: { ...whole, pageRowsMax: 30, rowsMax: 70 },
    })
    expect(made.length).toBeGreaterThan(2)
    const joined = Buffer.concat(made.map((part) => contentOf('ndjson', part)))
    expect(difference(joined, fileOf('ndjson', wanted))).toBeNull()
  })
})

describe('a part', () => {
  test('ends with the page in which it has enough rows or bytes, and the next goes on behind it', async () => {
    await using place = await openPlace()
    await place.deliver(
      Array.from({ length: 25 }, (_, n) => itemWith({ auditID: randomUUID(), requestReceivedTimestamp: at(n) })),
    )
    const rowsOf = (made: readonly MadePart[]): readonly (number | undefined)[] => made.map(({ part }) => part?.rows)
    const paged = { ...partBounds, pageRowsMax: 4 }
    expect(rowsOf(await place.makeAll({ bounds: { ...paged, rowsMax: 10 } }))).toEqual([12, 12, 1])
    expect(rowsOf(await place.makeAll({ bounds: { ...paged, bytesMax: 1 } }))).toEqual([4, 4, 4, 4, 4, 4, 1])
    expect(rowsOf(await place.makeAll({ bounds: { ...paged, msMax: 0 } }))).toEqual([4, 4, 4, 4, 4, 4, 1])
    // One page holds fewer where their bytes are many, and none is left out.
    const heavy = { ...paged, pageRawBytesMax: 1_500 }
    const made = await place.makeAll({ bounds: { ...heavy, rowsMax: 3 }, withRaw: true })
    expect(made.reduce((sum, { part }) => sum + (part?.rows ?? 0), 0)).toBe(25)
    expect(new Set(made.flatMap((part) => idsOf(part))).size).toBe(25)
  })

  test('is there, and empty, where nothing was found', async () => {
    await using place = await openPlace()
    for (const format of exportFormats) {
      const [only, ...more] = await place.makeAll({ format })
      expect([only?.part?.rows, more]).toEqual([0, []])
      expect(contentOf(format, only)).toEqual(fileOf(format, [], false))
    }
  })

  test('has its digest', async () => {
    await using place = await openPlace()
    await place.deliver([itemWith()])
    const [made] = await place.makeAll({})
    expect(made?.part?.sha256).toEqual(
      createHash('sha256')
        .update(made?.part?.content ?? '')
        .digest(),
    )
  })

  test('of a snapshot has nothing that was stored later, also between the events that were there', async () => {
    await using place = await openPlace()
    const item = (n: number): string => itemWith({ auditID: randomUUID(), requestReceivedTimestamp: at(n) })
    await place.deliver(Array.from({ length: 20 }, (_, n) => item(2 * n)))
    const ids: string[] = []
    const made = await place.makeAll({
      bounds: { ...partBounds, pageRowsMax: 3, rowsMax: 3 },
      async between(part) {
        ids.push(...idsOf(part))
        await place.deliver(Array.from({ length: 5 }, (_, n) => item(2 * n * 4 + 1)))
      },
    })
    expect(made.length).toBeGreaterThan(5)
    expect([ids.length, new Set(ids).size]).toEqual([20, 20])
    const [after] = await place.makeAll({})
    expect(after?.part?.rows).toBe(20 + 5 * made.length)
  })

  test('is given up when the process has to stop', async () => {
    await using place = await openPlace()
    await place.deliver([itemWith()])
    await expect(place.makeAll({ signal: AbortSignal.abort(new Error('stopping')) })).rejects.toThrow('stopping')
  })
})

const at = (second: number): string =>
  new Date(Date.UTC(2026, 10, 20, 11, 0, second)).toISOString().replace('Z', '000Z')

/** What the first line is that differs; null where none does. Of files this large a general comparison takes minutes. */
function difference(found: Buffer, expected: Buffer): readonly [number, string | undefined, string | undefined] | null {
  if (found.equals(expected)) return null
  const [one, other] = [found.toString('latin1').split('\n'), expected.toString('latin1').split('\n')]
  const line = one.findIndex((text, at) => text !== other[at])
  return [line, one[line]?.slice(0, 3_000), other[line]?.slice(0, 3_000)]
}

function fileOf(format: ExportFormat, rows: readonly ExportRow[], withRaw = true): Buffer {
  const part = partWriter(format, { withRaw })
  return Buffer.concat([part.add(rows), part.end()])
}

function contentOf(format: ExportFormat, made: MadePart | undefined): Buffer {
  const content = made?.part?.content ?? Buffer.alloc(0)
  return format === 'parquet' ? content : gunzipSync(content)
}

function idsOf(made: MadePart): readonly string[] {
  const lines = contentOf('ndjson', made).toString().split('\n').filter(Boolean)
  return lines.map((line) => (JSON.parse(line) as { id: string }).id)
}

interface Asked {
  readonly format?: ExportFormat
  readonly q?: string
  readonly withRaw?: boolean
  readonly bounds?: PartBounds
  readonly signal?: AbortSignal
  readonly between?: (made: MadePart) => Promise<void>
}

async function openPlace() {
  await using stack = new AsyncDisposableStack()
  const { connection } = stack.use(await createTestDatabase())
  await migrate(connection)
  const store = stack.use(openStore(connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
  const { uid } = await addCluster(store, { name: 'lab' })
  const kept = stack.move()
  return {
    place: { cluster: 'lab', clusterUid: Buffer.from(uid.replaceAll('-', ''), 'hex'), seenUs },
    async deliver(items: readonly (string | Buffer)[]): Promise<void> {
      await storeDeliveries(store, [{ cluster: uid, items: items.map(String), receivedAtUs: seenUs }])
    },
    async makeAll({ format = 'ndjson', q = '', withRaw = false, bounds, signal = never, between }: Asked) {
      const query = parseQuery(q, seenUs)
      const first = { query, window, order: 'asc', limit: 1, after: null, snapshot: null } as const
      const { snapshot } = await findEvents(store, scope, first)
      const sources = { store, items: createSegmentItems(store) }
      const all: MadePart[] = []
      let after: MadePart['next'] = null
      do {
        const asked = { scope, query, window, snapshot, format, withRaw, after, isFirst: all.length === 0 }
        const made = await makePart(sources, asked, signal, bounds)
        after = made.next
        all.push(made)
        await between?.(made)
      } while (after !== null)
      return all
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
