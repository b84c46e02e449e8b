// formLeaf, columnsLeaf: terms of a query by less than all of an event, where null means that more is needed.

import type { Event } from '@plaintrail/event/event'
import type { AskLeaf, Asked, Leaf } from './judge-query.ts'
import { actorTypesOf } from '@plaintrail/query/is-words'
import { judgeTerm } from './judge-term.ts'

/** By what few values there are of: rule-set.ts has them in `formOf`. */
export const formLeaf: AskLeaf = (leaf) => {
  if (leaf.kind === 'field' || leaf.kind !== 'matches') return isOfHistory(leaf) ? ofWritesAlone : open
  switch (leaf.key) {
    case 'verb':
    case 'class':
    case 'kind':
    case 'sub':
    case 'outcome':
    case 'stage':
    case 'level':
      return judgeTerm(leaf)
    case 'is':
      return isOfType(leaf.values.map(([word]) => word))
    default:
      return isOfHistory(leaf) ? ofWritesAlone : open
  }
}

/** By what stands in columns: neither the sentence nor what history and attribution know. */
export const columnsLeaf: AskLeaf = (leaf) => {
  if (isOfHistory(leaf)) return ofWritesAlone
  if (leaf.kind === 'field' || leaf.kind === 'says' || (leaf.kind === 'matches' && leaf.key === 'initiator'))
    return open
  return judgeTerm(leaf)
}

const open: Asked = { judge: () => null, missing: () => [], cost: 1 }

const isOfHistory = (leaf: Leaf): boolean => leaf.kind === 'field' || (leaf.kind === 'matches' && leaf.key === 'image')

/** A read and a request that failed changed nothing. */
const ofWritesAlone: Asked = {
  judge: ({ event }) => (isWrite(event) ? null : false),
  missing: () => [],
  cost: 1,
}

const isWrite = ({ class: kind, outcome }: Event): boolean =>
  kind === 'write' && outcome !== 'denied' && outcome !== 'rejected'

function isOfType(words: readonly string[]): Asked {
  const types: ReadonlySet<string> = new Set(actorTypesOf(words))
  const isImpersonated = words.includes('impersonated')
  const isAllKnown = words.every((word) => word === 'impersonated' || actorTypesOf([word]).length > 0)
  return {
    judge: ({ event }) => {
      if (types.has(event.actor.type) || (isImpersonated && event.impersonated !== null)) return true
      return isAllKnown ? false : null
    },
    missing: () => [],
    cost: 1,
  }
}

/** The same, made once for each term: to read a kind or a list of names costs more than to ask it a hundred times. */
export function onceEach(ask: AskLeaf): AskLeaf {
  const made = new WeakMap<Leaf, Asked>()
  return (leaf) => {
    const known = made.get(leaf)
    if (known !== undefined) return known
    const asked = ask(leaf)
    made.set(leaf, asked)
    return asked
  }
}
