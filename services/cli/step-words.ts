// stepWords: what somebody did to a finding, an exception, a rule or a token, in a few words.
import type { Step } from './rule-answers.ts'

/** As the server has it, not yet safe for a terminal. */
export function stepWords({ verb, before, after, rule }: Step): string {
  switch (verb) {
    case 'state':
      return [`${textIn(after, 'state')}${endWords(after)}`, ...assigneeWords(before, after)].join(', ')
    case 'assignee':
      return `assigned to ${textIn(after, 'assignee') || 'nobody'}`
    case 'ignore-proposed':
      return 'proposed to ignore it for ever'
    case 'ignore-confirmed':
      return `ignored for ever, as ${textIn(before, 'proposed_by')} proposed`
    case 'rule-put':
      return ['put', ...ruleWords(before, after)].join(': ')
    case 'rule-deleted':
      return ['taken away', ...ruleWords(before, after)].join(': ')
    case 'token-added':
      return `added${expiryWords(after)}`
    case 'token-revoked':
      return 'revoked'
    case 'exception-added':
      return `hides from ${rule ?? '?'} what is ${textIn(after, 'match')}${expiryWords(after)}`
    case 'exception-deleted':
      return `deleted, of ${rule ?? '?'}`
    case 'exception-expired':
      return `expired, of ${rule ?? '?'}`
    case 'comment':
      return 'comment'
    case 'regressed':
    case 'ignore-over':
      return `open again, was ${textIn(before, 'state')}`
    case 'proposal-withdrawn':
      return 'took back that it is to be ignored for ever'
    case 'rule-failing':
      return 'judges no more'
    default:
      // A newer server has others.
      return String(verb satisfies never)
  }
}

/** Empty where nothing is said. The reason of one that opens again is why it was done with before. */
export function stepWhy({ verb, reason, comment }: Step): string {
  const isOver = verb === 'regressed' || verb === 'ignore-over'
  return [isOver ? null : reason, comment].filter((text) => text !== null).join(': ')
}

type Side = Step['after']

function textIn(side: Side, name: string): string {
  const value = side?.[name]
  return value === undefined || value === null ? '' : String(value)
}

function expiryWords(side: Side): string {
  const end = textIn(side, 'expires_at')
  return end === '' ? '' : `, until ${end}`
}

/** Of an ignored finding: a trail that leaves out until when says that it was for ever. */
function endWords(after: Side): string {
  const [time, events, match] = ['until_time', 'until_events', 'until_match'].map((name) => textIn(after, name))
  if (time) return ` until ${time}`
  if (events) return ` until it has ${events} events`
  return match ? ` until an event is ${match}` : ''
}

/** One change may be of both. */
function assigneeWords(before: Side, after: Side): readonly string[] {
  const [was, is] = [textIn(before, 'assignee'), textIn(after, 'assignee')]
  return was === is ? [] : [`assigned to ${is || 'nobody'}`]
}

/** What is in force: `version 1 → 2, active → off`; beneath it there may be a change of what another source comes before. */
function ruleWords(before: Side, after: Side): readonly string[] {
  if (after === null) return []
  const parts = ['version', 'source', 'state', 'severity'].flatMap((name) => {
    const [was, is] = [textIn(before, name), textIn(after, name)]
    if (was === is) return []
    const words = was === '' ? is : `${was} → ${is}`
    return [name === 'version' ? `version ${words}` : words]
  })
  const written = textIn(after, 'written')
  const beneath = written === '' ? [] : [`version ${written} of ${textIn(after, 'changed_source')}, not in force`]
  const said = [...parts, ...beneath]
  return said.length === 0 ? [] : [said.join(', ')]
}
