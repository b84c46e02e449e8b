// One plain English sentence about an event: who did what to which object, and how it ended.

import type { Actor, Client, Event } from './event.ts'
import { serviceAccountOf } from './actor.ts'
import { deedOf, type Deed, type DeedFacts } from './deed.ts'
import { ellipsized, plainText, plainWord } from './plain-text.ts'

export const sentenceCharsMax = 400
const nameCharsMax = 80
const clientCharsMax = 40
const reasonCharsMax = 240
const nodePrefix = 'system:node:'

/** What a sentence is made of; an Event has it, and so have the columns of a stored one. */
export interface SentenceFacts extends DeedFacts, Pick<Event, 'outcome' | 'code' | 'reason'> {
  readonly actor: Pick<Actor, 'name' | 'type'>
  readonly impersonated: Pick<Actor, 'name'> | null
  readonly client: Pick<Client, 'name'>
  readonly flags: Pick<Event['flags'], 'created' | 'dryRun'>
}

/**
 * At most `sentenceCharsMax` characters, without a full stop: `alice@acme.io changed the image of deployment api in prod
 * to api:1.9 (kubectl)`. Names that others chose are quoted where they are no single word, and cannot hide anything.
 */
export function sentence(facts: SentenceFacts): string {
  const told = `${facts.flags.dryRun === true ? 'dry run: ' : ''}${tell(facts, deedOf(facts))}`
  return ellipsized(told, sentenceCharsMax).replace(/[.\s]+$/, '')
}

function tell(facts: SentenceFacts, deed: Deed): string {
  const who = subjectOf(facts)
  const what = `${deed.base} ${deed.rest}`
  const { outcome, code } = facts
  switch (outcome) {
    case 'success':
      return `${who} ${deed.past} ${deed.rest}${inBrackets(deed.note, clientOf(facts))}`
    case 'pending':
      return `${who} asked to ${what}${inBrackets(deed.note, clientOf(facts))}`
    case 'denied':
      if (credentialsRefused(facts))
        return `${who} asked ${facts.object === null ? 'for' : 'to'} ${refused(facts, deed)}`
      return `${who} was refused: could not ${what} (${code === 401 ? 'not authenticated' : 'forbidden'})`
    case 'rejected':
      return `${who} tried to ${what}: rejected${inBrackets(rejectionWord(code))}${because(facts)}`
    case 'error':
      return `${who} tried to ${what}: failed${inBrackets(code === null ? '' : String(code))}${because(facts)}`
    default:
      return outcome satisfies never
  }
}

function refused(facts: SentenceFacts, deed: Deed): string {
  return facts.object === null ? deed.rest : `${deed.base} ${deed.rest}`
}

function credentialsRefused({ actor, code }: SentenceFacts): boolean {
  return actor.type === 'failed-authentication' && code === 401
}

function subjectOf(facts: SentenceFacts): string {
  const { actor, impersonated } = facts
  const caller = credentialsRefused(facts) ? 'someone whose credentials were refused' : identity(actor.name)
  return impersonated === null ? caller : `${caller}, acting as ${identity(impersonated.name)},`
}

function identity(name: string): string {
  if (name === '') return 'someone'
  if (name === 'system:anonymous') return 'an anonymous caller'
  const account = serviceAccountOf(name)
  if (account !== null) return `service account ${plainWord(`${account.namespace}/${account.name}`, nameCharsMax)}`
  if (name.startsWith(nodePrefix)) return `node ${plainWord(name.slice(nodePrefix.length), nameCharsMax)}`
  return plainWord(name, nameCharsMax)
}

function clientOf({ client }: SentenceFacts): string {
  return client.name === null ? '' : plainWord(client.name, clientCharsMax)
}

/** 403 is here only where the authorizer allowed: then it was admission. */
function rejectionWord(code: number | null): string {
  switch (code) {
    case null:
      return ''
    case 400:
      return 'bad request'
    case 403:
      return 'not admitted'
    case 404:
      return 'not found'
    case 409:
      return 'conflict'
    case 422:
      return 'invalid'
    case 429:
      return 'too many requests'
    default:
      return String(code)
  }
}

function because({ reason }: SentenceFacts): string {
  return reason === '' ? '' : `, ${plainText(reason, reasonCharsMax)}`
}

function inBrackets(...parts: readonly string[]): string {
  const said = parts.filter((part) => part !== '')
  return said.length === 0 ? '' : ` (${said.join('; ')})`
}
