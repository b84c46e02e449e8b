// Watch the store: does Postgres take writes? Told to /readyz, with whatever else its process wants to know each time.

import type { Health } from '@plaintrail/runtime/health'
import type { Store } from './open-store.ts'
import { probeWrite } from './probe-write.ts'

export interface WatchStoreParts {
  readonly store: Store
  readonly health: Health
  /** Asked after each write that worked; its sentence is the detail of the part `store`. */
  readonly ask?: () => Promise<string>
}

const everyMs = 2_000
/** A write without an answer for so long says that Postgres does not take it, whether it will in the end or not. */
const answerMsMax = 5_000

export function watchStore({ store, health, ask }: WatchStoreParts): AsyncDisposable {
  let turn = Promise.resolve()
  let lookingSince: number | null = null
  const look = async (): Promise<void> => {
    try {
      await probeWrite(store)
      health.set('store', { ok: true, detail: (await ask?.()) ?? 'Postgres takes writes' })
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      health.set('store', { ok: false, detail: `could not write to Postgres: ${reason}` })
    }
  }
  // While Postgres hangs a turn takes long, and others behind it would only make a stop wait.
  const next = (): void => {
    if (lookingSince === null) {
      lookingSince = performance.now()
      turn = look().finally(() => (lookingSince = null))
      return
    }
    const lateMs = Math.round(performance.now() - lookingSince)
    if (lateMs < answerMsMax) return
    health.set('store', { ok: false, detail: `could not write to Postgres: no answer for ${lateMs} ms` })
  }
  const timer = setInterval(next, everyMs)
  next()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await turn
    },
  }
}
