// untilSignal: what a main.ts waits for between its start and its orderly stop.
import type { EventEmitter } from 'node:events'

/**
 * Resolves with the name of the first signal. From then on the signals do what the system does by default, so a second
 * Ctrl-C during a shutdown that hangs ends the process at once, with no code of ours between.
 */
export function untilSignal(
  signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'],
  source: Pick<EventEmitter, 'on' | 'off'> = process,
): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const arrive = (signal: NodeJS.Signals) => {
      for (const name of signals) source.off(name, arrive)
      resolve(signal)
    }
    for (const name of signals) source.on(name, arrive)
  })
}
