// From `cluster add` to a post by TLS, the way an API server does it: with nothing but the kubeconfig that was printed.

import { request as httpsRequest, type RequestOptions } from 'node:https'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createEventMaker } from './make-events.ts'
import { profiles } from './profiles.ts'
import { allRequests, postTo, until, type AddedCluster, type System } from './system.ts'

interface Kubeconfig {
  readonly clusters: readonly [{ cluster: { server: string; 'certificate-authority-data': string } }]
  readonly users: readonly [
    { user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string } },
  ]
}

const startUs = Date.parse('2026-11-20T10:00:00Z') * 1_000

/** As client-go does: `?timeout=30s` on every request (rest/request.go). */
function postAsApiServer(
  kubeconfig: string,
  system: System,
  body: string,
  change: RequestOptions = {},
): Promise<number> {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  const { token, 'client-certificate-data': cert, 'client-key-data': key } = users[0].user
  const url = new URL(`${server}?timeout=30s`)
  const decode = (text: string): Buffer => Buffer.from(text, 'base64')
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      url,
      {
        method: 'POST',
        port: system.ingestPort,
        ca: decode(ca),
        ...(cert && key ? { cert: decode(cert), key: decode(key) } : {}),
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        ...change,
      },
      (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

describe.each(await profiles())('$name', ({ startSystem }) => {
  test('the printed kubeconfig is enough to post by TLS', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    expect(await postAsApiServer(cluster.kubeconfig, system, createEventMaker(31, startUs, 500).list(5))).toBe(200)
    await until(async () => (await allRequests(system)).length === 5)
  })

  test('the certificate covers the host of PLAINTRAIL_INGEST_URL', async () => {
    await using system = await startSystem({
      env: { PLAINTRAIL_INGEST_URL: 'https://audit.example:7718', PLAINTRAIL_INGEST_HOST: '127.0.0.1' },
    })
    const cluster = await system.addCluster('lab')
    expect(cluster.ingest.url).toBe('https://audit.example:7718/v1/ingest/k8s/lab')
    const body = createEventMaker(32, startUs, 500).list(1)
    const there = { hostname: '127.0.0.1', servername: 'audit.example' }
    expect(await postAsApiServer(cluster.kubeconfig, system, body, there)).toBe(200)
    await expect(
      postAsApiServer(cluster.kubeconfig, system, body, { ...there, servername: 'other.example' }),
    ).rejects.toThrow()
  })

  test('a client certificate is accepted in place of a token', async () => {
    await using system = await startSystem()
    const response = await system.post('/v1/clusters', { name: 'lab', credential: 'certificate' })
    expect(response.status).toBe(201)
    const cluster = (await response.json()) as AddedCluster
    expect(parse(cluster.kubeconfig).users[0].user.token).toBeUndefined()
    expect(await postAsApiServer(cluster.kubeconfig, system, createEventMaker(33, startUs, 500).list(2))).toBe(200)
    await until(async () => (await allRequests(system)).length === 2)
  })

  test('an ingest token writes to its own cluster and reads nothing', async () => {
    await using system = await startSystem()
    const east = await system.addCluster('east')
    await system.addCluster('west')
    const body = createEventMaker(34, startUs, 500).list(1)
    const post = (cluster: string, token: string | null): Promise<Response> =>
      postTo(system, `/v1/ingest/k8s/${cluster}`, {
        body: Buffer.from(body),
        headers: token ? { authorization: `Bearer ${token}` } : {},
      })
    expect((await post('east', east.ingest.token)).status).toBe(200)
    expect((await post('west', east.ingest.token)).status).toBe(403)
    expect((await post('east', null)).status).toBe(401)
    expect((await post('east', 'pti_wrong')).status).toBe(401)
    for (const path of ['/v1/events', '/v1/clusters', '/v1/quarantine']) {
      const response = await fetch(system.url + path, { headers: { authorization: `Bearer ${east.ingest.token}` } })
      expect([401, 403]).toContain(response.status)
    }
    expect(system.output()).not.toContain(east.ingest.token)
    expect(system.output()).not.toContain('pti_wrong')
  })

  test('neither a trailing slash nor another method is ever redirected', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    const headers = { authorization: `Bearer ${cluster.ingest.token}` }
    const body = Buffer.from(createEventMaker(35, startUs, 500).list(1))
    const slash = await postTo(system, '/v1/ingest/k8s/lab/', { headers, body })
    expect(slash.status).toBe(200)
    const get = await postTo(system, '/v1/ingest/k8s/lab', { method: 'GET', headers, body })
    expect(get.status).toBeGreaterThanOrEqual(400)
  })
})
