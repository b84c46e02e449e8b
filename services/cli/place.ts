// findPlace: which server is asked, with which token, and what is asked of it where nothing else is said.
import { CliError } from './cli-error.ts'
import { isYes, type CliConfig } from './config.ts'
import {
  contextNamed,
  noDefaults,
  readContexts,
  type Context,
  type Contexts,
  type Defaults,
} from './contexts/config-file.ts'
import { storedToken } from './contexts/credentials-file.ts'
import { readKubeContext } from './contexts/kube-context.ts'
import { readProject, type Project } from './contexts/project-file.ts'
import type { CliIo } from './io.ts'
import type { GivenOptions } from './options.ts'
import { findFolder, folderToken, readUrl, type Server } from './server.ts'

export interface Place {
  readonly server: Server
  /** Where the server's address is from, and where the token: for people who wonder. */
  readonly serverFrom: string
  readonly tokenFrom: string | null
  readonly context: Context | null
  readonly clusters: readonly string[]
  /** Null for all. */
  readonly namespace: string | null
  readonly query: string | null
  readonly project: ProjectChoices
  /** kubectl's current context, where it is to choose the cluster and no context of ours knows which that is. */
  readonly unknownKubeContext: string | null
}

/** What the project's file decided, so that it is never decided unseen. */
interface ProjectChoices {
  /** Empty where there is no file. */
  readonly path: string
  readonly chose: ReadonlySet<'context' | keyof Defaults>
}

interface Surroundings {
  readonly config: CliConfig
  readonly given: Pick<
    GivenOptions,
    'server' | 'dataFolder' | 'context' | 'isInsecureAllowed' | 'hasProject' | 'hasDefaults'
  >
  readonly io: CliIo
}

/** What was typed wins over the environment, that over the project, that over the user's own context. Throws CliError. */
export async function findPlace(surroundings: Surroundings): Promise<Place> {
  const { config, given, io } = surroundings
  const project = given.hasProject && !isYes(config.noProject) ? await readProject(io) : null
  const contexts = await readContexts(config, io)
  const kube = io.isKubectlPlugin ? await readKubeContext(config, io) : null
  const context = chosenContext(surroundings, project, contexts, kube?.name ?? null)
  const { url, token, serverFrom, tokenFrom } = await findServer(
    surroundings,
    context?.context ?? null,
    context?.from ?? '',
  )
  const mayBeInsecure = mayBeInsecureAt(url, surroundings, context?.context ?? null)
  const kubeCluster = kube === null ? null : clusterOf(context?.context ?? null, kube.name)
  const own: Defaults = { cluster: config.cluster ?? kubeCluster, namespace: kube?.namespace ?? null, query: null }
  const defaults = firstSaid(own, project?.defaults ?? noDefaults, context?.context.defaults ?? noDefaults)
  const asked = given.hasDefaults ? defaults : noDefaults
  return {
    server: { url, token, mayBeInsecure },
    serverFrom,
    tokenFrom,
    context: context?.context ?? null,
    clusters: asked.cluster?.split(',') ?? [],
    namespace: asked.namespace,
    query: asked.query,
    project: projectChoices(project, { own, asked, contextFrom: context?.from ?? null }),
    unknownKubeContext: defaults.cluster === null && kube !== null ? kube.name : null,
  }
}

function firstSaid(...all: readonly Defaults[]): Defaults {
  const first = (name: keyof Defaults): string | null => all.find((one) => one[name] !== null)?.[name] ?? null
  return { cluster: first('cluster'), namespace: first('namespace'), query: first('query') }
}

interface Decided {
  readonly own: Defaults
  readonly asked: Defaults
  readonly contextFrom: string | null
}

function projectChoices(project: Project | null, { own, asked, contextFrom }: Decided): ProjectChoices {
  if (project === null) return { path: '', chose: new Set() }
  const names = ['cluster', 'namespace', 'query'] as const
  const chosen = names.filter((name) => asked[name] !== null && own[name] === null && project.defaults[name] !== null)
  return { path: project.path, chose: new Set(contextFrom === project.path ? ['context', ...chosen] : chosen) }
}

interface Chosen {
  readonly context: Context
  readonly from: string
}

/** kubectl's current context chooses among ours where nothing names one. */
function chosenContext(
  { config, given }: Surroundings,
  project: Project | null,
  contexts: Contexts,
  kube: string | null,
): Chosen | null {
  if (given.context !== null) return { context: contextNamed(contexts, given.context), from: '--context' }
  if (config.context !== null) return { context: contextNamed(contexts, config.context), from: 'PLAINTRAIL_CONTEXT' }
  if (project?.context !== null && project?.context !== undefined)
    return { context: contextNamed(contexts, project.context), from: project.path }
  const ofKube = kube === null ? undefined : contexts.all.find((context) => clusterOf(context, kube) !== null)
  if (ofKube !== undefined) return { context: ofKube, from: `kubectl's context ${kube}` }
  if (contexts.current === null) return null
  return { context: contextNamed(contexts, contexts.current), from: 'the current context' }
}

function clusterOf(context: Context | null, kube: string): string | null {
  return [...(context?.kubeContexts ?? [])].find(([, name]) => name === kube)?.[0] ?? null
}

type Found = Pick<Server, 'url' | 'token'> & Pick<Place, 'serverFrom' | 'tokenFrom'>

/** What a context says is for its own server, whatever other one is asked in its place. */
function mayBeInsecureAt(url: URL, { config, given }: Surroundings, context: Context | null): boolean {
  if (given.isInsecureAllowed || isYes(config.insecureHttp)) return true
  return context !== null && context.mayBeInsecure && readUrl(context.server, context.name).origin === url.origin
}

/**
 * A token found in a data folder goes only to the server that runs from that folder, or to the one on this machine's
 * default port; PLAINTRAIL_TOKEN not to another server than PLAINTRAIL_SERVER, where that is set.
 */
async function findServer(surroundings: Surroundings, context: Context | null, contextFrom: string): Promise<Found> {
  const { config, given, io } = surroundings
  const named = namedServer(surroundings, context, contextFrom)
  if (named === null) {
    const folder = await findFolder(given.dataFolder ?? config.dataFolder, io)
    const url = readUrl(folder.url ?? 'http://127.0.0.1:7717', 'the data folder')
    const serverFrom = folder.url === null ? 'the default' : folder.path
    if (isForServer(config, url) && config.token !== null)
      return found(url, serverFrom, config.token, 'PLAINTRAIL_TOKEN')
    const token = await folderToken(folder.path, io)
    if (token !== null) return found(url, serverFrom, token, folder.path)
    return found(url, serverFrom, await storedToken(url, config, io), 'plaintrail login')
  }
  const { url, from } = named
  if (isForServer(config, url) && config.token !== null) return found(url, from, config.token, 'PLAINTRAIL_TOKEN')
  const stored = await storedToken(url, config, io)
  if (stored !== null) return found(url, from, stored, 'plaintrail login')
  const folder = await findFolder(config.dataFolder, io)
  const isOfFolder = config.dataFolder !== null && from === 'PLAINTRAIL_SERVER'
  const runsThere = folder.url !== null && readUrl(folder.url, folder.path).origin === url.origin
  return found(url, from, isOfFolder || runsThere ? await folderToken(folder.path, io) : null, folder.path)
}

function namedServer(
  { config, given }: Surroundings,
  context: Context | null,
  contextFrom: string,
): { readonly url: URL; readonly from: string } | null {
  if (given.server !== null) return { url: readUrl(given.server, '--server'), from: '--server' }
  if (given.dataFolder !== null) return null
  const ofContext = (): { readonly url: URL; readonly from: string } | null =>
    context === null
      ? null
      : { url: readUrl(context.server, context.name), from: `context ${context.name} (${contextFrom})` }
  if (given.context !== null) return ofContext()
  if (config.server !== null) return { url: readUrl(config.server, 'PLAINTRAIL_SERVER'), from: 'PLAINTRAIL_SERVER' }
  return config.dataFolder !== null && config.context === null ? null : ofContext()
}

/** Whoever set both meant the one for the other. */
function isForServer({ server }: CliConfig, url: URL): boolean {
  return server === null || readUrl(server, 'PLAINTRAIL_SERVER').origin === url.origin
}

function found(url: URL, serverFrom: string, token: string | null, from: string): Found {
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw new CliError('usage', `could not use the token from ${from}: it has characters that no token has`, {
      hint: 'Set it again, without spaces or line ends.',
    })
  return { url, token, serverFrom, tokenFrom: token === null ? null : from }
}
