// openSpooledLog: a log that takes appends while the log behind it is not available, by keeping them on disk.
//
//   direct   the spool is empty: an append goes to the log, and to the spool when that rejects
//   behind   the spool is not empty: appends go into it, and never past what is in it
//   held     the spool is nearly empty and the log takes what is left: appends wait a moment for the last record to
//            leave, then go direct; or into the spool, when it does not leave in time
//
// Promised of order within a lane: an append that is called after another has returned stands behind it in the log, by
// first occurrence. Of appends in flight together, those that go to the spool keep the order of their calls; one that the
// log took at once stands before them.

import { LogUnavailable, type AppendHeader, type LogWriter } from '@plaintrail/event-log/event-log'
import { Spool, type SpoolOptions } from './spool.ts'
import type { WaitingRecord } from './spool-file.ts'

export type SpooledLogOptions = SpoolOptions

export interface SpooledLog extends LogWriter, AsyncDisposable {
  /** Groups of appends written to the spool so far, each with one fsync. */
  readonly spoolGroups: number
}

/** What was left by dead instances is found when it returns, and drained from then on. */
export async function openSpooledLog(options: SpooledLogOptions): Promise<SpooledLog> {
  return new RoutedLog(options.log, await Spool.open(options))
}

interface Held extends WaitingRecord {
  readonly done: PromiseWithResolvers<void>
}

class RoutedLog implements SpooledLog {
  readonly envelopeBytesMax: number
  readonly #log: LogWriter
  readonly #spool: Spool
  /** For each lane: settles when every append so far has been taken by the log or has its place in the spool. */
  readonly #placed = new Map<string, Promise<unknown>>()
  /** Refused by the log, or bound for the spool, and without a place in it yet. */
  #placing = 0
  #held: Held[] = []
  #heldBytes = 0
  #handOver: NodeJS.Timeout | null = null
  readonly #inFlight = new Set<Promise<void>>()
  #isClosed = false

  constructor(log: LogWriter, spool: Spool) {
    this.envelopeBytesMax = log.envelopeBytesMax
    this.#log = log
    this.#spool = spool
    spool.onEmptied = () => this.#endHandOver()
    spool.onRefused = () => this.#endHandOver()
  }

  get spoolGroups(): number {
    return this.#spool.groups
  }

  async append(envelope: Uint8Array, header: AppendHeader): Promise<void> {
    if (this.#isClosed) throw new LogUnavailable('could not append: the process is stopping; send it again')
    if (envelope.length > this.envelopeBytesMax) {
      throw new RangeError(`could not append ${envelope.length} bytes: split what is above ${this.envelopeBytesMax}`)
    }
    const appended = this.#route({ envelope, header })
    this.#inFlight.add(appended)
    try {
      await appended
    } finally {
      this.#inFlight.delete(appended)
    }
  }

  /** No await stands between the question where an append goes and its going there: so none can overtake. */
  #route(record: WaitingRecord): Promise<void> {
    if (this.#held.length > 0 || this.#mayHold) return this.#hold(record)
    return this.#isDirect ? this.#direct(record) : this.#behind(record)
  }

  get #isDirect(): boolean {
    return this.#spool.isEmpty && this.#placing === 0
  }

  get #mayHold(): boolean {
    return !this.#isDirect && this.#placing === 0 && this.#spool.isNearlyEmpty
  }

  async #direct(record: WaitingRecord): Promise<void> {
    const placed = Promise.withResolvers<void>()
    const before = this.#follow(record, placed.promise)
    try {
      await this.#log.append(record.envelope, record.header)
      this.#spool.refusal = null
      placed.resolve()
    } catch (error) {
      if (!(error instanceof LogUnavailable)) {
        placed.resolve()
        throw error
      }
      this.#spool.refusal = error.message
      await this.#place(record, before, placed.resolve)
    }
  }

  #behind(record: WaitingRecord): Promise<void> {
    const placed = Promise.withResolvers<void>()
    const before = this.#follow(record, placed.promise)
    return this.#place(record, before, placed.resolve)
  }

  /** Takes its place in the lane; returns what must be placed before it. */
  #follow({ header }: WaitingRecord, placed: Promise<void>): Promise<unknown> | undefined {
    const key = JSON.stringify([header.cluster, header.lane])
    const before = this.#placed.get(key)
    const all = before === undefined ? placed : Promise.all([before, placed])
    this.#placed.set(key, all)
    void all.then(() => this.#placed.get(key) === all && this.#placed.delete(key))
    return before
  }

  /** What was called before it and is still with the log comes first: the log bounds how long that takes. */
  async #place(record: WaitingRecord, before: Promise<unknown> | undefined, onPlaced: () => void): Promise<void> {
    if (before !== undefined) {
      this.#placing++
      await before
      this.#placing--
    }
    const appended = this.#spool.append(record)
    onPlaced()
    await appended
  }

  #hold(record: WaitingRecord): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.#held.push({ ...record, done })
    this.#heldBytes += record.envelope.length
    this.#handOver ??= setTimeout(() => this.#endHandOver(), this.#spool.limits.handOverMsMax)
    if (this.#heldBytes > this.#spool.limits.handOverBytesMax) this.#endHandOver()
    return done.promise
  }

  /** All of them at once and in the order of their calls, to wherever appends go now. */
  #endHandOver(): void {
    if (this.#handOver !== null) clearTimeout(this.#handOver)
    this.#handOver = null
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    for (const { done, ...record } of held) {
      const appended = this.#isDirect ? this.#direct(record) : this.#behind(record)
      appended.then(done.resolve, done.reject)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#endHandOver()
    await Promise.allSettled(this.#inFlight)
    await this.#spool[Symbol.asyncDispose]()
  }
}
