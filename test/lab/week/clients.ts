// Clients: everybody's kubectl, old and new, and plain HTTPS where no client does what must be done.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ControlPlane } from '../control-plane.ts'
import type { CertificateFiles } from '../certificates.ts'
import { sendRequest, type ApiAnswer } from '../send-request.ts'
import { people, type Person } from './people.ts'

/** Somebody with a certificate, whoever holds a token, or nobody. */
type Caller = Person | { readonly token: string } | null

export interface Clients {
  /** The one of the control plane's own version. Rejects where it ends with another code than expected. */
  kubectl(caller: Caller, args: string, options?: KubectlOptions): Promise<Said>
  send(caller: Caller, method: string, path: string, options?: SendOptions): Promise<ApiAnswer>
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

const answerMsMax = 60_000

export async function labClients(plane: ControlPlane): Promise<Clients> {
  const certificates = new Map<Person, CertificateFiles>()
  const names = Object.keys(people) as Person[]
  for (const name of names)
    certificates.set(name, await plane.certificates.client(people[name].user, people[name].groups))
  const credentialOf = (caller: Caller): CertificateFiles | { token: string } | null =>
    typeof caller === 'string' ? (certificates.get(caller) ?? null) : caller
  const address = { server: plane.server, ca: plane.certificates.ca }
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
    send(caller, method, path, { body, type = 'application/json', headers = {} } = {}) {
      const typed = body === undefined ? headers : { 'content-type': type, ...headers }
      return sendRequest(address, credentialOf(caller), { method, path, body, headers: typed })
    },
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
