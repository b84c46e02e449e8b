// One letter a choice: how stages, levels, classes, outcomes and decisions stand in the event table, and flags as bits.

import { flagNames } from '@plaintrail/event/event'
import type { Decision, EventClass, FlagName, Flags, Level, Outcome, Stage } from '@plaintrail/event/event'

/** A two-way table between a choice and its letter. */
export interface Code<T extends string> {
  readonly letter: Readonly<Record<T, string>>
  word(letter: string): T
}

export const stageCode = code<Stage>(
  { RequestReceived: 'r', ResponseStarted: 's', ResponseComplete: 'c', Panic: 'p', Unknown: 'u' },
  'Unknown',
)
export const levelCode = code<Level>(
  { None: 'n', Metadata: 'm', Request: 'q', RequestResponse: 'r', Unknown: 'u' },
  'Unknown',
)
export const classCode = code<EventClass>({ read: 'r', write: 'w', connect: 'c', other: 'o' }, 'other')
export const outcomeCode = code<Outcome>(
  { success: 's', denied: 'd', rejected: 'r', error: 'e', pending: 'p' },
  'pending',
)
export const decisionCode = code<Decision>({ allow: 'a', forbid: 'f', none: 'n' }, 'none')

export function flagBits(flags: Flags): number {
  let bits = 0
  for (const name in flags) bits |= flagBit(name as FlagName)
  return bits
}

function flagBit(name: FlagName): number {
  return 1 << flagNames.indexOf(name)
}

export function flagsOf(bits: number): readonly FlagName[] {
  return flagNames.filter((_, index) => (bits & (1 << index)) !== 0)
}

function code<T extends string>(letter: Readonly<Record<T, string>>, otherwise: T): Code<T> {
  const words = new Map<string, T>()
  for (const word in letter) words.set(letter[word], word)
  return { letter, word: (text) => words.get(text) ?? otherwise }
}
