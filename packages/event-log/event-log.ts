// The log between receiver and worker: what an adapter must promise, whatever keeps the bytes.

/** Where an entry stands in its log. Only the adapter that made it, and the store that commits it, look inside. */
export interface Position {
  /** Which adapter made it. */
  readonly log: 'table'
  /** The entry's number; for the table log the id of its segment. */
  readonly offset: number
}

export interface LogEntry {
  readonly position: Position
  /** The bytes given to append, as envelope.ts encodes them. */
  readonly envelope: Uint8Array
}

/** What the log must know of an envelope without opening it. */
export interface AppendHeader {
  readonly receivedAtUs: number
  /** Of its body before it was compressed: what reading it will take. */
  readonly bodyBytes: number
}

export interface LogWriter {
  /**
   * Returns once the envelope is durable: a crash of any process after that loses nothing. May be called again before
   * an earlier call has returned. Rejects with LogUnavailable when it cannot say so; the envelope may then be in the
   * log all the same, and the worker drops what comes twice.
   */
  append(envelope: Uint8Array, header: AppendHeader): Promise<void>
}

export interface LogReader {
  /**
   * The next entries, oldest first within a lane, at most `limit` (bytes of their bodies), but one at least; empty when there is none at the moment. Entries once
   * given are not given again until `rewind`. Whoever commits their positions does so in one transaction with what it
   * derived from them, and says so with `settled`.
   */
  read(limit: { readonly entries: number; readonly bytes: number }): Promise<readonly LogEntry[]>
  /** These were committed and need not be remembered. */
  settled(positions: readonly Position[]): void
  /** Forget what was given and not settled: the next read starts at the first entry that is not committed. */
  rewind(): void
}

/** The log cannot take or give entries now. The cause says why; trying again later is right. */
export class LogUnavailable extends Error {
  override name = 'LogUnavailable'
  readonly code = 'log_unavailable'
}
