// The log between receiver and worker: what an adapter must promise, whatever keeps the bytes.

/** Where an entry stands in its log. Only the adapter that made it, and the store that commits it, look inside. */
export type Position = TablePosition | KafkaPosition

export interface TablePosition {
  readonly log: 'table'
  /** The id of its segment. */
  readonly offset: number
}

export interface KafkaPosition {
  readonly log: 'kafka'
  /** Its name carries the generation: another number of partitions is another topic. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /**
   * What the committed position of the partition must be for this entry to be next: the offset after the entry before
   * it. Offsets may have holes, so it is not always `offset`.
   */
  readonly after: number
}

export interface LogEntry {
  readonly position: Position
  /** The bytes given to append, as envelope.ts encodes them. */
  readonly envelope: Uint8Array
}

/** The unit of order: entries of one lane are read in the order in which their appends returned. */
export interface LaneKey {
  /** UUID of the cluster. */
  readonly cluster: string
  readonly lane: string
}

/** What the log must know of an envelope without opening it. */
export interface AppendHeader extends LaneKey {
  readonly receivedAtUs: number
  /** Of its body before it was compressed: what reading it will take. */
  readonly bodyBytes: number
}

export interface LogWriter {
  /** Of one envelope, in bytes; the caller splits what is larger. */
  readonly envelopeBytesMax: number
  /**
   * Returns once the envelope is durable: a crash of any process after that loses nothing. May be called again before
   * an earlier call has returned. Rejects with LogUnavailable when it cannot say so; the envelope may then be in the
   * log all the same, and the worker drops what comes twice. Rejects with EnvelopeRefused where the log takes others, and
   * will not take this one.
   */
  append(envelope: Uint8Array, header: AppendHeader): Promise<void>
}

export interface LogReader {
  /**
   * The next entries, oldest first within a lane, at most `limit` (bytes of their bodies), but one at least; empty when
   * there is none at the moment. Entries once given are not given again until `rewind`. Whoever commits their positions
   * does so in one transaction with what it derived from them, and says so with `settled`. Entries whose partition
   * another reader has taken over since may still be given: that transaction is what fences them.
   */
  read(limit: { readonly entries: number; readonly bytes: number }): Promise<readonly LogEntry[]>
  /** These were committed and need not be remembered. */
  settled(positions: readonly Position[]): void
  /**
   * Whether a read that was empty says that nothing waits. False while that is not known, since the log or the positions
   * in it cannot be asked. An adapter without it reads the log itself each time.
   */
  isAtEnd?(): boolean
  /** Forget what was given and not settled: the next read starts at the first entry that is not committed. */
  rewind(): void
}

/** The log as it is set up never takes this envelope: it is not to be tried again, and nothing is to wait for it. */
export class EnvelopeRefused extends Error {
  override name = 'EnvelopeRefused'
  readonly code = 'envelope_refused'
}

/** The log cannot take or give entries now. The cause says why; trying again later is right. */
export class LogUnavailable extends Error {
  override name = 'LogUnavailable'
  readonly code = 'log_unavailable'
}
