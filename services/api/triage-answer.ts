// What people make of findings, exceptions and steps as answers have them, and the tags that name a state of a triage.

import { formatMicroTime } from '@plaintrail/event/time'
import type { Exception } from '@plaintrail/store/exceptions'
import type { Finding } from '@plaintrail/store/find-findings'
import type { Step, StepSide } from '@plaintrail/store/triage-steps'

export function triageAnswer({ triage }: Finding): object {
  const { state, isRegressed, assignee, reason, untilUs, untilEvents, untilMatch, steps, changedUs, proposed } = triage
  const isEnding = untilUs !== null || untilEvents !== null || untilMatch !== null
  return {
    state,
    regressed: isRegressed,
    assignee,
    reason,
    until: isEnding ? { time: timeOf(untilUs), events: untilEvents, match: untilMatch } : null,
    changed_at: timeOf(changedUs),
    proposed: proposed && {
      state: 'ignored',
      by: proposed.by,
      at: formatMicroTime(proposed.atUs),
      reason: proposed.reason,
      comment: proposed.comment,
    },
    steps,
    tag: tagOfTriage(triage.version),
  }
}

const timeOf = (us: number | null): string | null => (us === null ? null : formatMicroTime(us))

/** An entity tag (RFC 9110 section 8.8.3), of what people made of a finding and not of its events. */
export const tagOfTriage = (version: number): string => `"${version}"`

/** The version that a tag names; null where it is none of ours. */
export function versionOfTriage(tag: string): number | null {
  const [, version] = /^"(\d{1,9})"$/.exec(tag.trim()) ?? []
  return version === undefined ? null : Number(version)
}

export function exceptionAnswer(exception: Exception): object {
  const { id, rule, match, reason, owner, holds, requests, findings } = exception
  return {
    id: exceptionId(id),
    rule,
    match,
    reason,
    owner,
    created_at: formatMicroTime(exception.createdUs),
    created_by: exception.createdBy,
    expires_at: timeOf(exception.expiresUs),
    holds,
    ended_at: timeOf(exception.endedUs),
    ended_by: exception.endedBy,
    applying: exception.isPending,
    hides: { requests, findings },
    links: { self: `/v1/exceptions/${exceptionId(id)}`, rule: `/v1/rules/${rule}` },
  }
}

export const exceptionId = (id: number): string => `exc_${id}`

/** Null where the text is no id of an exception. */
export function exceptionNumber(text: string): number | null {
  const [, id] = /^exc_([1-9]\d{0,8})$/.exec(text) ?? []
  return id === undefined ? null : Number(id)
}

export function stepAnswer(step: Step): object {
  const { id, atUs, who, did, cluster, rule, reason, comment } = step
  return {
    id: `stp_${id}`,
    time: formatMicroTime(atUs),
    actor: who.name,
    actor_id: who.id,
    verb: did,
    object: objectOf(step),
    cluster,
    rule,
    before: sideAnswer(step.before),
    after: sideAnswer(step.after),
    reason,
    comment,
  }
}

function objectOf({ finding, exceptionId: exception, rule, token }: Step): object {
  if (token !== null) return { kind: 'token', name: token.name, id: token.id }
  if (finding !== null) return { kind: 'finding', name: finding, id: null }
  if (exception !== null) return { kind: 'exception', name: exceptionId(exception), id: null }
  return { kind: 'rule', name: rule, id: null }
}

/** Times are microseconds in the store. */
function sideAnswer(side: StepSide | null): StepSide | null {
  if (side === null) return null
  return Object.fromEntries(
    Object.entries(side).map(([name, value]) => {
      if (name === 'until_us') return ['until_time', timeOf(Number(value))]
      if (name === 'expires_us') return ['expires_at', value === null ? null : timeOf(Number(value))]
      return [name, value]
    }),
  )
}
