// Bodies for the benchmark: made before any clock runs, each event different from every other.

import { createEventMaker, type EventMaker } from '../make-events.ts'

export const eventsABody = 400

export class Postings {
  readonly #maker: EventMaker

  /** Events of the hour before now, 250 µs apart: one API server at its ceiling of 4,000 a second. */
  constructor(startUs: number = Date.now() * 1_000 - 3_600_000_000) {
    this.#maker = createEventMaker(20261123, startUs, 250)
  }

  make(events: number): Buffer[] {
    return Array.from({ length: Math.ceil(events / eventsABody) }, () => Buffer.from(this.#maker.list(eventsABody)))
  }
}
