import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { redactEventList } from '@plaintrail/event/redact'
import { scanEventList } from '@plaintrail/event/scan'
import type { JsonObject } from '@plaintrail/history/json-values'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { beforeAll, describe, expect, test } from 'vitest'
import { compiledPack, foundIn, readPackFile, type Found } from './pack-for-tests.ts'

const folder = join(import.meta.dirname, 'packs')
const pack = compiledPack(
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readPackFile(file, readFileSync(join(folder, file), 'utf8'))),
)
/** A week takes a second of the processor, and another test may have it. */
const timeoutMs = 120_000

/** What an audit policy of less would have recorded of the same requests. */
const policies: readonly (readonly [level: string, without: readonly string[]])[] = [
  ['Metadata', ['requestObject', 'responseObject']],
  ['Request', ['responseObject']],
]

describe.each(corpusVersions())('of the week of Kubernetes %s', (version) => {
  const { lists } = corpusOf(version)
  const events = itemsOf(lists)
  let whole: Found = { findings: [], insufficient: [], errors: [], actors: new Map() }
  beforeAll(() => {
    whole = foundIn(pack, version, events)
  }, timeoutMs)

  test(
    'the same is found where secrets were replaced by digests',
    () => {
      const options = { key: new Uint8Array(32), paths: [] }
      const redacted = lists.map((list) => {
        const body = Buffer.from(list)
        return Buffer.from(redactEventList(body, scanEventList(body), options).body).toString()
      })
      const found = foundIn(pack, version, itemsOf(redacted))
      expect(namesOf(found)).toEqual(namesOf(whole))
      expect(found.insufficient).toEqual(whole.insufficient)
      expect(found.errors).toEqual([])
    },
    timeoutMs,
  )

  test.each(policies)(
    'at level %s nothing more is found, and what is not found is said to be open',
    (level, without) => {
      const less = events.map((event) => ({
        ...Object.fromEntries(Object.entries(event).filter(([name]) => !without.includes(name))),
        level,
      }))
      const found = foundIn(pack, version, less)
      const [before, after] = [new Set(namesOf(whole)), new Set(namesOf(found))]
      const open = new Set(found.insufficient.map((what) => what.slice(0, what.indexOf(':'))))
      expect([...after].filter((name) => !before.has(name))).toEqual([])
      const lost = [...before].filter((name) => !after.has(name))
      expect(lost.length).toBeGreaterThan(3)
      expect(lost.filter((name) => !open.has(name.slice(0, name.indexOf(' '))))).toEqual([])
      expect(found.errors).toEqual([])
    },
    timeoutMs,
  )
})

function itemsOf(lists: readonly string[]): readonly JsonObject[] {
  return lists.flatMap((list) => (JSON.parse(list) as { items: JsonObject[] }).items)
}

const namesOf = ({ findings }: Found): readonly string[] =>
  findings.map(({ rule, group }) => `${rule.name} ${JSON.stringify(group)}`)
