import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { realEvents, whyNoRealEvents } from '@plaintrail/test/real-events'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { beforeAll, describe, expect, test } from 'vitest'
import { compileRule } from './compile-rule.ts'
import { compiledPack, foundIn, isComponent, readPackFile, type Found } from './pack-for-tests.ts'
import type { ParsedRule } from './parse-rules.ts'
import type { RuleTest } from './rule-test.ts'
import { testRule } from './rule-tests.ts'

/** expected-findings.json: what the pack finds in what was recorded, and why that is right. */
interface ExpectedFindings {
  /** Rules that are about components of the cluster. */
  readonly aboutComponents: readonly { readonly rule: string; readonly why: string }[]
  readonly weeks: {
    /** Steps of the week that are misdeeds, or what a reviewer must see. */
    readonly planted: readonly (Expected & { readonly step: string; readonly misdeed: string })[]
    readonly others: readonly Others[]
  }
  readonly shared: {
    readonly planted: readonly { readonly file: string; readonly misdeed: string; readonly rule: string }[]
    readonly others: readonly Others[]
  }
}

interface Expected {
  readonly rule: string
  readonly group: readonly (string | null)[]
  /** Of Kubernetes; all where it is not there. */
  readonly versions?: readonly string[]
}

interface Others {
  readonly rule: string
  readonly why: string
  readonly groups: readonly (readonly (string | null)[])[]
  readonly versions?: readonly string[]
}

const expected = JSON.parse(
  readFileSync(join(import.meta.dirname, 'expected-findings.json'), 'utf8'),
) as ExpectedFindings
const aboutComponents = new Set(expected.aboutComponents.map(({ rule }) => rule))

const folder = join(import.meta.dirname, 'packs')
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readPackFile(file, readFileSync(join(folder, file), 'utf8')))
const rules = files.flatMap((file) => file.rules)
const readFixture = (path: string): string | null => {
  try {
    return readFileSync(join(folder, path), 'utf8')
  } catch {
    return null
  }
}

describe('the shipped pack', () => {
  test('is one rule a file, named as the file is, without a fault', () => {
    expect(files.flatMap((file) => file.errors)).toEqual([])
    expect(files.map(({ rules: [parsed] }) => `${parsed?.rule.name}.yaml`)).toEqual(files.map(({ file }) => file))
    expect(files.every((file) => file.rules.length === 1)).toBe(true)
    expect(rules.length).toBeGreaterThanOrEqual(80)
  })

  test.each(rules.map((parsed) => [parsed.rule.name, parsed] as const))(
    '%s says all that a reader needs',
    (_, parsed) => {
      const { rule } = parsed
      expect(rule.labels).toMatchObject({ pack: 'shipped' })
      expect(rule.description.length, 'description').toBeGreaterThan(60)
      expect(rule.summary, 'summary').not.toBe(rule.title)
      expect(rule.remediation.length, 'remediation').toBeGreaterThan(20)
      expect(rule.controls, 'controls').not.toEqual([])
      expect(rule.falsePositives, 'falsePositives').not.toEqual([])
      expect(kindsMissing(parsed)).toEqual([])
    },
  )

  test.each(rules.map((parsed) => [parsed.rule.name, parsed] as const))('%s does what its tests say', (_, parsed) => {
    const results = testRule(parsed, { readFixture })
    expect(results.filter(({ result }) => result !== 'pass')).toEqual([])
  })
})

/** Two events that must match, two near misses, and one that cannot be judged where it reads what may not be there. */
function kindsMissing({ rule, tests }: ParsedRule): readonly string[] {
  const compilation = compileRule(rule)
  if (!compilation.ok) return ['it does not compile']
  const { steps, reads } = compilation.compiled
  const matching = tests.filter(({ expect: { findings } }) => findings > 0).map(eventsOf)
  const misses = tests.filter(({ expect: { findings, insufficient } }) => findings === 0 && insufficient === 0)
  const open = tests.filter(({ expect: { insufficient } }) => insufficient > 0)
  const names = steps.flatMap(({ where }) => where?.names ?? [])
  const readsBodies = reads.costly.has('changes') || names.some((name) => ofBodies.has(name))
  return [
    matching.reduce((sum, events) => sum + events, 0) >= 2 ? '' : 'two events that must match',
    misses.length >= 2 ? '' : 'two near misses',
    !readsBodies || open.length >= 1 ? '' : 'one event that cannot be judged',
  ].filter((missing) => missing !== '')
}

const ofBodies: ReadonlySet<string> = new Set([
  'object',
  'oldObject',
  'diff',
  'request',
  'response',
  'podSpec',
  'containers',
])

function eventsOf({ given }: RuleTest): number {
  if (given.kind === 'events') return given.events.length
  return given.kind === 'gap' ? 1 : (readFixture(given.path)?.trim().split('\n').length ?? 0)
}

const pack = compiledPack(files)
/** A week takes a second of the processor, and another test may have it. */
const timeoutMs = 120_000
const nothing: Found = { findings: [], insufficient: [], errors: [], actors: new Map() }

describe.each(corpusVersions())('in the week of Kubernetes %s', (version) => {
  let found = nothing
  beforeAll(() => {
    const events = corpusOf(version).lists.flatMap((list) => (JSON.parse(list) as { items: JsonObject[] }).items)
    found = foundIn(pack, version, events)
  }, timeoutMs)

  test('every planted misdeed is found, and nothing else but what is listed with its reason', () => {
    const { planted, others } = expected.weeks
    const ofVersion = <T extends { readonly versions?: readonly string[] }>(entries: readonly T[]): readonly T[] =>
      entries.filter(({ versions }) => versions?.includes(version) ?? true)
    const listed = [
      ...ofVersion(planted).map(({ rule, group }) => line(rule, group)),
      ...ofVersion(others).flatMap(({ rule, groups }) => groups.map((group) => line(rule, group))),
    ]
    expect(linesOf(found)).toEqual(unique(listed))
  })

  test('a rule fails on no event, and cannot judge only those whose bodies were cut off', () => {
    expect(found.errors).toEqual([])
    expect(found.insufficient.filter((what) => !what.includes('audit.k8s.io/truncated'))).toEqual([])
  })

  test('nothing is found in what components of the cluster do all day', () => {
    expect(ofComponents(found)).toEqual([])
  })
})

const absent = whyNoRealEvents()
if (absent !== null) console.warn(`skipped: ${absent}`)

describe.skipIf(absent !== null)('in events of other clusters', () => {
  let byFile: ReturnType<typeof filesOf> = []
  beforeAll(() => {
    byFile = filesOf()
  }, timeoutMs)

  test('every planted misdeed is found, and nothing else but what is listed with its reason', () => {
    const { planted, others } = expected.shared
    const misdeeds = new Set(planted.map(({ file, rule }) => `${file}: ${rule}`))
    const listed = new Set(others.flatMap(({ rule, groups }) => groups.map((group) => line(rule, group))))
    const seen = new Set<string>()
    const unlisted: string[] = []
    for (const { file, found } of byFile) {
      for (const { rule, group } of found.findings) {
        const [misdeed, other] = [`${file}: ${rule.name}`, line(rule.name, group)]
        seen.add(misdeed).add(other)
        if (!misdeeds.has(misdeed) && !listed.has(other)) unlisted.push(`${file}: ${other}`)
      }
    }
    expect(unlisted).toEqual([])
    expect([...misdeeds, ...listed].filter((one) => !seen.has(one))).toEqual([])
  })

  test('a rule fails on no event', () => {
    expect(byFile.flatMap(({ found }) => found.errors)).toEqual([])
  })

  test('nothing is found in what components of the cluster do all day', () => {
    expect(byFile.flatMap(({ found }) => ofComponents(found))).toEqual([])
  })
})

function filesOf(): readonly { readonly file: string; readonly found: Found }[] {
  const events = Map.groupBy(realEvents(), ({ file }) => file)
  return [...events].map(([file, of]) => ({
    file,
    found: foundIn(
      pack,
      file,
      of.map(({ event }) => event).filter((event): event is JsonObject => isJsonObject(event)),
    ),
  }))
}

const line = (rule: string, group: readonly (string | null)[]): string => `${rule} ${JSON.stringify(group)}`
const unique = (lines: readonly string[]): readonly string[] => [...new Set(lines)].toSorted()
const linesOf = ({ findings }: Found): readonly string[] =>
  unique(findings.map(({ rule, group }) => line(rule.name, group)))

function ofComponents({ findings, actors }: Found): readonly string[] {
  return findings
    .filter(({ rule, events }) => {
      const isTheirs = events.some((id) => {
        const actor = actors.get(id)
        return actor !== undefined && isComponent(actor)
      })
      return isTheirs && !aboutComponents.has(rule.name)
    })
    .map(({ rule, group }) => line(rule.name, group))
}
