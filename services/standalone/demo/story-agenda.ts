// Agenda: what will happen in the story and when. Actions run in the order of their time and may add later ones.

export const secondUs = 1_000_000
export const minuteUs = 60 * secondUs
export const hourUs = 60 * minuteUs
export const dayUs = 24 * hourUs

/** The week takes about 5,000; a controller that never settles ends here and not by filling the memory. */
const actionsMax = 100_000

interface Entry {
  readonly timeUs: number
  readonly action: () => void
}

/** Holds the story's clock. Single use: fill it, run it. */
export class Agenda {
  #entries: Entry[] = []
  #nowUs: number

  constructor(startUs: number) {
    this.#nowUs = startUs
  }

  get nowUs(): number {
    return this.#nowUs
  }

  at(timeUs: number, action: () => void): void {
    const later = this.#entries.findLastIndex((entry) => entry.timeUs <= timeUs)
    this.#entries.splice(later + 1, 0, { timeUs, action })
  }

  after(delayUs: number, action: () => void): void {
    this.at(this.#nowUs + delayUs, action)
  }

  /** Runs everything before `endUs`; what is later does not happen in this story. */
  run(endUs: number): void {
    for (let ran = 0; ran < actionsMax; ran++) {
      const next = this.#entries.shift()
      if (next === undefined || next.timeUs >= endUs) return
      this.#nowUs = Math.max(this.#nowUs, next.timeUs)
      next.action()
    }
    throw new RangeError(
      `could not end the story within ${actionsMax} actions: look for a controller that never settles`,
    )
  }
}
