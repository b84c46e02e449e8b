// Kafka for the tests of every room: started when the first one asks.

/** Called by vitest before a run. */
export function setup(): void {
  // Nothing yet.
}
