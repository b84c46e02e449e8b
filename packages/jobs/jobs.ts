// Jobs: work for later. The contract that each backend keeps; contract tests run the same questions against both.

/** A job as it is queued. One id is queued once, however often it is given. */
export interface Job {
  readonly id: string
  /** Which handler works on it, in words such as `quarantine.noticed`. */
  readonly kind: string
  readonly payload: unknown
}
