// undoCommands: the kubectl commands that take changes back, the one that says most plainly what it does first.

import type { Change } from './diff-objects.ts'
import type { FieldPath } from './field-path.ts'
import { asciiJson, shellCommand } from './shell-words.ts'
import type { UndoPatch } from './undo-patch.ts'

export interface UndoTarget {
  /** As in the API: '' and `pods`, `apps` and `deployments`. */
  readonly group: string
  readonly resource: string
  /** '' for an object of the cluster. */
  readonly namespace: string
  readonly name: string
}

export interface UndoCommand {
  readonly how: 'scale' | 'set-image' | 'patch'
  /** One line for a POSIX shell. */
  readonly line: string
}

/** In characters: Linux takes a word of 128 KiB. A longer patch is for `kubectl patch --patch-file`. */
const lineMax = 100_000

/**
 * For a patch of `undoPatch`: `kubectl scale` where it changes `spec.replicas` alone, `kubectl set image` where it
 * changes images alone, and `kubectl patch` always. `kubectl rollout undo` is not among them: it takes back a whole
 * revision of the pod template, which may be more than these changes. Every word is quoted, so that no name and no value
 * can be taken for an option, a command or an end of line; empty where a name cannot be written in printable ASCII.
 */
export function undoCommands(
  target: UndoTarget,
  undo: Extract<UndoPatch, { readonly kind: 'patch' }>,
): readonly UndoCommand[] {
  const type = target.group === '' ? target.resource : `${target.resource}.${target.group}`
  const object = `${type}/${target.name}`
  if (!/^[\w.-]+$/.test(type) || target.name === '' || target.name.includes('/')) return []
  const where = target.namespace === '' ? [] : [`--namespace=${target.namespace}`]
  const found: readonly (readonly [UndoCommand['how'], readonly string[] | null])[] = [
    ['scale', scaleWords(target, object, undo.changes)],
    ['set-image', imageWords(target, object, undo.changes)],
    ['patch', ['patch', object, `--type=${undo.best}`, `--patch=${asciiJson(undo[undo.best])}`]],
  ]
  return found.flatMap(([how, words]) => {
    const line = words === null ? null : shellCommand(['kubectl', ...words, ...where])
    return line === null || line.length > lineMax ? [] : [{ how, line }]
  })
}

/** What has the subresource `scale` among Kubernetes' own. */
const scalable: ReadonlySet<string> = new Set([
  'apps/deployments',
  'apps/statefulsets',
  'apps/replicasets',
  '/replicationcontrollers',
])

/** With the number that is there now, so that nobody else's scaling is undone. */
function scaleWords(
  { group, resource }: UndoTarget,
  object: string,
  changes: readonly Change[],
): readonly string[] | null {
  const [change, another] = changes
  if (change === undefined || another !== undefined || !scalable.has(`${group}/${resource}`)) return null
  const isReplicas = fieldsOf(change.path) === 'spec.replicas' && change.op === 'replace'
  if (!isReplicas || !Number.isSafeInteger(change.to) || !Number.isSafeInteger(change.from)) return null
  return ['scale', object, `--current-replicas=${String(change.from)}`, `--replicas=${String(change.to)}`]
}

/** Where the containers are, in what `kubectl set image` takes. */
const podSpecs: ReadonlyMap<string, string> = new Map([
  ['/pods', 'spec'],
  ['/replicationcontrollers', 'spec.template.spec'],
  ['apps/deployments', 'spec.template.spec'],
  ['apps/daemonsets', 'spec.template.spec'],
  ['apps/statefulsets', 'spec.template.spec'],
  ['apps/replicasets', 'spec.template.spec'],
  ['batch/cronjobs', 'spec.jobTemplate.spec.template.spec'],
])
/** A name as Kubernetes has them; another would be an option, or all containers (`*`). */
const containerName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/

function imageWords(
  { group, resource }: UndoTarget,
  object: string,
  changes: readonly Change[],
): readonly string[] | null {
  const podSpec = podSpecs.get(`${group}/${resource}`)
  if (podSpec === undefined) return null
  const words: string[] = []
  for (const { path, op, to } of changes) {
    const item = path.at(-2)
    const name = item?.kind === 'item' ? item.keys[0]?.value : undefined
    const isImage = [`${podSpec}.containers.image`, `${podSpec}.initContainers.image`].includes(fieldsOf(path))
    if (!isImage || op !== 'replace' || typeof name !== 'string' || !containerName.test(name)) return null
    if (typeof to !== 'string' || to === '') return null
    words.push(`${name}=${to}`)
  }
  return ['set', 'image', object, ...words]
}

const fieldsOf = (path: FieldPath): string =>
  path.flatMap((segment) => (segment.kind === 'field' ? [segment.name] : [])).join('.')
