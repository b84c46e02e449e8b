// play: every step of the week against a control plane, and what was really done in each.

import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlPlane } from './control-plane.ts'
import { labClients, type Clients } from './week/clients.ts'
import type { Deed, KubernetesObject, Lab, Step } from './week/step.ts'

/** A step that was done: the truth, as it stands in steps.json. */
export interface PlayedStep {
  readonly name: string
  readonly title: string
  /** RFC 3339, of this machine's clock, which is the API server's too. */
  readonly began: string
  readonly ended: string
  readonly did: readonly Deed[]
  /** What a plain get showed afterwards, by object; null where there is none. */
  readonly state: Readonly<Record<string, KubernetesObject | null>>
}

export interface PlayOptions {
  readonly plane: ControlPlane
  readonly steps: readonly Step[]
  readonly progress: (line: string) => void
}

const untilMsMax = 30_000
/** Before and after a step, so that no event of one falls into the time of the next. */
const betweenMs = 150

export async function play({ plane, steps, progress }: PlayOptions): Promise<readonly PlayedStep[]> {
  const clients = await labClients(plane)
  const lab = labOf(plane, clients)
  const played: PlayedStep[] = []
  for (const step of steps) {
    progress(step.title)
    await sleep(betweenMs)
    const began = new Date().toISOString()
    const did = await step.run(lab).catch((error: unknown) => {
      throw new Error(`could not play the step ${step.name}`, { cause: error })
    })
    const ended = new Date().toISOString()
    const state: Record<string, KubernetesObject | null> = {}
    for (const object of step.objects ?? []) state[object] = await lab.get(object)
    played.push({ name: step.name, title: step.title, began, ended, did, state })
    await sleep(betweenMs)
  }
  return played
}

function labOf(plane: ControlPlane, clients: Clients): Lab {
  return {
    clients,
    version: plane.tools.version,
    pause: (ms) => sleep(ms),
    async until(what, isDone) {
      const deadline = Date.now() + untilMsMax
      while (!(await isDone())) {
        if (Date.now() > deadline) throw new Error(`waited for half a minute in vain: ${what}`)
        await sleep(200)
      }
    },
    async get(object) {
      const [resource = '', namespace = '', name = ''] = object.split('/')
      const where = namespace === '' ? '' : ` -n ${namespace}`
      const { code, out, error } = await clients.kubectl('observer', `get ${resource} ${name}${where} -o json`, {
        exits: [0, 1],
      })
      if (code === 0) return JSON.parse(out) as KubernetesObject
      if (error.includes('NotFound')) return null
      throw new Error(`could not get ${object}: ${error}`)
    },
    async list(resource, namespace, selector) {
      const where = namespace === '' ? '-A' : `-n ${namespace}`
      const more = selector === undefined ? [] : ['-l', selector]
      const { out } = await clients.kubectl('observer', `get ${resource} ${where} -o json`, { more })
      return (JSON.parse(out) as { items: KubernetesObject[] }).items
    },
    restart: (signal, flags) => plane.restartApiServer(signal, flags),
  }
}
