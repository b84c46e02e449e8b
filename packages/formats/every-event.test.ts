// Every event that was recorded, through every format and back: what is asked of an event is in all of them.

import { parquetReadObjects } from 'hyparquet'
import { beforeAll, describe, expect, test } from 'vitest'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { scanEventList } from '@plaintrail/event/scan'
import { formatMicroTime } from '@plaintrail/event/time'
import { readCsv } from './csv-reader-for-tests.ts'
import { exportFormats, fileKindOf, schemaOf } from './export-format.ts'
import { ocsfMistakes } from './ocsf-schema-for-tests.ts'
import { partWriter } from './part-writer.ts'
import { rowOf, type MadeRow } from './rows-for-tests.ts'

/** What must be found again, in one line each. */
interface Told {
  readonly id: unknown
  readonly auditID: unknown
  readonly actor: unknown
  readonly object: unknown
  readonly time: unknown
  readonly raw: unknown
}

type Read = Readonly<Record<string, never>>
const pageRows = 1_000

function rowsOf(version: string): readonly MadeRow[] {
  return corpusOf(version).lists.flatMap((list) => {
    const body = Buffer.from(list)
    const { bounds } = scanEventList(body)
    return Array.from({ length: bounds.length / 2 }, (_, item) =>
      rowOf(body.subarray(bounds[item * 2], bounds[item * 2 + 1])),
    )
  })
}

function fileOf(format: (typeof exportFormats)[number], rows: readonly MadeRow[]): Buffer {
  const part = partWriter(format, { withRaw: true })
  const pieces: Uint8Array[] = []
  for (let from = 0; from < rows.length; from += pageRows) pieces.push(part.add(rows.slice(from, from + pageRows)))
  pieces.push(part.end())
  return Buffer.concat(pieces)
}

/** Names are joined with what no name of Kubernetes has in it. */
const objectText = (...parts: readonly unknown[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : '')).join(' ')

const linesOf = (file: Buffer): readonly Read[] =>
  file
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Read)

function toldByColumns(row: Readonly<Record<string, unknown>>, time: unknown, raw: unknown): Told {
  return {
    id: row['id'],
    auditID: row['audit_id'],
    actor: row['actor'],
    object: objectText(
      row['api_group'],
      row['resource'],
      row['subresource'],
      row['namespace'],
      row['name'],
      row['path'],
    ),
    time,
    raw,
  }
}

describe.each(corpusVersions())('of the week recorded on Kubernetes %s every event', (version) => {
  let rows: readonly MadeRow[] = []
  let expected: readonly Told[] = []
  beforeAll(() => {
    rows = rowsOf(version)
    expected = rows.map(({ event, raw }) => ({
      id: event.id,
      auditID: event.audit.id,
      actor: event.actor.name,
      object: objectText(
        event.object?.group,
        event.object?.resource,
        event.object?.subresource,
        event.object?.namespace,
        event.object?.name,
        event.path,
      ),
      time: event.time,
      raw: raw.toString(),
    }))
  })

  test('is in NDJSON as it is', () => {
    expect(rows.length).toBeGreaterThan(1_000)
    const read = linesOf(fileOf('ndjson', rows))
    expect(read).toEqual(rows.map(({ event, raw }) => ({ ...event, raw: JSON.parse(raw.toString()) as unknown })))
  })

  test('is in CSV', () => {
    const [names = [], ...lines] = readCsv(fileOf('csv', rows).toString())
    const told = lines.map((cells) => {
      const row = Object.fromEntries(names.map((name, at) => [name, cells[at]]))
      return toldByColumns(row, row['time'], row['raw'])
    })
    expect(told).toEqual(expected)
  })

  test('is in Parquet', async () => {
    const bytes = fileOf('parquet', rows)
    const file = new ArrayBuffer(bytes.length)
    new Uint8Array(file).set(bytes)
    const micros = (value: bigint): unknown => ({ us: value })
    const read = await parquetReadObjects({
      file,
      utf8: false,
      parsers: { timestampFromMicroseconds: micros },
    })
    const told = read.map((row) => {
      const { us } = row['time'] as { readonly us: bigint }
      return toldByColumns(row, formatMicroTime(Number(us)), Buffer.from(row['raw'] as Uint8Array).toString())
    })
    expect(told).toEqual(expected)
  })

  test('is in OCSF, and keeps its schema', () => {
    const read = linesOf(fileOf('ocsf', rows))
    expect(read.flatMap(ocsfMistakes)).toEqual([])
    expect(read.map(toldByOcsf)).toEqual(expected)
  })

  test('is in ECS', () => {
    const read = linesOf(fileOf('ecs', rows))
    expect(read.map(toldByEcs)).toEqual(expected)
  })
})

interface Ocsf {
  readonly metadata: { readonly uid: string; readonly original_event_uid: string; readonly original_time: string }
  readonly actor: { readonly user?: { readonly name: string } }
  readonly api: { readonly group?: { readonly name: string } }
  readonly http_request: { readonly url: { readonly path: string } }
  readonly resources?: readonly [{ readonly type: string; readonly namespace?: string; readonly name: string }]
  readonly raw_data: string
}

function toldByOcsf(read: unknown): Told {
  const { metadata, actor, api, resources, http_request: request, raw_data: raw } = read as Ocsf
  const [resource] = resources ?? []
  const [type, subresource] = resource?.type.split(/\/(.*)/) ?? []
  const name = resource?.name === '*' ? '' : resource?.name
  return {
    id: metadata.uid,
    auditID: metadata.original_event_uid,
    actor: actor.user?.name ?? '',
    object: objectText(api.group?.name, type, subresource, resource?.namespace, name, resource ? '' : request.url.path),
    time: metadata.original_time,
    raw,
  }
}

interface Ecs {
  readonly event: { readonly id: string; readonly start: string; readonly original: string }
  readonly user?: { readonly name?: string }
  readonly kubernetes: { readonly audit: { readonly auditID: string } }
  readonly url: { readonly path?: string }
  readonly orchestrator: {
    readonly namespace?: string
    readonly api_version?: string
    readonly resource?: { readonly type: string; readonly name?: string; readonly parent?: { readonly type: string } }
  }
}

function toldByEcs(read: unknown): Told {
  const { event, user, kubernetes, url, orchestrator } = read as Ecs
  const { namespace, api_version: version = '', resource } = orchestrator
  const group = version.includes('/') ? version.split('/')[0] : ''
  const type = resource?.parent?.type ?? resource?.type
  const subresource = resource?.parent ? resource.type : ''
  return {
    id: event.id,
    auditID: kubernetes.audit.auditID,
    actor: user?.name ?? '',
    object: objectText(group, type, subresource, namespace, resource?.name, url.path),
    time: event.start,
    raw: event.original,
  }
}

test('every format says what kind of file it is and what is in it', () => {
  expect(new Set(exportFormats.map((format) => fileKindOf(format).extension)).size).toBe(exportFormats.length)
  expect(schemaOf('ocsf', false)).toEqual({ name: 'OCSF API Activity (6003)', version: '1.8.0' })
  expect(schemaOf('csv', true).columns?.at(-1)).toEqual({ name: 'raw', type: 'bytes' })
  expect(schemaOf('parquet', false).columns?.[0]).toEqual({ name: 'time', type: 'time' })
})
