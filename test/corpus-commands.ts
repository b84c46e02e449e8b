// corpusCommands: which kubectl commands were run in each step of a recorded week, from the script that was played.

import { people, type Person } from './lab/week/people.ts'
import type { Clients } from './lab/week/clients.ts'
import type { KubernetesObject, Lab } from './lab/week/step.ts'
import { week } from './lab/week/week.ts'
import type { PlayedStep } from './lab/play.ts'

/** What somebody typed, and what kubectl read from standard input. */
export interface RanCommand {
  /** Username; null for whoever had only a token. */
  readonly user: string | null
  /** Behind `kubectl`. */
  readonly words: readonly string[]
  /** JSON; undefined where it read nothing. */
  readonly input: unknown
  readonly isOld: boolean
}

/**
 * By the name of the step. The script is played against nobody: every wait is over at once, and what it reads of an
 * object is what the recording says of it. Null for a step that needs what this machine has not (openssl).
 */
export async function corpusCommands(
  steps: readonly PlayedStep[],
): Promise<ReadonlyMap<string, readonly RanCommand[] | null>> {
  const states = new Map<string, KubernetesObject>()
  for (const { state } of steps)
    for (const [object, found] of Object.entries(state)) if (found !== null) states.set(object, found)
  const found = new Map<string, readonly RanCommand[] | null>()
  for (const step of week) {
    const ran: RanCommand[] = []
    const isPlayed = await step.run(nobody(states, ran)).then(
      () => true,
      () => false,
    )
    found.set(step.name, isPlayed ? ran : null)
  }
  return found
}

function nobody(states: ReadonlyMap<string, KubernetesObject>, ran: RanCommand[]): Lab {
  const clients: Clients = {
    kubectl(caller, args, options = {}) {
      const user = typeof caller === 'string' ? people[caller satisfies Person].user : null
      const words = [...args.split(' '), ...(options.more ?? [])]
      ran.push({ user, words, input: options.input, isOld: options.old === true })
      return Promise.resolve({ code: 0, out: 'a-token', error: '' })
    },
    send: () => Promise.resolve({ status: 201, headers: {}, body: '' }),
  }
  return {
    clients,
    version: '1.37',
    pause: () => Promise.resolve(),
    async until(_, isDone) {
      await isDone()
    },
    get: (object) => Promise.resolve(states.get(object) ?? null),
    list: () => Promise.resolve([]),
    restart: () => Promise.resolve(),
  }
}
