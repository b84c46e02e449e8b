// Spool: what waits on disk for the log, in the folder of this instance and in those that it has adopted.

import type { Health, HealthState } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import { LogUnavailable, type LogWriter } from '@plaintrail/event-log/event-log'
import { SpoolDrain } from './spool-drain.ts'
import type { SpoolFile, WaitingRecord } from './spool-file.ts'
import {
  adoptOrphans,
  countDamaged,
  damagedFolder,
  keepReserve,
  makeSpoolFolder,
  openSpoolFiles,
  type SpoolFolder,
} from './spool-folder.ts'
import { spoolMetrics } from './spool-metrics.ts'
import { recordBytes, SpoolWriter } from './spool-writer.ts'

export interface SpoolLimits {
  /** A file of the spool is left for a new one above it. */
  readonly fileBytesMax: number
  /** Read from disk and on the way to the log: records, and bytes (though always one record at least). */
  readonly drainRecordsMax: number
  readonly drainBytesMax: number
  /** Drained and not yet remembered on disk. */
  readonly progressBytesMax: number
  readonly retryMsMin: number
  readonly retryMsMax: number
  /** Between two looks for folders of dead instances. */
  readonly adoptMs: number
  /** Between two attempts at a disk that refused. */
  readonly diskProbeMs: number
  /** How long new appends wait for the rest of the spool to be drained, and how much that rest and they may be. */
  readonly handOverMsMax: number
  readonly handOverRecordsMax: number
  readonly handOverBytesMax: number
}

export interface SpoolOptions {
  /** Where records are brought to. */
  readonly log: LogWriter
  /** On a persistent volume; each instance has a locked folder of its own in it. */
  readonly folder: string
  readonly bytesMax: number
  readonly ageMsMax: number
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  /** Microseconds since 1970. */
  readonly nowUs?: () => number
  readonly limits?: Partial<SpoolLimits>
}

const defaultLimits: SpoolLimits = {
  fileBytesMax: 64 * 1024 * 1024,
  drainRecordsMax: 64,
  drainBytesMax: 32 * 1024 * 1024,
  progressBytesMax: 4 * 1024 * 1024,
  retryMsMin: 100,
  retryMsMax: 5_000,
  adoptMs: 60_000,
  diskProbeMs: 5_000,
  handOverMsMax: 1_000,
  handOverRecordsMax: 64,
  handOverBytesMax: 16 * 1024 * 1024,
}

export class Spool implements AsyncDisposable {
  readonly limits: SpoolLimits
  /** Called when the last record has left, and when the log refuses one. */
  onEmptied: () => void = () => {}
  onRefused: () => void = () => {}
  /** Why the log did not take the last append that it rejected; null once it has taken one since. */
  refusal: string | null = null
  readonly #options: SpoolOptions
  readonly #own: SpoolFolder
  readonly #files: SpoolFile[] = []
  readonly #adopted = new Set<SpoolFolder>()
  readonly #writer: SpoolWriter
  readonly #drain: SpoolDrain
  readonly #metrics: ReturnType<typeof spoolMetrics>
  readonly #timers: NodeJS.Timeout[] = []
  readonly #nowUs: () => number
  #adopting: Promise<void> | null = null
  #adoptTrouble: string | null = null
  #damagedFiles = 0
  /** Of the last append for which there was no room. */
  #refusedBytes = 0
  #isWaiting = false

  private constructor(options: SpoolOptions, own: SpoolFolder) {
    this.#options = options
    this.limits = { ...defaultLimits, ...options.limits }
    this.#own = own
    this.#nowUs = options.nowUs ?? (() => Date.now() * 1_000)
    this.#metrics = spoolMetrics(options.metrics)
    this.#writer = new SpoolWriter({
      folder: own,
      fileBytesMax: this.limits.fileBytesMax,
      onFile: (file) => void this.#files.push(file),
      onSettled: () => this.#wake(),
      onTrouble: (error, what) => options.logger.error({ error }, what),
    })
    this.#drain = this.#startDrain()
  }

  /** What dead instances left is found, and stands first in line, when it returns. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options, await ownFolder(options))
    await spool.#adopt()
    const { adoptMs, diskProbeMs } = spool.limits
    spool.#timers.push(
      setInterval(() => void spool.#adopt(), adoptMs).unref(),
      setInterval(() => void spool.#writer.probe(), diskProbeMs).unref(),
    )
    options.health.check('spool', () => spool.#state())
    return spool
  }

  /** Groups of appends written so far, each with one fsync. */
  get groups(): number {
    return this.#writer.groups
  }

  /** Nothing is on disk that the log does not have, and nothing is on its way there. */
  get isEmpty(): boolean {
    return this.#files.length === 0 && this.#writer.waiting.records === 0
  }

  /** The log takes what is left, and that is little. */
  get isNearlyEmpty(): boolean {
    if (!this.#drain.isFlowing || this.refusal !== null) return false
    const { handOverRecordsMax, handOverBytesMax } = this.limits
    return this.#records <= handOverRecordsMax && this.#undrainedBytes <= handOverBytesMax
  }

  /** Returns when the record is on disk. Rejects with LogUnavailable, and then the record is not in the spool. */
  async append(record: WaitingRecord): Promise<void> {
    this.#admit(record)
    try {
      await this.#writer.append(record)
    } catch (cause) {
      throw new LogUnavailable(
        `could not append: the log is not available, and the disk of the spool refuses (${messageOf(cause)}); free space on it, or mend the log`,
        { cause },
      )
    }
    this.#metrics.appends.inc()
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#options.logger.warn({ reason: this.refusal }, 'the log is not available: posts wait in the spool on disk')
  }

  #admit(record: WaitingRecord): void {
    const { bytesMax } = this.#options
    const bytes = recordBytes(record)
    if (this.#bytes + bytes > bytesMax) {
      this.#refusedBytes = bytes
      throw new LogUnavailable(
        `could not append: the log is not available, and the spool has no room for ${bytes} bytes beside the ${this.#bytes} of ${bytesMax} that are taken; mend the log, or raise PLAINTRAIL_SPOOL_BYTES_MAX`,
      )
    }
    if (this.#isTooOld) {
      throw new LogUnavailable(
        `could not append: the log is not available, and ${this.#oldestText} is longer ago than PLAINTRAIL_SPOOL_AGE_MAX allows; mend the log, or raise it`,
      )
    }
    this.#refusedBytes = 0
  }

  get #bytes(): number {
    return this.#files.reduce((sum, { end }) => sum + end, this.#writer.waiting.bytes)
  }

  get #undrainedBytes(): number {
    return this.#files.reduce((sum, { end, drainedTo }) => sum + end - drainedTo, this.#writer.waiting.bytes)
  }

  get #records(): number {
    return this.#files.reduce((sum, { records }) => sum + records, this.#writer.waiting.records)
  }

  /** Infinity when nothing waits. */
  get #oldestUs(): number {
    return this.#files.reduce(
      (oldest, { oldestUs, records }) => (records > 0 ? Math.min(oldest, oldestUs ?? oldest) : oldest),
      Infinity,
    )
  }

  get #oldestText(): string {
    const oldestUs = this.#oldestUs
    return Number.isFinite(oldestUs) ? new Date(oldestUs / 1_000).toISOString() : 'a moment ago'
  }

  /** Not while the log takes what is old, as after a day in which no instance ran. */
  get #isTooOld(): boolean {
    return this.refusal !== null && this.#nowUs() - this.#oldestUs > this.#options.ageMsMax * 1_000
  }

  #startDrain(): SpoolDrain {
    const { logger } = this.#options
    return new SpoolDrain({
      log: this.#options.log,
      files: this.#files,
      ...this.limits,
      onRecord: () => {
        this.refusal = null
        this.#metrics.drained.inc()
        this.#publish()
      },
      onCaughtUp: () => {
        if (this.#writer.waiting.records === 0) this.#writer.leaveFile()
      },
      onDrained: (file) => this.#remove(file),
      onDamage: async (file, { offset, next }) => {
        const fields = { path: file.path, offset, bytes: next - offset }
        logger.error(fields, 'could not read a part of a spool file: it is left out, and the file will be kept')
        if (!file.isDamaged) await file.markDamaged()
      },
      onUnfit: async (file, { offset, next }, error) => {
        const fields = { error, path: file.path, offset, bytes: next - offset }
        logger.error(fields, 'the log never takes a record of the spool: it is left out, and its file will be kept')
        if (!file.isDamaged) await file.markDamaged()
      },
      onRefused: (error) => {
        this.refusal = messageOf(error)
        this.onRefused()
      },
      onTrouble: (error, what) => logger.error({ error }, what),
    })
  }

  #wake(): void {
    this.#publish()
    this.#drain.wake()
  }

  #publish(): void {
    const oldestUs = this.#oldestUs
    this.#metrics.bytes.set(this.#bytes)
    this.#metrics.records.set(this.#records)
    this.#metrics.oldest.set(Number.isFinite(oldestUs) ? oldestUs / 1_000_000 : 0)
  }

  async #remove(file: SpoolFile): Promise<void> {
    const { folder, logger } = this.#options
    this.#files.splice(this.#files.indexOf(file), 1)
    try {
      await file.remove(file.isDamaged ? await damagedFolder(folder) : folder)
    } catch (error) {
      logger.error({ error, path: file.path }, 'could not delete a drained spool file: a restart drains it again')
    }
    await this.#giveBack(file.folder)
    if (file.isDamaged) await this.#countDamaged()
    this.#publish()
    if (!this.isEmpty) return
    if (this.#isWaiting) logger.info({}, 'the spool is empty: posts go straight to the log again')
    this.#isWaiting = false
    this.#refusedBytes = 0
    this.onEmptied()
  }

  /** An adopted folder of which nothing is left. */
  async #giveBack(folder: SpoolFolder): Promise<void> {
    if (!this.#adopted.has(folder) || this.#files.some((file) => file.folder === folder)) return
    this.#adopted.delete(folder)
    try {
      await folder.release()
    } catch (error) {
      this.#options.logger.error({ error, folder: folder.path }, 'could not remove a drained spool folder')
    }
  }

  #adopt(): Promise<void> {
    this.#adopting ??= this.#adoptOnce().finally(() => (this.#adopting = null))
    return this.#adopting
  }

  async #adoptOnce(): Promise<void> {
    const { folder, logger } = this.#options
    let trouble: string | null = null
    const onTrouble = (error: unknown, where: string): void => {
      trouble = messageOf(error)
      logger.error({ error, folder: where }, 'could not adopt what dead instances left in the spool: it is tried again')
    }
    try {
      const held = new Set([this.#own, ...this.#adopted].map(({ name }) => name))
      for (const orphan of await adoptOrphans(folder, held, onTrouble)) {
        await this.#takeOver(orphan).catch((error: unknown) => onTrouble(error, orphan.path))
      }
      await this.#countDamaged()
      await keepReserve(folder)
    } catch (error) {
      onTrouble(error, folder)
    }
    this.#adoptTrouble = trouble
    this.#wake()
  }

  async #takeOver(orphan: SpoolFolder): Promise<void> {
    const { logger } = this.#options
    let files: readonly SpoolFile[]
    try {
      files = await openSpoolFiles(orphan, logger)
    } catch (error) {
      await orphan.release()
      throw error
    }
    this.#adopted.add(orphan)
    if (files.length === 0) return await this.#giveBack(orphan)
    // Our own last file would be waited for, were it still open; what is read already stays in front.
    this.#writer.leaveFile()
    const lastAdopted = this.#files.findLastIndex((file) => file.folder !== this.#own)
    const lastRead = this.#files.findIndex((file) => file === this.#drain.reading)
    this.#files.splice(Math.max(lastAdopted, lastRead) + 1, 0, ...files)
    this.#isWaiting = true
    const records = files.reduce((sum, file) => sum + file.records, 0)
    logger.warn({ folder: orphan.path, records }, 'adopted the spool of an instance that is gone')
  }

  async #countDamaged(): Promise<void> {
    this.#damagedFiles = await countDamaged(this.#options.folder)
  }

  #state(): HealthState {
    const { bytesMax } = this.#options
    this.#publish()
    const waits = `${this.#records} posts of ${this.#undrainedBytes} bytes wait on disk since ${this.#oldestText}`
    const reason =
      this.refusal === null ? 'they are being brought to the log' : `the log is not available: ${this.refusal}`
    const disk = this.#writer.refusal
    const isFull = this.#refusedBytes > 0 && this.#bytes + this.#refusedBytes > bytesMax
    if (this.isEmpty && disk === null) return this.#emptyState()
    if (this.isEmpty) {
      return { ok: true, degraded: true, detail: `the disk refuses: ${messageOf(disk)}; free space on it` }
    }
    if (disk !== null)
      return { ok: false, detail: `${waits}, and the disk refuses more: ${messageOf(disk)}; ${reason}` }
    if (isFull) return { ok: false, detail: `full (${bytesMax} bytes): ${waits}, ${reason}` }
    if (this.#isTooOld) return { ok: false, detail: `too old: ${waits}, ${reason}` }
    return { ok: true, degraded: true, detail: `${waits}, ${reason}` }
  }

  #emptyState(): HealthState {
    if (this.#adoptTrouble !== null) {
      return { ok: true, degraded: true, detail: `could not adopt what dead instances left: ${this.#adoptTrouble}` }
    }
    const damaged = this.#damagedFiles
    if (damaged === 0) return { ok: true, detail: 'empty' }
    const where = `${this.#options.folder}/damaged`
    const detail = `empty, but ${damaged} files could not be brought to the log whole: look into ${where}, then move them away`
    return { ok: true, degraded: true, detail }
  }

  /** What is on disk stays for the next start. The caller has waited for its appends. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.#adopting
    await this.#writer.close()
    await this.#drain.stop()
    for (const file of this.#files) await file.close()
    for (const folder of [...this.#adopted, this.#own]) await folder.release()
  }
}

async function ownFolder({ folder, logger }: SpoolOptions): Promise<SpoolFolder> {
  try {
    return await makeSpoolFolder(folder, logger)
  } catch (cause) {
    throw new Error(
      `could not open the spool in ${folder} (${messageOf(cause)}): make it a folder that this user may write to, or leave PLAINTRAIL_SPOOL out`,
      { cause },
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
