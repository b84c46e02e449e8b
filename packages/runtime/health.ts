// Health: what each part of a process says of itself, gathered for /healthz and /readyz.

export interface HealthState {
  readonly ok: boolean
  /** It works, and what protects it is being used up: a spool that fills, say. Ready all the same. */
  readonly degraded?: boolean
  /** One sentence for the operator: what is wrong and what helps, or what works. */
  readonly detail: string
}

export interface HealthSnapshot {
  /** Every check is ok: the process may be given work (/readyz). That it answers at all is /healthz. */
  readonly ok: boolean
  readonly status: 'ok' | 'degraded' | 'failed'
  readonly checks: Readonly<Record<string, HealthState>>
}

/** One name has one owner; a later `set` or `check` of the same name replaces what was there. */
export interface Health {
  /** Says how the part is, until it is said anew. */
  set(name: string, state: HealthState): void
  /** Asks at each snapshot. The function answers at once from what its owner knows: it does no I/O and never waits. */
  check(name: string, ask: () => HealthState): void
  /** Never throws: a check that throws is not ok, with the error's message. */
  snapshot(): HealthSnapshot
}

export function createHealth(): Health {
  const asks = new Map<string, () => HealthState>()
  return {
    set: (name, state) => void asks.set(name, () => state),
    check: (name, ask) => void asks.set(name, ask),
    snapshot: () => {
      const states = [...asks].map(([name, ask]) => [name, answerOf(ask)] as const)
      const ok = states.every(([, state]) => state.ok)
      const degraded = states.some(([, state]) => state.degraded === true)
      const status = !ok ? 'failed' : degraded ? 'degraded' : 'ok'
      return { ok, status, checks: Object.fromEntries(states) }
    },
  }
}

function answerOf(ask: () => HealthState): HealthState {
  try {
    return ask()
  } catch (error) {
    return { ok: false, detail: `could not ask: ${error instanceof Error ? error.message : String(error)}` }
  }
}
