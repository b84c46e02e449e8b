// postBatch: one batch to the receiver, again and again while it is busy, until it is durable there.
import type { Api, ApiResponse } from '../api.ts'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'
import { batchOf, type Batch } from './batches.ts'

export interface Receiver {
  readonly api: Api
  readonly cluster: string
  readonly io: Pick<CliIo, 'sleepMs'>
  /** Told before each wait. */
  readonly onWait: (delayMs: number) => Promise<void>
}

/** What became of a batch. */
export interface Delivery {
  readonly eventsCount: number
  readonly tooLargeCount: number
}

export const attemptsMax = 10
const delayFirstMs = 500
const delayMaxMs = 60_000
const timeoutMs = 120_000

/**
 * Resolves when the receiver has answered 200, or 413 for something that cannot be made smaller. Throws CliError where
 * it refuses for good, stays busy for `attemptsMax` attempts, or does not answer at all on the very first attempt of a
 * run (`isFirst`): then nothing runs there, and waiting would only hide it.
 */
export async function postBatch(receiver: Receiver, batch: Batch, isFirst: boolean): Promise<Delivery> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(receiver, batch)
    if (outcome instanceof CliError) {
      if (attempt >= attemptsMax || (isFirst && attempt === 1)) throw outcome
      await wait(receiver, attempt, null)
      continue
    }
    if (outcome.status === 200) return { eventsCount: batch.events.length, tooLargeCount: 0 }
    if (outcome.status === 413) return postHalves(receiver, batch)
    const isBusy = outcome.status === 429 || outcome.status >= 500
    if (!isBusy || attempt >= attemptsMax) throw explained(receiver, outcome)
    await wait(receiver, attempt, outcome.headers.get('retry-after'))
  }
}

async function attemptOnce({ api, cluster }: Receiver, batch: Batch): Promise<ApiResponse | CliError> {
  try {
    const path = `/v1/ingest/k8s/${encodeURIComponent(cluster)}`
    return await api.send({ method: 'POST', path, body: batch.body, timeoutMs })
  } catch (error) {
    if (error instanceof CliError) return error
    throw error
  }
}

async function postHalves(receiver: Receiver, batch: Batch): Promise<Delivery> {
  if (batch.events.length <= 1) return { eventsCount: 0, tooLargeCount: 1 }
  const middle = batch.events.length / 2
  const first = await postBatch(receiver, batchOf(batch.events.slice(0, middle)), false)
  const second = await postBatch(receiver, batchOf(batch.events.slice(middle)), false)
  return {
    eventsCount: first.eventsCount + second.eventsCount,
    tooLargeCount: first.tooLargeCount + second.tooLargeCount,
  }
}

/** As long as the receiver asks for, else twice as long as before; never longer than a minute. */
async function wait(receiver: Receiver, attempt: number, retryAfter: string | null): Promise<void> {
  const asked = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : null
  const delayMs = Math.min(asked ?? delayFirstMs * 2 ** (attempt - 1), delayMaxMs)
  await receiver.onWait(delayMs)
  await receiver.io.sleepMs(delayMs)
}

function explained({ api, cluster }: Receiver, response: ApiResponse): CliError {
  const error = api.refusal(response)
  if (error.code === 'not_found')
    return new CliError('not_found', `cluster ${cluster} is not known`, {
      hint: `Add it first: plaintrail cluster add ${cluster}`,
      cause: error,
    })
  return error
}
