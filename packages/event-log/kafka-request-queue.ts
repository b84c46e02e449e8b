// mendRequestQueue: kafkajs 2.2.4 asks for a timer of a negative time after each answer, which fires after 1 ms and asks
// for the next: an idle connection fired 330 timers a second and burned 5.5 % of a core. kafkajs makes no releases now.

import { createRequire } from 'node:module'

/** What of kafkajs's class is used here; `kafkajs/src/network/requestQueue`. */
interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
}

/** kafkajs's own, while requests wait for answers. */
const pendingCheckMs = 10

/** For every connection of this process. Doing it twice is the same as once. */
export function mendRequestQueue(): void {
  const load = createRequire(import.meta.url)
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: object }
  Object.assign(prototype, { scheduleCheckPendingRequests })
}

/** A timer only where there is something to look at: nothing pending needs none, throttled or not. */
function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
  const throttledMs = this.throttledUntil - Date.now()
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    },
    throttledMs > 0 ? throttledMs : pendingCheckMs,
  )
}
