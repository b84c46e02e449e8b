// eventView: how events are shown in a list.
import type { TracedEvent } from './history-answers.ts'
import { didWords, fromWords, howWords, isOpen, objectWords, outcomeWord, verbWord } from './output/event-words.ts'
import { behindWords } from './output/initiator-words.ts'
import { terminalText } from './output/terminal-text.ts'
import type { View } from './output/view.ts'
import { duration } from './output/when.ts'
import type { Session } from './session.ts'

interface EventViewOptions {
  /** Whether the findings that events are a part of are shown. */
  readonly hasFindings?: boolean
}

/** Of any objects: `plaintrail events`. */
export function eventView(session: Session, options: EventViewOptions = {}): View<TracedEvent> {
  return {
    columns: [
      { title: 'WHEN', cell: (event) => (event.time === null ? 'no time' : session.clock(event.time)) },
      { title: 'CLUSTER', cell: (event) => terminalText(event.cluster), look: 'dim' },
      { title: 'WHO', cell: ({ actor, initiator }) => behindWords(actor, initiator), look: 'bold' },
      { title: 'VERB', cell: verbWord },
      { title: 'NS', cell: (event) => terminalText(event.object?.namespace ?? '') || '-', look: 'dim' },
      { title: 'OBJECT', cell: objectWords },
      { title: 'OUT', cell: outcomeWord },
      { title: 'CODE', cell: (event) => (event.code === null ? '-' : String(event.code)), isWide: true },
      { title: 'HOW', cell: ({ source }) => howWords(source), look: 'dim', isWide: true },
      { title: 'FROM', cell: ({ source }) => fromWords(source), look: 'dim', isWide: true },
      { title: 'EVENT', cell: (event) => terminalText(event.id), look: 'dim', isWide: true },
      { title: 'AUDIT ID', cell: (event) => terminalText(event.audit.id), look: 'dim', isWide: true },
      ...foundColumn(options),
      { title: 'WHAT', cell: whatWords },
    ],
    nameOf: (event) => event.id,
    sentenceOf: (event) => event.sentence,
  }
}

/** Of one object, whose name stands above: `plaintrail who`. */
export function objectEventView(session: Session, options: EventViewOptions = {}): View<TracedEvent> {
  return {
    columns: [
      { title: 'WHEN', cell: (event) => (event.time === null ? 'no time' : session.when(event.time)) },
      { title: 'WHO', cell: ({ actor, initiator }) => behindWords(actor, initiator), look: 'bold' },
      { title: 'DID', cell: changedWords },
      { title: 'HOW', cell: ({ source }) => howWords(source), look: 'dim' },
      { title: 'FROM', cell: ({ source }) => fromWords(source), look: 'dim' },
      { title: 'VERB', cell: verbWord, isWide: true },
      { title: 'OUT', cell: outcomeWord, isWide: true },
      { title: 'EVENT', cell: (event) => terminalText(event.id), look: 'dim', isWide: true },
      { title: 'KNOWN', cell: ({ change }) => terminalText(change?.fidelity ?? '-'), look: 'dim', isWide: true },
      ...foundColumn(options),
    ],
    nameOf: (event) => event.id,
    sentenceOf: (event) => event.sentence,
  }
}

const foundColumn = ({ hasFindings = false }: EventViewOptions): View<TracedEvent>['columns'] =>
  hasFindings ? [{ title: 'FOUND', cell: foundWords, look: 'yellow' }] : []

function foundWords({ findings = [] }: TracedEvent): string {
  const [first, ...others] = findings
  if (first === undefined) return '-'
  return terminalText(`! ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`)
}

/** What differs, before and after, where history knows it; a question mark is what another write may have changed. */
function changedWords(event: TracedEvent): string {
  const { change } = event
  const isTold = change?.significance === 'created' || change?.significance === 'deleted'
  if (event.outcome !== 'success' || change == null || isTold || change.summary === '') return didWords(event)
  return terminalText(change.sure ? change.summary : `${change.summary} ?`)
}

/** Refused requests say why; connections how long they took. */
function whatWords(event: TracedEvent): string {
  if (event.outcome === 'denied' && event.authz.reason !== '') return terminalText(event.authz.reason)
  if (event.class !== 'connect') return changedWords(event)
  if (isOpen(event)) return `${didWords(event)} (open)`
  return event.durationUs === null ? didWords(event) : `${didWords(event)} (${duration(event.durationUs)})`
}
