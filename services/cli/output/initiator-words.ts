// The words for who is behind a request: the caller, and the person or commit that it acted for.
import type { Initiator, Writer } from '../history-answers.ts'
import { whoWords } from './event-words.ts'
import { terminalText } from './terminal-text.ts'

/**
 * `alice as system:admin`; `alice, by deployment-controller`; `argocd (sync by bob?)`. A question mark is what is likely
 * and not certain. `joint` is for sentences that have a `by` already. Who is behind it is not said where nobody is known, and never guessed. Safe to print.
 */
export function behindWords(
  actor: Pick<Writer, 'name' | 'as'> | null,
  initiator?: Initiator | null,
  joint: 'by' | 'through' = 'by',
): string {
  const itself = actor === null ? '(event is past retention)' : whoWords(actor)
  if (initiator === null || initiator === undefined || initiator.kind === 'unknown') return itself
  if (actor === null || initiator.name === actor.name || initiator.name === '') return itself
  const mark = initiator.confidence === 'certain' ? '' : '?'
  const [nearest] = initiator.chain
  if (nearest?.what === 'sync') return terminalText(`${toolName(actor.name)} (${syncWords(initiator)}${mark})`)
  return `${terminalText(nameOf(initiator))}${mark}, ${joint} ${terminalText(agentName(actor))}`
}

const syncWords = (initiator: Initiator): string =>
  initiator.kind === 'commit' ? `sync of ${nameOf(initiator)}` : `sync by ${nameOf(initiator)}`

/** As many digits of a commit as people compare. */
const commitLength = 12

/** `main@sha1:3f2a…`, as Flux writes a revision, keeps what stands before. */
function nameOf({ kind, name }: Initiator): string {
  if (kind !== 'commit') return whoWords({ name, as: null })
  return name.replace(/[0-9a-f]{40,64}$/, (digits) => digits.slice(0, commitLength))
}

const serviceAccount = /^system:serviceaccount:[^:]+:([^:]+)$/

/** Known by attribution to write the system's own objects, so that the account's name is only short for it. */
function toolName(actor: string): string {
  const account = serviceAccount.exec(actor)?.[1]
  if (account === undefined) return actor
  if (account.startsWith('argocd-')) return 'argocd'
  return /^(kustomize|helm)-controller$/.test(account) ? 'flux' : whoWords({ name: actor, as: null })
}

/** A controller of kube-system by its own name. */
function agentName(actor: Pick<Writer, 'name' | 'as'>): string {
  if (actor.as !== null) return whoWords(actor)
  const controller = /^system:(?:serviceaccount:kube-system:)?([^:]+)$/.exec(actor.name)?.[1]
  return controller ?? whoWords(actor)
}
