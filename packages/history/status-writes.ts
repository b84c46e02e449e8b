// What a write to the subresource `status` can change: what of a difference may be its.

import type { Change } from './diff-objects.ts'
import { isJsonObject } from './json-values.ts'

/**
 * The Deployment controller notes the number of its rollout in these when it writes status (kubernetes
 * pkg/controller/deployment/sync.go, getNewReplicaSet: UpdateStatus).
 */
const rolloutAnnotations = 'deployment.kubernetes.io/'

/** Status, and what the controllers of built-in types write along with it. No type lets such a write change its spec. */
export function isOfStatusWrite({ path, op, from, to }: Change): boolean {
  const [root, second, third] = path
  if (root?.kind !== 'field') return false
  if (root.name === 'status') return true
  if (root.name !== 'metadata' || second?.kind !== 'field' || second.name !== 'annotations') return false
  if (third !== undefined) return third.kind === 'field' && third.name.startsWith(rolloutAnnotations)
  // All of them came or went at once.
  const value = op === 'remove' ? from : to
  return isJsonObject(value) && Object.keys(value).every((name) => name.startsWith(rolloutAnnotations))
}

/** The same of a path as unaskedChanges writes it. */
export function isOfStatusWriteText(path: string): boolean {
  return (
    path === 'status' || path.startsWith('status.') || path.startsWith(`metadata.annotations.${rolloutAnnotations}`)
  )
}
