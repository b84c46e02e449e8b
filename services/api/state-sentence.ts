// stateSentence: how far a state is to be trusted, in words.

import { formatMicroTime } from '@plaintrail/event/time'
import type { NamedState } from '@plaintrail/store/named-state'
import type { Followed } from './schemas/revision-schemas.ts'

/** Reasons that are told; more say no more. */
const doubtsMax = 3

/** One sentence, or two where history is behind. */
export function stateSentence(state: NamedState, history: Pick<Followed, 'complete' | 'behind'>): string {
  const behind = history.complete
    ? ''
    : ` History is ${history.behind} ${history.behind === 1 ? 'event' : 'events'} behind in this cluster: what they tell is not in it.`
  return `${presenceSentence(state)}${doubtClause(state)}.${behind}`
}

function presenceSentence(state: NamedState): string {
  const { presence, revision } = state
  switch (presence) {
    case 'present':
      return knownSentence(state)
    case 'gone':
      return revision === null ? 'It was gone' : `It was gone since ${formatMicroTime(revision.timeUs)}`
    case 'not-yet':
      return 'It was not there yet: it was made later'
    case 'maybe':
      return revision === null
        ? `Whether it was there is not known${state.lacks === null ? ', for nothing before tells of it' : `: ${state.lacks}`}`
        : 'It may have been gone by then; before, it was as told'
    default:
      return presence satisfies never
  }
}

function knownSentence({ fidelity, lacks }: NamedState): string {
  switch (fidelity) {
    case 'exact':
    case 'gap':
      return 'The state is exact, as the API server answered it'
    case 'derived':
      return 'The state is derived: it is the one before with what a later write is known to have set'
    case 'metadata-only':
    case null:
      return `It was there, and its state is not known: ${lacks ?? 'no event shows it'}`
    default:
      return fidelity satisfies never
  }
}

function doubtClause({ doubts, orAlready }: NamedState): string {
  const already =
    orAlready === null ? [] : [`the write of ${formatMicroTime(orAlready.timeUs)} may have been in force already`]
  const unseen =
    doubts.length === 0 ? [] : [`maybe changed by a write that was not seen (${doubts.slice(0, doubtsMax).join('; ')})`]
  const told = [...already, ...unseen]
  return told.length === 0 ? '' : `; ${told.join('; ')}`
}
