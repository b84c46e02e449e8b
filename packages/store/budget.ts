// Budget: how long a question may still read, and whether anybody waits for its answer.

export interface Budget {
  /** Milliseconds, below 0 when it is spent. */
  leftMs(): number
  /** Stops reading between two statements, with the signal's reason. */
  throwIfAborted(): void
}

export function budgetOf(msMax: number, signal?: AbortSignal): Budget {
  const endMs = performance.now() + msMax
  return { leftMs: () => endMs - performance.now(), throwIfAborted: () => signal?.throwIfAborted() }
}
