import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { problem, startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-cluster-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const added = {
  name: 'prod',
  ingest: { url: 'https://10.0.0.5:7718/v1/ingest/k8s/prod', token: 'pti_secret' },
  kubeconfig: 'apiVersion: v1\nkind: Config\nusers: [{token: pti_secret}]\n',
  audit_policy: 'apiVersion: audit.k8s.io/v1\nkind: Policy',
  flags: { kubeadm: '--audit-webhook-mode=batch\n', k3s: 'kube-apiserver-arg:\n' },
}

describe('cluster add', () => {
  test('prints everything that is needed, in sections', async () => {
    await using api = await startCannedApi(() => ({ status: 201, body: added }))
    const done = await plaintrail(['cluster', 'add', 'prod'], { server: api.url })
    expect(done.code).toBe(0)
    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      path: '/v1/clusters',
      body: Buffer.from('{"name":"prod","credential":"token"}'),
    })
    expect(done.out.match(/^# .*/gm)).toEqual([
      '# Cluster prod',
      '# Kubeconfig of the audit webhook (kubeconfig)',
      '# Audit policy (audit-policy.yaml)',
      '# API server flags for kubeadm (flags-kubeadm.txt)',
      '# API server flags for k3s (flags-k3s.txt)',
    ])
    for (const part of [added.kubeconfig, added.audit_policy, added.flags.k3s, 'pti_secret  (shown this once)'])
      expect(done.out).toContain(part)
  })

  test('--out writes files, and the one with the token for its owner only', async () => {
    await using api = await startCannedApi(() => ({ status: 201, body: added }))
    const done = await plaintrail(['cluster', 'add', 'prod', '--out', 'new/prod'], { server: api.url, folder })
    const out = join(folder, 'new/prod')
    expect(done.code).toBe(0)
    expect((await readdir(out)).toSorted()).toEqual([
      'audit-policy.yaml',
      'flags-k3s.txt',
      'flags-kubeadm.txt',
      'kubeconfig',
    ])
    expect(await readFile(join(out, 'kubeconfig'), 'utf8')).toBe(added.kubeconfig)
    expect((await stat(join(out, 'kubeconfig'))).mode & 0o777).toBe(0o600)
    expect(done.out + done.err).not.toContain('pti_secret')
  })

  test('--out where there is no place for the token adds nothing', async () => {
    await using api = await startCannedApi(() => ({ status: 201, body: added }))
    await writeFile(join(folder, 'kubeconfig'), 'mine')
    expect(await plaintrail(['cluster', 'add', 'prod', '--out', folder], { server: api.url })).toMatchObject({
      code: 2,
    })
    const inFile = join(folder, 'kubeconfig', 'x')
    expect(await plaintrail(['cluster', 'add', 'prod', '--out', inFile], { server: api.url })).toMatchObject({
      code: 2,
    })
    expect(api.requests).toHaveLength(0)
    expect(await readFile(join(folder, 'kubeconfig'), 'utf8')).toBe('mine')
  })

  test('never loses the token when a file cannot be written after all', async () => {
    await using api = await startCannedApi(() => ({ status: 201, body: added }))
    await writeFile(join(folder, 'audit-policy.yaml'), 'mine')
    const done = await plaintrail(['cluster', 'add', 'prod', '--out', folder], { server: api.url })
    expect(done.code).toBe(2)
    expect(done.out).toContain('pti_secret')
    expect(await readFile(join(folder, 'audit-policy.yaml'), 'utf8')).toBe('mine')
  })

  test('a name that is taken is a usage error in the words of the API', async () => {
    const body = problem(409, 'conflict', 'There is a cluster prod already', { hint: 'Choose another name.' })
    await using api = await startCannedApi(() => ({ status: 409, body }))
    const done = await plaintrail(['cluster', 'add', 'prod'], { server: api.url })
    expect(done).toMatchObject({
      code: 2,
      err: 'plaintrail: There is a cluster prod already\n  Choose another name.\n',
    })
  })
})

describe('cluster list', () => {
  test('shows when each cluster was last heard of', async () => {
    const data = [
      { name: 'demo', created_at: '2026-11-20T12:00:00Z', last_event_at: '2026-11-20T14:17:00Z', events: 4200 },
      { name: 'new', created_at: '2026-11-20T14:17:00Z', last_event_at: null, events: 0 },
    ]
    await using api = await startCannedApi(() => ({ body: { data } }))
    const done = await plaintrail(['cluster', 'list', '--no-color'], { server: api.url, isTty: true })
    expect(
      done.out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['NAME', 'ADDED', 'LAST EVENT', 'EVENTS'],
      ['demo', '2h ago', '22s ago', '4200'],
      ['new', '22s ago', 'never', '0'],
    ])
    expect((await plaintrail(['cluster', 'list', '-o', 'name'], { server: api.url })).out).toBe('demo\nnew\n')
  })

  test('with no cluster says how to add one', async () => {
    await using api = await startCannedApi(() => ({ body: { data: [] } }))
    const done = await plaintrail(['cluster', 'list'], { server: api.url })
    expect(done).toMatchObject({ code: 0, out: '', err: expect.stringContaining('cluster add') })
  })
})

test('quarantine list shows what could not be read, and why', async () => {
  const data = [
    { id: 'qua_1', cluster: 'demo', time: '2026-11-20T14:17:00Z', reason: 'not_json', detail: 'at byte 3', size: 17 },
  ]
  await using api = await startCannedApi(({ path }) => (path === '/v1/quarantine' ? { body: { data } } : undefined))
  for (const args of [['quarantine', 'list'], ['quarantine']]) {
    const done = await plaintrail(args, { server: api.url })
    expect(done.out).toMatch(/2026-11-20T14:17:00Z +demo +not_json +17 B +qua_1 +at byte 3\n$/)
  }
})
