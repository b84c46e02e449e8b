// reportOf: every deed of the week with what was expected and what was answered, as a page for people.

import type { StoredEvent } from '@plaintrail/event/event'
import type { CheckedAnswers, CheckedDeed } from './answers.ts'
import type { Deed } from './week/step.ts'

/** Markdown. Nothing in it differs between two runs that went alike: no times, no ids. */
export function reportOf(version: string, { deeds, unexplained }: CheckedAnswers): string {
  const wrong = deeds.filter((deed) => deed.wrong.length > 0)
  const untold = deeds.filter(({ deed }) => deed.untold !== undefined || deed.lost !== undefined)
  return [
    `# What was done, and what was answered: Kubernetes ${version}`,
    '',
    `${deeds.length} deeds, ${wrong.length} answered wrongly, ${unexplained.length} changes that no step made.`,
    '',
    '| step | what was done | answered | |',
    '|---|---|---|---|',
    ...deeds.map(row),
    '',
    '## What audit events cannot tell',
    '',
    ...untold.map(({ step, deed }) => `- *${step.title}*: ${deed.untold ?? deed.lost ?? ''}.`),
    ...(unexplained.length === 0
      ? []
      : ['', '## Not explained', '', ...unexplained.map((event) => `- ${told(event)}`)]),
    '',
  ].join('\n')
}

function row({ step, deed, answered, wrong }: CheckedDeed): string {
  const sentences = [...new Set(answered.map(told))]
  const shown = sentences.slice(0, shownMax).join('<br>')
  const more = sentences.length > shownMax ? '<br>…' : ''
  const verdict = wrong.length === 0 ? 'right' : `**wrong**: ${wrong.join('; ')}`
  return `| ${cell(step.name)} | ${cell(done(deed))} | ${cell(shown + more)} | ${verdict} |`
}

/** Of controllers there may be dozens that differ by a name. */
const shownMax = 3

function done(deed: Deed): string {
  const who = deed.actor === '' ? 'nobody known' : deed.actor
  const as = deed.as === undefined ? '' : ` as ${deed.as}`
  const times = deed.times === undefined ? '' : deed.times === 'some' ? ', some times' : `, ${deed.times} times`
  const words = [
    deed.outcome,
    String(deed.code),
    ...(deed.dryRun ? ['dry run'] : []),
    ...(deed.created ? ['created'] : []),
  ]
  const lost = deed.lost === undefined ? '' : `, lost: ${deed.lost}`
  return `${who}${as} ${deed.verb} ${deed.object ?? deed.path ?? ''} (${words.join(', ')})${times}${lost}`
}

/** Names that the API server and its controllers make end differently each time: letters without vowels (util/rand). */
const made = String.raw`[bcdfghjklmnpqrstvwxz2456789]`
const madeEnd = new RegExp(String.raw`-${made}{8,10}(-${made}{5})?\b|-${made}{5}(-${made}{5})?\b`, 'g')
const told = (event: StoredEvent): string => event.sentence.replaceAll(madeEnd, '-…')

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')
