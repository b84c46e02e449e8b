import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditItems } from './audit-items.ts'

/** Each item as its kind and its text, from a file that arrives in pieces of `pieceBytes`. */
async function read(file: string | Uint8Array, pieceBytes = 1024 * 1024): Promise<string[]> {
  const bytes = Buffer.from(file)
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < bytes.length; index += pieceBytes) yield bytes.subarray(index, index + pieceBytes)
  }
  const found: string[] = []
  for await (const item of auditItems(pieces()))
    found.push(item.kind === 'too-large' ? item.kind : `${item.kind} ${Buffer.from(item.bytes).toString()}`)
  return found
}

const a = '{"kind":"Event","auditID":"a","n":9007199254740993, "s":"}{\\"\\u0000"}'
const b = '{"auditID":"b","auditID":"b2","responseObject":{"items":[1,{"items":[]}]}}'

describe('the events of a file', () => {
  test.each([
    ['lines', `${a}\n${b}\n`],
    ['lines without an end', `${a}\n${b}`],
    ['lines with CRLF, blank lines and a byte order mark', `\u{FEFF}\r\n${a}\r\n\r\n  \r\n${b}\r\n`],
    ['an EventList on one line', `{"kind":"EventList","metadata":{},"items":[${a},${b}]}\n`],
    [
      'EventLists one a line',
      `{"items":[${a}]}\n{"kind":"EventList","items":[],"x":1}\n{"items":[ ${b} ],"kind":"EventList"}`,
    ],
    ['a list of events', `[${a},${b}]`],
    ['a list with one event a line', `[\n${a},\n${b}\n]\n`],
    ['an EventList with one event a line', `{"kind":"EventList","items":[\n${a},\n${b}\n]}\n`],
    ['an EventList over many lines', `{\n "kind": "EventList",\n "items": [\n  ${a},\n  ${b}\n ]\n}\n`],
    ['values over many lines one after another', `{\n"items": [${a}]\n}\n${b}\n`],
  ])('are found as they stand: %s', async (_layout, file) => {
    expect(await read(file)).toEqual([`event ${a}`, `event ${b}`])
    expect(await read(file, 1)).toEqual([`event ${a}`, `event ${b}`])
  })

  test('keep their own line breaks when they are pretty-printed', async () => {
    const event = '{\n  "auditID": "a",\n  "verb": "get"\n}'
    expect(await read(`${event}\n${event}\n`)).toEqual([`event ${event}`, `event ${event}`])
  })

  test('are none in an empty file', async () => {
    for (const file of ['', '\n', ' \r\n\n', '\u{FEFF}', '[]', '{"items":[]}', '{\n"items": [\n]\n}'])
      expect(await read(file)).toEqual([])
  })

  test('are found in pieces of every size', async () => {
    const event = fc.json({ maxDepth: 3 }).map((json) => `{"auditID":"x","b":${json}}`)
    const layout = fc.constantFrom<(events: readonly string[]) => string>(
      (events) => events.join('\n'),
      (events) => `{"items":[${events.join(',')}]}`,
      (events) => `{\n"kind":"EventList",\n"items":[\n${events.join(',\n')}\n]}`,
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1 }),
        layout,
        fc.integer({ min: 1, max: 50 }),
        async (events, write, pieceBytes) => {
          expect(await read(write(events), pieceBytes)).toEqual(events.map((text) => `event ${text}`))
        },
      ),
    )
  })
})

const isList = (text: string): boolean => text.startsWith('[') && text.endsWith(']')

describe('what is no JSON', () => {
  test.each([
    ['a last line that was cut off', `${a}\n{"kind":"Event","aud`, [`event ${a}`, 'not-json {"kind":"Event","aud']],
    ['a first line that was cut off at its beginning', `itID":"x"}\n${a}\n`, ['not-json itID":"x"}', `event ${a}`]],
    ['a first line that was cut off in a string', `{"kind":"Eve\n${a}\n`, ['not-json {"kind":"Eve', `event ${a}`]],
    [
      'a first line that was cut off between words',
      `{"kind":"Event",\n${a}\n${b}\n`,
      ['not-json {"kind":"Event",', `event ${a}`, `event ${b}`],
    ],
    [
      'a line of another program',
      `${a}\nI1120 starting up {}\n${b}`,
      [`event ${a}`, 'not-json I1120 starting up {}', `event ${b}`],
    ],
    [
      'a line cut off in the middle of a file',
      `${a}\n{"kind":[\n${b}\n`,
      [`event ${a}`, 'not-json {"kind":[', `event ${b}`],
    ],
    ['a single line that was cut off', '{"kind":"Event",', ['not-json {"kind":"Event",']],
    ['brackets that do not match', `${a}\n{"a":]}\n${b}`, [`event ${a}`, 'not-json {"a":]}', `event ${b}`]],
    ['an EventList cut off on its line', `{"items":[${a},{"b"\n${b}\n`, [`not-json {"items":[${a},{"b"`, `event ${b}`]],
  ])('stands alone and its neighbours are found: %s', async (_case, file, items) => {
    expect(await read(file)).toEqual(items)
    expect(await read(file, 1)).toEqual(items)
  })

  test('in a document is kept to the last byte, with what was found before it', async () => {
    const document = `{\n "items": [\n  ${a},\n  ${b},\n  {"auditID": "c`
    expect(await read(document)).toEqual([`event ${a}`, `event ${b}`, 'not-json {"auditID": "c'])
    expect(await read(`{\n"a": "x\ny"\n}\n`)).toEqual(['not-json {\n"a": "x\ny"\n}\n'])
  })

  test('never loses a byte of a file of lines', async () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', '1', '{"auditID":1}', ' ', '\u00e9')
    const line = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('').trim())
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), async (lines, pieceBytes) => {
        const found = await read([a, ...lines].join('\n'), pieceBytes)
        const expected = [a, ...lines].filter((text) => text !== '' && !isList(text))
        expect(found.map((item) => item.replace(/^[a-z-]+ /, ''))).toEqual(expect.arrayContaining(expected))
      }),
    )
  })
})

test('a large list is read one event at a time', async () => {
  const event = `{"auditID":"${'x'.repeat(5000)}"}`
  const list = `{"kind":"EventList",\n"items":[${Array.from({ length: 2000 }, () => event).join(',\n')}],"tail":{"items":[1]}}\n`
  expect(await read(list, 64 * 1024)).toEqual(Array.from({ length: 2000 }, () => `event ${event}`))
  expect(await read(list.replaceAll('\n', ''), 64 * 1024)).toHaveLength(2000)
})

test('a line over the limit of the receiver is passed over', async () => {
  const long = Buffer.alloc(64 * 1024 * 1024 + 10, 'x')
  const file = Buffer.concat([Buffer.from(`${a}\n`), long, Buffer.from(`\n${b}\n`)])
  expect(await read(file)).toEqual([`event ${a}`, 'too-large', `event ${b}`])
}, 20_000)

/** Data that others wrote stands beside the repository, and not in it. */
const dataFolder = fileURLToPath(new URL('../../../../shared/data', import.meta.url))

describe.skipIf(!existsSync(dataFolder))('real logs', () => {
  test.each([
    ['openshift-cluster-logging-operator/test/functional/filters/apiaudit/vrl/testdata/audit_in.log', 100],
    ['audit2rbac/testdata/demo.log', 37],
    ['kube-audit-log-tool/single-event.json', 1],
    ['kube-audit-rest/kube-audit-rest.log', 59],
  ])('%s holds %i events, none changed', async (file, count) => {
    const text = readFileSync(join(dataFolder, file), 'utf8').trim()
    const items = await read(text, 10_000)
    expect(items).toHaveLength(count)
    for (const item of items) expect(text).toContain(item.replace(/^event /, ''))
  })

  test('of Falco hold their 51 events', async () => {
    const folder = join(dataFolder, 'falco-trace-files')
    const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'fal_01_003.json')
    const counts = await Promise.all(files.map(async (name) => (await read(readFileSync(join(folder, name)))).length))
    expect(counts.reduce((sum, found) => sum + found, 0)).toBe(51)
  })
})
