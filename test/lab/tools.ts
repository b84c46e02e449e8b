// labTools: the programs of a control plane, built once from the Go module proxy, or taken from where somebody has them.

import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Minor versions of Kubernetes that the lab can run: the newest one, and the oldest that is still supported upstream. */
export const labVersions = ['1.37', '1.35'] as const
export type LabVersion = (typeof labVersions)[number]

/** Paths of programs. */
export interface LabTools {
  /** Of the API server and its own, as in `1.37.2`. */
  readonly version: string
  readonly etcd: string
  readonly apiServer: string
  readonly controllerManager: string
  readonly scheduler: string
  readonly kwok: string
  /** What kwok's pods and nodes go through. */
  readonly kwokStages: readonly string[]
  readonly kubectl: string
  /** From before 1.31: exec, attach and port-forward by SPDY, which is a POST. */
  readonly oldKubectl: string
}

export interface ToolOptions {
  /** A folder with all the programs (`PLAINTRAIL_LAB_BIN`), in place of building. */
  readonly folder?: string | undefined
  /** Where builds are kept (`PLAINTRAIL_LAB_CACHE`); below the user's cache by default. */
  readonly cache?: string | undefined
  /** Told what goes on: a line at a time. */
  readonly progress: (line: string) => void
}

interface Module {
  readonly folder: string
  readonly packages: Readonly<Record<string, string>>
  /** Whose version the programs say is theirs. */
  readonly stamped?: string
  /** Data of the module that its program needs, below the module's own folder. */
  readonly data?: { readonly module: string; readonly folders: readonly string[] }
}

const command = (name: string): string => `k8s.io/kubernetes/cmd/${name}`
const kubernetes = 'k8s.io/kubernetes'
const servers = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'] as const
const kubernetesModule = (version: LabVersion): Module => ({
  folder: `kubernetes-${version}`,
  packages: Object.fromEntries(servers.map((name) => [name, command(name)])),
  stamped: kubernetes,
})
const oldKubectlModule: Module = {
  folder: 'kubectl-1.29',
  packages: { kubectl: command('kubectl') },
  stamped: kubernetes,
}
const etcdModule: Module = { folder: 'etcd', packages: { etcd: 'go.etcd.io/etcd/server/v3' } }
const kwokModule: Module = {
  folder: 'kwok',
  packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
  data: { module: 'sigs.k8s.io/kwok', folders: ['kustomize/stage/pod/fast', 'kustomize/stage/node/fast'] },
}

const modulesFolder = join(import.meta.dirname, 'modules')
const run = promisify(execFile)
const outputBytesMax = 64 * 1024 * 1024

/** Builds what is not there yet: minutes to a quarter of an hour for a version, on two cores. Rejects where Go is missing. */
export async function labTools(version: LabVersion, options: ToolOptions): Promise<LabTools> {
  if (options.folder !== undefined && options.folder !== '') return await givenTools(options.folder)
  const cache = cacheFolder(options)
  const [server, old, etcd, kwok] = [kubernetesModule(version), oldKubectlModule, etcdModule, kwokModule]
  const folders: string[] = []
  // One after the other: each build uses all cores.
  for (const module of [server, old, etcd, kwok]) folders.push(await builtModule(module, cache, options.progress))
  return await toolsIn(folders, await moduleVersion(server))
}

/** The same, or null where something is not built yet. Builds nothing. */
export async function builtTools(
  version: LabVersion,
  options: Omit<ToolOptions, 'progress'>,
): Promise<LabTools | null> {
  if (options.folder !== undefined && options.folder !== '') return await givenTools(options.folder)
  const modules = [kubernetesModule(version), oldKubectlModule, etcdModule, kwokModule]
  const folders = await Promise.all(modules.map((module) => buildFolder(module, cacheFolder(options))))
  if (!folders.every((folder) => existsSync(folder))) return null
  return await toolsIn(folders, await moduleVersion(kubernetesModule(version)))
}

function cacheFolder({ cache }: Pick<ToolOptions, 'cache'>): string {
  if (cache !== undefined && cache !== '') return cache
  return join(homedir(), '.cache', 'plaintrail', 'lab')
}

async function toolsIn(folders: readonly string[], version: string): Promise<LabTools> {
  const [server = '', old = '', etcd = '', kwok = ''] = folders
  return {
    version,
    etcd: join(etcd, 'etcd'),
    apiServer: join(server, 'kube-apiserver'),
    controllerManager: join(server, 'kube-controller-manager'),
    scheduler: join(server, 'kube-scheduler'),
    kubectl: join(server, 'kubectl'),
    oldKubectl: join(old, 'kubectl'),
    kwok: join(kwok, 'kwok'),
    kwokStages: await stageFiles(join(kwok, 'data')),
  }
}

/** All programs in one folder, kwok's stages in `stages` below it; `kubectl-old` may be missing. */
async function givenTools(folder: string): Promise<LabTools> {
  const at = (name: string): string => join(folder, name)
  for (const name of [...servers, 'etcd', 'kwok'])
    if (!existsSync(at(name))) throw new Error(`could not use ${folder} for the lab: ${name} is not in it`)
  const { stdout } = await run(at('kube-apiserver'), ['--version'])
  return {
    version: /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown',
    etcd: at('etcd'),
    apiServer: at('kube-apiserver'),
    controllerManager: at('kube-controller-manager'),
    scheduler: at('kube-scheduler'),
    kubectl: at('kubectl'),
    oldKubectl: existsSync(at('kubectl-old')) ? at('kubectl-old') : at('kubectl'),
    kwok: at('kwok'),
    kwokStages: await stageFiles(at('stages')),
  }
}

async function stageFiles(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true })
  return files
    .filter((file) => file.endsWith('.yaml') && !/kustomization|testdata/.test(file))
    .map((file) => join(folder, file))
    .toSorted()
}

async function builtModule(module: Module, cache: string, progress: ToolOptions['progress']): Promise<string> {
  const folder = await buildFolder(module, cache)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  // Made elsewhere and then renamed: another run may do the same, and half a build is no cache.
  const work = await mkdtemp(join(cache, 'building-'))
  try {
    await build(module, work, progress)
    await rename(work, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return folder
}

/** Named for all that decides what comes out. */
async function buildFolder(module: Module, cache: string): Promise<string> {
  const files = await Promise.all(
    ['go.mod', 'go.sum'].map((name) => readFile(join(modulesFolder, module.folder, name))),
  )
  const what = JSON.stringify([process.platform, process.arch, module])
  const hash = createHash('sha256').update(what)
  for (const file of files) hash.update(file)
  return join(cache, `${module.folder}-${hash.digest('hex').slice(0, 12)}`)
}

async function moduleVersion(module: Module): Promise<string> {
  const text = await readFile(join(modulesFolder, module.folder, 'go.mod'), 'utf8')
  const found = new RegExp(`^(?:require )?\\s*${kubernetes} v(\\S+)`, 'm').exec(text)
  if (found?.[1] === undefined)
    throw new Error(`could not find the version of ${kubernetes} in ${module.folder}/go.mod`)
  return found[1]
}

async function build(module: Module, out: string, progress: ToolOptions['progress']): Promise<void> {
  const cwd = join(modulesFolder, module.folder)
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-mod=readonly -buildvcs=false' }
  await run('go', ['version']).catch((error: unknown) => {
    throw new Error('could not build the lab: there is no go here. Install Go, or set PLAINTRAIL_LAB_BIN.', {
      cause: error,
    })
  })
  progress(`${module.folder}: fetching modules`)
  const packages = Object.values(module.packages)
  const list = await run('go', ['list', '-deps', ...packages], { cwd, env, maxBuffer: outputBytesMax })
  const count = list.stdout.trim().split('\n').length
  for (const [name, path] of Object.entries(module.packages)) {
    const flags = module.stamped === undefined ? '' : versionFlags(await moduleVersion(module))
    const args = ['build', '-v', '-trimpath', '-ldflags', `-s -w ${flags}`, '-o', join(out, name), path]
    await compile(args, { cwd, env }, (done) => progress(`${module.folder}: ${name}, ${done} of ${count} packages`))
  }
  if (module.data !== undefined) await copyData(module.data, { cwd, env }, join(out, 'data'))
}

/** What a release build stamps: the client's User-Agent and `/version` are made of it (component-base/version/base.go). */
function versionFlags(version: string): string {
  const values = { gitVersion: `v${version}`, gitMajor: '1', gitMinor: version.split('.')[1], gitTreeState: 'clean' }
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .flatMap((path) => Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`))
    .join(' ')
}

interface Place {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** `go build -v` writes a line for each package that it compiles. */
async function compile(args: readonly string[], place: Place, told: (done: number) => void): Promise<void> {
  const child = spawn('go', args, { ...place, stdio: ['ignore', 'inherit', 'pipe'] })
  let lines = 0
  let last = ''
  child.stderr.on('data', (chunk: Buffer) => {
    last = (last + chunk.toString()).slice(-2_000)
    lines += chunk.toString().split('\n').length - 1
    told(lines)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`could not build with go ${args.join(' ')}:\n${last}`)
}

async function copyData(data: NonNullable<Module['data']>, place: Place, out: string): Promise<void> {
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', data.module], place)
  for (const folder of data.folders) {
    const to = join(out, folder)
    await cp(join(stdout.trim(), folder), to, { recursive: true })
  }
  // The module cache is read-only, and so is what is copied from it.
  for (const file of await readdir(out, { recursive: true })) await chmod(join(out, file), 0o755)
}
