import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { canonicalJson, exportManifest, type ManifestFacts } from './manifest.ts'

const facts: ManifestFacts = {
  id: 'exp_0197',
  created: '2026-11-20T12:00:00.000000Z',
  finished: '2026-11-20T12:00:09.000000Z',
  maker: 'admin',
  query: 'ns:shop',
  window: { since: '2026-11-19T12:00:00.000000Z', until: '2026-11-20T12:00:00.000000Z' },
  snapshot: { taken: '2026-11-20T12:00:00.000000Z', isExact: true, watermark: 'AQI' },
  gaps: [{ cluster: 'lab', from: 'a', to: 'b', cause: 'cluster_silent' }],
  format: 'csv',
  withRaw: false,
  parts: [
    { number: 1, rows: 10, bytes: 100, sha256: 'aa' },
    { number: 2, rows: 5, bytes: 50, sha256: 'bb' },
  ],
  version: '9.9.9',
}

test('a manifest says what was asked, what is missing, and what each part is', () => {
  expect(JSON.parse(exportManifest(facts))).toMatchObject({
    query: 'ns:shop',
    coverage: { complete: false, gaps: [{ cause: 'cluster_silent' }] },
    rows: 15,
    bytes: 150,
    parts: [
      { name: 'exp_0197-00001.csv.gz', sha256: 'aa' },
      { name: 'exp_0197-00002.csv.gz', rows: 5 },
    ],
    schema: { name: 'plaintrail event columns', version: '1' },
    tool: { name: 'plaintrail', version: '9.9.9' },
  })
})

test('its digest is over all that it says: whoever takes the digest out can make it again', () => {
  const { sha256, ...rest } = JSON.parse(exportManifest(facts)) as { sha256: string }
  expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(sha256)
  const other = JSON.parse(exportManifest({ ...facts, query: 'ns:prod' })) as { sha256: string }
  expect(other.sha256).not.toBe(sha256)
})

test('canonical JSON has one spelling, whatever the order in which things were said', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'é"\n' }], a: undefined, A: true })).toBe(
    String.raw`{"A":true,"b":[1,{"c":"é\"\n","d":null}]}`,
  )
  expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }))
})
