// revisionView: how the revisions of one object are shown, and what stands between those of two that had its name.
import type { Lifetime, Revision, RevisionRef } from './history-answers.ts'
import { behindWords } from './output/initiator-words.ts'
import { terminalText } from './output/terminal-text.ts'
import type { View } from './output/view.ts'
import type { Session } from './session.ts'

type KnownChange = Pick<Revision, 'significance' | 'fidelity' | 'changes_count'>

export function revisionView(session: Session): View<Revision> {
  return {
    columns: [
      { title: 'WHEN', cell: ({ time }) => session.when(time) },
      { title: 'WHO', cell: ({ actor, initiator }) => behindWords(actor, initiator), look: 'bold' },
      { title: 'WHAT', cell: whatWords },
      { title: 'KNOWN', cell: knownWord },
      { title: 'HOW', cell: ({ client }) => clientWords(client), look: 'dim' },
      { title: 'VERSION', cell: (one) => versionWord(one), look: 'dim' },
      { title: 'VERB', cell: ({ verb }) => terminalText(verb) || '-', isWide: true },
      { title: 'UID', cell: ({ uid }) => terminalText(uid ?? '-'), look: 'dim', isWide: true },
      { title: 'EVENT', cell: ({ event }) => terminalText(event), look: 'dim', isWide: true },
    ],
    nameOf: ({ event }) => event,
    sentenceOf: (one) => `${behindWords(one.actor, one.initiator)} (${one.verb}): ${whatWords(one)}`,
  }
}

/** `replicas 3 → 5`, `created`; where nothing is known of what changed, what kind of write it was. */
function whatWords(revision: Revision): string {
  return terminalText(isOnlyNoise(revision) ? 'noise only' : revision.summary || revision.verb || 'changed')
}

/** A controller's note for itself, such as deployment.kubernetes.io/revision: it changed nothing that is shown. */
export const isOnlyNoise = ({ significance, fidelity, changes_count: count }: KnownChange): boolean =>
  significance === 'changed' && fidelity === 'exact' && count === 0

/** `exact`, or how far what is said of it is to be trusted. */
function knownWord({ fidelity, unseen_min: unseen }: Revision): string {
  if (fidelity !== 'gap') return terminalText(fidelity)
  return unseen > 0 ? `gap (${unseen} unseen)` : 'gap'
}

/** `kubectl 1.33`: the program and the first two parts of its version. */
export function clientWords(client: string | null): string {
  if (client === null || client === '') return '-'
  return terminalText(client.replace(/ v?(\d+(?:\.\d+)?)\S*$/, ' $1'))
}

/** What `plaintrail diff` takes. */
const versionWord = ({ resource_version: version }: RevisionRef): string => (version === null ? '-' : `rv:${version}`)

/** Between the first revision of one object and the last one of the object that had its name before. */
export function boundaryWords(before: Lifetime | undefined, after: Lifetime | undefined): string {
  const uid = after === undefined ? '' : ` (uid ${terminalText(after.uid)})`
  const maker = after?.made == null ? null : behindWords(after.made.actor, after.made.initiator, 'through')
  const ender = before?.ended == null ? null : behindWords(before.ended.actor, before.ended.initiator, 'through')
  const by = maker === null ? '' : ` by ${maker}`
  if (before?.end !== 'seen') return `made again${uid}${by}; the end of the one before was not seen`
  if (ender === null || ender === maker) return `deleted and made again${uid}${by}`
  return `deleted by ${ender}, made again${uid}${by}`
}
