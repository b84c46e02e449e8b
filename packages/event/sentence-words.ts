// sentenceWords: a text cut into what a sentence can hold in one piece only, and which of it a sentence says by itself: a
// word that it does not say can only come from what the event holds. Who searches events by it reads few sentences.

import type { EventClass, FlagName, Outcome } from './event.ts'
import { unseen } from './plain-text.ts'

/** What is true of an event, as far as a sentence says something because of it. */
export type When =
  | { readonly verb: string }
  | { readonly class: EventClass }
  | { readonly outcome: Outcome }
  | { readonly code: number }
  | { readonly flag: Extract<FlagName, 'created' | 'dryRun'> }
  /** The name of the actor; a last `*` is any text. */
  | { readonly actor: string }
  | { readonly impersonated: true }

/**
 * The words of a text, which is in small letters. Wherever two pieces of a sentence meet, or a value is shown as something
 * else than it is, stands a character that is between words, or a colon before one. So each word of what a sentence holds
 * is in one text of the sentence's own, or in one value of the event as it is; but service accounts are told as `ns/name`,
 * resources by their kinds, and what cannot be seen by its code.
 */
export function sentenceWords(text: string): readonly string[] {
  const words = text.split(betweenWords).map((word) => word.replace(/:+$/, ''))
  return [...new Set(words)].filter((word) => word !== '')
}

/** When the word may stand in a sentence whatever the event's names and texts are: null is always, none is never. */
export function saidWhen(word: string): readonly When[] | null {
  if (isInEscape(word)) return null
  const said = ownWords.filter(({ words }) => words.some((own) => own.includes(word)))
  if (said.some(({ when }) => when.length === 0)) return null
  return said.flatMap(({ when }) => when)
}

/** Spaces are folded, quotes and brackets are put around, backslashes before, lists are cut at commas and semicolons. */
const betweenWords = new RegExp(String.raw`(?:[\s"\\(){};,…]|${unseen.source})+`, 'u')

const as = { impersonated: true } as const

/** In small letters; in one line, what is said of the same events. Without `when`, of any. */
const ownWords: readonly { readonly words: readonly string[]; readonly when: readonly When[] }[] = [
  own('a an the of in to for or asked ask every namespace'),
  own('a path that is not named get send sent logs'),
  own('dry run', { flag: 'dryRun' }),
  own('an anonymous caller', { actor: 'system:anonymous' }, as),
  own('service account', { actor: 'system:serviceaccount:*' }, as),
  own('node', { actor: 'system:node:*' }, as),
  own('someone', { actor: '' }, as),
  own('someone whose credentials were refused', { code: 401 }),
  own('acting as', as),
  own('was refused could not authenticated forbidden', { outcome: 'denied' }),
  own('tried', { outcome: 'rejected' }, { outcome: 'error' }),
  own('failed', { outcome: 'error' }),
  own('rejected bad request not admitted found conflict invalid too many requests', { outcome: 'rejected' }),
  own('read', { verb: 'get' }, { verb: 'head' }),
  own('list listed', { verb: 'list' }),
  own('watch watched', { verb: 'watch' }),
  own('create created', { verb: 'create' }, { flag: 'created' }),
  own('by apply update', { flag: 'created' }),
  own('update updated', { verb: 'update' }, { class: 'write' }),
  own('delete deleted', { verb: 'delete' }, { verb: 'deletecollection' }),
  own('all match', { verb: 'deletecollection' }),
  own('about own permissions identity someone check checked token', { verb: 'create' }),
  own('attach attached run ran command open opened shell forward forwarded port', { class: 'connect' }),
  own('reach reached through api server', { class: 'connect' }),
  own('change changed scale scaled apply applied', { verb: 'patch' }, { class: 'write' }),
  own('restart restarted cordon cordoned uncordon uncordoned', { verb: 'patch' }, { class: 'write' }),
  own('evict evicted bind bound issue issued token status finalize finalized', { class: 'write' }),
  own('resize resized add added debug container approve approved deny denied', { class: 'write' }),
]

function own(words: string, ...when: readonly When[]) {
  return { words: words.split(' '), when }
}

/** `200b` of `\u{200b}`, or the `u` before it. */
function isInEscape(word: string): boolean {
  return 'u'.includes(word) || (/^[\da-f]{1,5}$/.test(word) && codesOfUnseen().includes(word))
}

let codes: string | null = null

/** Of all that plain-text.ts does not show, with spaces between them; lone surrogates are in no text that is stored. */
function codesOfUnseen(): string {
  codes ??= planesOfUnseen
    .flatMap((plane) => Array.from({ length: 0x1_00_00 }, (_, index) => plane * 0x1_00_00 + index))
    .map((code) => String.fromCodePoint(code))
    .filter((character) => character.isWellFormed() && character.replaceAll(unseen, '') === '')
    .map((character) => (character.codePointAt(0) ?? 0).toString(16))
    .join(' ')
  return codes
}

const planesOfUnseen = [0, 14]
