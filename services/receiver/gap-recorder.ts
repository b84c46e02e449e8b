// Gaps that the receiver itself caused or saw, kept until Postgres has them: a refused body must not vanish from the record.

import type { Logger } from '@plaintrail/runtime/logger'
import type { IngestCredential } from './credentials.ts'

export interface Gap {
  readonly clusterUid: string
  /** A body over our bound, or a list that the log will never take as it is. */
  readonly cause: 'body_too_large' | 'log_refused'
  readonly detail: string
  readonly fromUs: number
  readonly toUs: number
}

export interface GapRecorder extends AsyncDisposable {
  record(credential: IngestCredential, cause: Gap['cause'], detail: string): void
}

const retryMs = 1_000
/** While Postgres is away, one gap a cluster and cause is held and extended. */
export function createGapRecorder(parts: {
  readonly save: (gap: Gap) => Promise<void>
  readonly logger: Logger
  readonly nowUs: () => number
}): GapRecorder {
  const waiting = new Map<string, Gap>()
  let saving: Promise<void> = Promise.resolve()
  const saveAll = async (): Promise<void> => {
    for (const [name, gap] of waiting) {
      waiting.delete(name)
      try {
        await parts.save(gap)
      } catch (error) {
        waiting.set(name, merge(gap, waiting.get(name)))
        parts.logger.error({ error }, 'could not record a gap; trying again')
        return
      }
    }
  }
  const timer = setInterval(() => {
    if (waiting.size > 0) saving = saving.then(saveAll)
  }, retryMs)
  timer.unref()
  return {
    record(credential, cause, detail) {
      const now = parts.nowUs()
      const { clusterUid } = credential
      const name = `${clusterUid}/${cause}`
      const gap: Gap = { clusterUid, cause, detail, fromUs: now, toUs: now }
      waiting.set(name, merge(gap, waiting.get(name)))
      parts.logger.warn({ cluster: credential.clusterName, cause, detail }, 'refused a body: its events are missing')
      saving = saving.then(saveAll)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await saving
      await saveAll()
    },
  }
}

function merge(gap: Gap, other: Gap | undefined): Gap {
  if (!other) return gap
  return { ...gap, fromUs: Math.min(gap.fromUs, other.fromUs), toUs: Math.max(gap.toUs, other.toUs) }
}
