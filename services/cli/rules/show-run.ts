// showRun: what a run of rules found, in the format that was asked for.
import { formatMicroTime } from '@plaintrail/event/time'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import type { Session } from '../session.ts'
import { counted } from './counted.ts'
import type { RunFinding, RunOutcome, RunResult } from './rule-run.ts'

/** Reasons that are told of what could not be judged; the formats for programs have all. */
const reasonsShownMax = 20

/** A finding as -o json has it. */
function toldFinding({ finding, events }: RunFinding) {
  const { id, rule, cluster, group, summary, remediation, commands, firstUs, lastUs } = finding
  return {
    id,
    rule: rule.name,
    severity: rule.severity,
    title: rule.title,
    cluster,
    group: Object.fromEntries(rule.groupBy.map((name, index) => [name, group[index] ?? null])),
    summary,
    remediation,
    commands,
    controls: rule.controls,
    attack: rule.attack,
    first: formatMicroTime(firstUs),
    last: formatMicroTime(lastUs),
    events,
  }
}
type ToldFinding = ReturnType<typeof toldFinding>

export async function showRun(session: Session, outcome: RunOutcome, seconds: number): Promise<void> {
  const { kind } = session.format
  const findings = outcome.findings.map(toldFinding)
  const isTable = kind === 'table' || kind === 'wide' || kind === 'csv'
  if (isTable) {
    const value = { findings }
    if (findings.length > 0 || kind === 'csv')
      await session.printItems(findingView, { answer: { text: JSON.stringify(value), value }, items: findings })
  } else {
    const { results, events, rules } = outcome
    const value = { events, rules, seconds, findings, results }
    await session.printItems(resultView, { answer: { text: JSON.stringify(value), value }, items: results })
  }
  if (kind === 'table' || kind === 'wide') await tellOthers(session, outcome.results)
  await session.note(sumsOf(outcome, seconds))
}

function sumsOf({ events, rules, findings, results }: RunOutcome, seconds: number): string {
  const count = (result: RunResult['result']): number => results.filter((one) => one.result === result).length
  const found = `${counted(findings.length, 'finding')} of ${counted(count('match'), 'match', 'matches')}`
  const others = `${count('insufficient')} not evaluable, ${counted(count('error'), 'error')}`
  return `${counted(events, 'event')}, ${counted(rules, 'rule')}: ${found}, ${others} · ${seconds.toFixed(2)} s`
}

/** What could not be judged, and what went wrong, once a rule and reason. */
async function tellOthers(session: Session, results: readonly RunResult[]): Promise<void> {
  const reasons = Map.groupBy(
    results.filter(({ result }) => result !== 'match'),
    ({ rule, result, summary, missing }) => {
      if (result === 'error') return `${rule} went wrong: ${summary}`
      const [first] = missing
      return `${rule} could not judge it: ${first === undefined ? 'not recorded' : `${first.what} is not known: ${first.because}`}`
    },
  )
  for (const [says, own] of [...reasons].slice(0, reasonsShownMax)) {
    const { file, line } = own[0]?.event ?? { file: '', line: 0 }
    const others = own.length === 1 ? '' : `, and ${own.length - 1} more`
    await session.warn(terminalText(`! ${says} (${file}:${line}${others})`))
  }
  if (reasons.size > reasonsShownMax)
    await session.warn(`! ${reasons.size - reasonsShownMax} more such reasons: -o jsonl has all`)
}

const whereOf = ({ events }: ToldFinding): string => {
  const last = events.at(-1)
  return last === undefined ? '' : terminalText(`${last.file}:${last.line}`)
}

const findingView: View<ToldFinding> = {
  columns: [
    { title: 'SEVERITY', cell: ({ severity }) => severity },
    { title: 'RULE', cell: ({ rule }) => rule },
    { title: 'EVENTS', cell: ({ events }) => String(events.length) },
    { title: 'LAST', cell: whereOf },
    { title: 'WHAT', cell: ({ summary }) => terminalText(summary) },
    { title: 'FINDING', cell: ({ id }) => id, isWide: true },
  ],
  nameOf: ({ id }) => id,
}

const resultView: View<RunResult> = {
  columns: [
    { title: 'RESULT', cell: ({ result }) => result },
    { title: 'RULE', cell: ({ rule }) => rule },
    { title: 'SEVERITY', cell: ({ severity }) => severity },
    { title: 'EVENT', cell: ({ event }) => terminalText(`${event.file}:${event.line}`) },
    { title: 'WHAT', cell: ({ summary }) => terminalText(summary ?? '') },
  ],
  nameOf: ({ finding, rule }) => finding ?? rule,
}
