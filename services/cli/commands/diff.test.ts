import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { plaintrail } from '../testing/captured-io.ts'
import {
  argo,
  followed,
  sampleChange,
  sampleRef,
  sampleRevision,
  sampleState,
  startHistoryApi,
  syncByBob,
} from '../testing/sample-history.ts'

const before = sampleState({
  time: '2026-11-20T14:03:00.000000Z',
  revision: sampleRef({
    event: 'evt_00',
    time: '2026-11-20T12:01:10.000000Z',
    actor: argo,
    initiator: syncByBob,
    client: null,
  }),
})

const answerOf = (different: object = {}): object => ({
  object: {},
  from: before,
  to: sampleState(),
  changes: [sampleChange()],
  changes_count: 1,
  noise_count: 3,
  is_cut: false,
  recreated: null,
  why_not: null,
  meta: { history: followed },
  ...different,
})

const revisions = {
  data: [
    sampleRevision({ summary: '', changes_count: 0, fidelity: 'metadata-only' }),
    sampleRevision({ event: 'evt_07' }),
  ],
  has_more: false,
  next_cursor: null,
  lifetimes: [],
  meta: { history: followed, why_not: null, hidden: 0 },
}

const expected = [
  '--- shop/checkout @ 12:01:10  argocd (sync by bob@acme.io?)  [exact]',
  '+++ shop/checkout @ 14:03:22  alice@acme.io  kubectl 1.33  [exact]',
  '@@ spec.template.spec.containers[api] @@',
  '-  image: registry.acme.io/api:1.8',
  '+  image: registry.acme.io/api:1.9',
  '',
].join('\n')

test('what changed is shown with who made both states, and the exit code says that something did', async () => {
  await using api = await startHistoryApi({ revisions, diff: answerOf() })
  const done = await plaintrail(['diff', 'deploy/checkout', '-n', 'shop', '14m'], {
    server: api.url,
    isTty: true,
    env: { NO_COLOR: '1' },
  })
  expect(done).toMatchObject({
    code: 1,
    out: expected,
    err: '1 field changed · 3 noisy fields hidden (--show-noise)\n',
  })
  expect(api.requests.at(-1)?.path).toBe('/v1/objects/demo/apps/deployments/shop/checkout/diff')
  expect(Object.fromEntries(api.requests.at(-1)?.query ?? [])).toEqual({ from: '14m' })
})

test("without times it is the last change that was more than a controller's note, or whatever is last", async () => {
  await using api = await startHistoryApi({ revisions, diff: answerOf() })
  await plaintrail(['diff', 'deploy/checkout'], { server: api.url })
  expect(api.requests.at(-2)?.path).toMatch(/checkout\/revisions$/)
  expect(Object.fromEntries(api.requests.at(-1)?.query ?? [])).toEqual({ to: 'evt_07' })
  await using empty = await startHistoryApi({ revisions: { ...revisions, data: [] }, diff: answerOf() })
  await plaintrail(['diff', 'deploy/checkout'], { server: empty.url })
  expect(Object.fromEntries(empty.requests.at(-1)?.query ?? [])).toEqual({})
})

test('a terminal has colours, a pipe has none and exact times', async () => {
  await using api = await startHistoryApi({ revisions, diff: answerOf() })
  const shown = await plaintrail(['diff', 'deploy/checkout'], { server: api.url, isTty: true })
  expect(shown.out).toContain(`${String.fromCodePoint(0x1b)}[31m-  image: registry.acme.io/api:1.8`)
  expect(shown.out).toContain(`${String.fromCodePoint(0x1b)}[32m+  image: registry.acme.io/api:1.9`)
  const piped = await plaintrail(['diff', 'deploy/checkout'], { server: api.url })
  expect(piped.out).toContain('--- shop/checkout @ 2026-11-20T12:01:10.000000Z  argocd')
  expect(piped.out).toMatch(/^[\x20-\x7e\n]*$/)
})

describe('the exit code', () => {
  test('is 0 where nothing changed, and nothing is printed', async () => {
    await using api = await startHistoryApi({
      revisions,
      diff: answerOf({ changes: [], changes_count: 0, noise_count: 0 }),
    })
    const done = await plaintrail(['diff', 'deploy', 'checkout', 'rv:1', 'rv:2'], { server: api.url })
    expect(done).toMatchObject({ code: 0, out: '' })
    expect(done.err).toMatch(/^nothing changed from 2026-11-20T14:03:00.000000Z to 2026-11-20T14:17:22.000000Z\n$/)
    expect(Object.fromEntries(api.requests.at(-1)?.query ?? [])).toEqual({ from: 'rv:1', to: 'rv:2' })
  })

  test('is 3 where a state is not known, and that nothing changed is not said', async () => {
    const from = sampleState({ presence: 'maybe', revision: null, fidelity: null, says: 'Nothing before tells of it.' })
    const unknown = answerOf({ from, changes: [], changes_count: 0, noise_count: 0 })
    await using api = await startHistoryApi({ revisions, diff: unknown })
    const done = await plaintrail(['diff', 'deploy/checkout', '7d', '-n', 'shop'], { server: api.url })
    expect(done).toMatchObject({ code: 3, out: '' })
    expect(done.err).toBe(
      'plaintrail: could not tell what Deployment shop/checkout was 2026-11-20T14:17:22.000000Z\n  Nothing before tells of it.\n',
    )
    const json = await plaintrail(['diff', 'deploy/checkout', '7d', '-n', 'shop', '-o', 'json'], { server: api.url })
    expect([json.code, JSON.parse(json.out)]).toEqual([3, unknown])
  })

  test('is 0 where nothing changed until now', async () => {
    const nothing = answerOf({ changes: [], changes_count: 0, noise_count: 0 })
    await using api = await startHistoryApi({ revisions, diff: nothing })
    const done = await plaintrail(['diff', 'deploy/checkout', '14m'], { server: api.url })
    expect(done).toMatchObject({ code: 0, err: 'nothing changed since 2026-11-20T14:03:00.000000Z\n' })
  })

  test('is 0 with --no-exit-code', async () => {
    await using api = await startHistoryApi({ revisions, diff: answerOf() })
    expect((await plaintrail(['diff', 'deploy/checkout', '--no-exit-code'], { server: api.url })).code).toBe(0)
    expect((await plaintrail(['diff', 'deploy/checkout', '--exit-code'], { server: api.url })).code).toBe(1)
    expect((await plaintrail(['diff', 'deploy/checkout', '-o', 'json'], { server: api.url })).code).toBe(1)
  })

  test('is 3 where it was not recorded: that is not "no difference"', async () => {
    const policy = '- level: RequestResponse\n'
    const whyNot = { says: 'It was recorded at Metadata.', policy }
    await using api = await startHistoryApi({
      revisions,
      diff: answerOf({ changes: [], changes_count: 0, why_not: whyNot }),
    })
    const done = await plaintrail(['diff', 'deploy/checkout'], { server: api.url })
    expect(done).toMatchObject({ code: 3, out: '' })
    expect(done.err).toContain('! It was recorded at Metadata.\n')
    expect(done.err).toContain('    - level: RequestResponse\n')
  })
})

test('what is not sure about a state is told, and that history is behind', async () => {
  const says = 'A write that was not seen may have changed it.'
  const to = sampleState({ or_unseen: true, says })
  const meta = { history: { complete: false, behind: 1, until: null } }
  const both = { from: to, to, meta }
  await using api = await startHistoryApi({ revisions, diff: answerOf(both) })
  const done = await plaintrail(['diff', 'deploy/checkout', '--quiet'], { server: api.url })
  expect(done.err).toBe(`! history is behind: 1 stored event is not followed yet\n! ${says}\n`)
})

test('states that are not there are said to be so', async () => {
  const from = sampleState({ presence: 'not-yet', revision: null, fidelity: null })
  const to = sampleState({ presence: 'gone', fidelity: null })
  await using api = await startHistoryApi({ revisions, diff: answerOf({ from, to, recreated: 'These are two.' }) })
  const { out, err } = await plaintrail(['diff', 'deploy/checkout'], { server: api.url })
  expect(out).toMatch(/^--- shop\/checkout @ 2026-11-20T14:17:22.000000Z {2}\[not there yet\]$/m)
  expect(out).toMatch(/^\+\+\+ .*alice@acme.io {2}kubectl 1.33 {2}\[gone\]$/m)
  expect(err).toContain('! These are two.\n')
})

test('an object that came or went is shown without what nobody meant', async () => {
  const object = { kind: 'Deployment', metadata: { name: 'checkout', managedFields: [], uid: 'u' }, status: { a: 1 } }
  const changes = [sampleChange({ path: '', op: 'add', to: object })]
  await using api = await startHistoryApi({ revisions, diff: answerOf({ changes }) })
  const { out } = await plaintrail(['diff', 'deploy/checkout', '--no-headers'], { server: api.url })
  expect(out).toBe('@@ the whole object @@\n+  kind: Deployment\n+  metadata:\n+    name: checkout\n')
  const all = await plaintrail(['diff', 'deploy/checkout', '--show-noise'], { server: api.url })
  expect(all.out).toContain('+    managedFields: []')
})

test('--show-noise asks for all of it, and other formats have the changes', async () => {
  await using api = await startHistoryApi({ revisions, diff: answerOf() })
  await plaintrail(['diff', 'deploy/checkout', '--show-noise'], { server: api.url })
  expect(api.requests.at(-1)?.query.get('noise')).toBe('true')
  const json = await plaintrail(['diff', 'deploy/checkout', '-o', 'json'], { server: api.url })
  expect(JSON.parse(json.out)).toEqual(answerOf())
  const csv = await plaintrail(['diff', 'deploy/checkout', '-o', 'csv'], { server: api.url })
  expect(csv.out).toContain('spec.template.spec.containers[api].image,replace,registry.acme.io/api:1.8,')
  expect((await plaintrail(['diff', 'deploy/checkout', '-o', 'name'], { server: api.url })).out).toBe(
    'spec.template.spec.containers[api].image\n',
  )
})

test('--unified prints the text of the server', async () => {
  const text = '--- before\n+++ after\n@@ -1,2 +1,2 @@\n a: 1\n-b: \u001b[2J\n+b: 2\n'
  await using api = await startHistoryApi({ revisions, diff: answerOf() }, { diff: text })
  const done = await plaintrail(['diff', 'deploy/checkout', '2d', '--unified'], { server: api.url })
  expect(done.out).toBe(text.replace('\u001b', String.raw`\x1b`))
  expect(Object.fromEntries(api.requests.at(-1)?.query ?? [])).toEqual({ from: '2d', format: 'diff' })
})

describe('with a program of yours', () => {
  const at = { object: {}, state: sampleState(), why_not: null, meta: { history: followed } }
  const manifest = { kind: 'Deployment', metadata: { name: 'checkout', managedFields: [] }, status: { a: 1 } }

  test('it is given two folders with one file each, which go when it is done', async () => {
    await using api = await startHistoryApi({ revisions, diff: answerOf(), at: { ...at, manifest } })
    const env = { KUBECTL_EXTERNAL_DIFF: 'diff -N -r --brief' }
    await using tool = await script('for f; do :; done; echo "$@"; cat "$1"/* "$2"/*; exit 1')
    const done = await plaintrail(['diff', 'deploy/checkout'], {
      server: api.url,
      env: { ...env, PLAINTRAIL_EXTERNAL_DIFF: tool.path },
    })
    expect(done.code).toBe(1)
    const [folders = '', ...files] = done.out.trimEnd().split('\n')
    expect(files).toEqual([
      'kind: Deployment',
      'metadata:',
      '  name: checkout',
      'kind: Deployment',
      'metadata:',
      '  name: checkout',
    ])
    const [first = ''] = folders.split(' ')
    await expect(readdir(first)).rejects.toThrow('ENOENT')
    // The states of one revision are the same for diff(1), which says so by no output.
    expect((await plaintrail(['diff', 'deploy/checkout'], { server: api.url, env })).out).toBe('')
  })

  test('its trouble is an error, and so is that there is none', async () => {
    await using api = await startHistoryApi({ revisions, diff: answerOf(), at: { ...at, manifest } })
    await using tool = await script('exit 2')
    for (const program of [tool.path, '/nonexistent/diff']) {
      const done = await plaintrail(['diff', 'deploy/checkout'], {
        server: api.url,
        env: { PLAINTRAIL_EXTERNAL_DIFF: program },
      })
      expect(done).toMatchObject({ code: 2, err: expect.stringContaining('PLAINTRAIL_EXTERNAL_DIFF') })
    }
  })
})

async function script(text: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-diff-'))
  const path = join(folder, 'compare')
  await writeFile(path, `#!/bin/sh\n${text}\n`)
  await chmod(path, 0o755)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

test('more words than two times are a usage error', async () => {
  const done = await plaintrail(['diff', 'deploy/checkout', '1d', '2d', '3d'], { server: 'http://127.0.0.1:1' })
  expect(done).toMatchObject({ code: 2, err: expect.stringContaining('"3d"') })
})
