// What was done to which object, as words for a sentence: `scaled` and `deployment api in prod to 5`.

import type { Event, ObjectRef } from './event.ts'
import { plainText, plainWord, quotedText } from './plain-text.ts'
import { isClusterScoped, kindOf } from './resources.ts'

const nameCharsMax = 80
const kindCharsMax = 48
const pathCharsMax = 140
const commandCharsMax = 140
const noteCharsMax = 140

/** The facts of an event that say what was done. */
export interface DeedFacts extends Pick<Event, 'verb' | 'class' | 'detail'> {
  readonly object: Thing | null
  /** Told only where there is no object. */
  readonly path: string | null
  readonly flags: Pick<Event['flags'], 'created'>
}

/** `base` and `past` are one verb (`scale`, `scaled`), `rest` follows either; `note` is what they leave out, or empty. */
export interface Deed {
  readonly base: string
  readonly past: string
  readonly rest: string
  readonly note: string
}

type Thing = Pick<ObjectRef, 'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name'>
type VerbWords = readonly [base: string, past: string]
type Tell = (thing: Thing, facts: DeedFacts) => Deed

const readWords: VerbWords = ['read', 'read']
const changeWords: VerbWords = ['change', 'changed']
const createWords: VerbWords = ['create', 'created']

const verbWords: ReadonlyMap<string, VerbWords> = new Map<string, VerbWords>([
  ['get', readWords],
  ['head', readWords],
  ['list', ['list', 'listed']],
  ['watch', ['watch', 'watched']],
  ['create', createWords],
  ['update', ['update', 'updated']],
  ['patch', changeWords],
  ['delete', ['delete', 'deleted']],
])

const connects: ReadonlyMap<string, Tell> = new Map<string, Tell>([
  ['exec', tellExec],
  ['attach', (thing, { detail }) => deed(['attach', 'attached'], `to ${the(thing)}`, detail)],
  ['portforward', tellPortForward],
])

const subresourceWrites: ReadonlyMap<string, Tell> = new Map<string, Tell>([
  ['scale', tellChange],
  ['eviction', (thing, { detail }) => deed(['evict', 'evicted'], the(thing), detail)],
  ['binding', (thing, { detail }) => deed(['bind', 'bound'], the(thing) + leadIn(' to ', detail))],
  ['token', (thing, { detail }) => deed(['issue', 'issued'], `a token for ${the(thing)}`, detail)],
  ['ephemeralcontainers', tellDebug],
  ['approval', tellApproval],
  ['status', (thing) => deed(['update', 'updated'], `the status of ${the(thing)}`)],
  ['finalize', (thing) => deed(['finalize', 'finalized'], the(thing))],
  ['resize', (thing) => deed(['resize', 'resized'], the(thing))],
])

/** Creates that only ask. */
const questions: ReadonlyMap<string, Deed> = new Map([
  ['selfsubjectaccessreviews', deed(['ask', 'asked'], 'about own permissions')],
  ['selfsubjectrulesreviews', deed(['ask', 'asked'], 'about own permissions')],
  ['selfsubjectreviews', deed(['ask', 'asked'], 'about own identity')],
  ['subjectaccessreviews', deed(['ask', 'asked'], 'about the permissions of someone')],
  ['localsubjectaccessreviews', deed(['ask', 'asked'], 'about the permissions of someone')],
  ['tokenreviews', deed(['check', 'checked'], 'a token')],
])

export function deedOf(facts: DeedFacts): Deed {
  const { object, verb } = facts
  if (object === null) return tellPath(facts)
  const { subresource } = object
  if (facts.class === 'connect') return (connects.get(subresource) ?? tellProxy)(object, facts)
  if (facts.class === 'read' && verb === 'create') return questions.get(object.resource) ?? tellAny(object, facts)
  if (facts.class === 'write' && subresource !== '')
    return (subresourceWrites.get(subresource) ?? tellAny)(object, facts)
  if (verb === 'deletecollection') return tellCollection(object, facts)
  return verb === 'patch' ? tellChange(object, facts) : tellAny(object, facts)
}

function tellPath({ verb, path }: DeedFacts): Deed {
  const asked = path === null || path === '' ? 'a path that is not named' : plainWord(path, pathCharsMax)
  if (verb === 'get' || verb === 'head' || verb === '') return deed(['get', 'asked for'], asked)
  return deed(['send', 'sent'], `${plainWord(verb, kindCharsMax)} to ${asked}`)
}

function tellExec(thing: Thing, { detail }: DeedFacts): Deed {
  const split = detail?.lastIndexOf('; container ') ?? -1
  const command = split === -1 ? detail : (detail?.slice(0, split) ?? null)
  const note = split === -1 ? null : (detail?.slice(split + 2) ?? null)
  if (command === null || !command.startsWith('command '))
    return deed(['run', 'ran'], `a command in ${the(thing)}`, detail)
  const words = command.slice('command '.length)
  if (shellAlone.test(words)) return deed(['open', 'opened'], `a shell in ${the(thing)}`, note)
  return deed(['run', 'ran'], `${quotedText(words, commandCharsMax)} in ${the(thing)}`, note)
}

const shellAlone = /^(?:\/[\w./-]*\/)?(?:sh|bash|ash|dash|zsh|ksh|fish|pwsh|powershell|cmd)(?:\.exe)?(?: -[il]+)?$/

function tellPortForward(thing: Thing, { detail }: DeedFacts): Deed {
  return deed(['forward', 'forwarded'], `${detail === null ? 'a port' : note(detail)} to ${the(thing)}`)
}

function tellProxy(thing: Thing, { detail }: DeedFacts): Deed {
  return deed(['reach', 'reached'], `${the(thing)} through the API server`, detail)
}

function tellDebug(thing: Thing, { detail }: DeedFacts): Deed {
  return deed(['add', 'added'], `a debug container to ${the(thing)}`, detail?.replace(/^debug container /, '') ?? null)
}

/** Below level Request nothing says which of the two it was. */
function tellApproval(thing: Thing, { detail }: DeedFacts): Deed {
  if (detail === 'approved') return deed(['approve', 'approved'], the(thing))
  if (detail === 'denied') return deed(['deny', 'denied'], the(thing))
  return deed(['approve or deny', 'approved or denied'], the(thing))
}

function tellCollection(thing: Thing, { detail }: DeedFacts): Deed {
  const parts = detail?.split('; ') ?? []
  const selector = parts.find((part) => part.startsWith('selector '))?.slice('selector '.length)
  const matching = selector === undefined ? '' : ` that match ${plainWord(selector, nameCharsMax)}`
  const count = parts.find((part) => part.endsWith(' object') || part.endsWith(' objects')) ?? null
  return deed(['delete', 'deleted'], `all ${many(thing)}${matching}`, count)
}

/** A patch, told by the one thing that it does where it does one. */
function tellChange(thing: Thing, facts: DeedFacts): Deed {
  const { detail, flags } = facts
  if (detail === null || flags.created === true) return tellAny(thing, facts)
  if (detail.startsWith('applied ')) return deed(['apply', 'applied'], the(thing), withoutApplied(detail))
  if (detail.includes('; ')) return deed(changeWords, the(thing), detail)
  if (detail === 'restarted') return deed(['restart', 'restarted'], the(thing))
  if (detail === 'cordoned') return deed(['cordon', 'cordoned'], the(thing))
  if (detail === 'uncordoned') return deed(['uncordon', 'uncordoned'], the(thing))
  const [field, value] = splitOnce(detail, ' ')
  if (field === 'replicas') return deed(['scale', 'scaled'], `${the(thing)} to ${plainWord(value, nameCharsMax)}`)
  if (field === 'image' || field === 'images')
    return deed(changeWords, `the ${field} of ${the(thing)} to ${imagesIn(value)}`)
  return deed(changeWords, the(thing), detail)
}

/** Any verb on any resource; one that made its object without being a create says by which verb it did. */
function tellAny(thing: Thing, facts: DeedFacts): Deed {
  const { verb, detail, flags } = facts
  const by = verb === 'patch' ? ' by apply' : ' by update'
  if (flags.created === true && verb !== 'create')
    return deed(createWords, the(thing) + by, withoutApplied(detail ?? ''))
  const words = verbWords.get(verb) ?? (['send', 'sent'] as const)
  const to = verbWords.has(verb) ? '' : `${plainWord(verb, kindCharsMax)} to `
  const collection = (verb === 'list' || verb === 'watch') && thing.name === ''
  return deed(words, to + partOf(thing) + (collection ? many(thing) : the(thing)), detail)
}

function deed(words: VerbWords, rest: string, detail: string | null = null): Deed {
  return { base: words[0], past: words[1], rest, note: detail === null ? '' : note(detail) }
}

function note(detail: string): string {
  return plainText(detail, noteCharsMax)
}

function partOf({ subresource }: Thing): string {
  if (subresource === '') return ''
  return subresource === 'log' ? 'the logs of ' : `the ${plainWord(subresource, kindCharsMax)} of `
}

/** `deployment api in prod`; `a deployment in prod` where it has no name. */
function the(thing: Thing): string {
  const kind = plainWord(kindOf(thing.apiGroup, thing.resource).toLowerCase(), kindCharsMax)
  if (thing.name === '') return `${/^[aeio]/.test(kind) ? 'an' : 'a'} ${kind}${place(thing)}`
  return `${kind} ${plainWord(thing.name, nameCharsMax)}${place(thing)}`
}

/** `pods in prod`; `pods in every namespace` where the table knows that they stand in namespaces. */
function many(thing: Thing): string {
  const everywhere = thing.namespace === '' && isClusterScoped(thing.apiGroup, thing.resource) === false
  return `${plainWord(thing.resource, kindCharsMax)}${everywhere ? ' in every namespace' : place(thing)}`
}

function place({ namespace }: Thing): string {
  return namespace === '' ? '' : ` in ${plainWord(namespace, nameCharsMax)}`
}

function imagesIn(list: string): string {
  return list
    .split(', ')
    .map((image) => plainWord(image, nameCharsMax))
    .join(', ')
}

function withoutApplied(detail: string): string {
  return detail.replace(/^applied /, '')
}

function leadIn(words: string, detail: string | null): string {
  return detail === null ? '' : words + note(detail)
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}
