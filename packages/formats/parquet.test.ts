import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { columnsOf } from './columns.ts'
import { parquetPart } from './parquet.ts'
import { itemWith, rowOf } from './rows-for-tests.ts'

function fileOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return copy
}

test('a reader of others gets every column back, times to the microsecond', async () => {
  const part = parquetPart(true)
  const row = rowOf(itemWith({ stageTimestamp: '2026-11-20T11:59:58.418206Z' }))
  expect(part.add([row])).toHaveLength(0)
  const file = fileOf(part.end())
  const [read] = await parquetReadObjects({ file, utf8: false, parsers: asNumbers })
  expect(Object.keys(read ?? {})).toEqual(columnsOf(true).map(({ name }) => name))
  expect(read).toMatchObject({
    time: BigInt(Date.UTC(2026, 10, 20, 11, 59, 58)) * 1_000n + 418_211n,
    actor: 'alice@acme.example',
    actor_groups: ['sre', 'system:authenticated'],
    claimed_ips: ['203.0.113.9'],
    acted_as: null,
    flags: [],
    truncated: false,
    code: 200n,
    duration_us: -5n,
  })
  expect(Buffer.from((read?.['raw'] ?? []) as Uint8Array)).toEqual(row.raw)
})

test('its times say that they are microseconds in UTC', () => {
  const part = parquetPart(false)
  part.add([rowOf(itemWith())])
  const { schema } = parquetMetadata(fileOf(part.end()))
  expect(schema.find(({ name }) => name === 'time')).toMatchObject({
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  })
})

test('rows go into groups of ten thousand, and an empty file is one too', async () => {
  const part = parquetPart(false)
  const rows = Array.from({ length: 1_000 }, (_, n) => rowOf(itemWith({ auditID: `a-${n}` })))
  for (let page = 0; page < 25; page += 1) part.add(rows)
  const { row_groups: groups, num_rows: count } = parquetMetadata(fileOf(part.end()))
  expect([count, groups.map(({ num_rows: size }) => Number(size))]).toEqual([25_000n, [10_000, 10_000, 5_000]])
  expect(await parquetReadObjects({ file: fileOf(parquetPart(false).end()) })).toEqual([])
})

const same = (value: unknown): unknown => value
/** hyparquet would make Dates of times, and lose their microseconds. */
const asNumbers = {
  timestampFromMilliseconds: same,
  timestampFromMicroseconds: same,
  timestampFromNanoseconds: same,
  dateFromDays: same,
} as never
