// SigmaNote: what an import does not carry over, means otherwise or would say better. Nothing is left out without one.

import type { Place } from '../rule-error.ts'

export interface SigmaNote extends Place {
  readonly file: string
  /** Its title, as the file names it; empty where it is about the file. */
  readonly rule: string
  readonly what: string
  readonly why: string
  /** `lost`: the rule is not there; `changed`: something in it, or what it finds; `proposed`: what it may have meant. */
  readonly kind: 'lost' | 'changed' | 'proposed'
}

/** Tells of what stands at an offset of the file. */
export type TellSigma = (note: Pick<SigmaNote, 'what' | 'why' | 'kind'> & { readonly at: number }) => void

/** What cannot be read or said here. `at` is an offset into the file. */
export class SigmaProblem extends Error {
  override name = 'SigmaProblem'
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}
