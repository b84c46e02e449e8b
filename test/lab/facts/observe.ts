// observe: an API server that audits to a recorder, with nobody else about, so that every event answers a question of ours.

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { labCertificates } from '../certificates.ts'
import { startControlPlane, type ControlPlane } from '../control-plane.ts'
import type { Credential } from '../kubeconfig.ts'
import { startRecorder, type Posted, type Recorder } from '../recorder.ts'
import { sendRequest, type ApiAnswer, type ApiRequest } from '../send-request.ts'
import type { LabTools } from '../tools.ts'

export interface ObserveOptions {
  readonly flags?: readonly string[]
  readonly policy?: string
  readonly controllers?: boolean
  /** Offer HTTP/2 to the API server. */
  readonly http2?: boolean
}

export interface AuditEvent extends Readonly<Record<string, unknown>> {
  readonly auditID: string
  readonly stage: string
  readonly level: string
  readonly verb: string
  readonly requestURI: string
  readonly user: Readonly<Record<string, unknown>>
  readonly objectRef?: Readonly<Record<string, string>>
  readonly responseStatus?: Readonly<Record<string, unknown>>
  readonly requestObject?: unknown
  readonly responseObject?: unknown
  readonly annotations?: Readonly<Record<string, string>>
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
}

interface Sent extends ApiAnswer {
  readonly auditID: string
}

interface AskedAs extends ApiRequest {
  /** Alice, who may do everything, where it is not said. */
  readonly as?: Credential
  /** A new one where it is not said. */
  readonly auditID?: string
}

export interface Observed extends AsyncDisposable {
  readonly plane: ControlPlane
  readonly recorder: Recorder
  /** A cluster-admin by RBAC: her events have an authorization's reason. */
  readonly alice: Credential
  send(asked: AskedAs): Promise<Sent>
  /** Every event of a request as it was posted, once that of the last stage is there. */
  eventsOf(auditID: string, lastStage?: string): Promise<readonly AuditEvent[]>
  /** Sends, and waits for the event of the last stage. */
  lastEventOf(asked: AskedAs): Promise<AuditEvent>
  /** All that was posted up to now, oldest first. */
  events(): readonly AuditEvent[]
  /** With these flags after the usual ones. */
  restart(flags?: readonly string[], signal?: NodeJS.Signals): Promise<void>
  /** Writes a file into the lab's folder and returns its path, for a flag to name. */
  write(name: string, text: string): Promise<string>
}

const waitMsMax = 30_000
const pollMs = 25

/** Nothing of the API server's own, nor of whoever looks whether it is ready; all else whole. */
const quiet = [
  { level: 'None', users: ['system:apiserver', 'lab-admin'] },
  { level: 'None', userGroups: ['system:authenticated'], nonResourceURLs: ['/metrics', '/readyz*'] },
]

export function quietPolicy(rules: readonly unknown[] = [{ level: 'RequestResponse' }], more: object = {}): string {
  return JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [...quiet, ...rules], ...more })
}

export async function observe(tools: LabTools, options: ObserveOptions = {}): Promise<Observed> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-facts-'))
  const recorder = await startRecorder({
    certificates: await labCertificates(join(folder, 'recorder')),
    http2: options.http2 === true,
  })
  const flags = ['--audit-webhook-batch-max-wait=200ms', ...(options.flags ?? [])]
  const plane = await startControlPlane({
    tools,
    folder: join(folder, 'plane'),
    webhookKubeconfig: recorder.kubeconfig,
    auditPolicy: options.policy ?? quietPolicy(),
    flags,
    controllers: options.controllers === true,
  }).catch(async (error: unknown) => {
    await recorder[Symbol.asyncDispose]()
    throw error
  })
  const admin = await plane.certificates.client('lab-admin', ['system:masters'])
  const alice = await plane.certificates.client('alice', ['developers'])
  const address = { server: plane.server, ca: plane.certificates.ca }
  const send = async ({ as = alice, auditID = randomUUID(), ...asked }: AskedAs): Promise<Sent> => {
    const headers = { ...asked.headers, 'audit-id': auditID }
    return { ...(await sendRequest(address, as, { ...asked, headers })), auditID }
  }
  await send({ as: admin, method: 'POST', path: bindings, body: bindingOf('alice', 'cluster-admin') })
  await send({ as: admin, method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', body: serviceAccount })
  const events = eventsIn(recorder.posts)
  const eventsOf = async (auditID: string, lastStage = 'ResponseComplete'): Promise<readonly AuditEvent[]> => {
    const ours = () => events().filter((event) => event.auditID === auditID)
    await until(
      () => ours().some(({ stage }) => stage === lastStage),
      `the event ${lastStage} of ${auditID.slice(0, 80)}`,
    )
    return ours()
  }
  return {
    plane,
    recorder,
    alice,
    send,
    eventsOf,
    events,
    async lastEventOf(asked) {
      const { auditID } = await send(asked)
      const found = (await eventsOf(auditID)).find(({ stage }) => stage === 'ResponseComplete')
      if (found === undefined) throw new Error(`could not find the last event of ${auditID}`)
      return found
    },
    restart: (more = [], signal = 'SIGTERM') => plane.restartApiServer(signal, [...flags, ...more]),
    async write(name, text) {
      const path = join(folder, name)
      await writeFile(path, text, { mode: 0o600 })
      return path
    },
    async [Symbol.asyncDispose]() {
      await plane[Symbol.asyncDispose]()
      await recorder[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Rejects when it takes longer than half a minute, or than it is said. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string, msMax = waitMsMax): Promise<void> {
  const deadline = Date.now() + msMax
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`could not wait for ${what}: it did not come within ${msMax} ms`)
    await sleep(pollMs)
  }
}

export const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'

export function bindingOf(user: string, role: string): unknown {
  return {
    metadata: { name: `${user}-${role}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  }
}

/** Which the controllers make in every namespace, and without which no pod is taken. */
const serviceAccount = { metadata: { name: 'default' } }

/** Each list is parsed once. */
function eventsIn(posts: readonly Posted[]): () => readonly AuditEvent[] {
  const events: AuditEvent[] = []
  let read = 0
  return () => {
    for (const { body, method } of posts.slice(read)) if (method === 'POST') events.push(...itemsOf(body))
    read = posts.length
    return events
  }
}

export function itemsOf(body: Buffer): readonly AuditEvent[] {
  return (JSON.parse(body.toString()) as { items: AuditEvent[] }).items
}
