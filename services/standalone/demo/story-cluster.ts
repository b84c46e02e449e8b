// The cluster of the story: what exists in it, its API server that writes every request down, and its clock.
import type { Agenda } from './story-agenda.ts'
import { dayUs, secondUs } from './story-agenda.ts'
import type { Request, Stage } from './story-event.ts'
import { eventText } from './story-event.ts'
import type { Deployment, Meta, Pod, ReplicaSet } from './story-objects.ts'
import type { Random } from './story-random.ts'

/** `namespace/name`. */
export type Key = string
export type Kind = 'deployment' | 'replicaset' | 'pod'
export type Listener = (kind: Kind, key: Key) => void

export interface Recorded {
  readonly stageUs: number
  readonly text: string
}

/** Objects of one kind by key. Every put gives the object a new resourceVersion and tells the controllers. */
export class ObjectStore<T extends { readonly meta: Meta }> {
  readonly #objects = new Map<Key, T>()
  readonly #nextVersion: () => string
  readonly #changed: (key: Key) => void

  constructor(nextVersion: () => string, changed: (key: Key) => void) {
    this.#nextVersion = nextVersion
    this.#changed = changed
  }

  put(object: T): T {
    const stored = { ...object, meta: { ...object.meta, version: this.#nextVersion() } }
    this.#objects.set(keyOf(stored), stored)
    this.#changed(keyOf(stored))
    return stored
  }

  remove(key: Key): void {
    this.#objects.delete(key)
    this.#changed(key)
  }

  find(key: Key): T | undefined {
    return this.#objects.get(key)
  }

  /** For scripts, which know what must exist by then. */
  get(key: Key): T {
    const object = this.#objects.get(key)
    if (object === undefined) throw new RangeError(`could not find ${key} in the story: create it before it is used`)
    return object
  }

  ownedBy(uid: string): T[] {
    return [...this.#objects.values()].filter((object) => object.meta.owner?.uid === uid)
  }

  all(): T[] {
    return [...this.#objects.values()]
  }
}

export class Cluster {
  readonly random: Random
  readonly agenda: Agenda
  readonly startUs: number
  readonly deployments = this.#store<Deployment>('deployment')
  readonly replicaSets = this.#store<ReplicaSet>('replicaset')
  readonly pods = this.#store<Pod>('pod')
  /** What the API server wrote, in the order of the requests. */
  readonly recorded: Recorded[] = []
  /** Nodes that a person has cordoned. */
  readonly cordoned = new Set<string>()
  readonly #listeners: Listener[] = []
  #version = 48_211_300

  constructor(random: Random, agenda: Agenda) {
    this.random = random
    this.agenda = agenda
    this.startUs = agenda.nowUs
  }

  get nowUs(): number {
    return this.agenda.nowUs
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener)
  }

  /** etcd's revision: leases and events raise it about twice a second beside what the story tells. */
  nextVersion(): string {
    const byTime = 48_211_300 + Math.floor((this.nowUs - this.startUs) / (secondUs / 2))
    this.#version = Math.max(this.#version + 1, byTime)
    return String(this.#version)
  }

  /** Writes down a request that ends now or, where it is a session, its ResponseComplete. */
  send(request: Request): void {
    const tookUs = request.tookUs ?? this.#tookUs(request)
    this.#record(request, 'ResponseComplete', { auditID: this.random.uuid(), tookUs })
  }

  /** A long-running request: ResponseStarted now and ResponseComplete after `lastsUs`, under one auditID. */
  open(request: Request, lastsUs: number): void {
    const auditID = this.random.uuid()
    this.#record(request, 'ResponseStarted', { auditID, tookUs: this.#tookUs(request) })
    this.#record(request, 'ResponseComplete', { auditID, tookUs: lastsUs })
  }

  /** A request whose only stage is ResponseStarted: a failed authentication (apiserver filters/authn_audit.go). */
  refuse(request: Request): void {
    this.#record(request, 'ResponseStarted', { auditID: this.random.uuid(), tookUs: this.#tookUs(request) })
  }

  #record(request: Request, stage: Stage, given: { readonly auditID: string; readonly tookUs: number }): void {
    const receivedUs = this.nowUs
    const stageUs = receivedUs + given.tookUs
    const day = Math.floor((receivedUs - this.startUs) / dayUs)
    this.recorded.push({
      stageUs,
      text: eventText(request, { auditID: given.auditID, stage, receivedUs, stageUs, day }),
    })
  }

  #tookUs({ verb }: Request): number {
    return verb === 'get' ? this.random.between(900, 6000) : this.random.between(4000, 28_000)
  }

  #store<T extends { readonly meta: Meta }>(kind: Kind): ObjectStore<T> {
    return new ObjectStore<T>(
      () => this.nextVersion(),
      (key) => {
        for (const listener of this.#listeners) listener(kind, key)
      },
    )
  }
}

export function keyOf(object: { readonly meta: Meta }): Key {
  return `${object.meta.namespace}/${object.meta.name}`
}

export function targetOf({ meta }: { readonly meta: Meta }): { readonly namespace: string; readonly name: string } {
  return { namespace: meta.namespace, name: meta.name }
}

/** A controller's queue: a key that is waiting is not added again, and work comes a little after the change. */
export function workQueue(cluster: Cluster, work: (key: Key) => void): (key: Key) => void {
  const waiting = new Set<Key>()
  return (key) => {
    if (waiting.has(key)) return
    waiting.add(key)
    cluster.agenda.after(cluster.random.between(12_000, 90_000), () => {
      waiting.delete(key)
      work(key)
    })
  }
}
