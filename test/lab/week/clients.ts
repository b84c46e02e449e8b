// Clients: everybody's kubectl, old and new, and plain HTTPS where no client does what must be done.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import type { ControlPlane } from '../control-plane.ts'
import type { CertificateFiles } from '../certificates.ts'
import { people, type Person } from './people.ts'

/** Somebody with a certificate, whoever holds a token, or nobody. */
type Caller = Person | { readonly token: string } | null

export interface Clients {
  /** The one of the control plane's own version. Rejects where it ends with another code than expected. */
  kubectl(caller: Caller, args: string, options?: KubectlOptions): Promise<Said>
  send(caller: Caller, method: string, path: string, options?: SendOptions): Promise<Answer>
}

interface KubectlOptions {
  /** Of before 1.31. */
  readonly old?: boolean
  /** What it reads from standard input, as JSON where it is an object. */
  readonly input?: unknown
  readonly env?: Readonly<Record<string, string>>
  /** Exit codes; 0 by default. */
  readonly exits?: readonly number[]
  /** Interrupted after so long, as by Ctrl-C. */
  readonly forMs?: number
  /** More arguments, each as it is. */
  readonly more?: readonly string[]
}

interface Said {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

interface SendOptions {
  readonly body?: unknown
  /** Content-Type; JSON by default. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: number
  readonly body: string
}

const answerMsMax = 60_000

export async function labClients(plane: ControlPlane): Promise<Clients> {
  const certificates = new Map<Person, CertificateFiles>()
  const names = Object.keys(people) as Person[]
  for (const name of names)
    certificates.set(name, await plane.certificates.client(people[name].user, people[name].groups))
  const credentialOf = (caller: Caller): CertificateFiles | { token: string } | null =>
    typeof caller === 'string' ? (certificates.get(caller) ?? null) : caller
  let tokens = 0
  const nameOf = (caller: Caller): string => {
    if (typeof caller === 'string') return caller
    return caller === null ? 'nobody' : `token-${(tokens += 1)}`
  }
  return {
    async kubectl(caller, args, options = {}) {
      const config = await plane.kubeconfigFor(nameOf(caller), credentialOf(caller))
      const program = options.old === true ? plane.tools.oldKubectl : plane.tools.kubectl
      // No cache of discovery on disk: what a client asks must not depend on who asked before.
      const common = [`--kubeconfig=${config}`, `--cache-dir=${plane.folder}/kubectl-cache-${nameOf(caller)}`]
      return await runKubectl(program, [...common, ...args.split(' '), ...(options.more ?? [])], options)
    },
    send: (caller, method, path, options = {}) => send(plane, credentialOf(caller), method, path, options),
  }
}

async function runKubectl(program: string, args: readonly string[], options: KubectlOptions): Promise<Said> {
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let [out, error] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()))
  // One that has ended does not read; that is no fault.
  child.stdin.on('error', () => null)
  if (options.forMs === undefined || options.input !== undefined) child.stdin.end(inputText(options.input))
  const limit = setTimeout(() => child.kill('SIGKILL'), answerMsMax)
  const interrupt = options.forMs === undefined ? null : setTimeout(() => child.kill('SIGINT'), options.forMs)
  await once(child, 'close')
  clearTimeout(limit)
  if (interrupt !== null) clearTimeout(interrupt)
  const isExpected = options.forMs !== undefined || (options.exits ?? [0]).includes(child.exitCode ?? -1)
  if (!isExpected) throw new Error(`kubectl ${args.slice(2).join(' ')} ended with ${child.exitCode}: ${error}${out}`)
  return { code: child.exitCode, out, error }
}

function inputText(input: unknown): string {
  if (input === undefined) return ''
  return typeof input === 'string' ? input : JSON.stringify(input)
}

async function send(
  plane: ControlPlane,
  credential: CertificateFiles | { readonly token: string } | null,
  method: string,
  path: string,
  { body, type = 'application/json', headers = {} }: SendOptions,
): Promise<Answer> {
  const ca = await readFile(plane.certificates.ca)
  const withToken = credential !== null && 'token' in credential
  const own =
    credential === null || withToken
      ? {}
      : { cert: await readFile(credential.cert), key: await readFile(credential.key) }
  const all = {
    ...(body === undefined ? {} : { 'content-type': type }),
    ...(withToken ? { authorization: `Bearer ${credential.token}` } : {}),
    ...headers,
  }
  return await new Promise((resolve, reject) => {
    const sent = request(plane.server + path, { method, ca, ...own, agent: false, headers: all, timeout: answerMsMax })
    sent.once('error', reject)
    sent.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    sent.end(body === undefined ? undefined : inputText(body))
  })
}
