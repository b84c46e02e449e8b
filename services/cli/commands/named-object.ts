// Which object a command is about: as it is typed, where it may be, and where it is found.
import type { Command } from 'commander'
import type { Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { askedByDefault } from '../defaults.ts'
import { terminalText } from '../output/terminal-text.ts'
import { collect, type Session } from '../session.ts'
import { findObject, type ObjectPlace } from './find-object.ts'

export interface NamedObject {
  /** As kubectl spells it: `deploy`, `deployments.apps`. */
  readonly type: string
  readonly name: string
}

export interface WhereOptions {
  readonly namespace?: string
  readonly allNamespaces?: true
  readonly cluster?: readonly string[]
}

export const objectArgument = {
  name: '<type/name>',
  about: 'such as deploy/checkout; TYPE NAME as two words works too',
} as const

export function addWhereOptions(command: Command): Command {
  return command
    .option('-n, --namespace <namespace>', 'namespace; looked for when left out')
    .option('-A, --all-namespaces', "every namespace, whatever the context's default is")
    .option('-c, --cluster <name>', 'only this cluster (repeatable)', collect)
}

/** `deploy/checkout`, or `deploy checkout`. Throws CliError. */
export function readObject(first: string, second: string | undefined): NamedObject {
  const slash = first.indexOf('/')
  const type = second === undefined ? first.slice(0, Math.max(slash, 0)) : first
  const name = second ?? first.slice(slash + 1)
  if (type === '' || name === '' || (second !== undefined && slash !== -1))
    throw new CliError(
      'usage',
      `could not read the object "${terminalText(second === undefined ? first : `${first} ${second}`)}"`,
      { hint: 'Write TYPE/NAME, such as deploy/checkout.' },
    )
  if (name.includes('*'))
    throw new CliError('usage', 'could not ask about several objects at once', {
      hint: `Ask for their events: plaintrail events --kind ${type} --name '${name}' --class write`,
    })
  return { type, name }
}

export interface ObjectWords {
  readonly object: NamedObject
  /** What stands behind the object. */
  readonly rest: readonly string[]
}

/** The object with what a command takes behind it: one word of it where there is a slash, else two. Throws CliError. */
export function readObjectWords([first = '', second, ...rest]: readonly string[], restMax: number): ObjectWords {
  const isOneWord = first.includes('/')
  const behind = isOneWord && second !== undefined ? [second, ...rest] : rest
  const object = isOneWord ? readObject(first, undefined) : readObject(first, second)
  if (behind.length > restMax)
    throw new CliError('usage', `could not read "${terminalText(behind.slice(restMax).join(' '))}"`, {
      hint: '--help says what stands behind the object.',
    })
  return { object, rest: behind }
}

/** Where the object is, by cluster: the same namespace in each. Throws CliError where it is nowhere, or in several. */
export async function findNamed(
  session: Session,
  api: Api,
  object: NamedObject,
  options: WhereOptions,
): Promise<readonly ObjectPlace[]> {
  const { clusters, namespaces } = await whereAsked(session, options)
  const places = await findObject(api, { ...object, namespaces, clusters })
  if (places.length === 0) throw notFound(object, namespaces)
  if (new Set(places.map((place) => place.namespace)).size > 1) throw ambiguous(object, places)
  return places
}

/** The same, of an object that must be one. Throws CliError. */
export async function findOne(
  session: Session,
  api: Api,
  object: NamedObject,
  options: WhereOptions,
): Promise<ObjectPlace> {
  const [place, another, ...more] = await findNamed(session, api, object, options)
  if (place !== undefined && another === undefined) return place
  const all = [place, another, ...more].filter((one) => one !== undefined)
  const isOneCluster = new Set(all.map(({ cluster }) => cluster)).size === 1
  const lines = all.map(({ cluster, kind, group, resource }) =>
    isOneCluster
      ? `  ${terminalText(group === '' ? resource : `${resource}.${group}`)}/${terminalText(object.name)}`
      : `  -c ${terminalText(cluster)}  (${terminalText(kind)})`,
  )
  const where = isOneCluster ? 'of more than one type' : 'in more than one cluster'
  throw new CliError('usage', `${object.type}/${object.name} is ${where}`, { hint: `Say which:\n${lines.join('\n')}` })
}

/** Outside of namespaces, too, where kubectl's or a context's default is meant: an object there has none. */
async function whereAsked(
  session: Session,
  options: WhereOptions,
): Promise<{ readonly clusters: readonly string[]; readonly namespaces: readonly string[] }> {
  const saysNamespace = options.namespace !== undefined || options.allNamespaces === true
  const said = { cluster: options.cluster !== undefined, namespace: saysNamespace, query: true }
  const byDefault = await askedByDefault(session, said)
  const clusters = (options.cluster ?? byDefault.clusters).flatMap((names) => names.split(','))
  if (options.namespace !== undefined) return { clusters, namespaces: [options.namespace] }
  return { clusters, namespaces: byDefault.namespace === null ? [] : [byDefault.namespace, ''] }
}

/** The API's path of an object, or of what is asked about it: `/v1/objects/demo/apps/deployments/shop/checkout/diff`. */
export function objectPath({ cluster, group, resource, namespace, name }: ObjectPlace, asked: string): string {
  const parts = [cluster, group === '' ? 'core' : group, resource, namespace === '' ? '_' : namespace, name]
  return `/v1/objects/${parts.map(encodeURIComponent).join('/')}/${asked}`
}

/** `Deployment shop/checkout`, safe to print. */
export function placeWords({ kind, namespace, name }: ObjectPlace): string {
  return terminalText(`${kind} ${namespace === '' ? name : `${namespace}/${name}`}`)
}

function notFound(object: NamedObject, namespaces: readonly string[]): CliError {
  const where = namespaces[0] === undefined ? '' : ` in namespace ${namespaces[0]}`
  return new CliError('not_found', `no event names ${object.type}/${object.name}${where}`, {
    hint: `Look for names like it: plaintrail events --name '*${object.name}*' --since 30d`,
  })
}

function ambiguous(object: NamedObject, places: readonly ObjectPlace[]): CliError {
  const lines = places.map((place) => {
    const flag = place.namespace === '' ? "-n ''" : `-n ${place.namespace}`
    return `  ${terminalText(flag)}  (${terminalText(`${place.kind} in ${place.cluster}`)})`
  })
  return new CliError('usage', `${object.type}/${object.name} is in more than one namespace`, {
    hint: `Say which:\n${lines.join('\n')}`,
  })
}
