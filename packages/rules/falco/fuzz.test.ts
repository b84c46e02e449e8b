// Random files of Falco: nothing is lost without a note, what is imported means in Falco's reading what Falco means, and what
// is written back is read as the same. Seeds are numbers: a failure names its own.

import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { compileRule } from '../compile-rule.ts'
import { evaluate } from '../evaluate.ts'
import { exportFalco } from './export.ts'
import { falcoFieldEntries } from './fields.ts'
import { falcoOperators } from './condition.ts'
import { pick, randomCondition, randomEvent, randomOf, type Random, type WrittenCondition } from './falco-for-tests.ts'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { importFalco } from './import.ts'
import { OfflineSubjects } from '../offline-subjects.ts'
import { parseRules } from '../parse-rules.ts'

const rounds = 40
const readings = ['mended', 'kept'] as const

interface Written {
  readonly text: string
  readonly rules: ReadonlyMap<string, WrittenCondition>
}

const names = ['alice', 'bob smith', 'carol', 'dave', 'eve', 'frank', 'grace', 'a*b']
const images = ['nginx', 'busybox', 'r', 'a', 'b', 'c', 'd']
const userOf = (event: JsonObject): unknown => (isJsonObject(event['user']) ? event['user']['username'] : undefined)

/** Lists that are long enough to become parameters. */
const ofLists: readonly WrittenCondition[] = [
  { text: 'ka.user.name in (known_names)', holds: (event) => names.includes(String(userOf(event))) },
  {
    text: 'not ka.verb in (known_verbs, get)',
    holds: (event) => event['verb'] !== 'get' && event['verb'] !== 'create',
  },
  {
    text: 'ka.req.pod.containers.image.repository in (known_images)',
    holds: (event) => {
      const { spec } = (event['requestObject'] ?? {}) as {
        readonly spec?: { readonly containers?: readonly { readonly image?: string }[] }
      }
      const own = (spec?.containers ?? []).flatMap(({ image }) =>
        image === undefined ? [] : [image.split(/[:@]/)[0] ?? ''],
      )
      return own.length > 0 && own.every((image) => images.includes(image))
    },
  },
]

interface RandomException {
  readonly item: object
  readonly holds: (event: JsonObject) => boolean
}

function randomException(random: Random): RandomException {
  const rows = Array.from(
    { length: 1 + random(2) },
    () => [pick(random, names), pick(random, [['get'], ['get', 'create']])] as const,
  )
  return {
    item: { name: 'known', fields: ['ka.user.name', 'ka.verb'], comps: ['=', 'in'], values: rows },
    holds: (event) =>
      rows.some(([name, verbs]) => userOf(event) === name && verbs.some((verb) => verb === event['verb'])),
  }
}

/** Macros of macros, lists, exceptions, and rules of which some are appended to. */
function randomFile(random: Random): Written {
  const macros = new Map<string, WrittenCondition>(ofLists.map((condition, index) => [`of_list_${index}`, condition]))
  const items: unknown[] = [
    { list: 'known_names', items: names },
    { list: 'known_verbs', items: ['create'] },
    { list: 'known_images', items: images.slice(0, 3) },
    { list: 'known_images', items: images.slice(3), override: { items: 'append' } },
    ...[...macros].map(([macro, { text }]) => ({ macro, condition: text })),
  ]
  for (let index = 0; index < 3; index += 1) {
    const condition = randomCondition(random, 1, macros)
    macros.set(`macro_${index}`, condition)
    items.push({ macro: `macro_${index}`, condition: condition.text })
  }
  const rules = new Map<string, WrittenCondition>()
  for (let index = 0; index < 4; index += 1) {
    const name = `Rule ${index}: ${pick(random, ['a/b', 'c', 'ö'])}`
    const written = randomCondition(random, 3, macros)
    const exception = random(3) === 0 ? randomException(random) : null
    const condition =
      exception === null
        ? written
        : { text: written.text, holds: (event: JsonObject) => written.holds(event) && !exception.holds(event) }
    items.push({
      rule: name,
      desc: 'd',
      condition: condition.text,
      output: 'x %ka.user.name y=%ka.nothing.here',
      priority: pick(random, ['WARNING', 'Debug', 'CRITICAL']),
      source: 'k8s_audit',
      tags: ['k8s', 'T1609'],
      ...(exception !== null && { exceptions: [exception.item] }),
    })
    if (random(3) > 0) rules.set(name, condition)
    else {
      const more = randomCondition(random, 1, macros)
      items.push({
        rule: name,
        condition: `and ${more.text}`,
        ...pick(random, [{ append: true }, { override: { condition: 'append' } }]),
      })
      // An appended text binds as it stands: `a or b` and `and c` is `a or (b and c)`; each of ours is in parentheses, or one.
      rules.set(name, { text: '', holds: (event) => condition.holds(event) && more.holds(event) })
    }
  }
  return { text: stringify(items), rules }
}

test('what is imported in Falco’s reading means what Falco means by it', { timeout: 300_000 }, () => {
  let [matches, judged] = [0, 0]
  for (let seed = 1; seed <= rounds; seed += 1) {
    const random = randomOf(seed)
    const { text, rules } = randomFile(random)
    const imported = importFalco([{ name: 'a.yaml', text }], { reading: 'kept' })
    expect(
      imported.notes.filter(({ kind }) => kind === 'lost'),
      `seed ${seed}\n${text}`,
    ).toEqual([])
    expect(imported.rules.map(({ title }) => title)).toEqual([...rules.keys()])
    const events = Array.from({ length: 40 }, (_, index) => randomEvent(random, index))
    for (const rule of imported.rules) {
      const [parsed] = parseRules(rule.text).rules
      const compilation = parsed === undefined ? null : compileRule(parsed.rule)
      if (compilation?.ok !== true) throw new Error(`seed ${seed}: ${rule.text}`)
      for (const raw of events) {
        const subject = new OfflineSubjects({ cluster: 'a', parts: new Set() }).take('1', raw)
        if (subject === null) continue
        const { kind } = evaluate(compilation.compiled, subject)
        const wanted = rules.get(rule.title)?.holds(raw) === true ? 'match' : 'no-match'
        const isOff = compilation.compiled.rule.state === 'off'
        if (!isOff && kind !== wanted)
          throw new Error(`seed ${seed}: ${kind}, not ${wanted}\n${text}\n${rule.text}\n${JSON.stringify(raw)}`)
        judged += 1
        if (kind === 'match') matches += 1
      }
    }
  }
  expect(judged).toBeGreaterThan(6_000)
  expect(matches / judged).toBeGreaterThan(0.05)
})

test.each(readings)('import, export, import gives the same rules: %s', { timeout: 300_000 }, (reading) => {
  for (let seed = 1; seed <= rounds; seed += 1) {
    const { text } = randomFile(randomOf(seed))
    const one = importFalco([{ name: 'a.yaml', text }], { reading }).rules
    const parsed = one.flatMap((rule) => parseRules(rule.text).rules)
    const exported = exportFalco(parsed.map(({ rule, at }) => ({ rule, file: 'a', at })))
    expect(exported.notes, `seed ${seed}`).toEqual([])
    const two = importFalco([{ name: 'b.yaml', text: exported.text }], { reading }).rules
    const again = two.flatMap((rule) => parseRules(rule.text).rules)
    const wanted = parsed.map(({ rule, hash }) => [rule.name, hash])
    const got = again.map(({ rule, hash }) => [rule.name, hash])
    if (JSON.stringify(got) !== JSON.stringify(wanted)) {
      const at = wanted.findIndex(([, hash], index) => got[index]?.[1] !== hash)
      throw new Error(`seed ${seed}\n${one[at]?.text}\n${exported.text}\n${two[at]?.text}`)
    }
  }
})

/** A comparison of any field of all, with any operator. */
function anyAtom(random: Random): string {
  const { name, argument } = pick(random, falcoFieldEntries)
  const [key, index] = [pick(random, ['/etc*', 'command', 'a b']), random(2) === 0 ? '' : `[${random(3)}]`]
  const field = argument === 'key' ? `${name}[${key}]` : argument === 'index' ? `${name}${index}` : name
  const operator = pick(random, falcoOperators)
  const value = pick(random, ['a', '"x y"', '5', '6162', 'true', '"^a(b|c)$"', "'*'", '/proc', '"\\"q"'])
  const isOfMany = operator === 'in' || operator === 'intersects' || operator === 'pmatch'
  const shown = pick(random, ['', '', 'tolower(', 'toupper('])
  const own = shown === '' ? field : `${shown}${field})`
  return operator === 'exists' ? `${own} exists` : `${own} ${operator} ${isOfMany ? `(${value}, b)` : value}`
}

test('every rule is there or told to be lost, whatever is compared', { timeout: 300_000 }, () => {
  const random = randomOf(42)
  let there = 0
  for (let round = 0; round < 40; round += 1) {
    const items = Array.from({ length: 20 }, (_, index) => ({
      rule: `rule ${index}`,
      condition: Array.from({ length: 1 + random(3) }, () => anyAtom(random)).join(
        pick(random, [' and ', ' or ', ' and not ']),
      ),
      source: 'k8s_audit',
      strange_key: 1,
    }))
    for (const reading of readings) {
      const { rules, notes } = importFalco([{ name: 'a', text: stringify(items) }], { reading })
      const lost = notes.filter(({ kind }) => kind === 'lost')
      expect([...rules.map(({ title }) => title), ...lost.map(({ rule }) => rule)].toSorted()).toEqual(
        items.map(({ rule }) => rule).toSorted(),
      )
      expect(notes.filter(({ what }) => what.startsWith('strange_key')).length).toBe(20)
      for (const { text, title } of rules) expect(parseRules(text).errors, `${title}\n${text}`).toEqual([])
      there += rules.length
    }
  }
  expect(there).toBeGreaterThan(800)
})

test('whatever stands in a file, nothing is thrown, and every note has a place', { timeout: 300_000 }, () => {
  const random = randomOf(7)
  const signs = [
    '(',
    ')',
    '"',
    "'",
    '[',
    ']',
    ',',
    ' and ',
    ' or ',
    ' not ',
    '=',
    '\n',
    ' - ',
    ':',
    '{',
    '}',
    '%',
    '\\',
    '\u{0}',
    'ö',
    '- rule: x\n',
  ]
  for (let round = 0; round < 250; round += 1) {
    const { text } = randomFile(random)
    let broken = text
    for (let count = 0; count < 1 + random(6); count += 1) {
      const from = random(broken.length)
      broken = broken.slice(0, from) + (random(2) === 0 ? pick(random, signs) : '') + broken.slice(from + random(4))
    }
    const { rules, notes } = importFalco([{ name: 'a', text: broken }], { reading: pick(random, readings) })
    for (const { line, column } of notes) expect(line > 0 && column > 0).toBe(true)
    for (const rule of rules) expect(rule.at.line).toBeGreaterThan(0)
    parseRules(broken)
  }
})

const hostile: readonly (readonly [what: string, text: string])[] = [
  [
    'macros of macros',
    stringify([
      ...Array.from({ length: 3_000 }, (_, index) => ({ macro: `m${index}`, condition: `not (m${index + 1})` })),
      { macro: 'm3000', condition: 'ka.verb=get' },
      { rule: 'deep', condition: 'm0', source: 'k8s_audit' },
    ]),
  ],
  [
    'macros that double',
    stringify([
      { macro: 'm0', condition: 'ka.verb=get' },
      ...Array.from({ length: 40 }, (_, index) => ({ macro: `m${index + 1}`, condition: `m${index} and m${index}` })),
      ...Array.from({ length: 300 }, (_, index) => ({ rule: `r${index}`, condition: 'm40', source: 'k8s_audit' })),
    ]),
  ],
  [
    'long lists, often',
    stringify([
      { list: 'long', items: Array.from({ length: 4_000 }, (_, index) => `user-${index}`) },
      { macro: 'often', condition: Array.from({ length: 1_500 }, () => 'ka.user.name in (long)').join(' or ') },
      ...Array.from({ length: 300 }, (_, index) => ({ rule: `r${index}`, condition: 'often', source: 'k8s_audit' })),
    ]),
  ],
  [
    'patterns that are large',
    stringify(
      Array.from({ length: 400 }, (_, index) => ({
        rule: `r${index}`,
        condition: `ka.uri regex "(x{70}){70}${index}"`,
        source: 'k8s_audit',
      })),
    ),
  ],
  [
    'much that is negated',
    stringify([{ rule: 'r', condition: `${'not '.repeat(15_000)}ka.verb=get`, source: 'k8s_audit' }]),
  ],
  [
    'unequal, often',
    stringify([
      { rule: 'r', condition: Array.from({ length: 1_900 }, () => 'ka.verb != a').join(' and '), source: 'k8s_audit' },
    ]),
  ],
]

test.each(hostile)('it ends soon: %s', { timeout: 120_000 }, (_, text) => {
  const began = process.cpuUsage().user
  const { rules, notes } = importFalco([{ name: 'a', text }], { reading: 'mended' })
  expect(rules.length + notes.filter(({ kind }) => kind === 'lost').length).toBeGreaterThan(0)
  parseRules(text)
  // Processor time: others may be at work.
  expect((process.cpuUsage().user - began) / 1_000_000).toBeLessThan(30)
})
