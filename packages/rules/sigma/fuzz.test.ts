import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { parseRules } from '../parse-rules.ts'
import { exportSigma } from './export.ts'
import { importSigma } from './import.ts'

const words = ['selection', 'filter_a', '_hidden', 'x', 'them', 'of', 'and', 'not', '1']
const modifiers =
  'contains startswith endswith all re i m s cidr base64 base64offset utf16le utf16 wide windash exists lt lte gt gte fieldref cased neq expand minute hour month week nonsense'.split(
    ' ',
  )
const fieldNames =
  'verb objectRef.resource objectRef.apiGroup namespace username userAgent requestURI sourceIPs responseStatus.code hostPath capabilities requestObject.spec.containers.image requestObject.metadata.labels.a.b/c annotations.x.y/z requestReceivedTimestamp user.groups CommandLine requestObject[0] a..b objectRef.uid'.split(
    ' ',
  )

const anyText = fc.oneof(
  fc.constantFrom(
    'create',
    'replace',
    'pods',
    '*',
    'a*b?c',
    '\\*',
    '10.0.0.0/8',
    'ALLOW',
    '',
    '(?=x)',
    '[',
    '%p%',
    'é"\n\u{0}',
    '{{actor}}',
    'true',
    '401',
    '2026-11-20',
  ),
  fc.string({ maxLength: 12 }),
)
const anyValue = fc.oneof(
  { weight: 4, arbitrary: anyText },
  fc.integer({ min: -5, max: 1000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)
const anyKey = fc
  .tuple(fc.constantFrom('', ...fieldNames), fc.subarray(modifiers, { maxLength: 3 }))
  .map(([name, some]) => [name, ...some].join('|'))
const anyFields = fc.dictionary(anyKey, fc.oneof(anyValue, fc.array(anyValue, { maxLength: 3 })), { maxKeys: 3 })
/** Most of them are right, so that much of what is read is carried over. */
const rightFields = fc
  .array(
    fc.oneof(
      fc
        .tuple(
          fc.constantFrom(
            'verb',
            'objectRef.namespace',
            'username',
            'requestURI',
            'annotations.x.y/z',
            'requestObject.spec.a.b',
          ),
          fc.constantFrom('', '|contains', '|startswith', '|cased', '|re'),
          fc.constantFrom<unknown>('create', ['a', 'b'], 'x*y', '/c'),
        )
        .map(([name, modifier, value]) => [`${name}${modifier}`, value] as const),
      fc.constantFrom(
        ['objectRef.resource', ['pods', 'secrets']] as const,
        ['objectRef.apiGroup', 'apps'] as const,
        ['responseStatus.code|gte', 400] as const,
        ['verb|exists', false] as const,
      ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((entries) => Object.fromEntries(entries))
const anySelection = fc.oneof(
  { weight: 5, arbitrary: rightFields },
  anyFields,
  fc.array(fc.oneof(anyValue, anyFields), { maxLength: 3 }),
  anyValue,
)
const anyCondition = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'selection',
      'selection or not filter_a',
      '1 of them',
      'all of filter_*',
      'not (selection and filter_a)',
    ),
  },
  fc
    .array(fc.constantFrom(...words, '(', ')', '|', 'or', 'all of', '1 of filter_*', 'count()'), { maxLength: 8 })
    .map((some) => some.join(' ')),
  anyValue,
)
const anyRule = fc.record(
  {
    title: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('A rule', 'Another rule', 'é'.repeat(300)) }, anyValue),
    id: fc.constantFrom('6ad91e31-53df-4826-bd27-0166171c8040', 'x'),
    name: fc.constantFrom('base_a', 'base_b'),
    status: fc.constantFrom('test', 'deprecated'),
    related: fc.oneof(fc.constant([{ id: 'a', type: 'derived' }]), anyValue),
    description: anyText,
    references: fc.array(fc.oneof(fc.constant('https://example.com/a'), anyText), { maxLength: 2 }),
    tags: fc.array(fc.constantFrom('attack.t1609', 'attack.execution', 'cve.2026-1', 'attack.t9'), { maxLength: 3 }),
    level: fc.constantFrom('low', 'high', 'wrong', 'informational'),
    falsepositives: fc.array(anyText, { maxLength: 2 }),
    logsource: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom(
          { product: 'kubernetes', service: 'audit' },
          { product: 'kubernetes', category: 'application', service: 'audit' },
        ),
      },
      fc.constant({ product: 'windows' }),
    ),
    detection: fc.record(
      { selection: anySelection, filter_a: rightFields, _hidden: anySelection, condition: anyCondition },
      { requiredKeys: ['selection', 'filter_a', 'condition'] },
    ),
    custom: anyValue,
  },
  { requiredKeys: ['title', 'logsource', 'detection', 'level'] },
)
const anyCorrelation = fc.record({
  title: fc.constantFrom('Many', 'Together'),
  correlation: fc.record(
    {
      type: fc.constantFrom('event_count', 'value_count', 'temporal', 'temporal_ordered', 'value_sum'),
      rules: fc.constantFrom<unknown>(['base_a'], ['base_a', 'base_b'], 'base_a', ['nowhere'], []),
      'group-by': fc.constantFrom<unknown>(['user.username'], ['objectRef.namespace', 'sourceIPs'], ['other'], []),
      timespan: fc.constantFrom('5m', '1h', '100d', 'soon'),
      condition: fc.constantFrom<unknown>(
        { gte: 5 },
        { gt: 1, field: 'objectRef.name' },
        { gte: 3, field: 'verb' },
        { lt: 4 },
        'base_a and base_b',
      ),
      generate: fc.boolean(),
      extra: fc.constant(1),
    },
    { requiredKeys: ['type', 'rules', 'timespan', 'group-by'] },
  ),
  level: fc.constant('high'),
})

test('whatever stands in a file, nothing is thrown, each document is a rule or is told, and what is written reads back as the same', () => {
  let [carried, lost] = [0, 0]
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 3, arbitrary: anyRule }, anyCorrelation), { minLength: 1, maxLength: 4 }),
      (documents) => {
        const text = documents.map((document) => stringify(document)).join('---\n')
        const { rules, notes } = importSigma([{ file: 'a.yml', text }])
        const lines = text.split('\n')
        for (const note of notes) {
          expect(note.line).toBeLessThanOrEqual(lines.length)
          expect(note.column).toBeLessThanOrEqual((lines[note.line - 1] ?? '').length + 1)
          expect(note.why).not.toBe('')
        }
        const parts = notes.filter(({ why }) => why.startsWith('it is only a part')).length
        expect(rules.length + parts + notes.filter(({ kind }) => kind === 'lost').length).toBe(documents.length)
        carried += rules.length
        lost += documents.length - rules.length
        for (const document of documents) {
          const isThere = rules.some(({ title }) => title === String(document.title).trim())
          const isTold = notes.some(
            ({ what, kind }) => what === 'custom' || kind === 'lost' || what.startsWith('the rule "'),
          )
          if (isThere && 'custom' in document && documents.length === 1) expect(isTold).toBe(true)
        }
        const parsed = parseRules(rules.map((rule) => rule.text).join('---\n'))
        expect(parsed.errors).toEqual([])
        expect(parsed.rules).toHaveLength(rules.length)
        const exported = exportSigma(parsed.rules)
        expect(exported.notes.filter(({ kind }) => kind === 'lost')).toEqual([])
        const again = importSigma([{ file: 'b.yml', text: exported.text }])
        const hashes = parseRules(again.rules.map((rule) => rule.text).join('---\n')).rules.map(({ hash }) => hash)
        expect(hashes).toEqual(parsed.rules.map(({ hash }) => hash))
        expect(parseRules(text).rules.map(({ hash }) => hash)).toEqual(parsed.rules.map(({ hash }) => hash))
      },
    ),
    { numRuns: 400 },
  )
  expect(carried).toBeGreaterThan(100)
  expect(lost).toBeGreaterThan(100)
}, 120_000)

test('a text that is cut or changed anywhere is read or told', () => {
  const whole = stringify({
    title: 'A rule',
    logsource: { product: 'kubernetes', service: 'audit' },
    detection: { a: { 'verb|contains': ['x', 'y'], hostPath: '*' }, b: ['word'], condition: 'a and not 1 of b*' },
    level: 'low',
  })
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(20), fc.string({ maxLength: 4 }), (at, cut, put) => {
      const text = whole.slice(0, at) + put + whole.slice(at + cut)
      const { rules, notes } = importSigma([{ file: 'a.yml', text }])
      if (text.trim() !== '' && rules.length === 0 && !/^[\s#]*(?:#.*)?$/.test(text)) expect(notes).not.toEqual([])
      parseRules(text)
    }),
    { numRuns: 2_000 },
  )
}, 60_000)

test('what multiplies is bounded: a file of a megabyte is read in seconds', () => {
  const many = (letter: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => `${letter}${at}s`)
  const detections = [
    { s: { 'objectRef.resource': many('r', 20_000), 'objectRef.apiGroup': many('g', 20_000) }, condition: 's' },
    { s: { verb: many('v', 1_000) }, condition: Array.from({ length: 3_000 }, () => 's').join(' or ') },
    { s: { 'requestURI|contains|all': many('w', 4_900) }, condition: 's' },
    { s: { requestURI: '*a'.repeat(100_000) }, condition: 's' },
    { s: { verb: 'a' }, condition: `1 of ${'*a'.repeat(5_000)}` },
    { s: { verb: 'a' }, condition: `${'('.repeat(5_000)}s` },
  ]
  for (const detection of detections) {
    const text = stringify({ title: 'A', logsource: { product: 'kubernetes' }, detection, level: 'low' })
    const { rules, notes } = importSigma([{ file: 'a.yml', text }])
    expect(rules.length + notes.filter(({ kind }) => kind === 'lost').length).toBe(1)
  }
}, 60_000)
