// SpoolDrain: brings what waits on disk to the log, in order within each lane.

import { setTimeout as delay } from 'node:timers/promises'
import { EnvelopeRefused, type LogWriter } from '@plaintrail/event-log/event-log'
import type { SpoolDamage, SpoolFile, SpoolRecord } from './spool-file.ts'

export interface SpoolDrainOptions {
  readonly log: LogWriter
  /** In the order in which they are drained; the owner removes one when `onDrained` says so. */
  readonly files: readonly SpoolFile[]
  /** Read and not yet in the log: this many records, and this many bytes of envelopes, though always one at least. */
  readonly drainRecordsMax: number
  readonly drainBytesMax: number
  readonly retryMsMin: number
  readonly retryMsMax: number
  /** Drained and not yet remembered; what a killed process drains again at most, besides what was in flight. */
  readonly progressBytesMax: number
  readonly onRecord: () => void
  /** All that is on disk is in the log; the owner may seal the last file, if nothing is on its way into it. */
  readonly onCaughtUp: () => void
  /** Nothing is left in the file, and nothing is written to it any more. */
  readonly onDrained: (file: SpoolFile) => Promise<void>
  readonly onDamage: (file: SpoolFile, damage: SpoolDamage) => Promise<void>
  /** The log will never take the record; when it returns, the record's file will be kept. */
  readonly onUnfit: (file: SpoolFile, record: SpoolRecord, error: EnvelopeRefused) => Promise<void>
  /** The log, or the disk, refused: it is tried again. */
  readonly onRefused: (error: unknown) => void
  readonly onTrouble: (error: unknown, what: string) => void
}

export class SpoolDrain {
  /** The file that was read last: what comes to be drained goes behind it. */
  reading: SpoolFile | null = null
  readonly #options: SpoolDrainOptions
  /** Read, in the order of the files, and not yet in the log with all that is before it. */
  readonly #window: InFlight[] = []
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #bell = Promise.withResolvers<void>()
  #retryMs: number
  #mode: 'flowing' | 'refused' | 'probing' = 'flowing'

  constructor(options: SpoolDrainOptions) {
    this.#options = options
    this.#retryMs = options.retryMsMin
    this.#running = this.#run()
  }

  /** There may be something to do. */
  wake(): void {
    this.#bell.resolve()
  }

  /** The last attempt was taken, so that what is left will soon be gone. */
  get isFlowing(): boolean {
    return this.#mode === 'flowing'
  }

  /** Waits for what is on its way to the log, and for nothing else. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.wake()
    await this.#running
    for (const file of this.#options.files) await this.#remember(file)
  }

  get #isSending(): boolean {
    return this.#window.some(({ state }) => state === 'sending')
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#bell = Promise.withResolvers<void>()
      try {
        if (this.#mode !== 'refused' || (await this.#waitForRetry())) {
          await this.#fill()
          if (this.#window.length === 0) this.#mode = 'flowing'
          if (!this.#stopping.signal.aborted) this.#send()
        }
        await this.#retire()
      } catch (error) {
        this.#mode = 'refused'
        this.#options.onRefused(error)
        if (!this.#isSending) this.wake()
      }
      await this.#bell.promise
    }
    while (this.#isSending) {
      await this.#bell.promise
      this.#bell = Promise.withResolvers<void>()
    }
    await this.#retire()
  }

  /** Reads on where the last one ended, as far as memory allows. */
  async #fill(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const last = this.#window.at(-1)
      const inFlightBytes = this.#window.reduce((total, { record }) => total + record.next - record.offset, 0)
      if (this.#window.length >= this.#options.drainRecordsMax || inFlightBytes >= this.#options.drainBytesMax) return
      const place = nextPlace(this.#options.files, last)
      if (place === null) return
      this.reading = place.file
      const found = await place.file.read(place.offset, true)
      if (found === null) return
      if (found.kind === 'record') {
        this.#window.push({ file: place.file, record: found, state: 'waiting' })
      } else {
        await this.#options.onDamage(place.file, found)
        place.file.damage.set(found.offset, found.next)
      }
    }
  }

  /** One record at a time of each lane; and while the log has refused, the oldest one alone. */
  #send(): void {
    // It may have refused while the disk was read.
    if (this.#mode === 'refused') return
    const busy = new Set<string>()
    for (const entry of this.#mode === 'flowing' ? this.#window : this.#window.slice(0, 1)) {
      const { cluster, lane } = entry.record.header
      const key = JSON.stringify([cluster, lane])
      if (entry.state === 'waiting' && !busy.has(key)) void this.#sendOne(entry)
      if (entry.state !== 'done') busy.add(key)
    }
  }

  async #sendOne(entry: InFlight): Promise<void> {
    entry.state = 'sending'
    try {
      await this.#bring(entry)
      entry.state = 'done'
      if (this.#mode === 'probing') this.#mode = 'flowing'
      if (this.#mode === 'flowing') this.#retryMs = this.#options.retryMsMin
      this.#options.onRecord()
    } catch (error) {
      entry.state = 'waiting'
      this.#mode = 'refused'
      this.#options.onRefused(error)
    }
    this.wake()
  }

  /** What the log never takes is put aside, or all that is behind it would wait for ever. */
  async #bring({ file, record }: InFlight): Promise<void> {
    try {
      await this.#options.log.append(record.envelope, record.header)
    } catch (error) {
      if (!(error instanceof EnvelopeRefused)) throw error
      await this.#options.onUnfit(file, record, error)
    }
  }

  /** False while something is still on its way to the log: its end rings the bell. */
  async #waitForRetry(): Promise<boolean> {
    if (this.#isSending) return false
    await delay(this.#retryMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
    this.#retryMs = Math.min(this.#retryMs * 2, this.#options.retryMsMax)
    this.#mode = 'probing'
    return true
  }

  async #retire(): Promise<void> {
    while (this.#window[0]?.state === 'done') {
      const { file, record } = this.#window[0]
      this.#window.shift()
      file.drainedTo = record.next
      file.records--
      const next = this.#window[0]
      file.oldestUs = (next?.file === file ? next : { record }).record.header.receivedAtUs
      if (file.unsavedBytes >= this.#options.progressBytesMax) await this.#remember(file)
      // The next ones of its lane, and those that wait for memory.
      this.wake()
    }
    for (let file = this.#firstFile(); file !== null; file = this.#firstFile()) await this.#options.onDrained(file)
  }

  /** The first file, if all of it is drained and it is sealed. */
  #firstFile(): SpoolFile | null {
    const [file] = this.#options.files
    if (file === undefined || this.#window[0]?.file === file) return null
    file.drainedTo = file.behindDamage(file.drainedTo)
    if (file.drainedTo < file.end) return null
    if (!file.isSealed) this.#options.onCaughtUp()
    return file.isSealed ? file : null
  }

  async #remember(file: SpoolFile): Promise<void> {
    await file.saveProgress().catch((error: unknown) => {
      this.#options.onTrouble(
        error,
        'could not remember how far a spool file is drained: a restart drains more of it again',
      )
    })
  }
}

interface InFlight {
  readonly file: SpoolFile
  readonly record: SpoolRecord
  state: 'waiting' | 'sending' | 'done'
}

/** Where the record behind the last one read begins; null where nothing is on disk there yet. */
function nextPlace(
  files: readonly SpoolFile[],
  last: InFlight | undefined,
): { readonly file: SpoolFile; readonly offset: number } | null {
  const start = last === undefined ? 0 : files.indexOf(last.file)
  for (const file of files.slice(start)) {
    const offset = file.behindDamage(file === last?.file ? last.record.next : file.drainedTo)
    if (offset < file.end) return { file, offset }
    if (!file.isSealed) return null
  }
  return null
}
