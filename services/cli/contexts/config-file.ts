// The contexts of a user: which servers there are, and what is asked of them by default. Read here, and changed here.
import { dirname, join } from 'node:path'
import type { Document } from 'yaml'
import { CliError } from '../cli-error.ts'
import type { CliConfig } from '../config.ts'
import type { CliIo } from '../io.ts'
import { isObject, readYaml, textIn } from './read-yaml.ts'

export interface Defaults {
  readonly cluster: string | null
  readonly namespace: string | null
  /** In the query language; it must hold besides what is asked. */
  readonly query: string | null
}

export interface Context {
  readonly name: string
  readonly server: string
  /** Whether its token may go there over plain HTTP, though it is another machine. */
  readonly mayBeInsecure: boolean
  /** Cluster → the name of kubectl's context for it. */
  readonly kubeContexts: ReadonlyMap<string, string>
  readonly defaults: Defaults
}

export interface Contexts {
  readonly current: string | null
  readonly all: readonly Context[]
}

export const noDefaults: Defaults = { cluster: null, namespace: null, query: null }

const apiVersion = 'plaintrail.dev/v1'
const fileMode = 0o600

/** Null where this user has no place for configuration. */
function configPath({ configFile, configHome, home }: CliConfig): string | null {
  if (configFile !== null) return configFile
  const folder = configHome ?? (home === null ? null : join(home, '.config'))
  return folder === null ? null : join(folder, 'plaintrail', 'config.yaml')
}

/** Tokens are apart, so that the configuration can be shown and shared. */
export function credentialsPath(config: CliConfig): string | null {
  const path = configPath(config)
  return path === null ? null : join(dirname(path), 'credentials.yaml')
}

/** Empty where there is no file. Throws CliError where it cannot be understood. */
export async function readContexts(config: CliConfig, io: CliIo): Promise<Contexts> {
  const path = configPath(config)
  const document = path === null ? null : await readYaml(path, io)
  if (path === null || document === null) return { current: null, all: [] }
  const value: unknown = document.toJS()
  const list = isObject(value) ? (value['contexts'] ?? []) : null
  if (!isObject(value) || !Array.isArray(list)) throw unreadable(path, 'contexts is no list')
  return { current: textIn(value, 'current-context'), all: list.map((one: unknown) => readContext(path, one)) }
}

/** The context of that name. Throws CliError with those that there are. */
export function contextNamed({ all }: Contexts, name: string): Context {
  const found = all.find((context) => context.name === name)
  if (found !== undefined) return found
  const names = all.map((context) => context.name)
  throw new CliError('usage', `there is no context "${name}"`, {
    hint:
      names.length === 0
        ? 'Add one: plaintrail context add NAME --server https://…'
        : `There ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.`,
  })
}

/** Changes the file, and leaves the comments in it. Makes it where there is none. Throws CliError. */
export async function changeContexts(
  config: CliConfig,
  io: CliIo,
  change: (contexts: ContextsFile) => void,
): Promise<string> {
  const path = configPath(config)
  if (path === null)
    throw new CliError('usage', 'there is no place for contexts', { hint: 'Set PLAINTRAIL_CONFIG or HOME.' })
  const { parseDocument } = await import('yaml')
  const document = (await readYaml(path, io)) ?? parseDocument(`apiVersion: ${apiVersion}\nkind: Config\n`)
  change(contextsFile(document))
  await io.files.replace(path, document.toString({ lineWidth: 0 }), fileMode)
  return path
}

export interface ContextsFile {
  put(context: Context): void
  remove(name: string): void
  use(name: string | null): void
}

function contextsFile(document: Document): ContextsFile {
  const value: unknown = document.toJS()
  const list = isObject(value) && Array.isArray(value['contexts']) ? value['contexts'] : []
  const indexOf = (name: string): number => list.findIndex((one: unknown) => isObject(one) && one['name'] === name)
  const use = (name: string | null): void => {
    if (name === null) document.delete('current-context')
    else document.set('current-context', name)
  }
  return {
    put: (context) => {
      const at = indexOf(context.name)
      if (!document.has('contexts')) document.set('contexts', document.createNode([]))
      document.setIn(['contexts', at === -1 ? list.length : at], document.createNode(plainContext(context)))
    },
    remove: (name) => {
      const at = indexOf(name)
      if (at !== -1) document.deleteIn(['contexts', at])
      if (document.get('current-context') === name) use(null)
    },
    use,
  }
}

/** As it stands in the file, without what is not said. */
function plainContext({ name, server, mayBeInsecure, kubeContexts, defaults }: Context): object {
  const said = Object.entries(defaults).filter((entry) => entry[1] !== null)
  return {
    name,
    server,
    ...(mayBeInsecure ? { 'insecure-http': true } : {}),
    ...(kubeContexts.size === 0 ? {} : { 'kube-contexts': Object.fromEntries(kubeContexts) }),
    ...(said.length === 0 ? {} : { defaults: Object.fromEntries(said) }),
  }
}

function readContext(path: string, value: unknown): Context {
  const name = isObject(value) ? textIn(value, 'name') : null
  const server = isObject(value) ? textIn(value, 'server') : null
  if (!isObject(value) || name === null || server === null)
    throw unreadable(path, 'a context needs a name and a server')
  const mapped = value['kube-contexts'] ?? {}
  if (!isObject(mapped)) throw unreadable(path, `kube-contexts of ${name} maps no clusters to contexts of kubectl`)
  const kubeContexts = new Map(Object.entries(mapped).map(([cluster, kube]) => [cluster, String(kube)]))
  const mayBeInsecure = value['insecure-http'] === true
  return { name, server, mayBeInsecure, kubeContexts, defaults: readDefaults(value['defaults']) }
}

export function readDefaults(value: unknown): Defaults {
  if (!isObject(value)) return noDefaults
  return { cluster: textIn(value, 'cluster'), namespace: textIn(value, 'namespace'), query: textIn(value, 'query') }
}

function unreadable(path: string, why: string): CliError {
  return new CliError('usage', `could not read ${path}: ${why}`, {
    hint: 'docs/cli.md shows what it looks like; `plaintrail context add` writes it.',
  })
}
