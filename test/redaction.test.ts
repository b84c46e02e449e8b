// Canaries: secret values planted in events are found in no table, segment, quarantine, log line, answer or error.

import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeEnvelope } from '@plaintrail/event-log/envelope'
import { openStore } from '@plaintrail/store/open-store'
import { createEventMaker } from './make-events.ts'
import { profiles } from './profiles.ts'
import { allRequests, eventList, postList, until } from './system.ts'

const canary = 'CANARY-7f3a91'
const encoded = Buffer.from(canary).toString('base64')
const forms = [canary, encoded, Buffer.from(canary).toString('hex')]

function planted(): string[] {
  const maker = createEventMaker(11, Date.parse('2026-11-20T10:00:00Z') * 1_000, 500)
  const base = (edit: Record<string, unknown>): string =>
    JSON.stringify({ ...JSON.parse(maker.event()), level: 'RequestResponse', ...edit })
  const secret = {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: {
      name: 'db',
      namespace: 'shop',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"password":"${encoded}"}}` },
    },
    data: { password: encoded },
    stringData: { token: canary },
  }
  const secrets = { resource: 'secrets', namespace: 'shop', name: 'db', apiVersion: 'v1' }
  const uri = '/api/v1/namespaces/shop/secrets/db'
  return [
    base({ verb: 'create', objectRef: secrets, requestURI: uri, requestObject: secret, responseObject: secret }),
    base({
      verb: 'list',
      objectRef: { ...secrets, name: '' },
      requestURI: uri,
      responseObject: { kind: 'SecretList', apiVersion: 'v1', items: [secret, secret] },
    }),
    base({
      verb: 'patch',
      objectRef: secrets,
      requestURI: uri,
      requestObject: [{ op: 'replace', path: '/data/password', value: encoded }],
    }),
    base({ verb: 'patch', objectRef: secrets, requestURI: uri, requestObject: { data: { password: encoded } } }),
    base({
      verb: 'create',
      objectRef: { resource: 'serviceaccounts', subresource: 'token', namespace: 'shop', name: 'ci', apiVersion: 'v1' },
      responseObject: { kind: 'TokenRequest', status: { token: canary } },
    }),
    base({
      verb: 'create',
      objectRef: { resource: 'tokenreviews', apiGroup: 'authentication.k8s.io', apiVersion: 'v1' },
      requestObject: { kind: 'TokenReview', spec: { token: canary } },
    }),
    base({
      verb: 'create',
      objectRef: { resource: 'configmaps', namespace: 'shop', name: 'c', apiVersion: 'v1' },
      requestObject: { kind: 'ConfigMap', data: { secretish: canary } },
    }),
    base({ verb: 'get', objectRef: undefined, requestURI: `/oauth/token?access_token=${canary}` }),
    // These two cannot be read, and so go to quarantine.
    base({ verb: 'create', objectRef: secrets, requestURI: uri, requestObject: secret }).replace(
      '"verb":',
      '"broken":tru,"verb":',
    ),
    base({ verb: 'create', objectRef: secrets, requestURI: uri, requestObject: secret }).slice(0, -40),
  ]
}

describe.each(await profiles())('$name', ({ startSystem }) => {
  test('a planted secret is found nowhere', async () => {
    await using system = await startSystem({ env: { PLAINTRAIL_REDACT_PATHS: 'configmaps object.data.*' } })
    const cluster = await system.addCluster('lab')
    const events = planted()
    const broken = events.pop() ?? ''
    expect((await postList(system, cluster, eventList(events))).status).toBe(200)
    // A list that was cut off in the middle of a secret.
    expect((await postList(system, cluster, `{"kind":"EventList","items":[${broken}`)).status).toBe(200)
    expect((await postList(system, { ...cluster, name: 'other' }, eventList(events))).status).toBe(403)
    await until(async () => (await allRequests(system)).length === 8)

    const places = new Map<string, string>([['output', system.output()]])
    await using store = openStore(await system.connection(), {
      connectionsMax: 1,
      statementMs: 0,
      applicationName: 'test',
    })
    const tables = await store.pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    )
    expect(tables.rows.length).toBeGreaterThan(15)
    for (const { name } of tables.rows) {
      const { rows } = await store.pool.query(`select t::text as text from "${name}" t`)
      places.set(`table ${name}`, JSON.stringify(rows))
    }
    const segments = await store.pool.query<{ id: number; envelope: Buffer }>('select id, envelope from segment')
    expect(segments.rows.length).toBe(2)
    for (const { id, envelope } of segments.rows) {
      const { header, body } = decodeEnvelope(envelope)
      places.set(`segment ${id}`, JSON.stringify(header) + body.toString('latin1'))
      expect(body.toString('latin1')).toContain('plaintrail:hmac-sha256:')
    }
    for (const path of [
      '/v1/events?include=raw&since=2026-11-01',
      '/v1/quarantine?bytes=true',
      '/metrics',
      '/readyz',
    ]) {
      const text = await (await system.get(path)).text()
      places.set(path, text + Buffer.from(text, 'base64').toString('latin1'))
    }
    const { data } = (await (await system.get('/v1/quarantine?bytes=true')).json()) as {
      data: { bytes: string; reason: string }[]
    }
    expect(data.map(({ reason }) => reason).toSorted()).toEqual(['cut_short', 'invalid_json'])
    data.forEach(({ bytes }, index) =>
      places.set(`quarantine ${index}`, Buffer.from(bytes, 'base64').toString('latin1')),
    )
    for (const path of await logFiles(system.dataFolder)) places.set(path, await readFile(path, 'latin1'))

    const found = [...places].flatMap(([place, text]) => forms.filter((form) => text.includes(form)).map(() => place))
    expect(found).toEqual([])
  })

  test('what was redacted says so, and equal secrets have equal digests', async () => {
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    expect((await postList(system, cluster, eventList(planted().slice(0, 4)))).status).toBe(200)
    await until(async () => (await allRequests(system)).length === 4)
    const requests = await allRequests(system)
    expect(requests.every((request) => request.flags.includes('redacted'))).toBe(true)
    const raws = await Promise.all(
      requests.map(async ({ id }) => JSON.parse(await (await system.get(`/v1/events/${id}/raw`)).text())),
    )
    const digests = [
      raws[0].requestObject.data.password,
      raws[2].requestObject[0].value,
      raws[3].requestObject.data.password,
    ]
    expect(new Set(digests).size).toBe(1)
    expect(digests[0]).toMatch(/^plaintrail:hmac-sha256:[A-Za-z0-9_-]{43}$/)
  })
})

async function logFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true })
  const paths = names.filter((name) => /\.(log|json|txt)$/.test(name)).map((name) => join(folder, name))
  const sizes = await Promise.all(paths.map((path) => stat(path)))
  return paths.filter((_, index) => sizes[index]?.isFile())
}
