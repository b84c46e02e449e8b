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
