// Exports of a running system, in both profiles: the files hold what the pages of a search hold, and prove it.

import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { StoredEvent } from '@plaintrail/event/event'
import { canonicalJson } from '@plaintrail/formats/manifest'
import { corpusOf, corpusVersions } from './corpus.ts'
import { profiles } from './profiles.ts'
import { allRequests, postList, until, type System } from './system.ts'

interface Part {
  readonly url: string
  readonly sha256: string
  readonly bytes: number
  readonly rows: number
}

interface Export {
  readonly state: string
  readonly error: string | null
  readonly parts: readonly Part[]
  readonly links: { readonly self: string; readonly manifest: string | null }
}

const always = { since: '1970-01-01', until: '2100-01-01' }
const listsMax = 80

describe.each(await profiles())('$name', ({ startSystem }) => {
  test('an export has every event of a search, in order, and its manifest proves it', async () => {
    const [version = ''] = corpusVersions()
    const lists = corpusOf(version).lists.slice(0, listsMax)
    await using system = await startSystem()
    const cluster = await system.addCluster('lab')
    for (const list of lists) expect((await postList(system, cluster, list)).status).toBe(200)
    const posted = lists.flatMap((list) => (JSON.parse(list) as { items: unknown[] }).items).length
    await until(async () => (await allRequests(system)).flatMap(({ stages }) => stages).length >= posted, 60_000)

    const all = await made(system, { format: 'ndjson', ...always })
    const requests = await allRequests(system)
    expect(requests.length).toBeGreaterThan(100)
    expect(await textOf(system, all)).toBe(requests.map(lineOf).join(''))

    const changes = await made(system, { q: 'verb:create,delete', format: 'csv', include_raw: true, ...always })
    const found = await allRequests(system, '&verb=create,delete')
    expect(found.length).toBeGreaterThan(10)
    expect(changes.parts.map(({ rows }) => rows)).toEqual([found.length])

    const manifest = (await (await system.get(all.links.manifest ?? '')).json()) as Record<string, unknown>
    const { sha256, ...rest } = manifest
    expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(sha256)
    expect(rest).toMatchObject({ rows: requests.length, parts: all.parts.map(({ url: _url, ...part }) => part) })
  })
})

async function made(system: System, body: object): Promise<Export> {
  const response = await system.post('/v1/exports', body)
  expect(response.status).toBe(202)
  const self = response.headers.get('location') ?? ''
  const look = async (): Promise<Export> => (await (await system.get(self)).json()) as Export
  await until(async () => ['done', 'failed'].includes((await look()).state), 60_000)
  const ended = await look()
  expect([ended.state, ended.error]).toEqual(['done', null])
  return ended
}

async function textOf(system: System, { parts }: Export): Promise<string> {
  let text = ''
  for (const { url, sha256, bytes } of parts) {
    const content = Buffer.from(await (await system.get(url)).arrayBuffer())
    expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256])
    text += gunzipSync(content).toString()
  }
  return text
}

/** A page's event without its links, which are of a server. */
function lineOf(event: StoredEvent & { readonly links?: unknown }): string {
  const { links: _links, ...own } = event
  return `${JSON.stringify(own)}\n`
}
