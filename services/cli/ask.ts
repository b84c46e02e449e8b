// addAskOptions: the flags of commands that ask for events, each a plain parameter of the API, and the query beside them.
import { Option, type Command } from 'commander'
import type { Query } from './api.ts'
import { CliError } from './cli-error.ts'
import { askedByDefault } from './defaults.ts'
import { collect, type Session } from './session.ts'

interface AskOption {
  readonly flags: string
  readonly about: string
}

/** By the words of the query language; all may be repeated. */
export const askOptions = {
  actor: { flags: '--actor <name>', about: 'who did it: alice@acme.io, sa:ci/*, system:node:*' },
  verb: { flags: '--verb <verb>', about: 'create, update, patch, delete, get, list …' },
  class: { flags: '--class <class>', about: 'read, write, connect or other' },
  is: { flags: '--is <word>', about: 'human, bot, node, write, denied … (plaintrail query complete is:)' },
  kind: { flags: '--kind <type>', about: 'as kubectl spells it: deploy, secrets, certificates.cert-manager.io' },
  ns: { flags: '-n, --ns <namespace>', about: "namespace; '' for cluster-scoped (also --namespace)" },
  name: { flags: '--name <name>', about: "the object's name" },
  sub: { flags: '--sub <subresource>', about: 'exec, scale, status …' },
  outcome: { flags: '--outcome <outcome>', about: 'success, denied, rejected, error or pending' },
  cluster: { flags: '-c, --cluster <name>', about: 'the cluster it happened in' },
} as const satisfies Readonly<Record<string, AskOption>>

/** Those that fewer people need. */
export const moreAskOptions = {
  as: { flags: '--as <name>', about: 'whom they acted as' },
  initiator: { flags: '--initiator <name>', about: 'who is behind it: alice@acme.io, sa:ci/*' },
  group: { flags: '--group <group>', about: 'a group of the actor' },
  obj: { flags: '--obj <kind/name>', about: 'deploy/api' },
  uid: { flags: '--uid <uid>', about: 'the uid of the object' },
  stage: { flags: '--stage <stage>', about: 'ResponseComplete, Panic …' },
  level: { flags: '--level <level>', about: 'how much the API server recorded' },
  reason: { flags: '--reason <text>', about: 'a part of why it was allowed or refused' },
  client: { flags: '--client <program>', about: 'the program that the user agent claims' },
  'user-agent': { flags: '--user-agent <text>', about: 'a part of the user agent' },
  ip: { flags: '--ip <network>', about: 'the address that the API server saw: 10.0.0.0/8' },
  claimed: { flags: '--claimed <network>', about: 'an address that was only claimed' },
  audit: { flags: '--audit <auditID>', about: 'the auditID' },
  code: { flags: '--code <number>', about: 'the HTTP status: 404, >=400, 4xx' },
  took: { flags: '--took <duration>', about: 'how long it lasted: >10m' },
  changed: { flags: '--changed <path>', about: 'a field that changed: spec.replicas, containers.image' },
  to: { flags: '--to <value>', about: 'the new value of a changed field' },
  from_value: { flags: '--from_value <value>', about: 'its old value' },
  image: { flags: '--image <image>', about: 'an image of a container, new with this write' },
  rule: { flags: '--rule <name>', about: 'a part in a finding of this rule' },
  vio: { flags: '--vio <finding>', about: 'a part in this finding: fnd_…' },
  severity: { flags: '--severity <severity>', about: "a part in a finding so severe: '>=high'" },
  control: { flags: '--control <control>', about: 'a part in a finding about this control: pci:10.2.1.2' },
  seen: { flags: '--seen <time>', about: 'when Plaintrail took it in: >-5m' },
} as const satisfies Readonly<Record<string, AskOption>>

export interface AskOptions {
  readonly [key: string]: unknown
  readonly namespace?: readonly string[]
  readonly allNamespaces?: true
  readonly not?: readonly string[]
  readonly query?: string
  readonly since?: string
  readonly until?: string
  readonly on?: string
}

export const windowOptions = {
  since: { flags: '--since <time>', about: 'from then on: 15m, 7d, 2026-11-20, 2026-11-20/P1D (default: 24h)' },
  until: { flags: '--until <time>', about: 'before then (default: now)' },
  on: { flags: '--on <day>', about: 'that day or stretch: 2026-11-20, 2026-11-20/P7D' },
} as const

/** `hasWindow` is false where only what comes from now on is asked for. */
export function addAskOptions(command: Command, { hasWindow = true } = {}): void {
  command.argument('[query...]', 'in the query language: is:human is:write ns:shop -verb:patch (docs/query.md)')
  for (const { flags, about } of Object.values(askOptions)) command.option(flags, about, collect)
  command
    .option('-A, --all-namespaces', "every namespace, whatever the context's default is")
    .option('--not <key=value>', 'leave these out: --not actor=system:* --not verb=get,list', collect)
    .option('-q, --query <query>', 'the query as one argument')
  if (hasWindow) for (const { flags, about } of Object.values(windowOptions)) command.option(flags, about)
  for (const { flags, about } of Object.values(moreAskOptions))
    command.addOption(new Option(flags, about).argParser(collect).helpGroup('More flags of the query language:'))
  command.addOption(new Option('--namespace <namespace>').argParser(collect).hideHelp())
}

/** What was asked, as parameters: the words as `q`, each flag under its own name. Throws CliError. */
export async function askedQuery(session: Session, words: readonly string[], options: AskOptions): Promise<Query> {
  const typed = [...words, ...(options.query === undefined ? [] : [options.query])].join(' ').trim()
  const filter = filterOf(options)
  const saysNamespace = filter['ns'] !== undefined || options.allNamespaces === true || /\b(ns|namespace):/.test(typed)
  const saysCluster = filter['cluster'] !== undefined || /\bcluster:/.test(typed)
  const said = { cluster: saysCluster, namespace: saysNamespace, query: false }
  const { clusters, namespace, query } = await askedByDefault(session, said)
  return {
    q: joined(query, typed),
    ...filter,
    ...(namespace === null ? {} : { ns: [namespace] }),
    ...(clusters.length === 0 ? {} : { cluster: clusters }),
    since: options.since,
    until: options.until,
    on: options.on,
  }
}

/** Both must hold. */
function joined(fixed: string | null, typed: string): string | undefined {
  if (fixed === null) return typed === '' ? undefined : typed
  return typed === '' ? fixed : `(${fixed}) (${typed})`
}

function filterOf(options: AskOptions): Record<string, readonly string[]> {
  const filter: Record<string, readonly string[]> = {}
  for (const key of [...Object.keys(askOptions), ...Object.keys(moreAskOptions)]) {
    const values = textsOf(options[optionName(key)])
    if (values.length > 0) filter[key] = values
  }
  const namespaces = [...(filter['ns'] ?? []), ...(options.namespace ?? [])]
  if (namespaces.length > 0) filter['ns'] = namespaces
  for (const negated of options.not ?? []) {
    const [key, value] = splitOnce(negated, '=')
    if (value === null)
      throw new CliError('usage', `could not read --not "${negated}"`, {
        hint: 'Write --not KEY=VALUE, such as verb=get.',
      })
    filter[`not.${key}`] = [...(filter[`not.${key}`] ?? []), value]
  }
  return filter
}

/** As commander names the option: `user-agent` is `userAgent`. */
const optionName = (key: string): string => key.replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase())

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

function splitOnce(text: string, separator: string): readonly [string, string | null] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)]
}
