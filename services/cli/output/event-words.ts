// The words for an event in a table: who, what, how and from where. All are safe to print on a terminal.
import type { Outcome, StoredEvent } from '@plaintrail/event/event'
import { shortName } from '@plaintrail/event/resources'
import { terminalText } from './terminal-text.ts'

const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/

interface Identity {
  readonly name: string
  /** Whom it acted as. */
  readonly as: string | null
  readonly type?: string
}

/** `alice as system:admin`; a service account as `sa:ci/deployer`, which `--actor` takes too. */
export function whoWords(actor: Identity): string {
  const name = actor.name === '' ? '(not authenticated)' : shortIdentity(actor.name)
  return terminalText(actor.as === null ? name : `${name} as ${shortIdentity(actor.as)}`)
}

/** What was done: `image api:1.9`, `created`, `exec: sh -c ls`, `DENIED delete`. */
export function didWords(event: StoredEvent): string {
  const prefix = event.flags.includes('dryRun') ? 'dry run: ' : ''
  return terminalText(prefix + (event.outcome === 'success' ? deed(event) : attempt(event)))
}

/** `kubectl 1.33`: the program and the first two parts of its version. */
export function howWords({ client: { name, version } }: StoredEvent['source']): string {
  if (name === null) return '-'
  const short = version === null ? null : /^v?(\d+(?:\.\d+)?)/.exec(version)?.[1]
  return terminalText(short === null || short === undefined ? name : `${name} ${short}`)
}

/** The address that the API server saw; else what the request says of itself, marked as such. */
export function fromWords({ ip, claimed: [claimed] }: StoredEvent['source']): string {
  if (ip !== null) return terminalText(ip.value)
  return claimed === undefined ? '-' : terminalText(`${claimed.value} (claimed)`)
}

/** The verb, or for a connection what kind: `exec`. */
export function verbWord(event: StoredEvent): string {
  return terminalText(event.class === 'connect' ? (event.object?.subresource ?? event.verb) : event.verb)
}

/** `deploy/api`, `deploy/api/scale`; `pods` for a list; the path for a request to no resource. */
export function objectWords(event: StoredEvent): string {
  if (event.object === null) return terminalText(event.path ?? '-')
  const { group, resource, name, subresource } = event.object
  const parts = [name === '' ? resource : shortName(group, resource), name]
  if (event.class !== 'connect') parts.push(subresource ?? '')
  return terminalText(parts.filter((part) => part !== '').join('/'))
}

/** Whether a connection has begun and its end was not seen. */
export function isOpen(event: StoredEvent): boolean {
  const last = event.stages.at(-1)
  return event.class === 'connect' && last?.stage === 'ResponseStarted' && event.outcome === 'success'
}

export function outcomeWord(event: StoredEvent): string {
  return isOpen(event) ? 'open' : outcomeWords[event.outcome]
}

const outcomeWords: Readonly<Record<Outcome, string>> = {
  success: 'ok',
  denied: 'DENIED',
  rejected: 'REJECTED',
  error: 'ERROR',
  pending: '…',
}

function shortIdentity(name: string): string {
  return name.replace(serviceAccount, 'sa:$1/$2')
}

const pastTense: Readonly<Partial<Record<string, string>>> = {
  get: 'read',
  list: 'listed',
  watch: 'watched',
  create: 'created',
  update: 'updated',
  patch: 'changed',
  delete: 'deleted',
  deletecollection: 'deleted with others',
}

/** What creating a subresource does to the object. */
const subresourceDeeds: Readonly<Partial<Record<string, string>>> = {
  eviction: 'evicted',
  binding: 'scheduled',
}

function deed(event: StoredEvent): string {
  const { class: kind, verb, detail, flags } = event
  const subresource = event.object?.subresource ?? ''
  if (kind === 'connect') return connection(event)
  if (kind !== 'write') return [pastTense[verb] ?? verb, subresource].filter((word) => word !== '').join(' ')
  const special = subresourceDeeds[subresource]
  if (special !== undefined) return detail === null ? special : `${special}, ${detail}`
  const isWhole = subresource === ''
  if (isWhole && (verb.startsWith('delete') || verb === 'create' || flags.includes('created'))) {
    const past = flags.includes('created') ? 'created' : (pastTense[verb] ?? verb)
    return detail === null ? past : `${past}, ${detail}`
  }
  return detail ?? [pastTense[verb] ?? verb, subresource].filter((word) => word !== '').join(' ')
}

/** `exec: sh -c ls`. */
function connection(event: StoredEvent): string {
  const what = event.object?.subresource ?? event.verb
  const command = event.detail?.replace(/^command /, '')
  return command === undefined || command === '' ? what : `${what}: ${command}`
}

/** What was tried in vain, or is not decided yet. */
function attempt(event: StoredEvent): string {
  const { outcome, code, verb, detail } = event
  const subresource = event.object?.subresource ?? ''
  const tried =
    event.class === 'connect'
      ? connection(event)
      : [verb, subresource, detail ?? ''].filter((word) => word !== '').join(' ')
  switch (outcome) {
    case 'success':
      return tried
    case 'denied':
      return `DENIED ${tried}`
    case 'rejected':
      return `REJECTED ${tried}${code === null ? '' : ` (${code})`}`
    case 'error':
      return `ERROR ${tried}${code === null ? '' : ` (${code})`}`
    case 'pending':
      return `${tried} (no answer seen)`
    default:
      return outcome satisfies never
  }
}
