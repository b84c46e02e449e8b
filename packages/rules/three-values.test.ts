// What is not known never decides: over the recorded weeks, with bodies and all that is known around an event taken away.

import type { Event } from '@plaintrail/event/event'
import { normalize } from '@plaintrail/event/normalize'
import { sentence } from '@plaintrail/event/sentence'
import { withoutBodies } from '@plaintrail/event/without-bodies'
import type { JsonObject } from '@plaintrail/history/json-values'
import { queryText } from '@plaintrail/query/normal-form'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { seededRandom, type Random } from '@plaintrail/test/random'
import { describe, expect, test } from 'vitest'
import { evaluate } from './evaluate.ts'
import { compileQuery } from './judge-query.ts'
import { queriesAbout } from './queries-for-tests.ts'
import { compiledRule, subjectOfRaw } from './rules-for-tests.ts'
import type { Known, Subject, SubjectChange, SubjectInitiator } from './subject.ts'

const raws = corpusVersions()
  .flatMap((version) => corpusOf(version).lists)
  .flatMap((list) => (JSON.parse(list) as { items: JsonObject[] }).items)

interface Pair {
  /** Everything is known, one way or another. */
  readonly full: Subject
  /** The same event without. */
  readonly bare: Subject
}

const notKnown: Known<never> = { isKnown: false, because: 'it was taken away' }

const ways: readonly (readonly [name: string, bareOf: (raw: JsonObject) => Subject])[] = [
  [
    'too large to read',
    (raw) => {
      const text = withoutBodies(Buffer.from(JSON.stringify(raw))).toString()
      return subjectOfRaw(JSON.parse(text) as JsonObject, unknownParts, { bodyTooLarge: true })
    },
  ],
  ['level Metadata', (raw) => subjectOfRaw({ ...bodiless(raw), level: 'Metadata' }, unknownParts)],
  [
    'cut by the API server',
    (raw) => {
      const annotations = { ...(raw['annotations'] as JsonObject | undefined), 'audit.k8s.io/truncated': 'true' }
      return subjectOfRaw({ ...bodiless(raw), annotations }, unknownParts)
    },
  ],
]

const unknownParts = { changes: notKnown, oldObject: notKnown, initiator: notKnown }

function bodiless(raw: JsonObject): JsonObject {
  const { requestObject: _request, responseObject: _response, ...rest } = raw
  return rest
}

const change = (path: string, plain: string, from: string | null, to: string | null): SubjectChange => ({
  path,
  plain,
  op: 'replace',
  from,
  to,
})
const changesTried: readonly (readonly SubjectChange[])[] = [
  [],
  [change('spec.replicas', 'spec.replicas', '3', '0')],
  [change('spec.template.spec.containers[api].image', 'spec.template.spec.containers[].image', 'api:1.8', 'x/api:1.9')],
]

function fullOf(raw: JsonObject, random: Random): Subject {
  const initiator: SubjectInitiator = { kind: 'person', name: random.pick(['alice', 'bob', '']), confidence: 'likely' }
  const value = random.pick([[], ...changesTried])
  const oldObject = random.pick([null, { metadata: {}, spec: { replicas: 3 } }])
  return subjectOfRaw(raw, {
    changes: { isKnown: true, value },
    initiator: { isKnown: true, value: initiator },
    oldObject: { isKnown: true, value: oldObject },
  })
}

describe.each(ways)('an event that is %s', (_name, bareOf) => {
  const random = seededRandom(11)
  const pairs: readonly Pair[] = raws
    .filter(() => random.below(3) === 0)
    .map((raw) => ({ full: fullOf(raw, random), bare: bareOf(raw) }))

  test('answers a query as the whole event does, or not at all', () => {
    const [first, ...more] = pairs.map(({ full }) => full.event)
    if (first === undefined) throw new Error('there is a corpus')
    const queries = queriesAbout([first, ...more], random, { count: 2_000, sentenceOf: sentence })
    let [same, open] = [0, 0]
    for (const query of queries.filter((one) => !/level:|is:truncated/.test(queryText(one)))) {
      const { judge, missing } = compileQuery(query)
      for (let at = 0; at < 60; at += 1) {
        const { full, bare } = pairs[random.below(pairs.length)] ?? {
          full: fullOf({}, random),
          bare: fullOf({}, random),
        }
        const truth = judge(bare)
        if (truth === null) {
          expect(missing(bare).length).toBeGreaterThan(0)
          open += 1
        } else if (truth === judge(full)) same += 1
        else expect.fail(`${queryText(query)} of ${bare.sentence}: ${truth}`)
      }
    }
    expect(same).toBeGreaterThan(50_000)
    expect(open).toBeGreaterThan(1_000)
  }, 120_000)

  test('is judged by an expression as the whole event is, or is insufficient', () => {
    const kinds = new Map<string, number>()
    for (const where of expressions) {
      const compiled = compiledRule({ match: '-stage:RequestReceived', where })
      for (const { full, bare } of pairs) {
        const [whole, part] = [evaluate(compiled, full).kind, evaluate(compiled, bare).kind]
        kinds.set(`${whole} ${part}`, (kinds.get(`${whole} ${part}`) ?? 0) + 1)
        if (part !== 'insufficient' && part !== whole) {
          expect.fail(`${where} of ${JSON.stringify(full.event)}: ${whole}, and ${part} without`)
        }
      }
    }
    expect([...kinds.keys()]).toEqual(
      expect.arrayContaining(['match match', 'no-match no-match', 'match insufficient', 'no-match insufficient']),
    )
  }, 120_000)
})

const expressions = [
  'containers.exists(c, c.image.startsWith("registry"))',
  'containers.all(c, has(c.securityContext))',
  '!containers.exists(c, c.?securityContext.?privileged.orValue(false))',
  'podSpec.?hostNetwork.orValue(false)',
  'size(podSpec) == 0 && event.verb == "create"',
  'has(object.metadata.labels)',
  '!has(object.metadata.labels.app)',
  'object == null || object.kind == "ConfigMap"',
  'oldObject == null',
  'oldObject.spec.replicas > 2',
  'diff.exists(d, d.plain == "spec.replicas" && d.to == "0")',
  'size(diff) == 0',
  'request.object == null',
  'has(request.object.spec)',
  'response.object == null',
  'response.object.kind == "Status" || actor.type == "human"',
  'initiator.name == "alice" || event.verb == "get"',
  'initiator.name != "alice" && event.verb == "get"',
  'event.code >= 400 ? has(object.spec) : has(request.object)',
  'has(event.flags.dryRun)',
  '!has(event.flags.dryRun) && event.verb != "get"',
  'has(event.flags.generateName) || event.uid == null',
  'event.sentence.contains("image") || event.detail == null',
  'event.name == "" || actor.groups.exists(g, g == "system:masters")',
  '"spec" in object',
  'object.?status.?phase.orValue("") == "Running"',
  'has(response.status.code) && response.status.code == 200',
]

test('a part that is not known has the answer that both of its values have, or none', () => {
  const random = seededRandom(5)
  const events = raws
    .filter(() => random.below(40) === 0)
    .map((raw): readonly [JsonObject, Event] => {
      const event = normalize(raw)
      if (event === null) throw new Error('every event is one')
      return [raw, event]
    })
  const [first, ...more] = events.map(([, event]) => event)
  if (first === undefined) throw new Error('there is a corpus')
  for (const query of queriesAbout([first, ...more], random, { count: 1_500, sentenceOf: null })) {
    const { judge } = compileQuery(query)
    for (let at = 0; at < 20; at += 1) {
      const [raw] = events[random.below(events.length)] ?? [{}]
      const open = judge(subjectOfRaw(raw, { changes: notKnown, initiator: notKnown }))
      if (open === null) continue
      for (const value of changesTried) {
        for (const name of ['alice', '']) {
          const initiator: Known<SubjectInitiator> = {
            isKnown: true,
            value: { kind: 'person', name, confidence: 'certain' },
          }
          expect(judge(subjectOfRaw(raw, { changes: { isKnown: true, value }, initiator })), queryText(query)).toBe(
            open,
          )
        }
      }
    }
  }
}, 120_000)
