// explain: what a query will ask, in plain sentences, and what makes it slow or empty.
import type { Matches, Pattern, Query, Range, Within } from './ast.ts'
import { formatDuration } from './duration.ts'
import { fieldTermOf, isBinding } from './field-terms.ts'
import { isWordOf } from './is-words.ts'
import type { NumberKey, TextKey } from './qualifiers.ts'
import { formatTime } from './stretch.ts'

/** A sentence without a full stop; what its parts say, it says of all, one or none of them. */
export interface Explained {
  readonly sentence: string
  readonly parts: readonly Explained[]
}

export interface Explanation {
  readonly asked: Explained
  /** Sentences with a full stop. */
  readonly hints: readonly string[]
}

export function explain(query: Query): Explanation {
  return { asked: told(query, true), hints: hintsOf(query) }
}

function told(query: Query, isTrue: boolean): Explained {
  switch (query.kind) {
    case 'and':
      if (query.parts.length === 0) return { sentence: 'every event', parts: [] }
      return { sentence: isTrue ? 'all of these hold' : 'not all of these hold', parts: toldTogether(query.parts) }
    case 'or':
      return group(isTrue ? 'at least one of these holds' : 'none of these holds', query.parts)
    case 'not':
      return told(query.part, !isTrue)
    case 'matches':
      return { sentence: toldMatches(query, isTrue), parts: [] }
    case 'within':
      return { sentence: toldWithin(query, isTrue), parts: [] }
    case 'says':
      return { sentence: `the sentence ${isTrue ? 'holds' : 'does not hold'} ${shown(query.text)}`, parts: [] }
    default:
      return query satisfies never
  }
}

/** What is asked of one changed field is told as one part. */
function toldTogether(parts: readonly Query[]): readonly Explained[] {
  if (!isBinding(parts)) return parts.map((part) => told(part, true))
  const ofField = parts.filter((part) => fieldTermOf(part) !== null)
  const others = parts.filter((part) => !ofField.includes(part))
  const paths = ofField.filter((part) => part.kind === 'matches' && part.key === 'changed').length
  const sentence = `all of these hold of the same changed field${paths > 1 ? ', for each of those named' : ''}`
  return [...others.map((part) => told(part, true)), group(sentence, ofField)]
}

function group(sentence: string, parts: readonly Query[]): Explained {
  return { sentence, parts: parts.map((part) => told(part, true)) }
}

const textNouns: Readonly<Record<Exclude<TextKey, 'is' | 'reason' | 'user-agent'>, string>> = {
  cluster: 'the cluster',
  actor: 'the actor',
  as: 'the identity acted as',
  initiator: 'who is behind it',
  group: 'a group of the actor',
  verb: 'the verb',
  class: 'the class',
  kind: 'the kind',
  ns: 'the namespace',
  name: "the object's name",
  sub: 'the subresource',
  uid: "the object's uid",
  outcome: 'the outcome',
  stage: 'the stage',
  level: 'the level',
  client: 'the client',
  ip: 'the address that the API server saw',
  claimed: 'a claimed address',
  audit: 'the auditID',
  changed: 'a changed field',
  to: 'the new value of a changed field',
  from_value: 'the old value of a changed field',
  image: 'an image that came with it',
  rule: 'a rule that found it',
  vio: 'a finding of it',
  severity: 'a severity of its findings',
  control: 'a control of its findings',
}

function toldMatches({ key, values }: Matches, isTrue: boolean): string {
  switch (key) {
    case 'is': {
      const words = values.map(([word]) => isWordOf(word)?.description ?? word)
      return `${isTrue ? '' : 'it is not so that '}the request ${words.join(', or ')}`
    }
    case 'reason':
      return `the reason ${isTrue ? 'holds' : 'does not hold'} ${anyOf(values)}`
    case 'user-agent':
      return `the user agent ${isTrue ? 'holds' : 'does not hold'} ${anyOf(values)}`
    case 'changed':
    case 'to':
    case 'from_value':
      return toldField(key, values, isTrue)
    default: {
      const isList = key === 'ip' || key === 'claimed'
      const verb = values.every((value) => value.length === 1) ? (isList ? 'is in' : 'is') : 'is like'
      // Of a list such as the groups, "is not" must say that none of them is.
      const noun = isTrue ? textNouns[key] : textNouns[key].replace(/^an? /, 'no ')
      const isNone = noun !== textNouns[key]
      return `${noun} ${isTrue || isNone ? verb : verb.replace('is', 'is not')} ${anyOf(values)}`
    }
  }
}

/** A field is named, and what is below it is meant too. */
function toldField(key: 'changed' | 'to' | 'from_value', values: readonly Pattern[], isTrue: boolean): string {
  const noun = key === 'changed' || isTrue ? textNouns[key] : textNouns[key].replace('a changed', 'any changed')
  if (key === 'changed') return `${isTrue ? noun : 'no changed field'} is at or below ${anyOf(values)}`
  const verb = values.every((value) => value.length === 1) ? 'is' : 'is like'
  return isTrue ? `${noun} ${verb} ${anyOf(values)}` : `it is not so that ${noun} ${verb} ${anyOf(values)}`
}

const numberNouns: Readonly<Record<NumberKey, string>> = {
  code: 'the HTTP status',
  took: 'the duration',
  created: 'the time',
  seen: 'the time at which it was taken in',
}

function toldWithin({ key, values }: Within, isTrue: boolean): string {
  return `${numberNouns[key]} ${isTrue ? 'is' : 'is not'} ${values.map((range) => toldRange(key, range)).join(', or ')}`
}

function toldRange(key: NumberKey, { min, max }: Range): string {
  const isTime = key === 'created' || key === 'seen'
  const write = isTime ? formatTime : key === 'took' ? formatDuration : String
  const least = min === null ? null : write(min)
  if (isTime && max !== null)
    return least === null ? `before ${write(max + 1)}` : `from ${least} up to ${write(max + 1)}`
  if (least === null) return `${write(max ?? 0)} or less`
  if (max === null) return `${least} or ${isTime ? 'later' : 'more'}`
  return min === max ? least : `from ${least} to ${write(max)}`
}

function anyOf(values: readonly Pattern[]): string {
  return values.map(shown).join(' or ')
}

/** As it was typed; what is empty or no plain word is in quotes. */
function shown(pattern: Pattern): string {
  const text = pattern.join('*')
  if (text === '') return 'none'
  return /^[\p{L}\p{N}_.:@/=+*-]+$/u.test(text) ? text : JSON.stringify(text)
}

function hintsOf(query: Query): readonly string[] {
  const hints = new Set<string>()
  if (!namesSomething(query))
    hints.add('It names no object, actor or namespace, so it reads the whole window: narrow the window or name one.')
  for (const part of allParts(query)) for (const hint of hintsOfPart(part)) hints.add(hint)
  return [...hints]
}

/** Keys by which few events are found among many, given how their values begin. */
const namingKeys: ReadonlySet<string> = new Set(['actor', 'as', 'initiator', 'ns', 'name', 'uid', 'audit'])
/** The same of what changed and was found, however their values begin: that is little beside the events. */
const changeKeys: ReadonlySet<string> = new Set(['changed', 'image', 'rule', 'vio', 'severity', 'control'])

/** Whether events can be found by something that it names, without reading the whole window. */
export function namesSomething(query: Query): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.some(namesSomething)
    case 'or':
      return query.parts.every(namesSomething)
    case 'matches':
      return changeKeys.has(query.key) || (namingKeys.has(query.key) && query.values.every(([first]) => first !== ''))
    case 'not':
    case 'within':
    case 'says':
      return false
    default:
      return query satisfies never
  }
}

function allParts(query: Query): readonly Query[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return [query, ...query.parts.flatMap(allParts)]
    case 'not':
      return [query, ...allParts(query.part)]
    case 'matches':
    case 'within':
    case 'says':
      return [query]
    default:
      return query satisfies never
  }
}

function hintsOfPart(query: Query): readonly string[] {
  switch (query.kind) {
    case 'and':
      return contradictions(query.parts)
    case 'says':
      return query.text.length === 1 && ['and', 'or', 'not'].includes(query.text[0])
        ? [`"${query.text[0]}" is searched as a word; the operator is ${query.text[0].toUpperCase()}.`]
        : []
    case 'matches':
      return namingKeys.has(query.key) && query.values.some((value) => value.length > 1 && value[0] === '')
        ? [`A glob of ${query.key} begins with *, so every name is compared with it.`]
        : []
    case 'or':
    case 'not':
    case 'within':
      return []
    default:
      return query satisfies never
  }
}

/** Of which an event has one, compared by equality. */
const singleKeys: ReadonlySet<string> = new Set([
  'cluster',
  'actor',
  'as',
  'initiator',
  'verb',
  'class',
  'ns',
  'name',
  'sub',
  'uid',
  'outcome',
  'stage',
  'level',
  'client',
  'audit',
])

/** Two parts that cannot both hold. Ranges with something in common were joined when the query was made. */
function contradictions(parts: readonly Query[]): readonly string[] {
  const wanted = parts.filter((part) => part.kind === 'matches' || part.kind === 'within')
  return wanted.flatMap((part, at) => {
    const other = wanted.slice(at + 1).find((later) => later.key === part.key && excludes(part, later))
    return other === undefined ? [] : [`Nothing can match: ${part.key} is asked for twice and cannot be both.`]
  })
}

function excludes(one: Matches | Within, other: Matches | Within): boolean {
  if (one.kind === 'within' || other.kind === 'within') return one.values.length === 1 && other.values.length === 1
  if (!singleKeys.has(one.key) || [...one.values, ...other.values].some((value) => value.length > 1)) return false
  const texts = new Set(one.values.map(([text]) => text))
  return !other.values.some(([text]) => texts.has(text))
}
