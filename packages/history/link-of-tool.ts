// linkOfTool: with which tool a write was made, as its client says it: how, and never who.

import { queryValues } from '@plaintrail/event/request-uri'
import { childOf } from './attributed-objects.ts'
import type { AttributedEvent } from './initiator-facts.ts'
import type { ChainLink } from './initiator.ts'
import { managersOf } from './managers.ts'

interface Tool {
  readonly name: string
  /** The client that its user agent claims (event/client.ts). */
  readonly client: string
  readonly isManager: (manager: string) => boolean
}

/**
 * Helm pkg/kube/client.go (managed fields manager); kubectl pkg/cmd, each command with a name of its own; the Terraform
 * provider names itself `Terraform` for manifests (manifest/provider/apply.go), and for all else its user agent begins
 * with `HashiCorp`, of which the API server makes the manager.
 */
const tools: readonly Tool[] = [
  { name: 'kubectl', client: 'kubectl', isManager: (manager) => /^kubectl(-|$)/.test(manager) },
  { name: 'Helm', client: 'helm', isManager: (manager) => manager === 'helm' },
  {
    name: 'Terraform',
    client: 'terraform',
    isManager: (manager) => manager === 'Terraform' || manager === 'HashiCorp',
  },
]
/** Times of managedFields have whole seconds. */
const secondUs = 1_000_000

/**
 * Where the field manager and the user agent name the same tool; both are what the client says. Null for all else, and
 * for what has no field manager, as a delete.
 */
export function linkOfTool(seen: AttributedEvent): ChainLink | null {
  const { event, id } = seen
  if (event.class !== 'write') return null
  const tool = tools.find(({ client }) => client === event.client.name)
  if (tool === undefined) return null
  const manager = queryValues(event.requestURI, 'fieldManager')[0] ?? managerInAnswer(seen)
  if (manager === null || !tool.isManager(manager)) return null
  const { version } = event.client
  const name = version === null ? tool.name : `${tool.name} ${version}`
  return {
    what: 'tool',
    event: id,
    why: `the client says that it is ${name}, by the field manager ${manager} and its user agent`,
  }
}

/** Of who names none it is the beginning of the user agent (apiserver pkg/endpoints/handlers/create.go), where it set something. */
function managerInAnswer({ raw, event }: AttributedEvent): string | null {
  const agent = event.client.userAgent.split('/', 1)[0] ?? ''
  const entry = (managersOf(childOf(raw, 'responseObject')) ?? []).find(({ manager, time }) => {
    const us = Date.parse(time) * 1_000
    return manager === agent && us >= event.time - secondUs && us <= (event.stageTime ?? event.time) + secondUs
  })
  return entry?.manager ?? null
}
