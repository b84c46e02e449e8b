// readTests: the examples beside a rule.
import { confidences } from '@plaintrail/history/initiator'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import type { FieldReader } from './field-reader.ts'
import { jsonOf, type Located } from './located.ts'
import type { Expectation, Given, RuleTest } from './rule-test.ts'
import type { SubjectInitiator } from './subject.ts'

/** Examples of one rule. */
const testsMax = 200
/** Events of one example that are written out; a file may have more. */
const testEventsMax = 1000
const initiatorKinds = ['person', 'service-account', 'commit', 'unknown'] as const
const countMax = 1_000_000
const nameCharactersMax = 300
const pathCharactersMax = 512

const names = ['name', 'event', 'events', 'fixture', 'gap', 'cluster', 'oldObject', 'initiator', 'expect'] as const
type TestFields = Readonly<Partial<Record<(typeof names)[number], Located>>>

export function readTests(reader: FieldReader, value: Located | undefined, on: 'event' | 'gap'): readonly RuleTest[] {
  const items = reader.list(value, 'tests', { max: testsMax })
  const tests = items.map((item, index) => readTest(reader, item, { index, on })).filter((test) => test !== null)
  for (const [index, { name, at }] of tests.entries())
    if (tests.findIndex((other) => other.name === name) < index)
      reader.problems.addAt(at, `two tests of the rule are named "${name}"`)
  return tests
}

function readTest(
  reader: FieldReader,
  value: Located,
  { index, on }: { readonly index: number; readonly on: 'event' | 'gap' },
): RuleTest | null {
  const fields = reader.fields(value, 'a test', names)
  if (fields === null) return null
  const given = readGiven(reader, value, fields, on)
  const expect = readExpectation(reader, value, fields.expect)
  const isSingle = given?.kind === 'events' && given.events.length === 1
  for (const name of ['oldObject', 'initiator'] as const)
    if (fields[name] !== undefined && !isSingle)
      reader.problems.add(fields[name].from, `${name} is about one event`, 'Give the test event: and no more.')
  const name = reader.line(fields.name, 'the name of a test', nameCharactersMax) ?? `test ${index + 1}`
  const cluster = reader.line(fields.cluster, 'the cluster of a test', nameCharactersMax) ?? 'test'
  const oldObject = readOldObject(reader, value)
  const initiator = readInitiator(reader, fields.initiator)
  if (given === null || expect === null) return null
  return { name, at: reader.placeAt(fields.name?.from ?? value.from), given, cluster, oldObject, initiator, expect }
}

function readGiven(reader: FieldReader, value: Located, fields: TestFields, on: 'event' | 'gap'): Given | null {
  const kinds = (['event', 'events', 'fixture', 'gap'] as const).filter((kind) => fields[kind] !== undefined)
  const [kind] = kinds
  const given = kind === undefined ? undefined : fields[kind]
  if (kind === undefined || given === undefined || kinds.length > 1) {
    const says = kind === undefined ? 'has no event' : `has ${kinds.join(' and ')}`
    reader.problems.add(value.from, `a test ${says}`, 'It has one of event, events, fixture and gap.')
    return null
  }
  if ((kind === 'gap') !== (on === 'gap')) {
    reader.problems.add(given.from, `a test of a rule on ${on === 'gap' ? 'gaps has gap' : 'events has no gap'}`)
    return null
  }
  if (kind === 'fixture') return readFixture(reader, given)
  if (kind === 'events') {
    const items = reader.list(given, 'the events of a test', { min: 1, max: testEventsMax })
    const events = items.map((item) => readObject(reader, item, 'an event of a test'))
    return events.length === 0 || events.includes(null) ? null : { kind, events: events.filter((one) => one !== null) }
  }
  const object = readObject(reader, given, `the ${kind} of a test`)
  if (object === null) return null
  return kind === 'gap' ? { kind, gap: object } : { kind: 'events', events: [object] }
}

/** The file is beside the rule's or below it: rules of others must not read what they like. */
function readFixture(reader: FieldReader, value: Located): Given | null {
  const path = reader.line(value, 'the fixture of a test', pathCharactersMax)
  if (path === null) return null
  const steps = path.split('/')
  if (!/^[/\\]|^[A-Za-z]:|\\/.test(path) && steps.every((step) => step !== '..' && step !== ''))
    return { kind: 'fixture', path: steps.filter((step) => step !== '.').join('/'), at: reader.placeAt(value.from) }
  reader.problems.add(
    value.from,
    `could not use the fixture "${path}"`,
    'Name a file beside the rule or below, with slashes: fixtures/logs.jsonl',
  )
  return null
}

function readObject(reader: FieldReader, value: Located, what: string): JsonObject | null {
  const map = reader.map(value, what)
  const json = map === null ? null : jsonOf(map)
  return isJsonObject(json) ? json : null
}

/** `oldObject:` with nothing behind it says that there was none. */
function readOldObject(reader: FieldReader, test: Located): JsonObject | null | undefined {
  const value = test.kind === 'map' ? test.entries.get('oldObject')?.value : undefined
  if (value === undefined) return undefined
  return value.kind === 'scalar' && value.value === null ? null : readObject(reader, value, 'oldObject')
}

function readInitiator(reader: FieldReader, value: Located | undefined): SubjectInitiator | null {
  const fields = value === undefined ? null : reader.fields(value, 'initiator', ['kind', 'name', 'confidence'])
  if (fields === null || value === undefined) return null
  const kind = reader.choice(fields.kind, 'initiator.kind', initiatorKinds)
  const name = reader.line(fields.name, 'initiator.name', nameCharactersMax)
  const confidence = reader.choice(fields.confidence, 'initiator.confidence', confidences) ?? 'certain'
  if (kind !== null && name !== null) return { kind, name, confidence }
  if (fields.kind === undefined || fields.name === undefined)
    reader.problems.add(value.from, 'an initiator has kind and name', 'initiator: {kind: person, name: bob@acme.io}')
  return null
}

function readExpectation(reader: FieldReader, test: Located, value: Located | undefined): Expectation | null {
  if (value === undefined) {
    reader.problems.add(test.from, 'a test expects nothing', 'Say how many: expect: {findings: 1}')
    return null
  }
  const fields = reader.fields(value, 'expect', ['findings', 'insufficient', 'errors', 'summary'])
  if (fields === null) return null
  const bounds = { min: 0, max: countMax }
  const findings = reader.count(fields.findings, 'expect.findings', bounds)
  if (fields.findings === undefined)
    reader.problems.add(value.from, 'expect does not say how many findings', 'expect: {findings: 1}')
  const summary = reader.line(fields.summary, 'expect.summary', nameCharactersMax * 4)
  if (findings === null) return null
  return {
    at: reader.placeAt(value.from),
    findings,
    insufficient: reader.count(fields.insufficient, 'expect.insufficient', bounds) ?? 0,
    errors: reader.count(fields.errors, 'expect.errors', bounds) ?? 0,
    summary,
  }
}
