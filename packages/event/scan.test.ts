import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { scanEventList } from './scan.ts'
import type { Scan } from './scan.ts'

const dataFolder = new URL('../../../shared/data/', import.meta.url)

function itemsOf(body: Buffer, scan: Scan): readonly string[] {
  return Array.from({ length: scan.bounds.length / 2 }, (_, item) =>
    body.toString('utf8', scan.bounds[2 * item], scan.bounds[2 * item + 1]),
  )
}

function scanText(text: string): { readonly items: readonly string[]; readonly reasons: Record<number, string> } {
  const body = Buffer.from(text)
  const scan = scanEventList(body)
  const reasons = Object.fromEntries(scan.problems.map(({ item, reason }) => [item, reason]))
  return { items: itemsOf(body, scan), reasons }
}

function listOf(...items: readonly string[]): string {
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(',')}]}`
}

describe('what an API server or a person may post', () => {
  test('the items of an EventList are found as they were sent', () => {
    const items = ['{"auditID":"a","user":{"groups":["x","]}"]}}', '{ "n" : -1.5e3 }', '{}']
    expect(scanText(listOf(...items))).toEqual({ items, reasons: {} })
  })

  test('white space and a BOM around everything change nothing', () => {
    const text = '\uFEFF \r\n\t{ "items" : [ {"a":1} \n,\t{"b":2} ] , "kind" : "EventList" } \n'
    expect(scanText(text)).toEqual({ items: ['{"a":1}', '{"b":2}'], reasons: {} })
  })

  test.each([
    '{"kind":"EventList"}',
    '{"items":null}',
    '{"kind":"EventList","items":null}',
    '{"items":[]}',
    '[]',
    ' [ ] ',
  ])('%s has no items and no problem', (text) => {
    expect(scanText(text)).toEqual({ items: [], reasons: {} })
  })

  test('a second items array loses nothing', () => {
    expect(scanText('{"items":[{"a":1}],"kind":"EventList","items":[{"b":2}]}').items).toEqual(['{"a":1}', '{"b":2}'])
  })

  test('an items key that is written with escapes is one too', () => {
    expect(scanText('{"\\u0069tems":[{"a":1}]}').items).toEqual(['{"a":1}'])
  })

  test.each(['{"auditID":"a"}', '{"level":"Metadata","stage":"Panic"}', '{"verb":"get"}', '{"verb":"get","items":{}}'])(
    'the single Event %s is a list of one',
    (text) => {
      expect(scanText(`\n${text}\n`)).toEqual({ items: [text], reasons: {} })
    },
  )

  test('an array of Events is a list', () => {
    expect(scanText('[{"a":1},{"b":[]}]')).toEqual({ items: ['{"a":1}', '{"b":[]}'], reasons: {} })
  })

  test('a body that is a view into a larger buffer is read in its own place', () => {
    const whole = Buffer.from(`xxxx${listOf('{"a":1}')}yyyy`)
    const body = new Uint8Array(whole.buffer, whole.byteOffset + 4, whole.length - 8)
    expect(Array.from(scanEventList(body).bounds, (at) => String.fromCharCode(body[at] ?? 0))).toEqual(['{', ']'])
  })
})

describe('what is no EventList', () => {
  test.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['\uFEFF', 'empty'],
    ['hello', 'not_json'],
    ['"{}"', 'not_json'],
    ['\0\0\0', 'not_json'],
    ['{', 'not_json'],
    ['{"a" 1}', 'not_json'],
    ['{"a":1', 'not_json'],
    ['{]', 'not_json'],
    ['{}', 'not_event_list'],
    ['{"kind":"Pod","metadata":{}}', 'not_event_list'],
    ['{"items":{"a":1}}', 'not_event_list'],
    ['{"auditID":"a","requestObject":{"a":', 'cut_short'],
  ])('%j is one item that spans the body: %s', (text, reason) => {
    expect(scanText(text)).toEqual({ items: [text], reasons: { 0: reason } })
  })

  test('an item that is no object is one item with a problem and its neighbours have none', () => {
    expect(scanText(listOf('{"a":1}', '5', '"x,y"', '[1,{}]', 'null', '{"b":2}'))).toEqual({
      items: ['{"a":1}', '5', '"x,y"', '[1,{}]', 'null', '{"b":2}'],
      reasons: { 1: 'not_an_object', 2: 'not_an_object', 3: 'not_an_object', 4: 'not_an_object' },
    })
  })

  test.each([
    ['[{"a":1},{"b":"x', ['{"a":1}', '{"b":"x']],
    ['[{"a":1},{"b":[1}},{"c":3}]', ['{"a":1}', '{"b":[1}},{"c":3}]']],
    ['[{"a":1} {"b":2}]', ['{"a":1}', '{"b":2}]']],
    ['[{"a":1},,{"b":2}]', ['{"a":1}', ',{"b":2}]']],
    ['{"items":[{"a":1}],"metadata":{"x', ['{"a":1}', '"metadata":{"x']],
    ['{"items":[{"a":1}]} {"items":[]}', ['{"a":1}', '{"items":[]}']],
    ['{"items":[{"a":1},', ['{"a":1}', '']],
    ['{"verb":"get"}\n{"verb":"list"}', ['{"verb":"get"}', '{"verb":"list"}']],
  ])('where %j breaks, the rest is one item cut short', (text, items) => {
    expect(scanText(text)).toEqual({ items, reasons: { 1: 'cut_short' } })
  })

  test('invalid UTF-8 in one item leaves its neighbours alone', () => {
    const body = Buffer.concat([Buffer.from('[{"a":"é"},{"a":"'), Buffer.from([0xff]), Buffer.from('"},{"a":"ü"}]')])
    expect(scanEventList(body).problems).toMatchObject([{ item: 1, reason: 'invalid_utf8' }])
  })

  test('a problem says nothing of what the body holds', () => {
    const details = ['CANARY', '[{"CANARY', '["CANARY"]', '{"CANARY":1}'].flatMap(
      (text) => scanEventList(Buffer.from(text)).problems,
    )
    expect(details).toHaveLength(4)
    expect(JSON.stringify(details)).not.toContain('CANARY')
  })
})

test('a list of very many values that are no events is not taken apart', () => {
  const { items, reasons } = scanText(listOf('{"a":1}', ...Array<string>(10_050).fill('1')))
  expect(items.length).toBe(10_002)
  expect(items.at(-1)).toBe(`${Array<string>(50).fill('1').join(',')}]}`)
  expect(reasons[10_001]).toBe('not_event_list')
})

describe('deep nesting', () => {
  function nested(depth: number): string {
    return `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
  }

  test('200 levels are fine, 201 are too deep', () => {
    expect(scanText(listOf(nested(200), nested(201), nested(3))).reasons).toEqual({ 1: 'too_deep' })
  })

  test('the limit is the caller’s', () => {
    const body = Buffer.from(listOf(nested(3), nested(4)))
    expect(scanEventList(body, { depthMax: 3 }).problems).toMatchObject([{ item: 1, reason: 'too_deep' }])
  })

  test.each([10_000, 1_000_000])('%i levels are one item and cost no stack', (depth) => {
    const deep = '['.repeat(depth - 1) + ']'.repeat(depth - 1)
    const { items, reasons } = scanText(listOf('{"a":1}', `{"a":${deep}}`, '{"b":2}'))
    expect(items.map((item) => item.length)).toEqual([7, 2 * depth + 4, 7])
    expect(reasons).toEqual({ 1: 'too_deep' })
  })

  test('a million levels that never close are one item cut short', () => {
    expect(scanText(`[{"a":1},{"a":${'['.repeat(1_000_000)}`).reasons).toEqual({ 1: 'cut_short' })
  })

  test('a million levels with an escape on each do not make it slow', () => {
    const depth = 300_000
    const deep = String.raw`{"\u0061":`.repeat(depth) + '1' + '}'.repeat(depth)
    expect(scanText(listOf(deep)).reasons).toEqual({ 0: 'too_deep' })
  })
})

describe('repeated fields', () => {
  function repeats(item: string): boolean {
    return scanEventList(Buffer.from(listOf('{"verb":"get"}', item))).duplicateKeys.includes(1)
  }

  test.each([
    '{"verb":"get","verb":"list"}',
    '{"objectRef":{},"auditID":"a","objectRef":{"resource":"pods"}}',
    String.raw`{"verb":"get","\u0076erb":"list"}`,
    '{"timestamp":"a","metadata":{},"metadata":{}}',
  ])('%s is marked', (item) => {
    expect(repeats(item)).toBe(true)
  })

  test.each([
    '{"verb":"verb","user":{"verb":1,"kind":2},"kind":"kind"}',
    '{"x":1,"x":2}',
    '{"requestObject":{"a":1,"a":2}}',
    // Alike in length, first and last byte to known fields, which is all that the fast test looks at.
    '{"verb":1,"v--b":2,"kxxd":3,"kind":4}',
    '{"sourceIPs":["verb","verb"],"verb":"get"}',
  ])('%s is not', (item) => {
    expect(repeats(item)).toBe(false)
  })
})

describe('suspects', () => {
  function isSuspect(item: string): boolean {
    return scanEventList(Buffer.from(listOf('{}', item))).suspects.includes(1)
  }

  test.each([
    '{"objectRef":{"resource":"secrets"}}',
    '{"objectRef":{"resource":"serviceaccounts","subresource":"token"}}',
    '{"requestObject":{"items":[{"kind":"Secret"}]}}',
    String.raw`{"requestObject":{"kind":"S\u0065cret"}}`,
    String.raw`{"requestURI":"\/api\/v1\/secrets"}`,
    '{"requestURI":"/api/v1/secrets"}',
    '{"requestURI":"/api/v1/%73ecrets"}',
    '{"requestURI":"/x?a=b&access_token=c"}',
    String.raw`{"requestURI":"/x?a=b\u0026Token=c"}`,
    '{"requestURI":"/x?t%6fken=c"}',
    '{"x":{"kubectl.kubernetes.io/last-applied-configuration":"{\\"kind\\":\\"Secret\\"}"}}',
    '{"x":{resource:secrets}}',
  ])('%s may hold a secret', (item) => {
    expect(isSuspect(item)).toBe(true)
  })

  test.each([
    '{"objectRef":{"resource":"pods","name":"secret"}}',
    '{"objectRef":{"resource":"serviceaccounts","name":"a"}}',
    '{"requestURI":"/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/openshift-oauth-server"}',
    '{"requestObject":{"spec":{"resourceAttributes":{"resource":"secrets","verb":"list"}}}}',
    '{"requestObject":{"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount","volume":{"secretName":"a","path":"token"}}}',
    String.raw`{"requestURI":"/api/v1/pods?limit=5\u0026fieldSelector=metadata.name%3Da\u0026continue=token"}`,
    String.raw`{"userAgent":"a\u003cb\u003E\u0026\n\u001b\u00e9"}`,
    '{"x":{"kubectl.kubernetes.io/last-applied-configuration":"{\\"kind\\":\\"Pod\\"}"}}',
  ])('%s does not, so redaction skips it', (item) => {
    expect(isSuspect(item)).toBe(false)
  })
})

test.skipIf(!existsSync(dataFolder))('every line of the real logs comes back exactly as it is', () => {
  const files = readdirSync(dataFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:log|json|jsonl)$/.test(name),
  )
  const linesOfFiles = files.map((name) =>
    readFileSync(new URL(name, dataFolder), 'utf8').split('\n').filter(isJsonObject),
  )
  for (const lines of linesOfFiles) expect(scanText(listOf(...lines))).toEqual({ items: lines, reasons: {} })
  expect(linesOfFiles.flat().length).toBeGreaterThan(300)
})

function isJsonObject(line: string): boolean {
  try {
    return line.startsWith('{') && typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}
