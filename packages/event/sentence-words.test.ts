import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { actorTypes, eventClasses, outcomes } from './event.ts'
import { kindOf, kindsHolding } from './resources.ts'
import { saidWhen, sentenceWords, type When } from './sentence-words.ts'
import { sentence, type SentenceFacts } from './sentence.ts'

test.each([
  ['checkout in shop', ['checkout', 'in', 'shop']],
  ['kube-system/default (kubectl; v1)', ['kube-system/default', 'kubectl', 'v1']],
  [String.raw`could not: "a\"b", twice twice…`, ['could', 'not', 'a', 'b', 'twice']],
  [' (', []],
])('the words of %j', (text, words) => {
  expect(sentenceWords(text)).toEqual(words)
})

test.each([
  ['in', null],
  ['ame', null],
  ['checkout', []],
  ['8080', []],
  ['ada', []],
  ['forbid', [{ outcome: 'denied' }]],
  ['refused', [{ code: 401 }, { outcome: 'denied' }]],
  // Of \u{200b}.
  ['u', null],
  ['200b', null],
  ['e007', null],
])('%j is said when %j', (word, when) => {
  expect(saidWhen(word)).toEqual(when)
})

test('each word of a sentence is one that sentences say of such events, or stands in a value of the event', () => {
  const slice = fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 40 }))
  fc.assert(
    fc.property(anyFacts, fc.array(slice, { maxLength: 5 }), (facts, slices) => {
      const told = inSmallLetters(sentence(facts))
      const texts = [told, ...slices.map(([at, length]) => told.substr(at % told.length, length))]
      const others = texts.flatMap(sentenceWords).filter((word) => !isSaid(word, facts) && !isInValue(word, facts))
      expect(others, told).toEqual([])
    }),
    { numRuns: 20_000 },
  )
})

test('what is left out of a detail joins no two words of it', () => {
  const told = sentence({
    actor: { name: 'alice', type: 'human' },
    impersonated: null,
    client: { name: null },
    flags: {},
    path: null,
    verb: 'patch',
    class: 'write',
    outcome: 'success',
    code: 200,
    reason: '',
    object: { apiGroup: '', resource: 'pods', subresource: 'ephemeralcontainers', namespace: 'shop', name: 'api' },
    detail: 'nodebug container image a:1',
  })
  expect(told).toContain('nodebug container image')
})

test('no text stands in the sources of sentences that is not among the words, but for what is only compared', () => {
  const words = new Set(literals.flatMap((literal) => sentenceWords(inSmallLetters(literal))))
  const unknown = [...words].filter((word) => saidWhen(word)?.length === 0 && /[a-z]/.test(word))
  expect(unknown.toSorted()).toEqual(onlyCompared.map(inSmallLetters).toSorted())
})

/** What an event may have that sentences never say by themselves: codes, verbs, subresources, resources and details. */
const onlyCompared = [
  'apiGroup approval binding class code connect deletecollection detail dryRun ephemeralcontainers error eviction exec',
  'failed-authentication flags head image images localsubjectaccessreviews object objects outcome patch pending',
  'portforward reason replicas resource selector selfsubjectaccessreviews selfsubjectreviews selfsubjectrulesreviews',
  'subjectaccessreviews subresource success system:anonymous system:node tokenreviews type verb write',
].flatMap((line) => line.split(' '))

const inSmallLetters = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

function isSaid(word: string, facts: SentenceFacts): boolean {
  const when = saidWhen(word)
  return when === null || when.some((one) => isTrue(one, facts))
}

function isTrue(
  when: When,
  { verb, class: eventClass, outcome, code, flags, actor, impersonated }: SentenceFacts,
): boolean {
  if ('verb' in when) return verb === when.verb
  if ('class' in when) return eventClass === when.class
  if ('outcome' in when) return outcome === when.outcome
  if ('code' in when) return code === when.code
  if ('flag' in when) return flags[when.flag] === true
  if ('impersonated' in when) return impersonated !== null
  return when.actor.endsWith('*') ? actor.name.startsWith(when.actor.slice(0, -1)) : actor.name === when.actor
}

/** As the store asks for it by SQL. */
function isInValue(word: string, facts: SentenceFacts): boolean {
  const { actor, impersonated, verb, client, object, path, detail, outcome, code, reason } = facts
  const holds = (text: string | null | undefined): boolean => inSmallLetters(text ?? '').includes(word)
  const names = [actor.name, impersonated?.name ?? ''].map((name) => inSmallLetters(name).replaceAll(':', '/'))
  const isFailure = outcome === 'rejected' || outcome === 'error'
  return (
    names.some((name) => name.includes(word.replaceAll(':', '/'))) ||
    [verb, client.name, object?.namespace, object?.subresource, object?.name, path, detail].some(holds) ||
    (object !== null && isInKind(word, object.resource)) ||
    (isFailure && (holds(reason) || holds(String(code))))
  )
}

function isInKind(word: string, resource: string): boolean {
  const { named, parts } = kindsHolding(word)
  const small = inSmallLetters(resource)
  return named.includes(resource) || parts.some((part) => small.includes(part)) || /[^ -~]/.test(resource)
}

/** The texts of string and template literals, without what stands in a template's braces. */
function literalsOf(file: string): readonly string[] {
  const source = readFileSync(join(import.meta.dirname, file), 'utf8')
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^import .*$/gm, '')
  return [...code.matchAll(/'([^'\n]*)'|(?:`|\})([^`'{}\n]*)(?=`|\$\{)/g)].map(([, text, part]) => text ?? part ?? '')
}

const literals = ['sentence.ts', 'deed.ts'].flatMap(literalsOf)

/** Any character, and often one that is shown as something else or stands between words. */
const anyText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...'abcXYZ0189-._/:@K') },
      fc.constantFrom(...' \t\n"\\(){};,…', '\u{200b}', '\u{1b}', '\u{e0041}', 'Ä', 'İ', 'ß', '\u{212a}', '\u{2028}'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    { maxLength: 12 },
  )
  .map((characters) => characters.join(''))
const anyWord = fc.oneof(
  anyText,
  fc.constantFrom(...literals),
  fc.tuple(anyText, fc.constantFrom(3, 20, 60)).map(([text, times]) => text.repeat(times)),
)
const anyName = fc.oneof(
  anyWord,
  fc.constantFrom('', 'system:anonymous', 'system:serviceaccount:shop:checkout', 'system:node:worker-1'),
  fc.tuple(anyText, anyText).map(([namespace, name]) => `system:serviceaccount:${namespace}:${name}`),
  anyText.map((name) => `system:node:${name}`),
)
const details = [
  'replicas 5',
  'image a:1',
  'images a:1, b:2',
  'applied image a:1',
  'cordoned',
  'approved',
  'node worker-1',
  'command sh',
  "command sh -c 'ls /'; container app",
  'ports 80, 443',
  'debug container image a:1',
  'nodebug container image a:1',
  '2 objects; selector app=b',
]
const subresources = ['exec', 'attach', 'portforward', 'scale', 'ephemeralcontainers', 'approval', 'token', 'log']
const anyDetail = fc.oneof(
  fc.constantFrom(...details),
  anyWord,
  fc.array(fc.oneof(anyWord, fc.constantFrom(' ', '; ', ', ')), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom(...literals), anyWord).map(([first, rest]) => first + rest),
)
const anyObject = fc.record({
  apiGroup: fc.constantFrom('', 'apps', 'x.io'),
  resource: fc.oneof(
    anyWord,
    fc.constantFrom('pods', 'ingresses', 'policies', 'widgets', 'Statuses', 'endpoints', 'nodes'),
    anyText.map((text) => `${text}ies`),
  ),
  subresource: fc.oneof(fc.constant(''), fc.constantFrom(...subresources), anyWord),
  namespace: fc.oneof(fc.constant(''), anyWord),
  name: fc.oneof(fc.constant(''), anyWord),
})
const anyFacts: fc.Arbitrary<SentenceFacts> = fc.record({
  verb: fc.oneof(fc.constantFrom('get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'), anyWord),
  class: fc.constantFrom(...eventClasses),
  outcome: fc.constantFrom(...outcomes),
  code: fc.oneof(fc.constantFrom(null, 200, 400, 401, 403, 404, 409, 422, 429), fc.integer({ min: -600, max: 999 })),
  reason: anyDetail,
  actor: fc.record({ name: anyName, type: fc.constantFrom(...actorTypes) }),
  impersonated: fc.option(fc.record({ name: anyName })),
  client: fc.record({ name: fc.option(anyWord) }),
  flags: fc.constantFrom({}, { created: true } as const, { dryRun: true } as const),
  object: fc.option(anyObject, { freq: 5 }),
  path: fc.option(anyWord),
  detail: fc.option(anyDetail),
})

test('kindsHolding leaves out no resource', () => {
  fc.assert(
    fc.property(anyObject, fc.nat(100), fc.nat(100), ({ apiGroup, resource }, at, length) => {
      const kind = kindOf(apiGroup, resource).toLowerCase()
      fc.pre(kind !== '')
      expect(isInKind(kind.substr(at % kind.length, length), resource)).toBe(true)
    }),
    { numRuns: 5_000 },
  )
})
