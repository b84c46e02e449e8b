// How a list of events comes: path, headers, protocol, and the outer shape of the body.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isNewestLab, testLabs } from '../lab-for-tests.ts'
import { startRecorder } from '../recorder.ts'
import { itemsOf, observe, until, type Observed } from './observe.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

describe.each(testLabs())('Kubernetes $version', (tools) => {
  let lab: Observed

  beforeAll(async () => {
    lab = await observe(tools, { http2: true })
    await lab.lastEventOf({ method: 'POST', path: configMaps, body: { metadata: { name: 'a' }, data: { x: '<&>' } } })
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  const firstPost = () => {
    const [post] = lab.recorder.posts
    if (post === undefined) throw new Error('nothing was posted')
    return post
  }

  test('a list is POSTed to the path of the kubeconfig with ?timeout=30s after it', () => {
    for (const { method, path } of lab.recorder.posts) {
      expect({ method, path }).toEqual({ method: 'POST', path: '/v1/ingest/k8s/lab?timeout=30s' })
    }
  })

  test('HTTP/2 is used where the receiver offers it', () => {
    expect(firstPost().httpVersion).toBe('2.0')
  })

  test('the token comes, the body is plain JSON of a known length, and the User-Agent says nothing of Kubernetes', () => {
    const { headers, body } = firstPost()
    expect(headers).toMatchObject({
      authorization: 'Bearer a-token-of-the-recorder',
      'content-type': 'application/json',
      accept: 'application/json, */*',
      'accept-encoding': 'gzip',
      'user-agent': 'Go-http-client/2.0',
      'content-length': String(body.length),
    })
    expect(headers).not.toHaveProperty('content-encoding')
  })

  test('the list has a kind, its items have none, and nothing in it names the cluster or the API server', () => {
    const { items, ...list } = JSON.parse(firstPost().body.toString()) as { items: Record<string, unknown>[] }
    expect(list).toEqual({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {} })
    expect(items.length).toBeGreaterThan(0)
    for (const item of items) {
      expect(item).not.toHaveProperty('kind')
      expect(item).not.toHaveProperty('apiVersion')
    }
  })

  test('the body ends with a line break, and <, > and & are written as Go escapes them', () => {
    const bodies = lab.recorder.posts.map(({ body }) => body.toString())
    expect(bodies.every((body) => body.endsWith('}\n'))).toBe(true)
    expect(bodies.some((body) => body.includes(String.raw`"x":"\u003c\u0026\u003e"`))).toBe(true)
  })

  test('path kept; query, fragment and trailing slash of the server’s URL dropped', async () => {
    const config = lab.recorder.kubeconfig.replace(/\/v1\/ingest\/k8s\/lab"/, '/a/b%20c/?cluster=x#y"')
    const file = await lab.write('other-path.kubeconfig', config)
    await lab.restart([`--audit-webhook-config-file=${file}`])
    const { auditID } = await lab.send({ method: 'GET', path: `${configMaps}/a` })
    await lab.eventsOf(auditID)
    expect(lab.recorder.posts.at(-1)?.path).toBe('/a/b%20c?timeout=30s')
  })

  test('over plain http:// the token does not come', async () => {
    await using plain = await startRecorder({ certificates: lab.plane.certificates, plain: true })
    const file = await lab.write('plain.kubeconfig', plain.kubeconfig)
    await lab.restart([`--audit-webhook-config-file=${file}`])
    const { auditID } = await lab.send({ method: 'GET', path: `${configMaps}/a` })
    const posts = () => plain.posts.filter(({ body }) => itemsOf(body).some((event) => event.auditID === auditID))
    await until(() => posts().length > 0, 'a post over plain HTTP')
    expect(plain.kubeconfig).toContain('"token":')
    expect(posts()[0]?.headers).not.toHaveProperty('authorization')
    expect(posts()[0]).toMatchObject({ httpVersion: '1.1', headers: { 'user-agent': 'Go-http-client/1.1' } })
  })

  if (isNewestLab(tools))
    test('a list holds as many events as there are, up to the size that it may have', async () => {
      await lab.restart(['--audit-webhook-batch-max-size=5', '--audit-webhook-batch-max-wait=10s'])
      const before = lab.recorder.posts.length
      const wanted = await Promise.all(Array.from({ length: 10 }, () => lab.send({ method: 'GET', path: configMaps })))
      const posted = () =>
        lab.recorder.posts
          .slice(before)
          .map(({ body }) => itemsOf(body).filter((event) => isOneOf(wanted, event.auditID)))
      await until(() => posted().flat().length === 2 * wanted.length, 'twenty events')
      expect(posted().map((events) => events.length)).toEqual([5, 5, 5, 5])
    })
})

const isOneOf = (sent: readonly { readonly auditID: string }[], auditID: string): boolean =>
  sent.some((one) => one.auditID === auditID)
