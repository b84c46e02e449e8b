// What of a request was recorded, by its event alone: a body that was not is never evidence of anything.

import type { Event } from '@plaintrail/event/event'

/** Null where the event would have the request's body if there was one; else why not, as the end of a sentence. */
export function whyNoRequest(event: Event): string | null {
  const cut = whyCut(event)
  if (cut !== null) return cut
  if (event.level === 'Request' || event.level === 'RequestResponse') return null
  return `the audit policy records no bodies here (level ${event.level})`
}

/** The same of the answer's body. */
export function whyNoResponse(event: Event): string | null {
  const cut = whyCut(event)
  if (cut !== null) return cut
  if (event.level === 'RequestResponse') return null
  return `the audit policy records no ${event.level === 'Request' ? 'answers' : 'bodies'} here (level ${event.level})`
}

function whyCut({ flags }: Event): string | null {
  if (flags.truncated === true) return 'the API server cut the bodies off (audit.k8s.io/truncated)'
  return flags.bodyTooLarge === true ? 'the bodies were too large to be read' : null
}

/**
 * Why nothing came of the request that could have a state, as the end of a sentence; null where something did. What a rule
 * asks of such an object is no matter of what was recorded.
 */
export function whyNothingCame({ object, outcome, verb }: Event): string | null {
  if (object === null) return 'the request is to no object'
  if (verb === 'list' || verb === 'watch' || verb === 'deletecollection') return 'the request is about many objects'
  return outcome === 'success' || outcome === 'pending' ? null : 'the request failed, so nothing came of it'
}

/** The name that the API server makes of generateName stands in the answer alone. */
export function whyNameless(event: Event): string | null {
  const { object, verb, outcome } = event
  const isMade = object !== null && object.name === '' && object.subresource === '' && verb === 'create'
  return isMade && event.class === 'write' && outcome === 'success' ? whyNoResponse(event) : null
}

const answered: ReadonlySet<string> = new Set(['get', 'create', 'update', 'patch', 'delete'])

export function whyNoUid(event: Event): string | null {
  const { object, verb, outcome } = event
  if (object === null || object.uid !== null || !answered.has(verb) || event.class === 'connect') return null
  return outcome === 'success' ? whyNoResponse(event) : null
}

/** A delete and an eviction say in their bodies whether they are only tried out. */
export function whyDryRunOpen(event: Event): string | null {
  const { verb, object, outcome } = event
  if (event.class !== 'write' || object === null || outcome === 'denied' || object.subresource === 'token') return null
  const isInBody = verb === 'delete' || verb === 'deletecollection' || object.subresource === 'eviction'
  return isInBody ? whyNoRequest(event) : null
}

/** The sentence, and the detail in it: without what the bodies say they would be others. */
export function whyUntold(event: Event): string | null {
  // A request that was refused is never read.
  if (event.class !== 'write' || event.outcome === 'denied') return null
  const nameless = whyNameless(event)
  if (nameless !== null) return nameless
  return event.verb === 'deletecollection' ? whyNoResponse(event) : whyNoRequest(event)
}
