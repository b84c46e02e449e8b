// What answers about an object's history are made of: who wrote a revision, a state with what speaks against it, why
// something is not known, and how far history has come.

import { formatMicroTime } from '@plaintrail/event/time'
import type { Scope } from '@plaintrail/query/scope'
import { historyProgress } from '@plaintrail/store/history-progress'
import type { ClusterObject } from '@plaintrail/store/named-history'
import type { NamedRevision } from '@plaintrail/store/named-revisions'
import type { NamedState } from '@plaintrail/store/named-state'
import type { Store } from '@plaintrail/store/open-store'
import { revisionWriters, type RevisionWriter } from '@plaintrail/store/revision-writers'
import { auditRule } from './audit-rule.ts'
import { initiatorAnswer } from './initiators-beside.ts'
import type { Followed, RevisionRef, State, WhyNot } from './schemas/revision-schemas.ts'
import { stateSentence } from './state-sentence.ts'

/** Who wrote what, by event id. */
export type Writers = ReadonlyMap<string, RevisionWriter>

export async function writersOf(store: Store, revisions: readonly (NamedRevision | null)[]): Promise<Writers> {
  return await revisionWriters(
    store,
    revisions.flatMap((one) => (one === null ? [] : [one.event])),
  )
}

/** Every revision that an answer about these states names. */
export const revisionsIn = (...states: readonly NamedState[]): readonly (NamedRevision | null)[] =>
  states.flatMap(({ revision, orAlready }) => [revision, orAlready])

export function revisionRef(
  { event, timeUs, resourceVersion }: Pick<NamedRevision, 'event' | 'timeUs' | 'resourceVersion'>,
  writers: Writers,
): RevisionRef {
  const writer = writers.get(event)
  return {
    event,
    time: formatMicroTime(timeUs),
    resource_version: resourceVersion,
    actor: writer?.actor ?? null,
    client: writer?.client ?? null,
    verb: writer?.verb ?? '',
    initiator: writer === undefined ? null : initiatorAnswer(writer.initiator),
  }
}

export function stateAnswer(state: NamedState, writers: Writers, history: Followed): State {
  const { presence, uid, revision, fidelity, orAlready, doubts } = state
  return {
    time: formatMicroTime(state.timeUs),
    presence,
    uid,
    revision: revision && revisionRef(revision, writers),
    fidelity,
    or_already: orAlready && revisionRef(orAlready, writers),
    or_unseen: doubts.length > 0,
    says: stateSentence(state, history),
  }
}

export async function followedOf(store: Store, scope: Scope, { cluster }: ClusterObject): Promise<Followed> {
  const { complete, behind, untilUs } = await historyProgress(store, scope, cluster.uid)
  return { complete, behind, until: untilUs === null ? null : formatMicroTime(untilUs) }
}

/** Of the first state that is not known although it was or may have been there; null where each is. */
export function whyNotOf(named: ClusterObject, states: readonly NamedState[], writers: Writers): WhyNot | null {
  const state = states.find(({ lacks }) => lacks !== null)
  if (state === undefined || state.lacks === null) return null
  const level = state.revision === null ? undefined : writers.get(state.revision.event)?.level
  return whyNot(named, state.lacks, level)
}

/**
 * `says` is a sentence without its end, `level` that of the event which does not show it. A policy helps where bodies were
 * not logged, and from then on.
 */
export function whyNot(named: ClusterObject, says: string, level: RevisionWriter['level'] | undefined): WhyNot {
  const byPolicy = level === undefined ? undefined : logged[level]
  if (byPolicy === undefined) return { says: sentenceOf(says), policy: null }
  const isSecret = named.group === '' && ['secrets', 'configmaps'].includes(named.resource)
  const secrets = isSecret ? 'Values of Secrets are replaced by keyed digests before anything is written here. ' : ''
  return {
    says: `${byPolicy} ${secrets}With the rule in policy the next writes have a state.`,
    policy: auditRule(named),
  }
}

/** Levels that leave out the answer. */
const logged: Readonly<Partial<Record<RevisionWriter['level'], string>>> = {
  Metadata: 'The audit policy logs no bodies here (level Metadata).',
  Request: 'The audit policy logs no answers here (level Request).',
}

/** Begins with a capital and ends with a full stop. */
function sentenceOf(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
