// startControlPlane: etcd, kube-apiserver, controllers, a scheduler and kwok's nodes on loopback.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import { labAuditPolicy } from './audit-policy.ts'
import { labCertificates, makeKey, publicKeyOf, type CertificateFiles, type LabCertificates } from './certificates.ts'
import { kubeconfig, type Credential } from './kubeconfig.ts'
import { startProcess, type LabProcess } from './lab-process.ts'
import { sendRequest, type ApiAnswer } from './send-request.ts'
import type { LabTools } from './tools.ts'

export interface ControlPlaneOptions {
  readonly tools: LabTools
  /** Where its data, logs, keys and kubeconfigs are; made where it is not there. */
  readonly folder: string
  /** The kubeconfig of the audit webhook; see `plaintrail cluster add`. */
  readonly webhookKubeconfig: string
  readonly auditPolicy?: string
  /** More flags of the API server, such as `--audit-webhook-truncate-enabled`. A later one wins. */
  readonly flags?: readonly string[]
  readonly nodes?: readonly string[]
  /** False: etcd and the API server alone, where nothing happens that nobody asks for. */
  readonly controllers?: boolean
}

export interface ControlPlane extends AsyncDisposable {
  readonly tools: LabTools
  readonly server: string
  readonly folder: string
  readonly certificates: LabCertificates
  /** Of system:masters. */
  readonly adminKubeconfig: string
  /** The path of a kubeconfig for somebody; the same path for the same name. */
  kubeconfigFor(name: string, credential: Credential): Promise<string>
  /** One sample, or the sum of all of a family. */
  metrics(): Promise<AuditMetrics>
  /** Ends the API server with this signal and starts it again, with these flags in place of those that it had. */
  restartApiServer(signal: NodeJS.Signals, flags?: readonly string[]): Promise<void>
  /** Ends whatever acts by itself, so that no event comes that nobody asked for. */
  quieten(): Promise<void>
  readonly processes: readonly LabProcess[]
}

/** Since the API server was started. */
interface AuditMetrics {
  /** `apiserver_audit_event_total`: what it handed to the webhook backend. */
  readonly events: number
  /** `apiserver_audit_error_total` by plugin: events that were dropped. */
  readonly errors: Readonly<Record<string, number>>
}

interface Plane {
  readonly options: ControlPlaneOptions
  readonly certificates: LabCertificates
  readonly admin: CertificateFiles
  readonly ports: { readonly etcd: number; readonly peer: number; readonly api: number; readonly kubelet: number }
  readonly server: string
}

const defaultNodes = ['node-a', 'node-b', 'node-c']

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const plane = await preparePlane(options)
  const processes: LabProcess[] = []
  const stopAll = async (): Promise<void> => {
    for (const process of processes.splice(0).toReversed()) await process.end('SIGTERM')
  }
  try {
    processes.push(await startEtcd(plane))
    processes.push(await startApiServer(plane, options.flags ?? []))
    if (options.controllers !== false) processes.push(...(await startControllers(plane)))
  } catch (error) {
    await stopAll()
    throw error
  }
  let flags = options.flags ?? []
  return {
    tools: options.tools,
    server: plane.server,
    folder: options.folder,
    certificates: plane.certificates,
    adminKubeconfig: join(options.folder, 'admin.kubeconfig'),
    kubeconfigFor: (name, credential) => writeKubeconfig(plane, name, credential),
    metrics: () => auditMetrics(plane),
    async restartApiServer(signal, newFlags = flags) {
      flags = newFlags
      const index = processes.findIndex(({ name }) => name === 'kube-apiserver')
      await processes[index]?.end(signal)
      processes[index] = await startApiServer(plane, flags)
    },
    async quieten() {
      const acting = processes.filter(({ name }) => name !== 'etcd' && name !== 'kube-apiserver')
      for (const process of acting) await process.end('SIGTERM')
    },
    processes,
    [Symbol.asyncDispose]: stopAll,
  }
}

async function preparePlane(options: ControlPlaneOptions): Promise<Plane> {
  const { folder } = options
  await mkdir(join(folder, 'logs'), { recursive: true })
  const certificates = await labCertificates(join(folder, 'pki'))
  const [etcd = 0, peer = 0, api = 0, kubelet = 0] = await freePorts(4)
  const admin = await certificates.client('lab-admin', ['system:masters'])
  const server = `https://127.0.0.1:${api}`
  const plane = { options, certificates, admin, ports: { etcd, peer, api, kubelet }, server }
  await makeKey(join(folder, 'pki/service-accounts.key'))
  await writeKubeconfig(plane, 'admin', admin)
  await writeFile(join(folder, 'audit-policy.yaml'), options.auditPolicy ?? labAuditPolicy())
  await writeFile(join(folder, 'webhook.kubeconfig'), options.webhookKubeconfig, { mode: 0o600 })
  return plane
}

async function writeKubeconfig(plane: Plane, name: string, credential: Credential): Promise<string> {
  const path = join(plane.options.folder, `${name}.kubeconfig`)
  const text = kubeconfig({ server: plane.server, ca: plane.certificates.ca, credential })
  await writeFile(path, text, { mode: 0o600 })
  return path
}

async function startEtcd({ options, ports }: Plane): Promise<LabProcess> {
  const [client, peer] = [`http://127.0.0.1:${ports.etcd}`, `http://127.0.0.1:${ports.peer}`]
  return await startProcess({
    name: 'etcd',
    program: options.tools.etcd,
    args: [
      `--data-dir=${join(options.folder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // Nothing of a lab is worth a wait for the disk.
      '--unsafe-no-fsync',
    ],
    log: join(options.folder, 'logs/etcd.log'),
    isReady: async () => (await fetch(`${client}/health`)).ok,
  })
}

async function startApiServer(plane: Plane, flags: readonly string[]): Promise<LabProcess> {
  const { options, certificates, ports } = plane
  const { folder } = options
  const serving = await certificates.server('kube-apiserver')
  const serviceAccounts = join(folder, 'pki/service-accounts.key')
  const kubelet = await certificates.client('kube-apiserver-kubelet-client', ['system:masters'])
  return await startProcess({
    name: 'kube-apiserver',
    program: options.tools.apiServer,
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      // An endpoint may not be on loopback (core/validation), and nothing here looks for the Service `kubernetes`.
      '--endpoint-reconciler-type=none',
      `--secure-port=${ports.api}`,
      `--tls-cert-file=${serving.cert}`,
      `--tls-private-key-file=${serving.key}`,
      `--client-ca-file=${certificates.ca}`,
      '--authorization-mode=Node,RBAC',
      '--anonymous-auth=true',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${await publicKeyOf(serviceAccounts)}`,
      `--service-account-signing-key-file=${serviceAccounts}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      `--kubelet-client-certificate=${kubelet.cert}`,
      `--kubelet-client-key=${kubelet.key}`,
      '--kubelet-preferred-address-types=InternalIP',
      '--enable-admission-plugins=NodeRestriction',
      '--profiling=false',
      // Else a SIGTERM waits for every watch to end, for up to a minute (genericapiserver.go, ShutdownTimeout).
      '--shutdown-send-retry-after=true',
      `--audit-policy-file=${join(folder, 'audit-policy.yaml')}`,
      `--audit-webhook-config-file=${join(folder, 'webhook.kubeconfig')}`,
      // The default is 30 s, which is long for somebody who waits for an answer.
      '--audit-webhook-batch-max-wait=1s',
      ...flags,
    ],
    log: join(folder, 'logs/kube-apiserver.log'),
    isReady: async () => (await getAsAdmin(plane, '/readyz')).status === 200,
  })
}

async function startControllers(plane: Plane): Promise<readonly LabProcess[]> {
  const { options, certificates, ports } = plane
  const { folder, tools } = options
  const kubeconfigOf = async (name: string, user: string, groups: readonly string[] = []): Promise<string> =>
    await writeKubeconfig(plane, name, await certificates.client(user, groups))
  const manager = await kubeconfigOf('kube-controller-manager', 'system:kube-controller-manager')
  const scheduler = await kubeconfigOf('kube-scheduler', 'system:kube-scheduler')
  // kwok plays every kubelet, and a kubelet's own identity may only touch its own node.
  const kwok = await kubeconfigOf('kwok', 'lab-kubelets', ['system:masters'])
  const [managerPort = 0, schedulerPort = 0] = await freePorts(2)
  const log = (name: string): string => join(folder, `logs/${name}.log`)
  const managerProcess = await startProcess({
    name: 'kube-controller-manager',
    program: tools.controllerManager,
    args: [
      `--kubeconfig=${manager}`,
      `--authentication-kubeconfig=${manager}`,
      `--authorization-kubeconfig=${manager}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${managerPort}`,
      '--leader-elect=false',
      // Each controller comes as itself, as in every real cluster.
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${join(folder, 'pki/service-accounts.key')}`,
      `--root-ca-file=${certificates.ca}`,
      `--cluster-signing-cert-file=${certificates.ca}`,
      `--cluster-signing-key-file=${certificates.caKey}`,
      '--horizontal-pod-autoscaler-sync-period=3s',
    ],
    log: log('kube-controller-manager'),
    isReady: () => accepts(managerPort),
  })
  const schedulerProcess = await startProcess({
    name: 'kube-scheduler',
    program: tools.scheduler,
    args: [
      `--kubeconfig=${scheduler}`,
      `--authentication-kubeconfig=${scheduler}`,
      `--authorization-kubeconfig=${scheduler}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${schedulerPort}`,
      '--leader-elect=false',
    ],
    log: log('kube-scheduler'),
    isReady: () => accepts(schedulerPort),
  })
  await createNodes(plane, options.nodes ?? defaultNodes)
  const kwokProcess = await startProcess({
    name: 'kwok',
    program: tools.kwok,
    args: await kwokArguments(plane, kwok),
    log: log('kwok'),
    isReady: async () => (await accepts(ports.kubelet)) && (await areNodesReady(plane)),
  })
  return [managerProcess, schedulerProcess, kwokProcess]
}

async function kwokArguments({ options, certificates, ports }: Plane, kubeconfigPath: string): Promise<string[]> {
  const serving = await certificates.server('kwok')
  const configuration = join(options.folder, 'kwok.yaml')
  const stages = await Promise.all(options.tools.kwokStages.map((file) => readFile(file, 'utf8')))
  await writeFile(configuration, [...stages, ...kubeletAnswers(options.folder)].join('\n---\n'))
  await writeFile(join(options.folder, 'pod.log'), '2026-01-01T00:00:00.000000000Z stdout F a line of a log\n')
  return [
    `--kubeconfig=${kubeconfigPath}`,
    `--config=${configuration}`,
    '--manage-all-nodes=true',
    '--node-ip=127.0.0.1',
    `--node-port=${ports.kubelet}`,
    `--server-address=127.0.0.1:${ports.kubelet}`,
    `--tls-cert-file=${serving.cert}`,
    `--tls-private-key-file=${serving.key}`,
    '--cidr=10.244.0.0/16',
    '--node-lease-duration-seconds=40',
  ]
}

/** What a faked kubelet does for exec, attach, port-forward and logs: run the command here, show a file, echo. */
function kubeletAnswers(folder: string): readonly string[] {
  const answer = (kind: string, spec: unknown): string =>
    JSON.stringify({ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind, metadata: { name: 'lab' }, spec })
  const logsFile = join(folder, 'pod.log')
  return [
    answer('ClusterExec', { execs: [{ local: { workDir: folder, envs: [] } }] }),
    answer('ClusterAttach', { attaches: [{ logsFile }] }),
    answer('ClusterLogs', { logs: [{ logsFile, follow: false }] }),
    answer('ClusterPortForward', { forwards: [{ command: ['cat'] }] }),
  ]
}

async function createNodes(plane: Plane, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name }, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    }
    const { status, body } = await sendAsAdmin(plane, 'POST', '/api/v1/nodes', node)
    if (status !== 201) throw new Error(`could not create the node ${name}: ${status} ${body}`)
  }
}

async function areNodesReady(plane: Plane): Promise<boolean> {
  const { body } = await getAsAdmin(plane, '/api/v1/nodes')
  const { items } = JSON.parse(body) as { items: { status: { conditions?: { type: string; status: string }[] } }[] }
  return items.every(({ status }) => status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'))
}

async function auditMetrics(plane: Plane): Promise<AuditMetrics> {
  const { body } = await getAsAdmin(plane, '/metrics')
  const errors: Record<string, number> = {}
  let events = 0
  for (const [, name, labels, value] of body.matchAll(/^apiserver_audit_(\w+_total)(\{[^}]*\})? (\S+)$/gm)) {
    if (name === 'event_total') events += Number(value)
    const plugin = /plugin="([^"]*)"/.exec(labels ?? '')?.[1]
    if (name === 'error_total' && plugin !== undefined) errors[plugin] = (errors[plugin] ?? 0) + Number(value)
  }
  return { events, errors }
}

const getAsAdmin = (plane: Plane, path: string): Promise<ApiAnswer> => sendAsAdmin(plane, 'GET', path)

function sendAsAdmin(plane: Plane, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  const address = { server: plane.server, ca: plane.certificates.ca }
  return sendRequest(address, plane.admin, { method, path, body })
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
