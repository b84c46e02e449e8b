// SwitchedLog: a log for the tests of the spool, which takes, rejects or hangs as it is told and remembers what it took.

import { setTimeout as delay } from 'node:timers/promises'
import { LogUnavailable, type AppendHeader, type LogWriter } from '@plaintrail/event-log/event-log'

export type LogMood = 'takes' | 'rejects' | 'hangs'

export class SwitchedLog implements LogWriter {
  readonly envelopeBytesMax = 16 * 1024 * 1024
  mood: LogMood
  /** What an append that hangs takes before it rejects. */
  hangMs = 20
  /** What an append takes when it works. */
  appendMs = 0
  /** Each that was taken, as `lane/text`, in the order in which they were. */
  readonly taken: string[] = []
  appends = 0
  bytes = 0
  /** Whether the text of an envelope is remembered; not when they are large. */
  remembers = true

  constructor(mood: LogMood = 'takes') {
    this.mood = mood
  }

  async append(envelope: Uint8Array, { lane }: AppendHeader): Promise<void> {
    this.appends++
    if (this.mood === 'hangs') await delay(this.hangMs)
    else if (this.appendMs > 0) await delay(this.appendMs)
    else await Promise.resolve()
    if (this.mood !== 'takes') throw new LogUnavailable('could not append: the test says so')
    this.bytes += envelope.length
    if (this.remembers) this.taken.push(`${lane}/${Buffer.from(envelope).toString('utf8').trimEnd()}`)
  }
}

const testCluster = '5f0c1f1e-0d4c-4e0a-9b8e-000000000001'

export function laneHeader(lane: string, receivedAtUs = Date.now() * 1_000): AppendHeader {
  return { cluster: testCluster, lane, receivedAtUs, bodyBytes: 100 }
}
