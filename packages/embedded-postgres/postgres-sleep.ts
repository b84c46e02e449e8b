// Waiting that can be cut short, so that no timer outlives what it was for.

/** Resolves after `ms` milliseconds, or rejects when the signal is given before. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<unknown>

/** What the promise resolves with, or null when that takes longer than `ms`. */
export async function within<T>(promise: Promise<T>, ms: number, sleep: Sleep): Promise<T | null> {
  const isDone = new AbortController()
  try {
    return await Promise.race([promise, sleep(ms, isDone.signal).then(() => null)])
  } finally {
    isDone.abort()
  }
}
