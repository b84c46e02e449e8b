// Truth: who was behind each event of a controller in the recorded week: from the steps that were played, never from
// what other events say.

import { controllerOf } from './controllers.ts'
import { childOf, numberIn } from './attributed-objects.ts'
import type { AttributedEvent } from './initiator-facts.ts'

/** As steps.json has it; only tests know that room. */
export interface RecordedStep {
  readonly name: string
  readonly began: string
  readonly did: readonly {
    readonly actor: string
    readonly verb: string
    readonly class: string
    readonly outcome: string
    readonly object?: string
    readonly dryRun?: true
  }[]
  readonly state: Readonly<Record<string, unknown>>
}

/** Which kind of chain an event is part of, and who may be at its end. */
export interface Truth {
  readonly kind: string
  /** More than one where a step began before the work of the one before it was done. */
  readonly behind: ReadonlySet<string>
}

interface Act {
  readonly actor: string
  readonly step: number
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

export class TruthOf {
  readonly #steps: readonly RecordedStep[]
  readonly #acts: readonly Act[]

  constructor(steps: readonly RecordedStep[]) {
    this.#steps = steps
    this.#acts = steps.flatMap(({ did }, step) =>
      did
        .filter((deed) => deed.class === 'write' && deed.outcome === 'success' && deed.dryRun !== true)
        .filter(({ actor, object = '' }) => isOwnDeed(actor) && !object.endsWith('/status'))
        .map(({ actor, object = '' }) => ({ actor: holderOf(actor, steps[step]?.name ?? ''), step, ...parts(object) })),
    )
  }

  /** Null for what is in no chain that audit events can show, and for what nobody in the story caused. */
  of(seen: AttributedEvent): Truth | null {
    const kind = kindOf(seen)
    if (kind === null) return null
    const step = this.#stepAt(seen.event.time)
    if (kind === 'token') {
      const holder = holderOf(seen.event.actor.name, this.#steps[step]?.name ?? '')
      return { kind, behind: new Set([holder]) }
    }
    const behind = this.#behind(seen, kind, step)
    return behind.size === 0 ? null : { kind, behind }
  }

  #stepAt(us: number): number {
    return this.#steps.findLastIndex(({ began }) => Date.parse(began) * 1_000 <= us)
  }

  #behind(seen: AttributedEvent, kind: string, step: number): ReadonlySet<string> {
    const { namespace = '' } = seen.event.object ?? {}
    const isNamespace = kind === 'namespace' || kind === 'new-namespace'
    const acts = this.#acts.filter((act) => {
      if (act.step > step) return false
      if (isNamespace) return act.resource === 'namespaces' && act.name === spaceOf(seen)
      if (kind === 'certificate' && act.subresource !== 'approval') return false
      return act.namespace === namespace && this.#isRelated(act, seen)
    })
    const [last] = acts.toReversed()
    if (last === undefined) return new Set()
    const inStep = acts.filter((act) => act.step === last.step)
    // Until what an earlier step asked for is carried out, its work goes on in the next.
    const earlier = acts.filter((act) => act.step < last.step)
    const unfinished = earlier.filter((act) => this.#isUnfinished(act, last.step))
    return new Set([...inStep, ...unfinished].map(({ actor }) => actor))
  }

  /** It is of the same name, or what was made for it or beside it has a name that goes on from its. */
  #isRelated(act: Act, { event, raw }: AttributedEvent): boolean {
    const name = event.object?.name || String(childOf(raw['responseObject'], 'metadata')['name'])
    const root = rootOf(act.name)
    return root !== '' && (name === act.name || rootOf(name) === root)
  }

  #isUnfinished(act: Act, next: number): boolean {
    const state = this.#steps[next - 1]?.state[`${act.resource}/${act.namespace}/${act.name}`]
    const status = childOf(state, 'status')
    const wanted = numberIn(childOf(state, 'spec'), 'replicas')
    if (wanted === null || this.#acts.some(({ step, name }) => name === act.name && step > act.step && step < next)) {
      return false
    }
    const counts = ['replicas', 'updatedReplicas', 'readyReplicas'].map((key) => numberIn(status, key) ?? 0)
    const observed = numberIn(status, 'observedGeneration')
    return counts.some((count) => count !== wanted) || observed !== numberIn(childOf(state, 'metadata'), 'generation')
  }
}

/** A Namespace is in none. */
function spaceOf({ event }: AttributedEvent): string {
  return (event.object?.resource === 'namespaces' ? event.object.name : event.object?.namespace) ?? ''
}

/** Names in the story have one word before what a controller adds, and these. */
function rootOf(name: string): string {
  const root = ['by-hand'].find((word) => name.startsWith(word))
  return root ?? name.split('-', 1)[0] ?? ''
}

function parts(object: string): Omit<Act, 'actor' | 'step'> {
  const [resource = '', namespace = '', name = '', subresource = ''] = object.split('/')
  return { resource, namespace, name, subresource }
}

function isOwnDeed(actor: string): boolean {
  return actor !== '' && controllerOf(actor) === null && !actor.startsWith('system:kube') && actor !== 'lab-kubelets'
}

/** The script has tokens made for the accounts that act: by the admin in one step, by the observer in all others. */
function holderOf(actor: string, step: string): string {
  if (!actor.startsWith('system:serviceaccount:')) return actor
  return step === 'token' ? 'lab-admin' : 'lab-observer'
}

function kindOf({ event }: AttributedEvent): string | null {
  const { actor, object, verb } = event
  if (event.class !== 'write' || event.outcome !== 'success' || object === null) return null
  if (event.stage !== 'ResponseComplete' || object.resource === 'events') return null
  if (actor.name === 'lab-kubelets') return verb === 'delete' && object.resource === 'pods' ? 'kubelet' : null
  const controller = controllerOf(actor.name)
  if (controller === null) return /^system:serviceaccount:(argocd|ci):/.test(actor.name) ? 'token' : null
  if (controller === 'certificate-controller') return 'certificate'
  if (controller === 'namespace-controller') return 'namespace'
  if (controller === 'scheduler') return object.subresource === 'binding' ? 'binding' : null
  if (object.subresource === 'status') return null
  return chains[controller] ?? null
}

const chains: Readonly<Record<string, string>> = {
  'deployment-controller': 'rollout',
  'replicaset-controller': 'replica',
  'job-controller': 'job',
  'cronjob-controller': 'job',
  'horizontal-pod-autoscaler': 'autoscaler',
  'generic-garbage-collector': 'collection',
  'service-account-controller': 'new-namespace',
  'root-ca-cert-publisher': 'new-namespace',
}
