// What arrived comes back byte for byte: int64s, microseconds, duplicate keys, unusual unicode, escapes, odd spacing.

import { describe, expect, test } from 'vitest'
import { profiles } from './profiles.ts'
import { allRequests, eventList, postList, until } from './system.ts'

const odd = [
  String.raw`"responseObject":{"metadata":{"resourceVersion":9007199254740993,"generation":-9223372036854775808,"ratio":1.10000000000000000001,"big":1e400}}`,
  String.raw`"annotations":{"note":"<\u003c\u0026\u2028","emoji":"🦫","combining":"é é","rtl":"‮txt","escapes":"\/\b\f\\u0000"}`,
  String.raw`"verb":"get","verb":"delete"`,
  String.raw`  "spaced" :  [ 1 ,2,   3 ] `,
  String.raw`"requestObject":{"a":1,"a":2,"__proto__":{"polluted":true},"constructor":{"prototype":{"x":1}}}`,
]

function event(index: number, extra: string): string {
  const id = `00000000-0000-4000-8000-00000000000${index}`
  return (
    `{"level":"RequestResponse","auditID":"${id}","stage":"ResponseComplete",` +
    `"requestURI":"/api/v1/namespaces/shop/pods/p${index}","user":{"username":"alice"},"sourceIPs":["10.0.0.1"],` +
    `"objectRef":{"resource":"pods","namespace":"shop","name":"p${index}","apiVersion":"v1"},` +
    `"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":"2026-11-20T14:03:22.41821${index}Z",` +
    `"stageTimestamp":"2026-11-20T14:03:22.999999Z",${extra.includes('"verb"') ? '' : '"verb":"get",'}${extra}}`
  )
}

describe.each(await profiles())('$name', ({ startSystem }) => {
  test('the raw bytes of an event are what the API server sent', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const items = odd.map((extra, index) => event(index, extra))
    expect((await postList(system, cluster, eventList(items))).status).toBe(200)
    await until(async () => (await allRequests(system)).length === items.length)
    const requests = await allRequests(system)
    expect(requests.map((request) => request.time)).toEqual(odd.map((_, index) => `2026-11-20T14:03:22.41821${index}Z`))
    for (const [index, request] of requests.entries()) {
      const response = await system.get(`/v1/events/${request.id}/raw`)
      expect(response.headers.get('content-type')).toContain('application/json')
      expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(items[index] ?? ''))).toBe(true)
    }
    expect(requests[2]?.flags).toContain('duplicateKeys')
    expect(requests[2]?.verb).toBe('delete')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('include=raw carries the same bytes inside the page', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const items = odd.map((extra, index) => event(index, extra))
    expect((await postList(system, cluster, eventList(items))).status).toBe(200)
    await until(async () => (await allRequests(system)).length === items.length)
    const page = await (await system.get('/v1/events?since=2026-11-01&include=raw')).text()
    for (const item of items) expect(page).toContain(item)
  })

  test('old and bare forms are read: v1beta1, a byte-order mark, items without kind, an unknown query', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const item = event(1, '"x":1')
    const beta = event(2, '"x":1').replace('{', '{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1","metadata":{},')
    const body = `\u{feff}${eventList([item, beta]).replace('audit.k8s.io/v1"', 'audit.k8s.io/v1beta1"')}\n`
    expect((await postList(system, cluster, body)).status).toBe(200)
    await until(async () => (await allRequests(system)).length === 2)
    const requests = await allRequests(system)
    expect(requests[1]?.flags).toContain('legacyVersion')
  })
})
